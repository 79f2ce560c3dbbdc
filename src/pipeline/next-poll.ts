/** When a feed is polled next: as its operator says, else as the settings say, else by its rhythm. */
import type { Settings } from '../config.js';
import type { FeedRhythm } from '../feeds/feed.js';
import { type NextPoll, nextPoll, noHints, type PollRule, type RhythmState } from '../feeds/rhythm.js';
import type { StoredFeed } from '../store/feeds.js';

/** What a poll came to, as far as the next one is concerned. */
export interface PolledFeed {
  readonly polledAt: Date;
  /** Failures in a row, this poll included; 0 after one that went well. */
  readonly failures: number;
  /** How long the host wants to be left alone, in seconds. */
  readonly retryAfterSeconds: number | null;
  readonly state: RhythmState | null;
  /** How long the answer may be reused, in seconds. */
  readonly freshForSeconds: number | null;
  /** What the feed says about when to come back; as it last said where it was not sent anew. */
  readonly claims: FeedRhythm | null;
  readonly pushes: { readonly lastAt: Date; readonly leaseEndsAt: Date } | null;
}

export function nextPollOf(
  feed: Pick<StoredFeed, 'id' | 'pollMinutes' | 'pollCron'>,
  { polledAt, claims, freshForSeconds, ...polled }: PolledFeed,
  settings: Pick<Settings['feeds'], 'pollMinutes' | 'floorMinutes' | 'ceilingMinutes'>,
): NextPoll {
  return nextPoll({
    ...polled,
    rule: ruleOf(feed, settings.pollMinutes),
    feed: String(feed.id),
    at: polledAt,
    hints: { ...noHints, ...claims, freshForSeconds },
    bounds: settings,
  });
}

function ruleOf({ pollMinutes, pollCron }: Pick<StoredFeed, 'pollMinutes' | 'pollCron'>, forAll?: number): PollRule {
  if (pollCron !== null) return { kind: 'cron', pattern: pollCron };
  const minutes = pollMinutes ?? forAll;
  return minutes === undefined ? { kind: 'rhythm' } : { kind: 'every', minutes };
}
