/** Whether exporting a store takes memory with its length: the peaks of two processes, one of which writes five times as much. */
import { loadSettings } from '../../src/config.js';
import { openDatabase } from '../../src/store/database.js';
import type { ExportMessage } from './export-process.js';
import { firstMessage, startProcess } from './grounds.js';
import type { BenchKey } from './key.js';
import { seedArticles } from './seed-articles.js';

const sizes = { quick: { few: 2_000, many: 10_000 }, full: { few: 20_000, many: 100_000 } } as const;
const MEGABYTE = 1 << 20;

export const exportRssGrowth: BenchKey = {
  key: 'export_rss_growth',
  meaning:
    'most memory that exporting 100,000 articles as CSV takes over that of 20,000 (10,000 and 2,000 with --quick)',
  aim: { atMost: 1.3 },
  needs: ['PostgreSQL'],
  async measure(grounds, size) {
    const { few, many } = sizes[size];
    const databaseUrl = await grounds.postgres();
    grounds.progress(`writes ${many} articles`);
    const settings = loadSettings({ BELFRY_FEEDS: 'none', LOG_LEVEL: 'error', DATABASE_URL: databaseUrl });
    const database = await grounds.scope.hold(
      () => openDatabase(settings, { kind: 'service', onPoolError: () => undefined }),
      (held) => held.close(),
    );
    await seedArticles(database.pool, many);
    const peakOf = async (limit: number): Promise<number> => {
      grounds.progress(`exports ${limit} articles`);
      const child = await startProcess(grounds.scope, 'export-process.js', [databaseUrl, String(limit)]);
      const { characters, peakBytes } = await firstMessage<ExportMessage>(child);
      if (characters < limit) throw new Error(`an export of ${limit} articles wrote ${characters} characters`);
      return peakBytes;
    };
    const [ofFew, ofMany] = [await peakOf(few), await peakOf(many)];
    return {
      value: ofMany / ofFew,
      detail: `${Math.round(ofFew / MEGABYTE)} MB for ${few} articles, ${Math.round(ofMany / MEGABYTE)} MB for ${many}`,
    };
  },
};
