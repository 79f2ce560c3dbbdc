/** What the queues hold now, as commands print it. */
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
