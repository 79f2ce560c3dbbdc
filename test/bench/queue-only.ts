/** The chain's queues without its store: for figures about the queues alone. */
import { createLogger } from '../../src/log.js';
import { openQueues } from '../../src/pipeline/queues.js';
import type { Runtime } from '../../src/pipeline/runtime.js';
import { identityOf, type PageJob } from '../../src/pipeline/stages.js';
import type { Database } from '../../src/store/database.js';
import { benchSettings } from './chain.js';

export function openQueueOnlyRuntime(redisUrl: string): Runtime {
  const settings = benchSettings({ redisUrl, databaseUrl: 'postgres://nobody@127.0.0.1:1/none' });
  const log = createLogger(settings.logLevel);
  const queues = openQueues(settings, noDatabase, (error) => log.error(error.message));
  return { settings, log, database: noDatabase, queues, close: () => queues.close() };
}

/** On Redis the queues need none; whatever asks all the same fails loudly. */
const noDatabase = new Proxy({} as Database, {
  get(_, property) {
    throw new Error(`a figure about queues alone asked for the database (${String(property)})`);
  },
});

/** Jobs with ids as long as real ones. */
export const pageJobs = (count: number, series: string): PageJob[] =>
  Array.from({ length: count }, (_, index) => ({
    pageId: identityOf('page', series, String(index)),
    revision: identityOf('revision', series, String(index)).slice(0, 12),
  }));
