/** The classify worker: article in, tags with their evidence out. */
import { runIfMain } from '../src/cli/serve-stages.js';
import { type ClassifyArticle, createSecondLook } from '../src/pipeline/second-look.js';
import { handOn, type StartStage, startStageWorker } from '../src/pipeline/stage-worker.js';
import type { PageJob } from '../src/pipeline/stages.js';
import { classifyPage } from '../src/pipeline/steps/classify-page.js';
import { restAfterFailures } from '../src/second-opinion/breaker.js';
import { openAdviser } from '../src/second-opinion/open.js';
import { createClassifier } from '../src/threats/classifier.js';

export const startClassify: StartStage = async (context) => {
  const { runtime, metrics } = context;
  const { database, settings, log } = runtime;
  const classifier = createClassifier({ taxonomyDirectory: settings.taxonomy.directory });
  const adviser = await openAdviser(settings);
  const classify: ClassifyArticle = adviser
    ? createSecondLook({
        classifier,
        adviser: restAfterFailures(adviser, (rest) =>
          log.warn(rest, 'no second opinion is to be had: not asked for a while'),
        ),
        database,
        metrics,
        settings: settings.secondOpinion,
      })
    : async (_, article) => classifier.classify(article);
  const worker = startStageWorker(context, 'classify', settings.classify.concurrency, async (job) => {
    const page = job.data as PageJob;
    const { next, outcome } = await classifyPage({ database, classify }, page.pageId);
    if (next === 'store') await handOn(runtime, 'store', [page]);
    return outcome;
  });
  return {
    stage: 'classify',
    close: async () => {
      await worker.close();
      await adviser?.close();
    },
  };
};

await runIfMain(import.meta.url, startClassify);
