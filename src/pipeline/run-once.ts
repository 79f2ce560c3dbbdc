/** One run for cron: poll what is due, drain the chain, say what came of it. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { dueFeeds, listFeeds, type StoredFeed } from '../store/feeds.js';
import { holdLease, releaseLease } from '../store/leases.js';
import {
  allTravelling,
  countRun,
  countTravelling,
  newestPollId,
  type RunCounts,
  type RunWindow,
} from '../store/runs.js';
import type { Runtime } from './runtime.js';
import { newRunId, pollJobId, pollNow } from './schedule.js';
import { handOn } from './stage-worker.js';
import { stages } from './stages.js';

const LEASE = 'run-once';
/** After a crash the next run waits for this lease to end. */
const LEASE_SECONDS = 60;
const RENEW_SECONDS = 15;
const CHECK_MILLISECONDS = 250;

export interface RunOnceRequest {
  /** `due`: feeds whose time has come; `all`: every feed; otherwise these. */
  readonly feeds: 'due' | 'all' | readonly StoredFeed[];
  readonly onProgress?: ((counts: RunCounts) => void) | undefined;
  /** Ends the waiting early: what is under way stays queued. */
  readonly signal?: AbortSignal | undefined;
}

export interface RunSummary extends RunCounts {
  readonly window: RunWindow;
  readonly seconds: number;
  /** Polls that never came to a result: their jobs are among the dead letters. */
  readonly pollsDead: number;
}

export type RunOnceResult =
  | { readonly ran: true; readonly summary: RunSummary }
  | { readonly ran: false; readonly reason: 'locked' };

/** Polls and waits; the stages' workers must be running, here or elsewhere. */
export async function runOnce(runtime: Runtime, request: RunOnceRequest): Promise<RunOnceResult> {
  const { pool } = runtime.database;
  const holder = `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`;
  if (!(await holdLease(pool, LEASE, holder, LEASE_SECONDS))) return { ran: false, reason: 'locked' };
  const renewal = setInterval(() => {
    holdLease(pool, LEASE, holder, LEASE_SECONDS).catch((error: Error) =>
      runtime.log.warn(`the run's lease can't be renewed: ${error.message}`),
    );
  }, RENEW_SECONDS * 1000);
  try {
    return { ran: true, summary: await pollAndDrain(runtime, request) };
  } finally {
    clearInterval(renewal);
    await releaseLease(pool, LEASE, holder).catch(() => undefined);
  }
}

async function pollAndDrain(runtime: Runtime, { feeds, onProgress, signal }: RunOnceRequest): Promise<RunSummary> {
  const { pool } = runtime.database;
  const began = Date.now();
  const runId = newRunId();
  const left = await allTravelling(pool);
  await handOn(runtime, 'fetch', left);
  const leftIds = left.map(({ pageId }) => pageId);
  const wanted = feeds === 'due' ? await dueFeeds(pool) : feeds === 'all' ? await listFeeds(pool) : feeds;
  const window: RunWindow = { afterPollId: await newestPollId(pool), feedIds: wanted.map(({ id }) => id) };
  await pollNow(runtime.queues, wanted, runId);
  const pendingPolls = followPolls(runtime, wanted, runId);
  for (;;) {
    const counts = await countRun(pool, window);
    onProgress?.(counts);
    const pending = await pendingPolls();
    const idle =
      pending.waiting === 0 &&
      counts.travelling === 0 &&
      (await countTravelling(pool, leftIds)) === 0 &&
      (await queuesAreEmpty(runtime));
    if (idle || signal?.aborted) {
      const final = await countRun(pool, window);
      return { ...final, window, seconds: (Date.now() - began) / 1000, pollsDead: pending.dead };
    }
    await sleep(CHECK_MILLISECONDS);
  }
}

/** Follows a run's poll jobs until each is done (and removed) or dead. */
function followPolls(
  runtime: Runtime,
  feeds: readonly Pick<StoredFeed, 'id'>[],
  runId: string,
): () => Promise<{ waiting: number; dead: number }> {
  const queue = runtime.queues.queue('fetch');
  const open = new Set(feeds.map(({ id }) => pollJobId(id, runId)));
  let dead = 0;
  return async () => {
    for (const jobId of open) {
      const state = await queue.getJobState(jobId);
      if (state === 'failed') dead++;
      if (state === 'failed' || state === 'completed' || state === 'unknown') open.delete(jobId);
    }
    return { waiting: open.size, dead };
  };
}

/** Replays and left-overs count too; polls that a schedule holds for later don't. */
async function queuesAreEmpty(runtime: Runtime): Promise<boolean> {
  for (const stage of stages) {
    const queue = runtime.queues.queue(stage);
    const { waiting = 0, prioritized = 0, active = 0 } = await queue.getJobCounts('waiting', 'prioritized', 'active');
    if (waiting + prioritized + active > 0) return false;
    if (stage === 'extract' || stage === 'classify') {
      if ((await queue.getDelayedCount()) > 0) return false;
    }
  }
  return true;
}
