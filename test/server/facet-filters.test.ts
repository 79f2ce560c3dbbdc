/** Lists by what articles tell of beside their types: on the page, in the API, in feeds and in what is taken along. */
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/server.js';
import {
  addTestFeed,
  evidence,
  openTestService,
  storeTestArticle,
  type TestService,
  testId,
  types,
} from './newsroom-store.js';

const TEXT = 'Moscow is blamed for a fire at a depot in Belgium.';

const facets = [
  {
    id: 'actor',
    labels: { en: 'Actor' },
    values: [
      { id: 'russia', labels: { en: 'Russia' } },
      { id: 'china', labels: { en: 'China' } },
    ],
  },
  { id: 'country', labels: { en: 'Country' }, values: [{ id: 'belgium', labels: { en: 'Belgium' } }] },
  { id: 'setting', labels: { en: 'Setting' }, values: [{ id: 'history', labels: { en: 'History or anniversary' } }] },
];

let service: TestService;
let server: RunningServer;

beforeAll(async () => {
  service = await openTestService();
  const { runtime } = service;
  const feedId = await addTestFeed(runtime, 'https://newsroom.example/rss', 'The Newsroom');
  const told = (facet: string, value: string) => ({
    facet,
    value,
    score: 0.8,
    evidence: [evidence('text', TEXT, 'Moscow', `${facet}.${value}`, 0)],
  });
  const both = [told('actor', 'russia'), told('country', 'belgium'), told('setting', 'history')];
  for (const [number, given] of [both, [told('actor', 'russia')], [told('country', 'belgium')], []].entries()) {
    await storeTestArticle(runtime, {
      id: testId(number),
      feedId,
      title: `Depot ${number}`,
      text: TEXT,
      happenedAt: new Date(Date.UTC(2026, 10, 20, number)),
      facets: given,
      tags:
        number === 2
          ? []
          : [{ type: 'sabotage', score: 0.9, evidence: [evidence('text', TEXT, 'fire', 'act.arson', 1)] }],
    });
  }
  server = await startServer(service, { host: '127.0.0.1', port: 0, types, facets });
});
afterAll(async () => {
  await server?.close();
  await service?.close();
});

async function page(path: string): Promise<Document> {
  const response = await fetch(`${server.url}${path}`);
  return parseHTML(await response.text()).document as unknown as Document;
}
const titles = (document: Document) =>
  [...document.querySelectorAll('.item h2')].map(({ textContent }) => textContent?.trim());

test.each([
  ['country=belgium', ['Depot 2', 'Depot 0']],
  ['actor=russia', ['Depot 1', 'Depot 0']],
  ['actor=russia&country=belgium', ['Depot 0']],
  ['type=sabotage&country=belgium', ['Depot 0']],
  ['type=sabotage&type=espionage&actor=russia', ['Depot 1', 'Depot 0']],
  ['type=sabotage&actor=russia&language=en&q=fire', ['Depot 1', 'Depot 0']],
  ['actor=russia&q=fire', ['Depot 1', 'Depot 0']],
  ['actor=china', []],
])('%s lists what tells of all that it names', async (query, expected) => {
  const document = await page(`/articles?${query}`);
  expect(titles(document)).toEqual(expected);
  const { articles, total } = await (await fetch(`${server.url}/api/v1/articles?${query}`)).json();
  expect(articles.map(({ title }: { title: string }) => title)).toEqual(expected);
  expect(total).toBe(expected.length);
});

test('the page offers values by their names, and each active one comes off again', async () => {
  const document = await page('/articles?actor=russia');
  const options = [...document.querySelectorAll('#actor option')];
  expect(options.map(({ textContent }) => textContent)).toEqual(['all', 'China', 'Russia']);
  expect(document.querySelector('#actor option[selected]')?.getAttribute('value')).toBe('russia');
  expect(document.querySelector('#target')).toBeNull();
  const active = document.querySelector('.active a');
  expect(active?.textContent).toContain('Actor: Russia');
  expect(active?.getAttribute('href')).toBe('/articles');
});

test('an article shows facets by their names, and leads to those that tell the same where lists know the facet', async () => {
  const document = await page(`/articles/${testId(0)}`);
  const [names, values] = ['#facets + dl dt', '#facets + dl dd'].map((selector) => [
    ...document.querySelectorAll(selector),
  ]) as [Element[], Element[]];
  expect(names.map(({ textContent }) => textContent)).toEqual(['Actor', 'Country', 'Setting']);
  expect(values.map((value) => value.querySelector('a')?.getAttribute('href'))).toEqual([
    '/articles?actor=russia',
    '/articles?country=belgium',
    undefined,
  ]);
  expect(values[2]?.textContent).toMatch(/^History or anniversary/);
});

test('a saved filter travels as a feed under its name, and as rows', async () => {
  const feed = await (await fetch(`${server.url}/feeds/articles.json?country=belgium`)).json();
  expect(feed.title).toBe('Belfry: articles, country Belgium');
  expect(feed.items).toHaveLength(2);
  const csv = await (await fetch(`${server.url}/api/v1/articles?format=csv&actor=russia`)).text();
  expect(csv.trim().split('\r\n')).toHaveLength(3);
});

test('what is no id is refused by name, and programs find the values that there are', async () => {
  const refused = await fetch(`${server.url}/api/v1/articles?country=San%20Marino`);
  expect(refused.status).toBe(400);
  expect((await refused.json()).faults).toMatchObject([{ parameter: 'country' }]);
  expect((await (await fetch(`${server.url}/api/v1/taxonomy`)).json()).facets).toEqual(facets);
});
