import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/server.js';
import { findInTime, listArticles, neighbours } from '../../src/store/articles.js';
import { addTestFeed, openTestService, type TestService, types } from './newsroom-store.js';

/** Each contains "harbour" and "watch", apart; only the oldest has them side by side, and every 500th has a word of its own. */
const ARTICLES = 3_100;
const PHRASE = '"harbour watch"';

let service: TestService;
let server: RunningServer;
beforeAll(async () => {
  service = await openTestService();
  const { pool } = service.runtime.database;
  const feedId = await addTestFeed(service.runtime, 'https://harbour.example/rss', 'Harbour News');
  await pool.query(
    `INSERT INTO articles (id, url, feed_id, title, language, text, html, source, method, fingerprint, happened_at, search)
     SELECT md5(n::text), 'https://harbour.example/' || n, $1, 'Number ' || n, 'en', text, '', 'feed', 'test', md5(n::text),
       timestamptz '2026-11-01 00:00Z' - make_interval(mins => n), to_tsvector('english', text)
     FROM (SELECT n, CASE n WHEN $2 THEN 'The harbour watch saw it.' ELSE 'At the harbour they keep watch.' END
         || CASE WHEN n % 500 = 0 THEN ' Lanterns.' ELSE '' END AS text
       FROM generate_series(1, $2::int) n) written`,
    [feedId, ARTICLES],
  );
  server = await startServer(service, { host: '127.0.0.1', port: 0, types });
});
afterAll(async () => {
  await server?.close();
  await service?.close();
});

const find = (search: string, limit: number) => findInTime(service.runtime.database.pool, { search }, { limit }, 1_000);

test('a frequent word fills its page from the newest articles, and no more are counted than were read', async () => {
  const found = await find('harbour', 30);
  expect(found.articles.map(({ title }) => title)).toEqual(
    Array.from({ length: 30 }, (_, index) => `Number ${index + 1}`),
  );
  expect(found.count).toEqual({ known: 'more-than', articles: 1_000 });
  expect(found.stopped).toBeUndefined();
});

test('a rare word is found in the whole store, counted to the end', async () => {
  const found = await find('lanterns', 30);
  expect(found.articles.map(({ title }) => title)).toEqual(
    [500, 1000, 1500, 2000, 2500, 3000].map((n) => `Number ${n}`),
  );
  expect(found.count).toEqual({ known: 'exactly', articles: 6 });
  expect(found.stopped).toBeUndefined();
});

test('a phrase of frequent words stops with the articles it has read, and goes on from there without a gap', async () => {
  const found = await find(PHRASE, 30);
  expect(found).toMatchObject({ articles: [], stopped: { searched: 3_000 } });
  expect(found.stopped?.after.happenedAt).toEqual(new Date(Date.parse('2026-11-01T00:00:00Z') - 3_000 * 60_000));
  const rest = await findInTime(
    service.runtime.database.pool,
    { search: PHRASE },
    { limit: 30, after: found.stopped?.after },
    1_000,
  );
  expect(rest.articles.map(({ title }) => title)).toEqual([`Number ${ARTICLES}`]);
  expect(rest.stopped).toBeUndefined();
});

test('a list that has to be complete finds the phrase however far it has to read', async () => {
  const found = await listArticles(service.runtime.database.pool, { search: PHRASE }, { limit: 30 });
  expect(found.map(({ title }) => title)).toEqual([`Number ${ARTICLES}`]);
});

test('what stands beside an article is searched for as far as a page is, and it says where it gave up', async () => {
  const { pool } = service.runtime.database;
  const [newest, , third] = (await find('harbour', 3)).articles;
  if (!newest || !third) throw new Error('the store is empty');
  expect(await neighbours(pool, { search: 'harbour' }, third)).toMatchObject({
    newer: { title: 'Number 2' },
    older: { title: 'Number 4' },
  });
  expect(await neighbours(pool, { search: 'lanterns' }, newest)).toMatchObject({
    newer: 'none',
    older: { title: 'Number 500' },
  });
  expect(await neighbours(pool, { search: PHRASE }, newest)).toEqual({ newer: 'none', older: 'not-near' });
  const [oldest] = (await listArticles(pool, { search: PHRASE }, { limit: 1 })) as [typeof newest];
  expect(await neighbours(pool, { search: 'lanterns' }, oldest)).toMatchObject({ newer: { title: 'Number 3000' } });
  expect(await neighbours(pool, { search: PHRASE }, oldest)).toEqual({ newer: 'not-near', older: 'none' });
});

async function listPage(address: string): Promise<Document> {
  const response = await fetch(`${server.url}${address}`);
  expect(response.status).toBe(200);
  return parseHTML(await response.text()).document as unknown as Document;
}

test('the page says how far it has searched, and its link searches on', async () => {
  const page = await listPage(`/articles?q=${encodeURIComponent(PHRASE)}`);
  expect(page.querySelector('.stopped')?.textContent).toContain('searched the newest 3,000 articles');
  expect(page.querySelector('.empty h2')?.textContent).toBe('Nothing found so far');
  const on = [...page.querySelectorAll('.paging a')].find(({ textContent }) => textContent === 'Search older articles');
  const next = await listPage(on?.getAttribute('href') ?? '');
  expect([...next.querySelectorAll('.item h2')].map(({ textContent }) => textContent)).toEqual([`Number ${ARTICLES}`]);
  expect(next.querySelector('.stopped')).toBeNull();
});
