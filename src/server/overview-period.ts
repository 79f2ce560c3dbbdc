/** The period that the overview shows: its usual weeks up to today, or the days that its address asks for. */
import { type QueryFault, readListQuery } from './list-query.js';
import { BASELINE_DAYS, RISING_DAYS } from './rising.js';

/** Thirteen weeks, today included. */
export const USUAL_DAYS = 91;
/** Fifty-two weeks: as far back as articles are counted. */
export const LONGEST_DAYS = 364;

const DAY_MILLISECONDS = 86_400_000;

export interface OverviewPeriod {
  /** Days in UTC, `2026-11-24`, both shown whole. */
  readonly first: string;
  readonly last: string;
  readonly days: number;
  /** Whether the address asks for it. */
  readonly isChosen: boolean;
}

export type PeriodReading =
  | { readonly ok: true; readonly period: OverviewPeriod }
  | { readonly ok: false; readonly faults: readonly QueryFault[] };

/** @param parameters `from` and `to` as a list has them; what lies beyond the counted days is left off */
export function readPeriod(parameters: URLSearchParams, now: Date): PeriodReading {
  const reading = readListQuery(parameters);
  if (!reading.ok) return reading;
  const { from, to } = reading.query;
  const [oldest, today] = [dayBefore(now, LONGEST_DAYS - 1), dayBefore(now, 0)];
  const fault = (parameter: string, message: string): PeriodReading => ({
    ok: false,
    faults: [{ parameter, message }],
  });
  if (from && dayBefore(from, 0) > today) return fault('from', `expected ${today} or a day before`);
  if (to && dayBefore(to, 0) < oldest) return fault('to', `expected ${oldest} or a later day`);
  if (from && to && from > to) return fault('to', 'expected a day that is not before the first one');
  const last = to && dayBefore(to, 0) < today ? dayBefore(to, 0) : today;
  const usual = dayBefore(dayOf(last), USUAL_DAYS - 1);
  const first = laterOf(from ? dayBefore(from, 0) : usual, oldest);
  return { ok: true, period: { first, last, days: daysFrom(first, last) + 1, isChosen: Boolean(from || to) } };
}

/** How many days back from today have to be counted for a period and for what rose at its end. */
export function countedDays({ first, last }: OverviewPeriod, now: Date): number {
  const today = dayBefore(now, 0);
  return Math.max(daysFrom(first, today) + 1, daysFrom(last, today) + RISING_DAYS + BASELINE_DAYS + 1);
}

export const dayOf = (day: string): Date => new Date(`${day}T00:00:00Z`);

/** A day in UTC, so many days before a point in time. */
export const dayBefore = (at: Date, days: number): string =>
  new Date(at.getTime() - days * DAY_MILLISECONDS).toISOString().slice(0, 10);

const laterOf = (one: string, other: string): string => (one > other ? one : other);

const daysFrom = (first: string, last: string): number =>
  Math.round((dayOf(last).getTime() - dayOf(first).getTime()) / DAY_MILLISECONDS);
