/**
 * Who is polled when: one BullMQ job scheduler a feed, set anew after each poll to when the feed is due next.
 *
 * The feeds in the store are the truth. Making schedules of them is idempotent, so any number of processes may do it at the
 * same time: an upsert of the same schedule changes nothing, and only schedules of feeds that are not followed go.
 */
import { readFileSync } from 'node:fs';
import type { Settings } from '../config.js';
import { type ListedFeed, readOpml } from '../feeds/opml.js';
import { isPolled, listFeeds, type StoredFeed, syncListedFeeds } from '../store/feeds.js';
import type { Queues } from './queues.js';
import type { Runtime } from './runtime.js';
import { jobAttempts } from './stage-worker.js';
import { identityOf, type JobName } from './stages.js';

const PRUNE_SCHEDULE = 'prune';
/** 3:17 at night: off the hour, when others start their jobs. */
const PRUNE_PATTERN = '17 3 * * *';
const HUBS_SCHEDULE = 'hubs';
/** Leases last hours or days; a feed that is not followed any more takes leave of its hub within this time. */
const HUBS_MINUTES = 5;
/** A failing poll is noted with its feed; of jobs that broke, the last few are enough. */
const KEEP_FAILED_POLLS = 50;

/** A schedule that is this late is set anew. */
const LATE_MILLISECONDS = 60_000;
/** A poll that is lost is made up for after this long at the earliest. */
const SHORTEST_INTERVAL_MILLISECONDS = 10_000;

const scheduleOf = (feedId: number): string => `feed-${feedId}`;

/** The feed list can't be read or is wrong: says where. */
export class FeedListError extends Error {
  override readonly name = 'FeedListError';
}

/** Brings the OPML list into the store. Faulty lines are logged and left out; a list that can't be read stops the start. */
export async function syncFeedList(runtime: Runtime): Promise<void> {
  const { feeds, faults } = readFeedList(runtime.settings);
  for (const fault of faults) runtime.log.error(fault);
  await syncListedFeeds(runtime.database.pool, feeds);
}

/**
 * Reads the feed list without touching anything: a start that would fail on it can do so before it opens a database.
 *
 * @returns its feeds, and its faults as `file:line: what was expected`
 * @throws FeedListError when it can't be read or gives nothing because it is broken: that must not end all schedules
 */
export function readFeedList({ feeds: { list: path } }: Pick<Settings, 'feeds'>): {
  readonly feeds: readonly ListedFeed[];
  readonly faults: readonly string[];
} {
  if (path === 'none') return { feeds: [], faults: [] };
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new FeedListError(
      `${path}: can't be read (${(error as NodeJS.ErrnoException).code}); set feeds.list or BELFRY_FEEDS`,
    );
  }
  const { feeds, faults } = readOpml(text);
  const placed = faults.map(({ line, message }) => `${path}:${line}: ${message}`);
  if (feeds.length === 0 && placed.length > 0) throw new FeedListError(placed[0]);
  return { feeds, faults: placed };
}

/** Makes the schedules those of the followed feeds. */
export async function syncSchedules(runtime: Runtime): Promise<{ readonly feeds: number; readonly ended: number }> {
  const { queues, database, settings } = runtime;
  const queue = queues.queue('fetch');
  const before = await queue.getJobSchedulers(0, -1);
  const feeds = (await listFeeds(database.pool)).filter(isPolled);
  const scheduled = new Map(before.map((scheduler) => [scheduler.key, scheduler.next ?? Number.POSITIVE_INFINITY]));
  for (const feed of feeds) {
    const next = scheduled.get(scheduleOf(feed.id)) ?? Number.POSITIVE_INFINITY;
    const due = Math.max(feed.nextPollAt.getTime(), Date.now());
    if (next > due + LATE_MILLISECONDS) await scheduleFeed(queues, feed);
  }
  const wanted = new Set(feeds.map((feed) => scheduleOf(feed.id)));
  const gone = before.filter(({ key }) => key.startsWith('feed-') && !wanted.has(key));
  for (const { key } of gone) await queue.removeJobScheduler(key);
  await queues
    .queue('store')
    .upsertJobScheduler(
      PRUNE_SCHEDULE,
      { pattern: PRUNE_PATTERN },
      { name: 'prune', data: {}, opts: { removeOnComplete: true } },
    );
  if (settings.server.publicUrl === undefined) await queue.removeJobScheduler(HUBS_SCHEDULE);
  else {
    await queue.upsertJobScheduler(
      HUBS_SCHEDULE,
      { every: HUBS_MINUTES * 60_000 },
      { name: 'hubs', data: {}, opts: { ...jobAttempts, removeOnComplete: true, removeOnFail: { count: 1 } } },
    );
  }
  return { feeds: feeds.length, ended: gone.length };
}

/** Asks new hubs without waiting for the schedule. */
export async function askHubsNow(queues: Queues): Promise<void> {
  await queues.queue('fetch').add('hubs', {}, { ...jobAttempts, removeOnFail: { count: 1 } });
}

/** Schedules one feed's next poll, at once where it is due. Should that poll be lost, another comes after as long again. */
export async function scheduleFeed(queues: Queues, feed: Pick<StoredFeed, 'id' | 'nextPollAt'>): Promise<void> {
  const now = Date.now();
  const at = feed.nextPollAt.getTime();
  // BullMQ takes a new start only together with a new interval: no two of ours are the same.
  const every = Math.max(at - now, SHORTEST_INTERVAL_MILLISECONDS) + Math.floor(Math.random() * 1000);
  await queues.queue('fetch').upsertJobScheduler(
    scheduleOf(feed.id) as JobName, // BullMQ types a schedule's id by the names of jobs
    { every, ...(at > now && { startDate: at }) },
    {
      name: 'poll',
      data: { feedId: feed.id },
      opts: { ...jobAttempts, removeOnComplete: true, removeOnFail: { count: KEEP_FAILED_POLLS } },
    },
  );
}

export async function unscheduleFeed(queues: Queues, feedId: number): Promise<void> {
  await queues.queue('fetch').removeJobScheduler(scheduleOf(feedId));
}

/** Asks for polls now, for a run of their own. */
export async function pollNow(queues: Queues, feeds: readonly Pick<StoredFeed, 'id'>[], runId: string): Promise<void> {
  await queues.queue('fetch').addBulk(
    feeds.map(({ id }) => ({
      name: 'poll' as const,
      data: { feedId: id, runId },
      opts: { jobId: pollJobId(id, runId), ...jobAttempts, removeOnFail: { count: KEEP_FAILED_POLLS } },
    })),
  );
}

export const pollJobId = (feedId: number, runId: string): string => `poll-${feedId}-${runId}`;

/** An id that tells this run's jobs from all others. */
export const newRunId = (): string =>
  identityOf(String(process.pid), String(Date.now()), String(Math.random())).slice(0, 12);
