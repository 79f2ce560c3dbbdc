/** The real chain with all its workers in this process, fed one feed at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startStages } from '../../src/cli/stages.js';
import { loadSettings, type Settings } from '../../src/config.js';
import { createLogger } from '../../src/log.js';
import { createMetrics } from '../../src/metrics.js';
import { openRuntime } from '../../src/pipeline/runtime.js';
import { newRunId, pollNow } from '../../src/pipeline/schedule.js';
import { stages } from '../../src/pipeline/stages.js';
import { addFeeds } from '../../src/store/feeds.js';

const CHECK_MILLISECONDS = 20;
/** No feed of the bench takes as long on any machine: something is broken. */
const STUCK_SECONDS = 600;

/** Redis and PostgreSQL, or the embedded database in a folder. */
export type Place = { readonly redisUrl: string; readonly databaseUrl: string } | { readonly dataDirectory: string };

export interface Chain {
  /**
   * Polls a feed and waits until all its pages are stored as articles.
   *
   * @returns items a second, from asking for the poll to the last article.
   * @throws Error when pages end otherwise: a figure over failures would be worth nothing.
   */
  run(feedUrl: string, items: number): Promise<number>;
  close(): Promise<void>;
}

/** Everything as shipped, but for where it runs and whom it may ask. */
export const benchSettings = (place: Place): Settings =>
  loadSettings({
    BELFRY_FEEDS: 'none',
    BELFRY_NET_ALLOW: '127.0.0.1',
    LOG_LEVEL: 'error',
    ...('redisUrl' in place
      ? { REDIS_URL: place.redisUrl, DATABASE_URL: place.databaseUrl }
      : { BELFRY_DATA_DIR: place.dataDirectory }),
  });

export async function openChain(place: Place): Promise<Chain> {
  const settings = benchSettings(place);
  const runtime = await openRuntime(settings, createLogger(settings.logLevel), 'service');
  const metrics = createMetrics();
  const running = await Promise.all(startStages(stages).map((start) => start({ runtime, metrics })));
  const { pool } = runtime.database;
  return {
    async run(feedUrl, items) {
      const [feed] = await addFeeds(pool, [benchFeed(feedUrl)]);
      if (!feed) throw new Error(`${feedUrl} was not added`);
      const began = performance.now();
      await pollNow(runtime.queues, [feed], newRunId());
      for (;;) {
        await sleep(CHECK_MILLISECONDS);
        const { rows } = await pool.query<{ stored: number; otherwise: number }>(
          `SELECT count(*) FILTER (WHERE outcome = 'stored') AS stored, count(*) FILTER (WHERE outcome <> 'stored') AS otherwise
           FROM pages WHERE feed_id = $1`,
          [feed.id],
        );
        const { stored = 0, otherwise = 0 } = rows[0] ?? {};
        const seconds = (performance.now() - began) / 1000;
        if (stored === items) return items / seconds;
        if (otherwise > 0 || stored > items || seconds > STUCK_SECONDS)
          throw new Error(`of ${items} items ${stored} were stored and ${otherwise} ended otherwise`);
      }
    },
    async close() {
      await Promise.all(running.map((stage) => stage.close()));
      await runtime.close();
    },
  };
}

export const benchFeed = (url: string) => ({
  url,
  title: null,
  site: null,
  folder: null,
  language: null,
  country: null,
});
