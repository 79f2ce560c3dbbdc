/** What the queues hold now. */
import type { Runtime } from './runtime.js';
import { type Stage, stages } from './stages.js';

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
  return Promise.all(
    stages.map(async (stage) => {
      const queue = runtime.queues.queue(stage);
      const [counts, waiting, prioritized] = await Promise.all([
        queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed'),
        queue.getJobs(['waiting'], 0, 0, true),
        queue.getJobs(['prioritized'], 0, 0, true),
      ]);
      const oldest = Math.min(...[waiting[0], prioritized[0]].flatMap((job) => (job ? [job.timestamp] : [])));
      return {
        stage,
        waiting: (counts.waiting ?? 0) + (counts.prioritized ?? 0),
        active: counts.active ?? 0,
        delayed: counts.delayed ?? 0,
        dead: counts.failed ?? 0,
        oldestWaitingSeconds: Number.isFinite(oldest) ? Math.max(0, Math.round((Date.now() - oldest) / 1000)) : null,
      };
    }),
  );
}
