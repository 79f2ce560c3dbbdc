/** Four worker processes on real Redis and real PostgreSQL, as an operator runs them. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Belfry, createBelfry, eventually, type Running } from '../support/belfry.js';
import { mustHaveServers, serversAtHand, startPostgres, startRedis } from '../support/servers.js';
import { type SyntheticSite, startSyntheticSite } from '../support/synthetic-site.js';

/** The acceptance measure is 2000 (BELFRY_CHAOS_ITEMS=2000); every run of the suite does a smaller one. */
const CHAOS_ITEMS = Number(process.env.BELFRY_CHAOS_ITEMS ?? 300);
const KILL_EVERY_MILLISECONDS = 3_000;
const STAGES = ['fetch', 'extract', 'classify', 'store'] as const;

test.runIf(mustHaveServers)('CI has redis-server and PostgreSQL', () => {
  expect(serversAtHand()).toBe(true);
});

describe.runIf(serversAtHand())('on Redis and PostgreSQL', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  let belfry: Belfry;
  let site: SyntheticSite | undefined;

  beforeAll(async () => {
    redis = await startRedis();
    postgres = await startPostgres();
  });
  afterAll(async () => {
    await redis?.stop();
    await postgres?.stop();
  });
  afterEach(async () => {
    await belfry?.dispose();
    await site?.close();
    site = undefined;
  });

  const install = (): Belfry => createBelfry({ REDIS_URL: redis.url, DATABASE_URL: postgres.url });
  const startWorker = (stage: string): Running => belfry.startFile(`workers/${stage}.js`);

  async function storedUrls(): Promise<string[]> {
    return (await belfry.articles('--source', site?.feeds[0] ?? '')).map(({ url }) => url);
  }

  test('four worker processes carry a feed from a web server to `belfry articles`', async () => {
    belfry = install();
    site = await startSyntheticSite({ items: 40 });
    const workers = STAGES.map(startWorker);
    await Promise.all(workers.map((worker) => worker.says(/worker started/, 60)));
    expect(await belfry.run(['feeds', 'add', ...site.feeds])).toMatchObject({ code: 0 });
    await eventually(async () => (await storedUrls()).length === 40, 60);
    for (const worker of workers) expect((await worker.end('SIGTERM')).code).toBe(0);
  });

  test('processes that boot together make one schedule a feed, and a removed feed loses its schedule', async () => {
    belfry = install();
    site = await startSyntheticSite({ items: 1 });
    await belfry.run(['feeds', 'add', ...site.feeds]);
    const boots = await Promise.all(
      [1, 2, 3].map(async () => {
        const worker = startWorker('fetch');
        await worker.says(/worker started/, 60);
        return worker;
      }),
    );
    const delayed = async (): Promise<number> => {
      const { stdout } = await belfry.run(['status', '--json']);
      return (
        (JSON.parse(stdout) as { queues: { stage: string; delayed: number }[] }).queues.find(
          ({ stage }) => stage === 'fetch',
        )?.delayed ?? -1
      );
    };
    const { stdout } = await belfry.run(['feeds', 'list', '--json']);
    const followed = (JSON.parse(stdout) as unknown[]).length;
    await eventually(async () => (await delayed()) === followed, 30);
    await belfry.run(['feeds', 'remove', site.feeds[0] as string]);
    await eventually(async () => (await delayed()) === followed - 1, 30);
    await Promise.all(boots.map((worker) => worker.end('SIGTERM')));
  });

  test(`${CHAOS_ITEMS} items are each stored exactly once while a worker is killed every few seconds`, {
    timeout: 900_000,
  }, async () => {
    belfry = install();
    site = await startSyntheticSite({ items: CHAOS_ITEMS, latencyMilliseconds: 20 });
    const workers = new Map(STAGES.map((stage) => [stage, startWorker(stage)]));
    await belfry.run(['feeds', 'add', ...site.feeds]);
    let kills = 0;
    const killer = setInterval(() => {
      const stage = STAGES[kills++ % STAGES.length] as (typeof STAGES)[number];
      void workers.get(stage)?.end('SIGKILL');
      workers.set(stage, startWorker(stage));
    }, KILL_EVERY_MILLISECONDS);
    try {
      await eventually(async () => (await storedUrls()).length >= CHAOS_ITEMS, 800);
    } finally {
      clearInterval(killer);
    }
    const urls = await storedUrls();
    expect(urls).toHaveLength(CHAOS_ITEMS);
    expect(new Set(urls)).toEqual(new Set(site.items.map(({ url }) => url)));
    expect(kills).toBeGreaterThan(1);
    const dead = await belfry.run(['dead', 'list', '--json']);
    expect(JSON.parse(dead.stdout)).toEqual([]);
  });

  test('a worker outlives Redis and PostgreSQL going away, and goes on when they are back', async () => {
    belfry = install();
    site = await startSyntheticSite({ items: 30, latencyMilliseconds: 100 });
    const worker = belfry.start(['worker', ...STAGES]);
    await worker.says(/worker started/, 60);
    await postgres.kill();
    await redis.kill();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await redis.restart();
    await postgres.restart();
    await belfry.run(['feeds', 'add', ...site.feeds]);
    await eventually(async () => (await storedUrls()).length === 30, 90);
    expect(worker.child.exitCode).toBeNull();
    expect((await worker.end('SIGTERM')).code).toBe(0);
  });

  test('a command says clearly that Redis is away, with exit code 69', async () => {
    belfry = createBelfry({ REDIS_URL: 'redis://127.0.0.1:1', DATABASE_URL: postgres.url });
    const { code, stderr } = await belfry.run(['status']);
    expect(code).toBe(69);
    expect(stderr).toMatch(/Redis at redis:\/\/127\.0\.0\.1:1 is away/);
  });

  test('a command says clearly that PostgreSQL is away, with exit code 69', async () => {
    belfry = createBelfry({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    const { code, stderr } = await belfry.run(['status']);
    expect(code).toBe(69);
    expect(stderr).toMatch(/PostgreSQL at .* is away/);
  });
});
