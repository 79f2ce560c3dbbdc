/** When a feed is polled next: as its operator says, as its failures allow, or as its rhythm asks. */
import { CronExpressionParser } from 'cron-parser';
import type { StoredFeed } from '../store/feeds.js';

/** Failures double the interval up to this many times. */
const MAX_BACKOFF_DOUBLINGS = 7;
/** No feed is left alone for longer, however often it failed: it may be back. In minutes. */
const LONGEST_BACKOFF_MINUTES = 24 * 60;

/** What a poll came to, as far as the next one is concerned. */
export interface PolledFeed {
  readonly polledAt: Date;
  /** Failures in a row, this poll included; 0 after one that went well. */
  readonly failures: number;
  /** How long the host wants to be left alone, in seconds. */
  readonly retryAfterSeconds?: number | undefined;
}

/** @param pollMinutes the interval of feeds that have none of their own */
export function nextPollAt(
  feed: Pick<StoredFeed, 'pollMinutes' | 'pollCron'>,
  polled: PolledFeed,
  pollMinutes: number,
): Date {
  const from = polled.polledAt.getTime();
  const held = from + (polled.retryAfterSeconds ?? 0) * 1000;
  const regular =
    feed.pollCron !== null
      ? nextOfCron(feed.pollCron, polled.polledAt).getTime()
      : from + backedOff(feed.pollMinutes ?? pollMinutes, polled.failures) * 60_000;
  return new Date(Math.max(regular, held));
}

function backedOff(minutes: number, failures: number): number {
  const doublings = Math.min(Math.max(failures - 1, 0), MAX_BACKOFF_DOUBLINGS);
  return Math.max(minutes, Math.min(minutes * 2 ** doublings, LONGEST_BACKOFF_MINUTES));
}

/**
 * The first moment of a cron expression (five or six fields, in UTC) after `from`.
 *
 * @throws Error that says what is wrong with the expression
 */
export function nextOfCron(expression: string, from: Date): Date {
  return CronExpressionParser.parse(expression, { currentDate: from, tz: 'UTC' }).next().toDate();
}
