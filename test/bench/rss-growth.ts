/** Whether the chain keeps what it should let go: resident memory of one process with all workers, early and late. */
import { firstMessage, startProcess } from './grounds.js';
import type { BenchKey } from './key.js';
import type { MemoryMessage } from './memory-process.js';

/** `early` articles, then on to `late`. */
const sizes = { quick: { early: 200, late: 600 }, full: { early: 500, late: 5_000 } } as const;
const MEGABYTE = 1 << 20;

export const rssGrowth: BenchKey = {
  key: 'rss_growth',
  meaning: 'resident memory after many articles over that after few',
  aim: { atMost: 1.15 },
  needs: ['redis-server', 'PostgreSQL'],
  async measure(grounds, size) {
    const { early, late } = sizes[size];
    const site = await grounds.site(late / early, early);
    const [redisUrl, databaseUrl] = [await grounds.redis(), await grounds.postgres()];
    const child = await startProcess(grounds.scope, 'memory-process.js', [
      JSON.stringify({ redisUrl, databaseUrl }),
      JSON.stringify(site),
    ]);
    const { earlyBytes, lateBytes } = await firstMessage<MemoryMessage>(child);
    return {
      value: lateBytes / earlyBytes,
      detail: `${Math.round(earlyBytes / MEGABYTE)} MB after ${early} articles, ${Math.round(lateBytes / MEGABYTE)} MB after ${late}`,
    };
  },
};
