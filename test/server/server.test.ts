import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseHTML } from 'linkedom';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/server.js';
import { freePort, serversAtHand, startRedis } from '../support/servers.js';
import {
  addTestFeed,
  evidence,
  openTestService,
  storeTestArticle,
  type TestService,
  testId,
  types,
} from './newsroom-store.js';

const HOSTILE = '<script>alert("x")</script> & <img src=x onerror=alert(1)>';
/** More than two pages of the list, many of them at the very same time. */
const CROWD = 75;
const MARKED = testId(1);
const HOSTILE_ID = testId(2);
const EDITED = testId(3);

let service: TestService;
let server: RunningServer;
let feed: number;

beforeAll(async () => {
  service = await openTestService();
  const { runtime } = service;
  feed = await addTestFeed(runtime, 'https://newsroom.example/rss', 'The Newsroom');
  const crowdFeed = await addTestFeed(runtime, 'https://crowd.example/rss', 'Crowd');

  const title = 'Rail depot burns';
  const text =
    'It was a quiet night.\n\nArson at a rail depot near Ghent is called sabotage. 🚂 Police found a leaflet.';
  await storeTestArticle(runtime, {
    id: MARKED,
    feedId: feed,
    title,
    text,
    happenedAt: new Date('2026-11-24T08:00:00Z'),
    tags: [
      {
        type: 'sabotage',
        score: 0.9,
        evidence: [
          evidence('text', text, 'Arson at a rail', 'act.arson', 0.9),
          evidence('title', title, 'burns', 'act.fire', 0.2),
        ],
      },
      {
        type: 'left-wing-extremism',
        score: 0.6,
        evidence: [
          evidence('text', text, 'rail depot', 'target.rail', 0.3),
          evidence('text', text, 'leaflet', 'claim.leaflet', 0.4),
        ],
      },
    ],
  });
  await storeTestArticle(runtime, {
    id: HOSTILE_ID,
    feedId: feed,
    title: HOSTILE,
    text: `${HOSTILE}\nEen tekst over spoorwegen.`,
    url: 'javascript:alert(1)',
    language: 'nl',
    happenedAt: new Date('2026-11-24T07:00:00Z'),
    sourceReason: 'http-403',
  });
  for (const text of ['The first line stays.\nThe second goes.', 'The first line stays.\nAnother came.']) {
    await storeTestArticle(runtime, {
      id: EDITED,
      feedId: feed,
      title: 'An edited article',
      text,
      happenedAt: new Date('2026-11-24T06:00:00Z'),
    });
  }
  for (let number = 0; number < CROWD; number++) {
    await storeTestArticle(runtime, {
      id: testId(1000 + number),
      feedId: crowdFeed,
      title: `Crowd ${number}`,
      text: 'Nothing happened.',
      happenedAt: new Date(Date.UTC(2026, 10, 20, 0, 0, 0, Math.floor(number / 10))),
    });
  }
  server = await startServer(service, { host: '127.0.0.1', port: 0, types });
});

afterAll(async () => {
  await server?.close();
  await service?.close();
});

const get = (path: string): Promise<Response> => fetch(`${server.url}${path}`, { redirect: 'manual' });

async function page(path: string): Promise<Document> {
  const response = await get(path);
  expect(response.status).toBe(200);
  return parseHTML(await response.text()).document as unknown as Document;
}

const textsOf = (document: Document, selector: string): string[] =>
  [...document.querySelectorAll(selector)].map((element) => element.textContent?.trim() ?? '');

/** The words of each mark, without what is said for screen readers only. */
const marksOf = (document: Document, selector: string): string[] =>
  [...document.querySelectorAll(`${selector} mark`)].map((mark) => {
    for (const spoken of mark.querySelectorAll('.spoken')) spoken.remove();
    return mark.textContent ?? '';
  });

describe('the article list', () => {
  test('is found from where it once stood', async () => {
    const response = await get('/?type=sabotage&after=x&q=');
    expect([response.status, response.headers.get('location')]).toEqual([301, '/articles?type=sabotage']);
  });

  test('shows the newest first with types and the sentence of the strongest evidence', async () => {
    const document = await page('/articles');
    const item = document.querySelector('.item');
    expect(item?.querySelector('h2 a')?.getAttribute('href')).toBe(`/articles/${MARKED}`);
    expect(textsOf(document, '.articles > li:first-child .chip').slice(0, 2)).toEqual([
      'Sabotage 90%',
      'Left-wing extremism 60%',
    ]);
    expect(marksOf(document, '.articles > li:first-child .quote')).toEqual(['Arson at a ', 'rail', ' depot']);
    const quote = item?.querySelector('.quote')?.textContent ?? '';
    expect(quote).toContain('near Ghent is called sabotage.');
    expect(quote).not.toContain('quiet night');
    expect(document.querySelector('.count')?.textContent).toBe(`${CROWD + 3} articles`);
  });

  test('quotes evidence of the type that was asked for', async () => {
    const document = await page('/articles?type=left-wing-extremism');
    expect(marksOf(document, '.articles > li:first-child .quote')).toEqual(['leaflet']);
  });

  test.each([
    ['tagged=yes', 1],
    ['type=sabotage', 1],
    ['type=sabotage&type=espionage', 1],
    ['type=espionage', 0],
    ['score=0.85', 1],
    ['type=left-wing-extremism&score=0.85', 0],
    ['language=nl', 1],
    ['from=2026-11-24&to=2026-11-24', 3],
    ['to=2026-11-20', CROWD],
    ['q=spoorweg', 1],
    ['q=arson', 1],
    ['q=arson+-ghent', 0],
    ['q=%22rail+depot%22', 1],
    ["q='%3B+DROP+TABLE+articles%3B--", 0],
  ])('with %s counts and lists %i', async (query, count) => {
    const document = await page(`/articles?${query}`);
    expect(document.querySelector('.count')?.textContent).toBe(count === 1 ? '1 article' : `${count} articles`);
    expect(document.querySelectorAll('.item')).toHaveLength(Math.min(count, 30));
  });

  test('filters by source', async () => {
    expect((await page(`/articles?feed=${feed}`)).querySelectorAll('.item')).toHaveLength(3);
  });

  test('keeps the filters in the form and in links that take each one off', async () => {
    const document = await page('/articles?type=sabotage&score=0.3&q=rail&language=en');
    expect(document.querySelector('#type-sabotage')?.hasAttribute('checked')).toBe(true);
    expect(document.querySelector('#type-espionage')?.hasAttribute('checked')).toBe(false);
    expect(document.querySelector('#q')?.getAttribute('value')).toBe('rail');
    const links = [...document.querySelectorAll('.active a')].map((link) => link.getAttribute('href'));
    expect(links).toContain('/articles?type=sabotage&q=rail&language=en');
    expect(links).toContain('/articles?score=0.3&q=rail&language=en');
  });

  test('goes through all articles page by page without skipping or repeating one, while others come in', async () => {
    const seen: string[] = [];
    let path: string | undefined = '/articles?to=2026-11-20';
    for (let pages = 0; path !== undefined; pages++) {
      expect(pages).toBeLessThan(10);
      const document: Document = await page(path);
      for (const link of document.querySelectorAll('.item h2 a')) seen.push(link.getAttribute('href') ?? '');
      path = document.querySelector('a[rel=next]')?.getAttribute('href') ?? undefined;
      await storeTestArticle(service.runtime, {
        id: testId(5000 + pages),
        feedId: feed,
        title: 'Came in meanwhile',
        text: 'Newer than all of the crowd.',
        happenedAt: new Date(Date.UTC(2026, 10, 20, 12, pages)),
      });
    }
    await service.runtime.database.pool.query('DELETE FROM articles WHERE id >= $1', [testId(5000)]);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.map((address) => address.replace(/\?.*/, '')).sort()).toEqual(
      Array.from({ length: CROWD }, (_, number) => `/articles/${testId(1000 + number)}`).sort(),
    );
  });

  test('takes empty form fields out of the address', async () => {
    const response = await get('/articles?q=rail&score=&language=&type=sabotage&from=');
    expect([response.status, response.headers.get('location')]).toEqual([302, '/articles?q=rail&type=sabotage']);
  });

  test('says what is wrong with an address that it doesn’t understand', async () => {
    const response = await get('/articles?period=yesterday');
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('<code>period</code>');
  });

  test('says that nothing matches, and how to see more', async () => {
    const document = await page('/articles?type=jihadism&tagged=yes');
    expect(document.querySelector('.empty h2')?.textContent).toBe('Nothing matches');
    expect(document.querySelector('.empty a')?.getAttribute('href')).toBe('/articles?type=jihadism');
  });
});

describe('an article’s page', () => {
  test('marks the evidence in title and text, overlaps included, and leaves the text as it was', async () => {
    const document = await page(`/articles/${MARKED}`);
    expect(marksOf(document, 'h1')).toEqual(['burns']);
    expect(marksOf(document, '.text')).toEqual(['Arson at a ', 'rail', ' depot', 'leaflet']);
    expect(textsOf(document, '.text p')).toEqual([
      'It was a quiet night.',
      'Arson at a rail depot near Ghent is called sabotage. 🚂 Police found a leaflet.',
    ]);
  });

  test('says of each mark which type, concept and weight it stands for', async () => {
    const document = await page(`/articles/${MARKED}`);
    const both = document.querySelectorAll('.text mark')[1];
    expect(both?.getAttribute('title')).toBe(
      'Sabotage: act.arson, weight +0.90\nLeft-wing extremism: target.rail, weight +0.30',
    );
    expect(both?.querySelector('.spoken')?.textContent).toContain('Sabotage: act.arson, weight +0.90');
  });

  test('links each row of the evidence to its mark', async () => {
    const document = await page(`/articles/${MARKED}`);
    const links = [...document.querySelectorAll('.evidence a')].map((link) => link.getAttribute('href') ?? '');
    expect(links).toHaveLength(4);
    for (const link of links) expect(document.querySelectorAll(link)).toHaveLength(1);
  });

  test('escapes a hostile title and text and opens no address that is not on the web', async () => {
    for (const path of ['/articles', `/articles/${HOSTILE_ID}`]) {
      const html = await (await get(path)).text();
      expect(html).not.toContain('<script>');
      expect(html).not.toContain('<img src=x');
      expect(html).not.toMatch(/href="javascript:/i);
      expect(html).toContain('&lt;script>');
    }
  });

  test('says why the feed’s own text had to do', async () => {
    const document = await page(`/articles/${HOSTILE_ID}`);
    expect(document.querySelector('dl')?.textContent).toContain('the feed, because: The site answers 403 Forbidden');
  });

  test('opens the original without giving this page away', async () => {
    const link = (await page(`/articles/${MARKED}`)).querySelector('.original a');
    expect(link?.getAttribute('href')).toBe(`https://newsroom.example/${MARKED}`);
    expect(link?.getAttribute('rel')?.split(' ')).toEqual(expect.arrayContaining(['noopener', 'noreferrer']));
    expect(link?.getAttribute('referrerpolicy')).toBe('no-referrer');
  });

  test('tells what an edit took out and what it put in', async () => {
    const document = await page(`/articles/${EDITED}`);
    expect(textsOf(document, '.version summary')[0]).toMatch(/^Version 1 to 2, /);
    expect(textsOf(document, '.version del')).toEqual(['The second goes.']);
    expect(textsOf(document, '.version ins')).toEqual(['Another came.']);
    expect(textsOf(document, '.version .unchanged')).toEqual(['1 paragraph unchanged']);
  });

  test('is found by the start of its id where that is the only one', async () => {
    expect((await get(`/articles/${MARKED.slice(0, 23)}`)).status).toBe(404);
    await storeTestArticle(service.runtime, {
      id: 'abcdef0123456789abcdef01',
      feedId: feed,
      title: 'Alone',
      text: 'Alone.',
      happenedAt: new Date('2020-01-01T00:00:00Z'),
    });
    const response = await get('/articles/abcdef01');
    expect([response.status, response.headers.get('location')]).toEqual([302, '/articles/abcdef0123456789abcdef01']);
    await service.runtime.database.pool.query("DELETE FROM articles WHERE id = 'abcdef0123456789abcdef01'");
  });

  test.each(['/articles/ffffffffffffffffffffffff', '/articles/%00', '/articles/..%2f', '/nowhere', '/articles/%zz'])(
    '%s is answered with a page that says so',
    async (path) => {
      const response = await get(path);
      expect([404, 400]).toContain(response.status);
      expect(response.headers.get('content-type')).toContain('text/html');
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    },
  );
});

describe('feeds and operations', () => {
  test('a failing feed is named first, in plain words', async () => {
    await service.runtime.database.pool.query(
      `UPDATE feeds SET last_outcome = 'http-503', last_error = 'answered 503', failures = 3 WHERE id = $1`,
      [feed],
    );
    const document = await page('/feeds');
    expect(document.querySelector('.attention')?.textContent).toContain(
      'The Newsroom: The site answers 503 Service Unavailable',
    );
    expect(document.querySelector(`#feed-${feed} [data-name=Articles]`)?.textContent).toBe('3');
  });

  test('a dead letter shows what it is about and why it died', async () => {
    const { runtime } = service;
    await runtime.database.pool.query(
      `INSERT INTO pages (id, url, feed_id, item, revision, fetched_at, fetch_outcome, outcome)
       VALUES ('dead1', 'https://newsroom.example/dead', $1, '{"title": "A page too far"}', 'r', now(), 'ok', 'dead')`,
      [feed],
    );
    const worker = runtime.queues.startWorker('extract', 1, async () => {
      throw new Error('the extractor <b>broke</b>');
    });
    const died = new Promise((resolve) => worker.once('failed', resolve));
    await runtime.queues.queue('extract').add('page', { pageId: 'dead1', revision: 'r' }, { jobId: 'page-dead1-r' });
    await died;
    await worker.close();
    const letter = (await page('/operations')).querySelector('.letters li');
    expect(letter?.querySelector('strong')?.textContent).toBe('A page too far');
    expect(letter?.querySelector('.detail')?.textContent).toBe('the extractor <b>broke</b>');
  });
});

describe('Bull Board', () => {
  test('shows the queues, and asks nothing of other hosts', async () => {
    const html = await (await get('/queues')).text();
    expect(html).toContain('Belfry queues');
    expect(html).not.toContain('googleapis');
    const script = /src="(static\/js\/main[^"]+)"/.exec(html)?.[1];
    expect((await get(`/queues/${script}`)).status).toBe(200);
    const body = (await (await get('/queues/api/queues')).json()) as { queues: { name: string }[] };
    expect(body.queues.map(({ name }) => name)).toEqual(['fetch', 'extract', 'classify', 'store']);
  });

  test('takes actions from its own page only', async () => {
    const act = (origin: string | undefined) =>
      fetch(`${server.url}/queues/api/queues/extract/page-dead1-r/retry`, {
        method: 'PUT',
        ...(origin && { headers: { origin } }),
      });
    expect((await act(undefined)).status).toBe(403);
    expect((await act('https://evil.example')).status).toBe(403);
    expect((await act('null')).status).toBe(403);
    expect(await service.runtime.queues.queue('extract').getFailedCount()).toBe(1);
    expect((await act(server.url)).status).toBe(204);
    expect(await service.runtime.queues.queue('extract').getFailedCount()).toBe(0);
  });
});

describe('the API', () => {
  const json = async (path: string) => (await get(path)).json() as Promise<Record<string, unknown>>;

  test('gives the same list in pages that neither skip nor repeat', async () => {
    const seen: string[] = [];
    let path: string | null = '/api/v1/articles?to=2026-11-20&limit=20';
    while (path !== null) {
      const body = (await json(path)) as { articles: { id: string }[]; total: number; nextAddress: string | null };
      expect(body.total).toBe(CROWD);
      seen.push(...body.articles.map(({ id }) => id));
      path = body.nextAddress;
    }
    expect(seen).toHaveLength(CROWD);
    expect(new Set(seen).size).toBe(CROWD);
  });

  test('gives an article with evidence whose offsets hold in its text', async () => {
    const article = (await json(`/api/v1/articles/${MARKED}`)) as {
      text: string;
      tags: { evidence: { field: string; start: number; end: number; text: string }[] }[];
    };
    const inText = article.tags.flatMap((tag) => tag.evidence).filter(({ field }) => field === 'text');
    expect(inText).toHaveLength(3);
    for (const { start, end, text } of inText) expect(article.text.slice(start, end)).toBe(text);
  });

  test('answers errors as problem documents', async () => {
    for (const [path, status] of [
      ['/api/v1/articles?score=9', 400],
      ['/api/v1/articles/ffffffffffffffffffffffff', 404],
      ['/api/v1/nothing', 404],
    ] as const) {
      const response = await get(path);
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(await response.json()).toMatchObject({ type: 'about:blank', status, title: expect.any(String) });
    }
  });

  test('says how the whole is doing', async () => {
    expect(await json('/api/v1/status')).toMatchObject({
      readiness: { ready: true },
      articles: { stored: CROWD + 3, tagged: 1 },
      queues: { on: 'postgres', known: true },
      deadLetters: { known: true },
    });
  });
});

describe('probes and metrics', () => {
  test('say that the process is up and that store and queues answer', async () => {
    expect((await get('/healthz')).status).toBe(200);
    const ready = await get('/readyz');
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, store: 'ok', queues: 'ok' }]);
  });

  test('count what the process did and what the store holds', async () => {
    service.metrics.outcomes.inc({ stage: 'store', outcome: 'added' }, 3);
    const text = await (await get('/metrics')).text();
    expect(text).toContain('belfry_stage_outcomes_total{stage="store",outcome="added"} 3');
    expect(text).toContain(`belfry_articles ${CROWD + 3}`);
    expect(text).toContain('belfry_tags{type="sabotage"} 1');
    expect(text).toContain('belfry_queue_jobs{stage="fetch",state="waiting"} 0');
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('safety', () => {
  /** `fetch` doesn't let one set the Host header. */
  function answerTo(host: string | undefined, method = 'GET', path = '/healthz'): Promise<number> {
    const { port } = new URL(server.url);
    return new Promise((resolve, reject) => {
      const request = httpRequest({
        host: '127.0.0.1',
        port,
        path,
        method,
        setHost: false,
        headers: host ? { host } : {},
      });
      request.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on('error', reject).end();
    });
  }

  test.each(['127.0.0.1', '127.0.0.1:9999', 'localhost:8080', 'LOCALHOST', '[::1]:80'])(
    'the host %s is answered',
    async (host) => {
      expect(await answerTo(host)).toBe(200);
    },
  );

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '192.168.1.4', 'user@localhost'])(
    'the host %s is refused, as DNS rebinding would bring it',
    async (host) => {
      expect(await answerTo(host)).toBe(421);
    },
  );

  test('an address that takes only questions says so', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      expect(await answerTo('localhost', method, '/')).toBe(405);
      expect(await answerTo('localhost', method, '/api/v1/articles')).toBe(405);
    }
    expect(await answerTo('localhost', 'HEAD', '/')).toBe(200);
  });

  test('every answer carries a strict policy', async () => {
    for (const path of ['/', '/articles', '/feeds', '/operations', '/healthz', '/api/v1/articles', '/nowhere']) {
      const { headers } = await get(path);
      expect(headers.get('content-security-policy')).toContain(
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self';",
      );
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('same-origin');
    }
    const queues = (await get('/queues')).headers.get('content-security-policy');
    expect(queues).toContain("script-src 'self';");
    expect(queues).toContain("frame-ancestors 'none'");
  });

  test('pages need nothing but this server: every asset is found here', async () => {
    const document = await page('/articles');
    const assets = [...document.querySelectorAll('link[href]:not([rel=alternate]), img[src], script')].map(
      (element) => element.getAttribute('href') ?? element.getAttribute('src') ?? '',
    );
    expect(assets.length).toBeGreaterThanOrEqual(3);
    for (const asset of assets) {
      expect(asset).toMatch(/^\/assets\//);
      expect((await get(asset)).headers.get('cache-control')).toContain('immutable');
    }
    expect(document.querySelector('[style], style')).toBeNull();
  });
});

test('a port in use is a clear error', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(startServer(service, { host: '127.0.0.1', port, types })).rejects.toThrow(
    `port ${port} is in use; set PORT`,
  );
  other.close();
});

describe('with its servers away', () => {
  test('pages and API say so for the store, and the process is still up', async () => {
    const pool = new pg.Pool({ host: '127.0.0.1', port: await freePort() });
    const reader = new pg.Pool({ host: '127.0.0.1', port: await freePort() });
    const { runtime, metrics } = service;
    const away = await startServer(
      { runtime: { ...runtime, database: { ...runtime.database, pool, limitedPool: () => reader } }, metrics },
      { host: '127.0.0.1', port: 0, types },
    );
    const list = await fetch(`${away.url}/articles`);
    expect([list.status, list.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await list.text()).toContain('The store is away at the moment');
    const api = await fetch(`${away.url}/api/v1/articles`);
    expect(await api.json()).toMatchObject({ status: 503, type: 'about:blank' });
    expect((await fetch(`${away.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${away.url}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${away.url}/metrics`)).text()).toContain('belfry_store_up 0');
    await away.close();
    await pool.end();
  });

  test.runIf(serversAtHand())('Bull Board and operations work on Redis, and say when it is gone', async () => {
    const redis = await startRedis();
    const onRedis = await openTestService({ REDIS_URL: redis.url });
    const dashboard = await startServer(onRedis, { host: '127.0.0.1', port: 0, types });
    const ask = (path: string) => fetch(`${dashboard.url}${path}`);
    try {
      const queue = onRedis.runtime.queues.queue('classify');
      await queue.add('page', { pageId: 'waits', revision: 'r' }, { jobId: 'page-waits-r' });
      const board = (await (await ask('/queues/api/queues')).json()) as { queues: { name: string; counts: object }[] };
      expect(board.queues.find(({ name }) => name === 'classify')?.counts).toMatchObject({ waiting: 1 });
      const removed = await fetch(`${dashboard.url}/queues/api/queues/classify/page-waits-r/clean`, {
        method: 'PUT',
        headers: { origin: dashboard.url },
      });
      expect(removed.status).toBe(204);
      expect(await queue.getWaitingCount()).toBe(0);
      expect(await (await ask('/operations')).text()).toContain('Queues: Redis');

      await redis.kill();
      const operations = await (await ask('/operations')).text();
      expect(operations).toContain('The queues can’t be asked at the moment');
      expect((await ask('/')).status).toBe(200);
      expect((await ask('/readyz')).status).toBe(503);
      expect(await (await ask('/metrics')).text()).toContain('belfry_queues_up 0');
      await redis.restart();
    } finally {
      await dashboard.close();
      await onRedis.close();
      await redis.stop();
    }
  });
});

test('without types given it names those of the taxonomy', async () => {
  const { runtime, metrics } = service;
  const own = await startServer({ runtime, metrics }, { host: '127.0.0.1', port: 0 });
  const document = parseHTML(await (await fetch(`${own.url}/articles`)).text()).document as unknown as Document;
  expect(document.querySelectorAll('.types input').length).toBeGreaterThanOrEqual(11);
  await own.close();
});
