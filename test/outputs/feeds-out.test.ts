/** The server's feeds and whole lists, over the wire, on a real store. */
import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAtomFeed, parseFeed } from 'feedsmith';
import { parseHTML } from 'linkedom';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/server.js';
import {
  addTestFeed,
  evidence,
  openTestService,
  storeTestArticle,
  type TestService,
  testId,
  types,
} from '../server/newsroom-store.js';

/** More than one batch of every kind of reading, many at the very same time. */
const ARTICLES = 603;
const TEXT = 'Arson at a rail depot is called sabotage.';

let service: TestService;
let server: RunningServer;
/** What the server reads through. */
let reader: pg.Pool;

beforeAll(async () => {
  service = await openTestService({ BELFRY_TLP: 'green', BELFRY_ORGANISATION: 'Harbour CERT' });
  const { runtime } = service;
  const feed = await addTestFeed(runtime, 'https://newsroom.example/rss', 'The Newsroom');
  for (let number = 0; number < ARTICLES; number++) {
    const tagged = number % 2 === 0;
    await storeTestArticle(runtime, {
      id: testId(number + 1),
      feedId: feed,
      title: `Article ${number}`,
      text: TEXT,
      language: number % 3 === 0 ? 'nl' : 'en',
      happenedAt: new Date(Date.UTC(2026, 10, 20, 0, 0, Math.floor(number / 10))),
      tags: tagged
        ? [{ type: 'sabotage', score: 0.9, evidence: [evidence('text', TEXT, 'Arson', 'act.arson', 0.9)] }]
        : [],
    });
  }
  const limitedPool = (seconds: number): pg.Pool => {
    reader = runtime.database.limitedPool(seconds);
    return reader;
  };
  server = await startServer(
    { ...service, runtime: { ...runtime, database: { ...runtime.database, limitedPool } } },
    { host: '127.0.0.1', port: 0, types },
  );
});

afterAll(async () => {
  await server?.close();
  await service?.close();
});

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server.url}${path}`, { headers });

describe('a feed of a filter', () => {
  test.each([
    ['rss', 'application/rss+xml; charset=utf-8'],
    ['atom', 'application/atom+xml; charset=utf-8'],
    ['json', 'application/feed+json; charset=utf-8'],
  ])('comes as %s with its media type and as many entries as asked', async (extension, mediaType) => {
    const response = await get(`/feeds/articles.${extension}?type=sabotage&limit=7`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(mediaType);
    const { feed } = parseFeed(await response.text());
    expect('entries' in feed ? feed.entries : 'items' in feed ? feed.items : []).toHaveLength(7);
  });

  test('says which list it is, where it stands and where the list is as a page', async () => {
    const feed = parseAtomFeed(await (await get('/feeds/articles.atom?type=sabotage&language=nl&limit=3')).text());
    expect(feed).toMatchObject({
      title: { value: 'Belfry: Sabotage, in nl' },
      authors: [{ name: 'Harbour CERT' }],
      links: [
        { rel: 'alternate', href: `${server.url}/articles?language=nl&type=sabotage` },
        { rel: 'self', href: `${server.url}/feeds/articles.atom?type=sabotage&language=nl&limit=3` },
      ],
    });
    expect(feed.entries?.every(({ xml }) => xml?.lang === 'nl')).toBe(true);
  });

  test('keeps its id when its parameters come in another order', async () => {
    const id = async (query: string) => parseAtomFeed(await (await get(`/feeds/articles.atom?${query}`)).text()).id;
    expect(await id('type=sabotage&language=nl')).toBe(await id('language=nl&type=sabotage&limit=2&q='));
    expect(await id('language=nl')).not.toBe(await id('language=en'));
  });

  test('is not sent again while it hasn’t changed, and is when an article changes', async () => {
    const path = '/feeds/articles.rss?limit=5';
    const first = await get(path);
    const etag = first.headers.get('etag') ?? '';
    const modified = first.headers.get('last-modified') ?? '';
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    expect((await get(path, { 'if-none-match': `"other", W/${etag}` })).status).toBe(304);
    expect((await get(path, { 'if-modified-since': modified })).status).toBe(304);
    expect((await get(path, { 'if-modified-since': 'Tue, 24 Nov 2015 08:00:00 GMT' })).status).toBe(200);
    // The tag decides where both are given (RFC 9110 section 13.2.2).
    expect((await get(path, { 'if-none-match': '"other"', 'if-modified-since': modified })).status).toBe(200);
    const [id] = [testId(ARTICLES)];
    await service.runtime.database.pool.query('UPDATE articles SET title = $2 WHERE id = $1', [id, 'Edited']);
    const again = await get(path, { 'if-none-match': etag });
    expect(again.status).toBe(200);
    expect(await again.text()).toContain('<title>Edited</title>');
  });

  test('a filter that is misspelt is refused with what is known', async () => {
    const response = await get('/feeds/articles.atom?typ=sabotage');
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect((await response.json()).faults).toMatchObject([{ parameter: 'typ' }]);
  });

  test('is announced on the page of the same list', async () => {
    const html = await (await get('/articles?type=sabotage&q=rail')).text();
    const links = [...parseHTML(html).document.querySelectorAll('link[rel=alternate]')];
    expect(links.map((link) => [link.getAttribute('type'), link.getAttribute('href')])).toEqual([
      ['application/atom+xml', '/feeds/articles.atom?q=rail&type=sabotage'],
      ['application/rss+xml', '/feeds/articles.rss?q=rail&type=sabotage'],
      ['application/feed+json', '/feeds/articles.json?q=rail&type=sabotage'],
    ]);
    for (const link of links) expect((await get(link.getAttribute('href') ?? '')).status).toBe(200);
  });
});

describe('the whole list', () => {
  test('comes as NDJSON, each article once, newest first', async () => {
    const response = await get('/api/v1/articles?format=ndjson');
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="belfry-\d{4}-\d\d-\d\d\.ndjson"$/,
    );
    const articles = (await response.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(new Set(articles.map(({ id }) => id)).size).toBe(ARTICLES);
    const times = articles.map(({ happenedAt }) => happenedAt);
    expect(times).toEqual([...times].sort().reverse());
  });

  test.each([
    ['csv', 'text/csv; charset=utf-8; header=present', (text: string) => text.trimEnd().split('\r\n').length - 1],
    ['misp', 'application/json; charset=utf-8', (text: string) => JSON.parse(text).response.length],
    [
      'stix',
      'application/stix+json;version=2.1',
      (text: string) => JSON.parse(text).objects.filter(({ type }: { type: string }) => type === 'report').length,
    ],
  ])('comes as %s with the same filters as pages have', async (format, mediaType, count) => {
    const response = await get(`/api/v1/articles?format=${format}&type=sabotage&language=nl`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(mediaType);
    expect(count(await response.text())).toBe(101);
  });

  test('comes in the format that the Accept header prefers', async () => {
    const type = async (accept: string) =>
      (await get('/api/v1/articles?limit=1', { accept })).headers.get('content-type');
    expect(await type('text/csv')).toContain('text/csv');
    expect(await type('application/json;q=0.5, application/stix+json;version=2.1')).toContain('application/stix+json');
    expect(await type('application/json, text/csv;q=0.9')).toContain('application/json');
    expect(await type('text/csv;q=0, */*')).toContain('application/json');
  });

  test('without a format stays the list in pages', async () => {
    const page = await (await get('/api/v1/articles?limit=2')).json();
    expect(page).toMatchObject({ total: ARTICLES, next: expect.any(String) });
  });

  test('goes on from a cursor and ends at a limit', async () => {
    const { next } = await (await get('/api/v1/articles?limit=3')).json();
    const ids = async (query: string) =>
      [...(await (await get(`/api/v1/articles?format=ndjson${query}`)).text()).matchAll(/^\{"id":"(\w+)"/gm)].map(
        ([, id]) => id,
      );
    expect(await ids(`&limit=2&after=${next}`)).toEqual((await ids('')).slice(3, 5));
  });

  test('a format that doesn’t exist is refused with those that do', async () => {
    const response = await get('/api/v1/articles?format=xlsx');
    expect(response.status).toBe(400);
    expect((await response.json()).faults[0].message).toContain('csv');
    expect((await get('/api/v1/articles?format=csv&typ=sabotage')).status).toBe(400);
  });

  test('marks objects with the traffic light of the settings', async () => {
    const { objects } = await (await get('/api/v1/articles?format=stix&limit=1')).json();
    expect(objects[0].name).toBe('TLP:GREEN');
  });

  test('that breaks off midway doesn’t look like a whole one', async () => {
    const { pool } = service.runtime.database;
    // Evidence that is none: the last article can’t be written.
    await pool.query(`UPDATE machine_tags SET evidence = '[1]' WHERE article_id = $1`, [testId(1)]);
    try {
      await expect(get('/api/v1/articles?format=stix').then((response) => response.text())).rejects.toThrow();
      expect((await get('/api/v1/articles?limit=1')).status).toBe(200);
    } finally {
      await pool.query(`DELETE FROM machine_tags WHERE article_id = $1`, [testId(1)]);
    }
  });

  test('ends its reading when the client goes away', async () => {
    const queries = vi.spyOn(reader, 'query');
    try {
      await (await get('/api/v1/articles?format=stix')).text();
      const ofWholeList = queries.mock.calls.length;
      queries.mockClear();
      await new Promise<void>((resolve) => {
        const request = httpRequest(`${server.url}/api/v1/articles?format=stix`, (response) => {
          response.once('data', () => request.destroy());
          response.once('close', resolve);
          response.on('error', () => undefined);
        });
        request.on('error', () => undefined);
        request.end();
      });
      expect((await get('/api/v1/articles?format=csv&limit=1')).status).toBe(200);
      await sleep(200);
      expect(queries.mock.calls.length).toBeLessThan(ofWholeList);
    } finally {
      queries.mockRestore();
    }
  });
});
