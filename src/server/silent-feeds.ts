/** Feeds that answer but have fallen silent against their own rhythm. */
import { missedPublications } from '../feeds/rhythm.js';
import type { FeedWithRhythm } from '../store/rhythms.js';

/** By chance a feed lets so many publications pass about once in 150 times (e^−5). */
const SILENT_PUBLICATIONS = 5;
/** A shorter silence is a night or a meal, whatever the profile says. */
const SILENT_LEAST_MILLISECONDS = 86_400_000;

export interface SilentFeed {
  readonly id: number;
  readonly title: string | null;
  readonly url: string;
  readonly lastPublishedAt: Date;
  /** Publications that its rhythm led to expect since then. */
  readonly missed: number;
}

/** Those that missed most first. */
export function silentFeeds(feeds: readonly FeedWithRhythm[], now: Date): readonly SilentFeed[] {
  return feeds
    .flatMap(({ id, title, url, rhythm }) => {
      if (rhythm.lastMomentAt === null || now.getTime() - rhythm.lastMomentAt < SILENT_LEAST_MILLISECONDS) return [];
      // Most feeds were heard of within a day: only the others' hours are looked through.
      const missed = missedPublications(rhythm, now);
      if (missed === null || missed < SILENT_PUBLICATIONS) return [];
      return [{ id, title, url, lastPublishedAt: new Date(rhythm.lastMomentAt), missed: Math.round(missed) }];
    })
    .sort((one, other) => other.missed - one.missed);
}
