/** What operators do to the list of feeds: each change goes into the store first, then into the schedules. */
import type { Settings } from '../config.js';
import { type FoundFeeds, findFeeds } from '../feeds/find-feeds.js';
import { type ListedFeed, type OpmlFault, readOpml, writeOpml } from '../feeds/opml.js';
import { nextOfCron } from '../feeds/rhythm.js';
import type { Queryable } from '../store/database.js';
import {
  type AddedFeed,
  addFeeds,
  isPolled,
  listFeeds,
  type PollPlan,
  pauseFeed,
  planPolls,
  removeFeed,
  resumeFeed,
  type StoredFeed,
} from '../store/feeds.js';
import { createWebClient } from '../web/client.js';
import type { Runtime } from './runtime.js';
import { newRunId, pollNow, scheduleFeed, unscheduleFeed } from './schedule.js';
import { webSettings } from './web-settings.js';

/** Shortest fixed interval, in minutes: below that no host would call it polite. */
const LEAST_EVERY_MINUTES = 1;
/** Longest one: a year, beyond which nobody waits for news. */
const MOST_EVERY_MINUTES = 366 * 24 * 60;

type ListRuntime = Pick<Runtime, 'database' | 'queues'>;

/** Follows feeds, each polled at once; retired and paused ones come back. */
export async function follow({ database, queues }: ListRuntime, entries: readonly ListedFeed[]): Promise<AddedFeed[]> {
  const added = await addFeeds(database.pool, entries);
  for (const { id, already } of added) {
    if (!already) await scheduleFeed(queues, { id, nextPollAt: new Date() });
  }
  return added;
}

/** Stops following a feed; its articles stay. */
export async function unfollow({ database, queues }: ListRuntime, feed: Pick<StoredFeed, 'id'>): Promise<void> {
  await removeFeed(database.pool, feed.id);
  await unscheduleFeed(queues, feed.id);
}

/** Lets a feed rest until it is resumed. */
export async function pause({ database, queues }: ListRuntime, feed: Pick<StoredFeed, 'id'>): Promise<void> {
  await pauseFeed(database.pool, feed.id);
  await unscheduleFeed(queues, feed.id);
}

/** Polls a feed again that rested; one that is retired stays so. */
export async function resume(
  { database, queues }: ListRuntime,
  feed: Pick<StoredFeed, 'id' | 'retiredAt'>,
): Promise<void> {
  await resumeFeed(database.pool, feed.id);
  if (feed.retiredAt === null) await scheduleFeed(queues, { id: feed.id, nextPollAt: new Date() });
}

/** Has a worker poll a feed now, whatever its plan says. */
export async function pollSoon({ queues }: ListRuntime, feed: Pick<StoredFeed, 'id'>): Promise<void> {
  await pollNow(queues, [feed], newRunId());
}

/** How an operator words a plan: at most one of the two; neither leaves it to the feed's rhythm. */
export interface PlanWords {
  /** `90s`, `15m`, `6h` or `1d` */
  readonly every?: string | undefined;
  /** A cron expression in UTC. */
  readonly cron?: string | undefined;
}

export type ReadPlan =
  | { readonly ok: true; readonly plan: PollPlan; readonly nextPollAt: Date }
  /** `about`: which of the words is wrong. */
  | { readonly ok: false; readonly about: 'every' | 'cron'; readonly message: string };

/** Reads a plan, and when by it the next poll is. */
export function readPlan({ every, cron }: PlanWords, now: Date): ReadPlan {
  if (cron !== undefined) {
    try {
      return { ok: true, plan: { pollMinutes: null, pollCron: cron }, nextPollAt: nextOfCron(cron, now) };
    } catch (error) {
      return { ok: false, about: 'cron', message: (error as Error).message };
    }
  }
  if (every === undefined) return { ok: true, plan: { pollMinutes: null, pollCron: null }, nextPollAt: now };
  const match = /^(\d+(?:\.\d+)?)\s*(s|m|min|h|d)$/.exec(every.trim());
  const minutes = Number(match?.[1]) * ({ s: 1 / 60, m: 1, min: 1, h: 60, d: 1440 }[match?.[2] ?? ''] ?? Number.NaN);
  if (!(minutes >= LEAST_EVERY_MINUTES && minutes <= MOST_EVERY_MINUTES)) {
    return { ok: false, about: 'every', message: 'expected a time of a minute to a year, such as 15m, 6h or 1d' };
  }
  return { ok: true, plan: { pollMinutes: minutes, pollCron: null }, nextPollAt: now };
}

/** Sets when a feed is polled. One that rests or is retired goes on resting. */
export async function setPlan(
  { database, queues }: ListRuntime,
  feed: Pick<StoredFeed, 'id' | 'retiredAt' | 'pausedAt'>,
  { plan, nextPollAt }: Extract<ReadPlan, { ok: true }>,
): Promise<void> {
  await planPolls(database.pool, feed.id, plan, nextPollAt);
  if (isPolled(feed)) await scheduleFeed(queues, { id: feed.id, nextPollAt });
}

export interface ImportedList {
  /** Not followed before. */
  readonly added: number;
  readonly already: number;
  readonly faults: readonly OpmlFault[];
}

/** Follows all feeds of an OPML file; faulty lines are told and left out. */
export async function importList(runtime: ListRuntime, opml: string): Promise<ImportedList> {
  const { feeds, faults } = readOpml(opml);
  const followed = feeds.length > 0 ? await follow(runtime, feeds) : [];
  const added = followed.filter(({ already }) => !already).length;
  return { added, already: followed.length - added, faults };
}

/** The followed feeds as OPML. */
export async function exportList(database: Queryable): Promise<string> {
  return writeOpml('Belfry', await listFeeds(database));
}

/**
 * Looks what feeds stand behind an address that a person gave.
 *
 * @param signal ends the search early; what was not had by then is `unreachable`
 */
export async function searchFeeds(settings: Settings, address: string, signal?: AbortSignal): Promise<FoundFeeds> {
  const web = createWebClient(webSettings(settings));
  try {
    return await findFeeds(
      { get: (url, options) => web.get(url, { ...options, signal }) },
      address,
      settings.net.maxFeedMegabytes << 20,
    );
  } finally {
    await web.close();
  }
}
