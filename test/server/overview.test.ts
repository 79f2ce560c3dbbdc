import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { observePoll, type RhythmState } from '../../src/feeds/rhythm.js';
import { risingTypes } from '../../src/server/rising.js';
import { type RunningServer, startServer } from '../../src/server/server.js';
import { silentFeeds } from '../../src/server/silent-feeds.js';
import { transaction } from '../../src/store/database.js';
import { learnRhythm } from '../../src/store/rhythms.js';
import {
  addTestFeed,
  evidence,
  openTestService,
  storeTestArticle,
  type TestService,
  testId,
  types,
} from './newsroom-store.js';

const HOUR = 3_600_000;
const TODAY = '2026-11-24';
const dayBefore = (days: number): string =>
  new Date(Date.parse(`${TODAY}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
const daily = (type: string, counts: (daysAgo: number) => number) =>
  Array.from({ length: 60 }, (_, daysAgo) => ({ type, day: dayBefore(daysAgo), articles: counts(daysAgo) })).filter(
    ({ articles }) => articles > 0,
  );

test('a type rises when its week is beyond what chance makes of its four weeks before, and not when it is as usual', () => {
  const steady = daily('espionage', () => 3);
  const rising = risingTypes([...steady, ...daily('sabotage', (ago) => (ago < 7 ? 4 : 1))], TODAY);
  expect(rising).toMatchObject([{ type: 'sabotage', articles: 28, baseline: 7 }]);
  expect(rising[0]?.probability).toBeLessThan(1e-6);
});

test('the probability is that of the binomial tail', () => {
  // 6 of 6 articles in the last week: 0.2^6.
  const [rising] = risingTypes(
    [...daily('old', (ago) => (ago === 50 ? 1 : 0)), ...daily('new', (ago) => (ago === 0 ? 6 : 0))],
    TODAY,
  );
  expect(rising?.probability).toBeCloseTo(0.2 ** 6, 12);
});

test('tiny counts and a store without four weeks of its own say nothing', () => {
  const old = daily('espionage', () => 3);
  expect(risingTypes([...old, ...daily('sabotage', (ago) => (ago < 4 ? 1 : 0))], TODAY)).toEqual([]);
  expect(
    risingTypes(
      daily('sabotage', (ago) => (ago < 7 ? 9 : 0)),
      TODAY,
    ),
  ).toEqual([]);
});

/** Of a feed that published every hour for twenty days. */
function hourlyUntil(last: number): RhythmState {
  const entries = Array.from({ length: 24 * 20 }, (_, index) => new Date(last - index * HOUR)).reverse();
  return observePoll(null, {
    at: new Date(last + 1),
    newEntries: entries,
    entries: entries.length,
    answer: 'sent',
  });
}

test('a feed is silent when its rhythm led to expect publications, and only after a day', () => {
  const last = Date.parse('2026-10-20T23:00:00Z');
  const feed = { id: 1, title: 'Hourly', url: 'https://hourly.example/rss', rhythm: hourlyUntil(last) };
  expect(silentFeeds([feed], new Date(last + 12 * HOUR))).toEqual([]);
  const [silent] = silentFeeds([feed], new Date(last + 30 * HOUR));
  expect(silent).toMatchObject({ id: 1, lastPublishedAt: new Date(last) });
  expect(silent?.missed).toBeGreaterThan(20);
});

let service: TestService;
let server: RunningServer;
beforeAll(async () => {
  service = await openTestService();
  server = await startServer(service, { host: '127.0.0.1', port: 0, types });
});
afterAll(async () => {
  await server?.close();
  await service?.close();
});

interface Stats {
  readonly rising: readonly object[];
  readonly silentFeeds: readonly { readonly missed: number }[];
  readonly perDay: readonly { readonly type: string; readonly articles: number }[];
}

async function overview(): Promise<Document> {
  const response = await fetch(`${server.url}/`);
  expect(response.status).toBe(200);
  return parseHTML(await response.text()).document as unknown as Document;
}

test('a new store is told where to begin; then types, items of high confidence and their sentence are shown', async () => {
  expect((await overview()).querySelector('.empty a')?.getAttribute('href')).toBe('/feeds');
  await server.close();
  const { runtime } = service;
  const feedId = await addTestFeed(runtime, 'https://newsroom.example/rss', 'The Newsroom');
  const text = 'It was quiet. Arson at a rail depot is called sabotage.';
  const tag = (score: number) => [
    { type: 'sabotage', score, evidence: [evidence('text', text, 'Arson', 'act.arson', 1)] },
  ];
  const happenedAt = new Date(Date.now() - HOUR);
  await storeTestArticle(runtime, { id: testId(1), feedId, title: 'Sure', text, happenedAt, tags: tag(0.95) });
  await storeTestArticle(runtime, { id: testId(2), feedId, title: 'Unsure', text, happenedAt, tags: tag(0.5) });
  server = await startServer(service, { host: '127.0.0.1', port: 0, types });
  const document = await overview();
  expect([...document.querySelectorAll('.item h2')].map(({ textContent }) => textContent)).toEqual(['Sure']);
  expect(document.querySelector('.item .quote')?.textContent).toMatch(/^Arson.* at a rail depot is called sabotage\.$/);
  expect(document.querySelectorAll('.multiples > li')).toHaveLength(types.length);
  const row = [...document.querySelectorAll('tbody tr')].find((each) => each.textContent?.startsWith('Sabotage'));
  const week = row?.querySelector('td:last-child a');
  expect(week?.textContent).toBe('2');
  const list = await (await fetch(`${server.url}${week?.getAttribute('href')}`)).text();
  expect(parseHTML(list).document.querySelector('.count')?.textContent).toBe('2 articles');
});

test('the API says which types rise and which feeds fell silent as the page does, however many days it is asked for', async () => {
  await server.close();
  const { runtime } = service;
  const feedId = await addTestFeed(runtime, 'https://hourly.example/rss', 'Hourly');
  const lastPublishedAt = Math.floor(Date.now() / HOUR) * HOUR - 40 * HOUR;
  await transaction(runtime.database.pool, (client) => learnRhythm(client, feedId, () => hourlyUntil(lastPublishedAt)));
  const text = 'A drone hovers.';
  const seen = [evidence('text', text, 'drone', 'means.drone', 1)];
  const tags = [{ type: 'drone-incursion', score: 0.6, evidence: seen }];
  for (const [index, days] of [...Array(7).fill(1), 20, 40].entries()) {
    const happenedAt = new Date(Date.now() - days * 24 * HOUR);
    await storeTestArticle(runtime, { id: testId(10 + index), feedId, title: `${days}`, text, happenedAt, tags });
  }
  server = await startServer(service, { host: '127.0.0.1', port: 0, types });
  const stats = async (query: string) => (await (await fetch(`${server.url}/api/v1/stats${query}`)).json()) as Stats;
  const { rising, silentFeeds: silent, perDay } = await stats('?days=7');
  expect(rising).toMatchObject([{ type: 'drone-incursion', articles: 7, baseline: 0.25 }]);
  expect(silent).toMatchObject([
    { id: feedId, title: 'Hourly', lastPublishedAt: new Date(lastPublishedAt).toISOString() },
  ]);
  expect(perDay.filter(({ type }) => type === 'drone-incursion')).toMatchObject([{ articles: 7 }]);
  const { perDay: longer, ...same } = await stats('?days=60');
  expect(same).toMatchObject({ rising, silentFeeds: silent });
  expect(longer.filter(({ type }) => type === 'drone-incursion').map(({ articles }) => articles)).toEqual([1, 1, 7]);
  const document = await overview();
  const risen = [...document.querySelectorAll('.rising li')].map(({ textContent }) => textContent);
  expect(risen).toEqual([expect.stringMatching(/^Drone incursion.*\b7\b/)]);
  const fallen = [...document.querySelectorAll('[aria-labelledby="silent"] li')].map(({ textContent }) => textContent);
  expect(fallen).toEqual([expect.stringMatching(new RegExp(`^Hourly.*\\b${silent[0]?.missed}\\b`))]);
});
