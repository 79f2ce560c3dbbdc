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

/** All of them, newest first within each stage. */
export async function listDeadLetters(runtime: Runtime): Promise<DeadLetter[]> {
  const perStage = await Promise.all(
    stages.map(async (stage) => {
      const jobs = await runtime.queues.queue(stage).getFailed();
      return jobs.filter(Boolean).map((job) => describeJob(stage, job as StageJob));
    }),
  );
  return perStage.flat();
}

/** What can be done about a dead letter. */
export type Settlement = 'retry' | 'drop';

/** Where a dead letter lies. */
export type DeadLetterPlace = Pick<DeadLetter, 'stage' | 'id'>;

/**
 * Puts dead letters back into their queues with all their tries, or forgets them: their pages keep the outcome 'dead'.
 *
 * @returns how many there were still
 */
export async function settleDeadLetters(
  runtime: Runtime,
  settlement: Settlement,
  letters: readonly DeadLetterPlace[],
): Promise<number> {
  let settled = 0;
  for (const letter of letters) {
    const job = await runtime.queues.queue(letter.stage).getJob(letter.id);
    if (!job || !(await job.isFailed())) continue;
    if (settlement === 'retry') await retry(runtime, letter.stage, job as StageJob);
    else await job.remove();
    settled++;
  }
  return settled;
}

async function retry(runtime: Runtime, stage: Stage, job: StageJob): Promise<void> {
  const { pageId } = describeJob(stage, job);
  if (pageId) await resumePage(runtime.database.pool, pageId);
  await job.retry('failed', { resetAttemptsMade: true });
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
