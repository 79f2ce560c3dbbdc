/** Dead letters: jobs that failed to the end, kept with their reason until somebody retries or drops them. */
import { resumePage } from '../store/pages.js';
import type { StageJob } from './queues.js';
import type { Runtime } from './runtime.js';
import { type PageJob, type PollJob, type Stage, stages } from './stages.js';

export interface DeadLetter {
  readonly stage: Stage;
  readonly id: string;
  readonly pageId: string | null;
  readonly feedId: number | null;
  readonly reason: string;
  readonly attempts: number;
  readonly failedAt: Date;
}

/** Newest first within each stage. */
export async function listDeadLetters(runtime: Runtime, limitPerStage = 1000): Promise<DeadLetter[]> {
  const perStage = await Promise.all(
    stages.map(async (stage) => {
      const jobs = await runtime.queues.queue(stage).getFailed(0, limitPerStage - 1);
      return jobs.filter(Boolean).map((job) => describeJob(stage, job as StageJob));
    }),
  );
  return perStage.flat();
}

/** Puts a dead letter back into its queue with all its tries. False when it is not there (any more). */
export async function retryDeadLetter(runtime: Runtime, letter: DeadLetter): Promise<boolean> {
  const job = await runtime.queues.queue(letter.stage).getJob(letter.id);
  if (!job || !(await job.isFailed())) return false;
  if (letter.pageId) await resumePage(runtime.database.pool, letter.pageId);
  await job.retry('failed', { resetAttemptsMade: true });
  return true;
}

/** Forgets a dead letter; its page keeps the outcome 'dead'. */
export async function dropDeadLetter(runtime: Runtime, letter: DeadLetter): Promise<boolean> {
  const job = await runtime.queues.queue(letter.stage).getJob(letter.id);
  if (!job || !(await job.isFailed())) return false;
  await job.remove();
  return true;
}

function describeJob(stage: Stage, job: StageJob): DeadLetter {
  const { pageId, feedId } = job.data as Partial<PageJob & PollJob>;
  return {
    stage,
    id: job.id ?? '',
    pageId: pageId ?? null,
    feedId: feedId ?? null,
    reason: job.failedReason || 'unknown',
    attempts: job.attemptsMade,
    failedAt: new Date(job.finishedOn ?? job.timestamp),
  };
}
