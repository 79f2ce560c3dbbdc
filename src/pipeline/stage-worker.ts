/**
 * What all four workers share: a job ends in a named outcome, is tried again, waits while the store is away, or is parked
 * among the dead letters with its reason. Nothing that a job does ends the worker.
 */
import { DelayedError } from 'bullmq';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import { isDatabaseAway } from '../store/away.js';
import { finishPage, noteStrayJob, reviveDeadPage } from '../store/pages.js';
import type { StageJob, StageWorker } from './queues.js';
import { describe, type Runtime } from './runtime.js';
import { type Deferred, type JobData, type PageJob, pageJobId, type Stage } from './stages.js';

/** A job that can't run while the store is away waits this long; it loses no attempt by it. */
const AWAY_WAIT_MILLISECONDS = 5_000;
/** A defect may be a passing one: three tries, the last after about half a minute, then the dead letters. */
export const jobAttempts = { attempts: 3, backoff: { type: 'exponential', delay: 5_000 } } as const;
/** Pages wait behind polls: a burst of new pages must not delay other feeds. */
const PAGE_PRIORITY_IN_FETCH = 10;

/** Thrown by a stage that wants the job tried again: not a defect, so no stack. */
export class TryAgain extends Error {
  override readonly name = 'TryAgain';
}

/** Thrown by a stage whose job can't be done yet, through no fault of its own: it loses no try, and `state` joins its data. */
export class ComeBack extends Error {
  override readonly name = 'ComeBack';
  readonly afterMilliseconds: number;
  readonly state: Readonly<Record<string, unknown>>;

  constructor(afterMilliseconds: number, state: Readonly<Record<string, unknown>>) {
    super(`come back in ${afterMilliseconds} ms`);
    this.afterMilliseconds = afterMilliseconds;
    this.state = state;
  }
}

export interface StageContext {
  readonly runtime: Runtime;
  readonly metrics: Metrics;
}

/** A worker at work, and all that it holds open. */
export interface RunningStage {
  readonly stage: Stage;
  /** Stops taking jobs, lets those under way end, and closes what the stage held. */
  close(): Promise<void>;
}

/** Rejects where something that the stage needs can't be had. */
export type StartStage = (context: StageContext) => RunningStage | Promise<RunningStage>;

export interface StageTry {
  /** `last` when a failure now would park the job. */
  readonly tries: 'more' | 'last';
  /** `again` when another worker may have begun this job before. */
  readonly attempt: 'first' | 'again';
  readonly log: Logger;
}

/** Starts one stage's worker. `work` returns the outcome's name. */
export function startStageWorker(
  { runtime, metrics }: StageContext,
  stage: Stage,
  concurrency: number,
  work: (job: StageJob, attempt: StageTry) => Promise<string>,
): StageWorker {
  const stageLog = runtime.log.child({ stage });
  const worker = runtime.queues.startWorker(stage, concurrency, async (job, token) => {
    const log = stageLog.child(subjectOf(job));
    const began = performance.now();
    const attempt = job.attemptsStarted > 1 + deferralsOf(job) || job.stalledCounter > 0 ? 'again' : 'first';
    try {
      const { pageId } = job.data as Partial<PageJob>;
      if (pageId && attempt === 'again') await reviveDeadPage(runtime.database.pool, pageId);
      const outcome = await work(job, {
        tries: job.attemptsMade + 1 < (job.opts.attempts ?? 1) ? 'more' : 'last',
        attempt,
        log,
      });
      if (pageId && outcome === 'page-gone') await noteStrayJob(runtime.database.pool, stage, pageId);
      const seconds = (performance.now() - began) / 1000;
      metrics.outcomes.inc({ stage, outcome });
      metrics.seconds.observe({ stage }, seconds);
      log.debug({ outcome, ms: Math.round(seconds * 1000) }, `${job.name} done`);
      return outcome;
    } catch (error) {
      if (error instanceof ComeBack) {
        metrics.outcomes.inc({ stage, outcome: 'waits-its-turn' });
        await job.updateData({ ...job.data, ...error.state, deferrals: deferralsOf(job) + 1 } as JobData);
        await job.moveToDelayed(Date.now() + Math.ceil(error.afterMilliseconds), token);
        throw new DelayedError();
      }
      if (isDatabaseAway(error)) {
        metrics.postponed.inc({ stage });
        log.warn({ error: describe(error) }, 'the store is away, the job waits');
        await job.moveToDelayed(Date.now() + AWAY_WAIT_MILLISECONDS, token);
        throw new DelayedError();
      }
      throw error;
    }
  });
  worker.on('failed', (job, error) => {
    if (!job) return;
    const log = stageLog.child(subjectOf(job));
    const dead = job.finishedOn !== undefined;
    const outcome = dead ? 'dead' : 'tried-again';
    metrics.outcomes.inc({ stage, outcome });
    if (error instanceof TryAgain) log.info({ reason: error.message }, 'trying again later');
    else
      log.error(
        { error: describe(error), ...(error.stack && dead && { stack: error.stack }) },
        dead ? 'parked among the dead letters' : 'failed, trying again',
      );
    const { pageId } = job.data as Partial<PageJob>;
    if (dead && pageId) {
      finishPage(runtime.database.pool, pageId, 'dead').catch((failure: unknown) =>
        log.error({ error: describe(failure) }, 'could not mark the page as dead'),
      );
    }
  });
  return worker;
}

const deferralsOf = (job: StageJob): number => (job.data as Deferred).deferrals ?? 0;

const subjectOf = (job: StageJob): Record<string, unknown> => {
  const { pageId, feedId } = job.data as { pageId?: string; feedId?: number };
  return pageId === undefined ? { feed: feedId } : { page: pageId };
};

/** Hands pages to a stage. Handing on twice is harmless: the job's id is derived from the page. */
export async function handOn(runtime: Runtime, stage: Stage, pages: readonly PageJob[]): Promise<void> {
  if (pages.length === 0) return;
  const attempts = stage === 'fetch' ? { ...jobAttempts, attempts: runtime.settings.fetch.attempts } : jobAttempts;
  await runtime.queues.queue(stage).addBulk(
    pages.map((page) => ({
      name: 'page' as const,
      data: page,
      opts: { jobId: pageJobId(page), ...attempts, ...(stage === 'fetch' && { priority: PAGE_PRIORITY_IN_FETCH }) },
    })),
  );
}
