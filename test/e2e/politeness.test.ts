/** Many hosts, two fetch processes on real Redis: what the hosts themselves see of politeness. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Belfry, createBelfry, eventually } from '../support/belfry.js';
import { serversAtHand, startPostgres, startRedis } from '../support/servers.js';

/** The acceptance measure is 10,000 items of 500 hosts (BELFRY_POLITENESS_ITEMS, BELFRY_POLITENESS_HOSTS). */
const ITEMS = Number(process.env.BELFRY_POLITENESS_ITEMS ?? 400);
const HOSTS = Number(process.env.BELFRY_POLITENESS_HOSTS ?? 40);
const AT_A_TIME = 2;
const SPACING_MILLISECONDS = 1_000;
const SLOW_HOST = 'slow.test';
const SLOW_ITEMS = 10;
const SLOW_PAGE_MILLISECONDS = 5_000;
/** The lists are our own and may be had at once. */
const LIST_HOST = 'lists.test';
const ITEMS_A_LIST = 1_000;
const LISTS = Math.ceil(ITEMS / ITEMS_A_LIST);

interface Visits {
  readonly starts: number[];
  readonly pages: Set<string>;
  running: number;
  mostRunning: number;
}

describe.runIf(serversAtHand())(`${ITEMS} items of ${HOSTS} hosts, fetched by two processes`, () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  let site: Server;
  let belfry: Belfry;
  const visits = new Map<string, Visits>();

  beforeAll(async () => {
    redis = await startRedis();
    postgres = await startPostgres();
    site = createServer((request, response) => {
      const host = (request.headers.host ?? '').replace(/:\d+$/, '');
      if (host === LIST_HOST) {
        response.setHeader('content-type', 'application/rss+xml').end(listOf(Number(request.url?.slice(1))));
        return;
      }
      const seen = visits.get(host) ?? { starts: [], pages: new Set(), running: 0, mostRunning: 0 };
      visits.set(host, seen);
      seen.starts.push(performance.now());
      seen.mostRunning = Math.max(seen.mostRunning, ++seen.running);
      response.once('close', () => seen.running--);
      if (request.url === '/robots.txt') {
        response.end('User-agent: *\nDisallow: /private\n');
        return;
      }
      seen.pages.add(request.url ?? '');
      const answer = (): unknown => response.setHeader('content-type', 'text/html').end(`<p>${request.url}</p>`);
      if (host === SLOW_HOST) setTimeout(answer, SLOW_PAGE_MILLISECONDS);
      else answer();
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    belfry = createBelfry({
      REDIS_URL: redis.url,
      DATABASE_URL: postgres.url,
      BELFRY_NET_ALLOW: '127.0.0.0/8',
      BELFRY_NET_RESOLVE: '*.test=127.0.0.1',
      BELFRY_OWN_HOSTS: LIST_HOST,
      BELFRY_HOST_REQUESTS: String(AT_A_TIME),
      BELFRY_HOST_SPACING: String(SPACING_MILLISECONDS / 1000),
    });
  });
  afterAll(async () => {
    await belfry?.dispose();
    site?.closeAllConnections();
    site?.close();
    await redis?.stop();
    await postgres?.stop();
  });

  const port = (): number => (site.address() as AddressInfo).port;

  /** Items of all hosts in turn, as a news day brings them; the first list has the slow host's too. */
  function listOf(list: number): string {
    const first = list * ITEMS_A_LIST;
    const count = Math.min(ITEMS_A_LIST, ITEMS - first);
    const items = Array.from({ length: count }, (_, offset) => {
      const index = first + offset;
      return `http://host-${index % HOSTS}.test:${port()}/${index}`;
    });
    const slow = Array.from(
      { length: list === 0 ? SLOW_ITEMS : 0 },
      (_, index) => `http://${SLOW_HOST}:${port()}/${index}`,
    );
    const entries = [...slow, ...items].map((url) => `<item><title>${url}</title><link>${url}</link></item>`);
    return `<rss version="2.0"><channel><title>List ${list}</title>${entries.join('')}</channel></rss>`;
  }

  const others = (): Visits[] => [...visits].filter(([host]) => host !== SLOW_HOST).map(([, seen]) => seen);
  const fetched = (): number => others().reduce((sum, { pages }) => sum + pages.size, 0);

  test('no host sees more than K at a time or starts closer than S, and a slow one delays no other', {
    timeout: 1_800_000,
  }, async () => {
    const workers = [1, 2].map(() => belfry.startFile('workers/fetch.js'));
    await Promise.all(workers.map((worker) => worker.says(/worker started/, 60)));
    const began = performance.now();
    const lists = Array.from({ length: LISTS }, (_, list) => `http://${LIST_HOST}:${port()}/${list}`);
    expect(await belfry.run(['feeds', 'add', ...lists])).toMatchObject({ code: 0 });
    await eventually(async () => fetched() === ITEMS, 1_700);
    const othersDone = performance.now() - began;
    const slowServed = visits.get(SLOW_HOST)?.pages.size ?? 0;
    await eventually(async () => visits.get(SLOW_HOST)?.pages.size === SLOW_ITEMS, 120);

    const gaps = [...visits.values()].flatMap(({ starts }) =>
      starts.slice(1).map((start, index) => start - (starts[index] ?? Number.NaN)),
    );
    const most = Math.max(...[...visits.values()].map(({ mostRunning }) => mostRunning));
    const leastGap = gaps.reduce((least, gap) => Math.min(least, gap), Number.POSITIVE_INFINITY);
    process.stderr.write(
      `${ITEMS} pages of ${HOSTS} hosts in ${(othersDone / 1000).toFixed(1)} s: at most ${most} at a time, ` +
        `starts at least ${leastGap.toFixed(0)} ms apart; by then the slow host had served ${slowServed} of ${SLOW_ITEMS}\n`,
    );
    expect(visits.size).toBe(HOSTS + 1);
    expect(visits.get(SLOW_HOST)?.mostRunning).toBe(AT_A_TIME);
    expect(most).toBe(AT_A_TIME);
    expect(leastGap).toBeGreaterThanOrEqual(SPACING_MILLISECONDS);
    // Each page once, each robots.txt once or (where two asked together) twice: nobody comes twice for the same thing.
    expect(gaps.length + visits.size).toBeLessThanOrEqual(ITEMS + SLOW_ITEMS + 2 * visits.size);
    if (ITEMS / HOSTS <= SLOW_ITEMS) expect(slowServed).toBeLessThan(SLOW_ITEMS);
    for (const worker of workers) expect((await worker.end('SIGTERM')).code).toBe(0);
  });
});
