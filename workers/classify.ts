/** The classify worker: article in, tags with their evidence out. */
import { runIfMain } from '../src/cli/serve-stages.js';
import { handOn, type StartStage, startStageWorker } from '../src/pipeline/stage-worker.js';
import type { PageJob } from '../src/pipeline/stages.js';
import { classifyPage } from '../src/pipeline/steps/classify-page.js';
import { createClassifier } from '../src/threats/classifier.js';

export const startClassify: StartStage = (context) => {
  const { runtime } = context;
  const classifier = createClassifier({ taxonomyDirectory: runtime.settings.taxonomy.directory });
  const worker = startStageWorker(context, 'classify', runtime.settings.classify.concurrency, async (job) => {
    const page = job.data as PageJob;
    const { next, outcome } = await classifyPage({ database: runtime.database, classifier }, page.pageId);
    if (next === 'store') await handOn(runtime, 'store', [page]);
    return outcome;
  });
  return { stage: 'classify', close: () => worker.close() };
};

await runIfMain(import.meta.url, startClassify);
