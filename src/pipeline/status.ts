/** What the queues hold now, and how the feeds are, as commands and pages tell it. */
import type { StoredFeed } from '../store/feeds.js';
import { queueDepths } from './queue-depths.js';
import type { Runtime } from './runtime.js';
import type { Stage } from './stages.js';

export interface StageStatus {
  readonly stage: Stage;
  readonly waiting: number;
  readonly active: number;
  /** Waiting for a later try, or for the next poll of a schedule. */
  readonly delayed: number;
  readonly dead: number;
  /** Age of the job that waits longest, in seconds; null when none does. */
  readonly oldestWaitingSeconds: number | null;
}

export async function queueStatus(runtime: Runtime): Promise<StageStatus[]> {
  const queues = await queueDepths(runtime.queues);
  return queues.map(({ stage, depths, oldestAt }) => ({
    stage,
    waiting: depths.waiting + depths.prioritized,
    active: depths.active,
    delayed: depths.delayed,
    dead: depths.failed,
    oldestWaitingSeconds: oldestAt && Math.max(0, Math.round((Date.now() - oldestAt.getTime()) / 1000)),
  }));
}

/** `retired`: given up for good; `paused`: by its operator; `failing`: its last poll went wrong; `waiting`: never polled yet. */
export type FeedState = 'retired' | 'paused' | 'failing' | 'waiting' | 'well';

export function feedState(feed: Pick<StoredFeed, 'retiredAt' | 'pausedAt' | 'failures' | 'lastPollAt'>): FeedState {
  if (feed.retiredAt !== null) return 'retired';
  if (feed.pausedAt !== null) return 'paused';
  if (feed.failures > 0) return 'failing';
  return feed.lastPollAt === null ? 'waiting' : 'well';
}

/** All followed feeds by their state, and those that need another look whatever their state. */
export interface FeedHealth<Feed> {
  readonly well: number;
  readonly waiting: number;
  /** Those that fail longest first. */
  readonly failing: readonly Feed[];
  readonly retired: readonly Feed[];
  readonly paused: readonly Feed[];
  /** Said "not modified" while they had new entries: asked in full each time since then. */
  readonly distrusted: readonly Feed[];
}

export function feedHealth<Feed extends StoredFeed>(feeds: readonly Feed[]): FeedHealth<Feed> {
  const of = (state: FeedState): Feed[] => feeds.filter((feed) => feedState(feed) === state);
  return {
    well: of('well').length,
    waiting: of('waiting').length,
    failing: of('failing').sort((a, b) => b.failures - a.failures),
    retired: of('retired'),
    paused: of('paused'),
    distrusted: feeds.filter(({ validatorsTrusted }) => !validatorsTrusted),
  };
}
