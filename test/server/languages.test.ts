/** The pages in the languages that there are: which one is taken, and how it writes. */
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { citationOf } from '../../src/outputs/citation.js';
import { type RunningServer, startServer } from '../../src/server/server.js';
import { en } from '../../src/server/words/en.js';
import { fr } from '../../src/server/words/fr.js';
import { languageOf } from '../../src/server/words/language.js';
import { nl } from '../../src/server/words/nl.js';
import {
  addTestFeed,
  evidence,
  openTestService,
  storeTestArticle,
  type TestService,
  testId,
} from './newsroom-store.js';

test.each([
  [{}, 'en'],
  [{ 'accept-language': 'nl-BE,nl;q=0.9,en;q=0.8' }, 'nl'],
  [{ 'accept-language': 'de, fr-CA;q=0.5, en;q=0.4' }, 'fr'],
  [{ 'accept-language': 'nl;q=0, *' }, 'en'],
  [{ 'accept-language': 'nl', cookie: 'a=b; lang=fr' }, 'fr'],
  [{ 'accept-language': 'nl', cookie: 'lang=tlh' }, 'nl'],
  [{ 'accept-language': 'constructor' }, 'en'],
])('%j reads in %s', (headers, language) => {
  expect(languageOf({ headers })).toBe(language);
});

describe.each([
  ['nl', nl],
  ['fr', fr],
] as const)('in %s', (language, words) => {
  test('a number, a share, a day and a country are written as they are there', () => {
    expect(words.number(1234.5)).not.toBe(en.number(1234.5));
    expect(words.day('2026-03-01')).toMatch(language === 'nl' ? /1 mrt\.? 2026/ : /1er mars 2026/);
    expect(words.countryName('DE')).toBe(language === 'nl' ? 'Duitsland' : 'Allemagne');
    expect(words.languageName('und')).not.toBe(en.languageName('und'));
  });
});

test('French has no space that a line could break at before its high punctuation, nor within its quotation marks', () => {
  const texts = [
    ...textsOf(fr).values(),
    fr.list.quoted('a'),
    fr.article.finding('a', 'b', 1),
    fr.overview.rose(2, 7, 1),
    fr.judging.done('jugé', 1, 2),
    fr.colon,
    fr.outcomes.status('403', 'Forbidden'),
  ];
  expect(texts.filter((text) => / [:;?!»]|« /.test(text))).toEqual([]);
});

test('a French citation breaks no line within its quotation marks, and writes the first of a month as 1er', () => {
  const first = new Date('2026-03-01T12:00:00Z');
  const article = {
    title: 'Le  dépôt',
    byline: [],
    url: 'x',
    feedTitle: 'La Une',
    publishedAt: first,
    storedAt: first,
  };
  expect(citationOf(article, first, fr.article.cited)).toBe(
    '«\u00a0Le dépôt\u00a0», La Une, 1er mars 2026 (consulté le 1er mars 2026)',
  );
});

test('French words agree with how many they count', () => {
  expect(fr.judging.done('accepté', 1, 3)).toMatch(/^1 article accepté sur 3/);
  expect(fr.judging.done('accepté', 3, 3)).toBe('3 articles acceptés.');
  expect(fr.feeds.imported(1, 1, 0)).toBe('1 flux ajouté, 1 déjà suivi, 0 en erreur.');
  expect(fr.feeds.figures.waiting(1)).toBe('pas encore relevé');
});

let service: TestService;
let server: RunningServer;
const TEXT = 'Arson at a rail depot is called sabotage.';

beforeAll(async () => {
  service = await openTestService();
  const { runtime } = service;
  const feedId = await addTestFeed(runtime, 'https://newsroom.example/rss', 'Newsroom');
  await storeTestArticle(runtime, {
    id: testId(1),
    feedId,
    title: 'Brand',
    text: TEXT,
    happenedAt: new Date(Date.now() - 3_600_000),
    facets: [
      {
        facet: 'country',
        value: 'germany',
        score: 1,
        evidence: [evidence('text', TEXT, 'depot', 'country.germany', 1)],
      },
    ],
    tags: [{ type: 'sabotage', score: 0.95, evidence: [evidence('text', TEXT, 'Arson', 'act.arson', 1)] }],
  });
  server = await startServer(service, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server?.close();
  await service?.close();
});

async function page(path: string, language: string): Promise<Document> {
  const response = await fetch(`${server.url}${path}`, { headers: { 'accept-language': language } });
  expect(response.headers.get('vary')).toMatch(/accept-language/i);
  return parseHTML(await response.text()).document as unknown as Document;
}

/** All plain texts of a table, by their place in it. */
function textsOf(table: object, place = ''): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(table)) {
    if (typeof value === 'string') texts.set(`${place}.${name}`, value);
    else if (typeof value === 'object' && value !== null) {
      for (const [inner, text] of textsOf(value, `${place}.${name}`)) texts.set(inner, text);
    }
  }
  return texts;
}

test('types, facets, sources’ countries and times are in the language of the page', async () => {
  const document = await page(`/articles/${testId(1)}`, 'nl');
  const text = document.body.textContent ?? '';
  for (const words of ['Sabotage', 'Duitsland', '1 u geleden', 'België', '(geraadpleegd op'])
    expect(text).toContain(words);
  const list = await page('/articles', 'fr');
  expect([...list.querySelectorAll('#country option')].map(({ textContent }) => textContent)).toContain('Allemagne');
});

test('who chooses a language comes back to the page, and keeps it', async () => {
  const answer = await fetch(`${server.url}/language`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ lang: 'fr', next: '/articles?type=sabotage' }),
  });
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toBe('/articles?type=sabotage');
  const cookie = answer.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/^lang=fr; Path=\/; SameSite=Lax; Max-Age=\d+$/);
  const unknown = await fetch(`${server.url}/language`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ lang: 'x', next: '//elsewhere.example/' }),
  });
  expect(unknown.headers.get('set-cookie')).toBeNull();
  expect(unknown.headers.get('location')).toBe('/');
});
