/** Runs pages that are still kept through a stage again: for new code, a new taxonomy, a new model. */
import { replayablePages } from '../store/pages.js';
import type { Runtime } from './runtime.js';
import { newRunId } from './schedule.js';
import { handOn } from './stage-worker.js';

const BATCH = 500;

export type ReplayStage = 'extract' | 'classify';

/** @returns how many pages were queued. */
export async function replay(
  runtime: Runtime,
  stage: ReplayStage,
  since: Date,
  onBatch: (queued: number) => void,
): Promise<number> {
  const run = newRunId();
  let queued = 0;
  let after = '';
  for (;;) {
    const pages = await replayablePages(runtime.database.pool, stage, since, after, BATCH);
    const last = pages.at(-1);
    if (!last) return queued;
    await handOn(
      runtime,
      stage,
      pages.map((page) => ({ ...page, run })),
    );
    queued += pages.length;
    after = last.pageId;
    onBatch(queued);
  }
}
