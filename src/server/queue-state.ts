/** The queues as they stand: how deep, how old, and what was given up. */
import type { Job } from 'bullmq';
import { inTime } from '../pipeline/in-time.js';
import { type QueueDepths, queueDepths } from '../pipeline/queue-depths.js';
import { allQueues, type Queues } from '../pipeline/queues.js';
import type { PageJob, PollJob, Stage } from '../pipeline/stages.js';

/** A queue on a Redis that is away waits for it instead of failing: this long is enough to know. */
const ANSWER_SECONDS = 3;
/** A change may take many steps, such as a schedule for each of hundreds of feeds. */
const CHANGE_SECONDS = 25;

export type QueueState =
  | { readonly known: true; readonly queues: readonly QueueDepths[] }
  | { readonly known: false; readonly reason: string };

export async function queueState(queues: Queues): Promise<QueueState> {
  return answerInTime(async () => ({ known: true as const, queues: await queueDepths(queues) }));
}

/** A job that was given up. */
export interface DeadLetter {
  readonly stage: Stage;
  readonly jobId: string;
  readonly subject: { readonly pageId: string } | { readonly feedId: number } | undefined;
  readonly reason: string;
  readonly attempts: number;
  readonly diedAt: Date | null;
}

export type DeadLetters =
  | { readonly known: true; readonly total: number; readonly letters: readonly DeadLetter[] }
  | { readonly known: false; readonly reason: string };

/** The latest dead letters of all stages, newest first. */
export async function deadLetters(queues: Queues, limit: number): Promise<DeadLetters> {
  return answerInTime(async () => {
    const perStage = await Promise.all(
      allQueues(queues).map(async ({ stage, queue }) => ({
        total: await queue.getFailedCount(),
        letters: (await queue.getFailed(0, limit - 1)).flatMap((job) => (job ? [letterOf(stage, job)] : [])),
      })),
    );
    return {
      known: true as const,
      total: perStage.reduce((sum, { total }) => sum + total, 0),
      letters: perStage
        .flatMap(({ letters }) => letters)
        .sort((a, b) => (b.diedAt?.getTime() ?? 0) - (a.diedAt?.getTime() ?? 0))
        .slice(0, limit),
    };
  });
}

function letterOf(stage: Stage, job: Job): DeadLetter {
  const { pageId, feedId } = job.data as Partial<PageJob & PollJob>;
  return {
    stage,
    jobId: job.id ?? '',
    subject: pageId !== undefined ? { pageId } : feedId !== undefined ? { feedId } : undefined,
    reason: job.failedReason ?? '',
    attempts: job.attemptsMade,
    diedAt: job.finishedOn === undefined ? null : new Date(job.finishedOn),
  };
}

export type Unknown = { readonly known: false; readonly reason: string };

/** Changes something in the queues: away at once where they don't answer, and late where the work goes on without us. */
export async function changeInTime<Done>(
  queues: Queues,
  work: () => Promise<Done>,
): Promise<{ readonly known: true; readonly done: Done } | Unknown> {
  const reached = await queueState(queues);
  return reached.known ? answerInTime(async () => ({ known: true, done: await work() }), CHANGE_SECONDS) : reached;
}

/** Asks the queues, but no longer than people wait: the work itself goes on. */
async function answerInTime<Known>(ask: () => Promise<Known>, seconds = ANSWER_SECONDS): Promise<Known | Unknown> {
  try {
    const answer = await inTime(ask(), seconds * 1000);
    return answer.inTime ? answer.value : { known: false, reason: `no answer within ${seconds} s` };
  } catch (error) {
    const { message, name } = error as Error;
    return { known: false, reason: message || name };
  }
}
