/** Redis and PostgreSQL that are away when a service starts, and later: it waits, says so, and goes on. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Belfry, createBelfry, eventually } from '../support/belfry.js';
import { mustHaveServers, serversAtHand, startPostgres, startRedis } from '../support/servers.js';
import { type SyntheticSite, startSyntheticSite } from '../support/synthetic-site.js';

const ITEMS = 5;

// Without servers CI fails at their start, which is what it should do.
describe.runIf(serversAtHand() || mustHaveServers)('with its servers away', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  let belfry: Belfry | undefined;
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

  async function carriesAFeed(installation: Belfry): Promise<void> {
    site = await startSyntheticSite({ items: ITEMS });
    const [feed = ''] = site.feeds;
    expect(await installation.run(['feeds', 'add', '--unchecked', feed])).toMatchObject({ code: 0 });
    await eventually(async () => (await installation.articles('--source', feed)).length === ITEMS, 90);
  }

  test('a service starts before both, says which is away, shows it in its metrics, and works once they are there', async () => {
    await postgres.kill();
    await redis.kill();
    belfry = createBelfry({ REDIS_URL: redis.url, DATABASE_URL: postgres.url });
    const running = belfry.start(['run']);
    await running.says(/PostgreSQL at \S+ is away .*; trying again in/, 60);
    await postgres.restart();
    const [, address = ''] = await running.says(/Server listening at (http:\/\/[\d.:]+)/, 90);
    await running.says(/connection trouble/, 30);
    const readiness = await fetch(`${address}/readyz`);
    expect(readiness.status).toBe(503);
    expect(await readiness.json()).toMatchObject({ store: 'ok', queues: 'away' });
    expect(await (await fetch(`${address}/metrics`)).text()).toMatch(/^belfry_queues_up 0$/m);
    await redis.restart();
    await running.says(/Belfry is at/, 60);
    await carriesAFeed(belfry);
    expect((await running.end('SIGTERM')).code).toBe(0);
  });

  test('a service that waits for PostgreSQL or Redis stops at once when told to', async () => {
    for (const [variable, url, away] of [
      ['DATABASE_URL', 'postgres://nobody@127.0.0.1:1/none', /PostgreSQL at .* is away/],
      ['REDIS_URL', 'redis://127.0.0.1:1', /connection trouble/],
    ] as const) {
      belfry = createBelfry({ REDIS_URL: redis.url, DATABASE_URL: postgres.url, [variable]: url });
      const running = belfry.start(['worker', 'fetch']);
      await running.says(away, 60);
      const began = Date.now();
      const { code } = await running.end('SIGTERM');
      expect([variable, code]).toEqual([variable, 0]);
      expect(Date.now() - began).toBeLessThan(15_000);
      await belfry.dispose();
    }
  });

  test('queues on PostgreSQL outlive its going away', async () => {
    belfry = createBelfry({ DATABASE_URL: postgres.url });
    const running = belfry.start(['run']);
    const [, address = ''] = await running.says(/Belfry is at (http:\/\/[\d.:]+)/, 90);
    await postgres.kill();
    await eventually(async () => (await (await fetch(`${address}/metrics`)).text()).includes('belfry_store_up 0'), 30);
    expect((await fetch(`${address}/healthz`)).status).toBe(200);
    await postgres.restart();
    await carriesAFeed(belfry);
    expect((await running.end('SIGTERM')).code).toBe(0);
  });
});
