/** What the start without servers costs: the chain on the embedded database against the chain on Redis and PostgreSQL. */
import { openChain } from './chain.js';
import type { BenchKey } from './key.js';
import { alternate, describePairs, medianRatio } from './median.js';

const sizes = { quick: { rounds: 2, items: 30 }, full: { rounds: 5, items: 200 } } as const;

export const embeddedVsRedis: BenchKey = {
  key: 'embedded_vs_redis',
  meaning: 'items/s of the embedded chain over those on Redis and PostgreSQL',
  needs: ['redis-server', 'PostgreSQL'],
  async measure(grounds, size) {
    const { rounds, items } = sizes[size];
    const site = await grounds.site(rounds + 1, items);
    const feed = (round: number): string => site.feeds[round] as string;
    const place = { redisUrl: await grounds.redis(), databaseUrl: await grounds.postgres() };
    const directory = await grounds.folder();
    const embedded = await grounds.scope.hold(
      () => openChain({ dataDirectory: directory }),
      (held) => held.close(),
    );
    const redis = await grounds.scope.hold(
      () => openChain(place),
      (held) => held.close(),
    );
    await embedded.run(feed(rounds), items);
    await redis.run(feed(rounds), items);
    const pairs = await alternate(
      rounds,
      (round) => embedded.run(feed(round), items),
      (round) => redis.run(feed(round), items),
    );
    return { value: medianRatio(pairs), detail: describePairs(pairs, 'items/s') };
  },
};
