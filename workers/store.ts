/** The store worker: writes articles with their tags, and forgets page bodies that have had their time. */
import { runIfMain } from '../src/cli/serve-stages.js';
import { type StartStage, startStageWorker } from '../src/pipeline/stage-worker.js';
import type { PageJob } from '../src/pipeline/stages.js';
import { storePage } from '../src/pipeline/steps/store-page.js';
import { pruneArticleChanges } from '../src/store/article-changes.js';
import { pruneHostGates } from '../src/store/host-gates.js';
import { prunePages } from '../src/store/pages.js';
import { pruneRobots } from '../src/store/robots.js';
import { vacuumTables } from '../src/store/upkeep.js';

export const startStore: StartStage = (context) => {
  const { database, settings } = context.runtime;
  const worker = startStageWorker(context, 'store', settings.store.concurrency, async (job, { log }) => {
    if (job.name === 'prune') {
      const pruned = await prunePages(database.pool, settings.pages.keepDays);
      await pruneHostGates(database.pool);
      await pruneRobots(database.pool);
      await pruneArticleChanges(database.pool);
      if (database.embedded) await vacuumTables(database.pool);
      log.info(pruned, 'forgot old pages and polls');
      return 'pruned';
    }
    const { outcome } = await storePage(database, (job.data as PageJob).pageId);
    return outcome;
  });
  return { stage: 'store', close: () => worker.close() };
};

await runIfMain(import.meta.url, startStore);
