import { describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from '../../src/server/cursor.js';
import { addressWith, filterOf, readListQuery } from '../../src/server/list-query.js';

const now = new Date('2026-11-24T12:00:00Z');

function filter(query: string) {
  const reading = readListQuery(new URLSearchParams(query));
  return reading.ok ? filterOf(reading.query, now) : reading.faults;
}

describe('reading a list’s address', () => {
  test('every parameter becomes its part of the filter', () => {
    expect(
      filter(
        'type=sabotage&type=espionage&tagged=yes&score=0.5&language=nl&country=belgium&actor=russia&target=election&means=drone&stage=trial&feed=7&q=rail+"cut"&from=2026-11-01&to=2026-11-02',
      ),
    ).toEqual({
      types: ['sabotage', 'espionage'],
      tagged: true,
      minScore: 0.5,
      language: 'nl',
      facets: [
        { facet: 'country', value: 'belgium' },
        { facet: 'actor', value: 'russia' },
        { facet: 'target', value: 'election' },
        { facet: 'means', value: 'drone' },
        { facet: 'stage', value: 'trial' },
      ],
      feedId: 7,
      since: new Date('2026-11-01T00:00:00Z'),
      until: new Date('2026-11-03T00:00:00Z'),
      search: 'rail "cut"',
    });
  });

  test('fields that a form left empty ask for nothing', () => {
    expect(filter('q=&score=&language=&country=&actor=&feed=&period=&from=&to=&type=')).toEqual(filter(''));
  });

  test('a period ends now; with a first day besides, the later of both begins', () => {
    expect(filter('period=7d')).toMatchObject({ since: new Date('2026-11-17T12:00:00Z'), until: undefined });
    expect(filter('period=7d&from=2026-11-20')).toMatchObject({ since: new Date('2026-11-20T00:00:00Z') });
  });

  test.each([
    ['score=2', 'score'],
    ['score=high', 'score'],
    ['feed=0', 'feed'],
    ['feed=1.5', 'feed'],
    ['language=Dutch', 'language'],
    ['country=San%20Marino', 'country'],
    ['actor=a&actor=b', 'actor'],
    ['stage=-', 'stage'],
    ['period=yesterday', 'period'],
    ['from=24/11/2026', 'from'],
    ['from=2026-13-45', 'from'],
    ['to=2026-02-30', 'to'],
    ['type=a%00b', 'type'],
    ['q=a%00b', 'q'],
    [`q=${'x'.repeat(301)}`, 'q'],
    ['after=xyz', 'after'],
    ['limit=100000', 'limit'],
    ['q=a&q=b', 'q'],
    ['lang=nl', 'lang'],
    ['__proto__=1', '__proto__'],
    ['constructor=1', 'constructor'],
  ])('%s is refused by name', (query, parameter) => {
    expect(filter(query)).toEqual([{ parameter, message: expect.any(String) }]);
  });
});

describe('a place in the list', () => {
  test('survives the way through an address', () => {
    const cursor = { happenedAt: new Date('2026-11-24T08:12:13.456Z'), id: 'abc123' };
    expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor);
  });

  test.each(['', 'AAAA', encodeCursor({ happenedAt: now, id: "x' OR 1=1" }), 'é', '='.repeat(500)])(
    'is not read out of %j',
    (word) => {
      expect(decodeCursor(word)).toBeUndefined();
    },
  );
});

test('a neighbouring list keeps the other filters and begins at its start', () => {
  const parameters = new URLSearchParams('type=sabotage&type=espionage&q=rail&after=abc&language=');
  expect(addressWith('/articles', parameters, { type: ['espionage'] })).toBe('/articles?q=rail&type=espionage');
  expect(addressWith('/articles', parameters, { q: undefined, type: undefined })).toBe('/articles');
});
