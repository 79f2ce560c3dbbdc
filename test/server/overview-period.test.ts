import { expect, test } from 'vitest';
import { countedDays, readPeriod } from '../../src/server/overview-period.js';

const now = new Date('2026-11-24T12:00:00Z');
const period = (query: string) => {
  const reading = readPeriod(new URLSearchParams(query), now);
  return reading.ok ? reading.period : reading.faults;
};

test('without days of its own the overview shows thirteen weeks up to today', () => {
  expect(period('')).toEqual({ first: '2026-08-26', last: '2026-11-24', days: 91, isChosen: false });
});

test('days that are asked for are shown, as far as they are counted', () => {
  expect(period('from=2026-11-03&to=2026-11-10')).toEqual({
    first: '2026-11-03',
    last: '2026-11-10',
    days: 8,
    isChosen: true,
  });
  expect(period('from=2026-11-24&to=2026-11-24')).toMatchObject({ days: 1 });
  expect(period('from=2020-01-01&to=2030-01-01')).toMatchObject({ first: '2025-11-26', last: '2026-11-24', days: 364 });
  expect(period('to=2026-06-30')).toMatchObject({ first: '2026-04-01', last: '2026-06-30', days: 91 });
});

test.each([
  ['from=2026-11-25', 'from'],
  ['to=2024-01-01', 'to'],
  ['from=2026-11-10&to=2026-11-03', 'to'],
  ['from=yesterday', 'from'],
])('%s is refused by name', (query, parameter) => {
  expect(period(query)).toEqual([{ parameter, message: expect.any(String) }]);
});

test.each([
  ['', 91],
  ['from=2026-11-10&to=2026-11-20', 40],
  ['to=2026-09-24', 152],
])('for %j so many days are counted as it shows, and as what rose at its end is compared with', (query, days) => {
  const reading = readPeriod(new URLSearchParams(query), now);
  expect(reading.ok && countedDays(reading.period, now)).toBe(days);
});
