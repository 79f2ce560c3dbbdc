/** How deep the queues are, and how old the job that waits longest. */
import { allQueues, type Queues, type StageQueue } from './queues.js';
import type { Stage } from './stages.js';

export const jobStates = ['waiting', 'prioritized', 'active', 'delayed', 'failed'] as const;
export type JobState = (typeof jobStates)[number];

export interface QueueDepths {
  readonly stage: Stage;
  readonly depths: Readonly<Record<JobState, number>>;
  /** When the job that has waited longest was added; null when none waits. */
  readonly oldestAt: Date | null;
}

/** Asks all queues; on a Redis that is away the answer waits for it. */
export async function queueDepths(queues: Queues): Promise<QueueDepths[]> {
  return Promise.all(
    allQueues(queues).map(async ({ stage, queue }) => {
      const [counts, oldestAt] = await Promise.all([queue.getJobCounts(...jobStates), oldestWaiting(queue)]);
      const depths = Object.fromEntries(jobStates.map((state) => [state, counts[state] ?? 0]));
      return { stage, depths: depths as Record<JobState, number>, oldestAt };
    }),
  );
}

async function oldestWaiting(queue: StageQueue): Promise<Date | null> {
  const jobs = await Promise.all([queue.getJobs('waiting', 0, 0, true), queue.getJobs('prioritized', 0, 0, true)]);
  const added = jobs.flat().flatMap((job) => (job ? [job.timestamp] : []));
  return added.length > 0 ? new Date(Math.min(...added)) : null;
}
