/** The extract worker: fetched page in, article out. */
import { availableParallelism } from 'node:os';
import { createExtractPool } from '../src/articles/pool.js';
import { runIfMain } from '../src/cli/serve-stages.js';
import { handOn, type StartStage, startStageWorker } from '../src/pipeline/stage-worker.js';
import type { PageJob } from '../src/pipeline/stages.js';
import { extractPage } from '../src/pipeline/steps/extract-page.js';

/** One page is being read from the store while another is in a thread: no thread waits. */
const JOBS_PER_THREAD = 2;

export const startExtract: StartStage = (context) => {
  const { runtime } = context;
  const { threads, timeoutSeconds, memoryMegabytes } = runtime.settings.extract;
  const threadCount = threads || availableParallelism();
  const pool = createExtractPool({ threads: threadCount, timeoutSeconds, memoryMegabytes });
  const worker = startStageWorker(context, 'extract', threadCount * JOBS_PER_THREAD, async (job) => {
    const page = job.data as PageJob;
    const { next, outcome } = await extractPage({ database: runtime.database, pool }, page.pageId);
    if (next === 'classify') await handOn(runtime, 'classify', [page]);
    return outcome;
  });
  return {
    stage: 'extract',
    close: async () => {
      await worker.close();
      await pool.close();
    },
  };
};

await runIfMain(import.meta.url, startExtract);
