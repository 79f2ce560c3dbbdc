/**
 * What the queues cost: the chain against the same work in a loop, over the same pages, into the same PostgreSQL server.
 *
 * Both run in this process with the same client, the same pool of extraction threads, the same classifier and the same
 * write; both read the feed first. Neither waits on a network, so nothing but work is compared. The plain loop has one
 * page under way at a time and so can't use a second core; the chain can, and pays for it with four jobs in Redis, the
 * claim check (a page compressed, written and read three times) and its bookkeeping. `chain_vs_busy_loop` takes that
 * advantage away: there the loop has as many pages under way as the chain's fetch stage. Pages are small (3 to 6 KB), so
 * extraction is cheap and the queues' share large: real pages treat the chain more kindly.
 */
import { openChain } from './chain.js';
import type { Grounds } from './grounds.js';
import type { BenchKey, Size } from './key.js';
import { openLoop } from './loop.js';
import { alternate, describePairs, medianRatio } from './median.js';

/** The chain's own default for pages fetched at a time. */
const BUSY_LANES = 16;

const sizes: Readonly<Record<Size, { readonly rounds: number; readonly items: number }>> = {
  quick: { rounds: 3, items: 80 },
  full: { rounds: 7, items: 500 },
};

export const chainVsLoop: BenchKey = {
  key: 'chain_vs_loop',
  meaning: 'items/s of the chain on Redis over those of a plain loop',
  aim: { atLeast: 0.7 },
  needs: ['redis-server', 'PostgreSQL'],
  measure: (grounds, size) => compare(grounds, size, 1),
};

export const chainVsBusyLoop: BenchKey = {
  key: 'chain_vs_busy_loop',
  meaning: `items/s of the chain on Redis over those of a loop with ${BUSY_LANES} pages under way`,
  needs: ['redis-server', 'PostgreSQL'],
  measure: (grounds, size) => compare(grounds, size, BUSY_LANES),
};

async function compare(grounds: Grounds, size: Size, lanes: number) {
  const { rounds, items } = sizes[size];
  // One feed a round, and one to warm both up: threads start, code is compiled, connections open.
  const site = await grounds.site(rounds + 1, items);
  const feed = (round: number): string => site.feeds[round] as string;
  const chainPlace = { redisUrl: await grounds.redis(), databaseUrl: await grounds.postgres() };
  const loopPlace = { ...chainPlace, databaseUrl: await grounds.postgres() };
  const chain = await grounds.scope.hold(
    () => openChain(chainPlace),
    (held) => held.close(),
  );
  const loop = await grounds.scope.hold(
    () => openLoop(loopPlace, lanes),
    (held) => held.close(),
  );
  await chain.run(feed(rounds), items);
  await loop.run(feed(rounds), items);
  const pairs = await alternate(
    rounds,
    (round) => {
      grounds.progress(`round ${round + 1} of ${rounds}`);
      return chain.run(feed(round), items);
    },
    (round) => loop.run(feed(round), items),
  );
  return { value: medianRatio(pairs), detail: describePairs(pairs, 'items/s') };
}
