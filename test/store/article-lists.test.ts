import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ArticleFilter,
  countArticles,
  listArticles,
  type Neighbour,
  type NoNeighbour,
  neighbours,
} from '../../src/store/articles.js';
import { addJudgements, judgementsOf, withdrawJudgement } from '../../src/store/judgements.js';
import {
  addTestFeed,
  evidence,
  openTestService,
  storeTestArticle,
  type TestArticle,
  type TestService,
  testId,
} from '../server/newsroom-store.js';

const ARTICLES = 60;
const DAY = Date.parse('2026-11-01T00:00:00Z');
const HOUR_MILLISECONDS = 3_600_000;
const PAGE = 7;

interface Known extends TestArticle {
  readonly scores: Readonly<Record<string, number>>;
  /** By facet. */
  readonly shows: Readonly<Record<string, readonly string[]>>;
  readonly judged: boolean;
}

let service: TestService;
let known: readonly Known[];
const pool = () => service.runtime.database.pool;

/** Two in three tagged, some twice; feeds, languages, facets, words and judgements in rhythms of their own; two happen at once now and then. */
function invented(number: number, feeds: readonly number[]): Known {
  const scores: Record<string, number> = {};
  if (number % 3 > 0) scores.sabotage = number % 2 === 0 ? 0.9 : 0.4;
  if (number % 5 === 0) scores.espionage = 0.7;
  if (number % 7 === 0) scores.jihadism = 0.95;
  const shows: Record<string, string[]> = { country: number % 2 === 0 ? ['belgium'] : [], stage: [] };
  if (number % 5 < 2) shows.country?.push('france');
  if (number % 3 === 0) shows.stage?.push(number % 9 === 0 ? 'trial' : 'arrest');
  const text = number % 4 < 2 ? 'Somebody did it by night.' : 'Somebody did it.';
  return {
    id: testId(number * 31 + 4096),
    feedId: feeds[number % feeds.length] ?? 0,
    title: `Number ${number}`,
    text,
    language: number % 4 === 0 ? 'fr' : 'nl',
    happenedAt: new Date(DAY + Math.floor(number / 2) * HOUR_MILLISECONDS),
    tags: Object.entries(scores).map(([type, score]) => ({
      type,
      score,
      evidence: [evidence('text', text, 'did it', 'test.did', 1)],
    })),
    facets: Object.entries(shows).flatMap(([facet, shown]) =>
      shown.map((value) => ({
        facet,
        value,
        score: 0.8,
        evidence: [evidence('text', text, 'did it', 'test.did', 1)],
      })),
    ),
    scores,
    shows,
    judged: number % 6 === 0,
  };
}

beforeAll(async () => {
  service = await openTestService();
  const feeds = [
    await addTestFeed(service.runtime, 'https://one.example/rss', 'One'),
    await addTestFeed(service.runtime, 'https://two.example/rss', 'Two'),
  ];
  known = Array.from({ length: ARTICLES }, (_, number) => invented(number, feeds));
  for (const article of known) {
    await storeTestArticle(service.runtime, article);
    if (article.judged) await addJudgements(pool(), article.id, 'an', [{ type: 'cyberattack', verdict: 'is-not' }]);
  }
});
afterAll(() => service?.close());

/** What a list should hold, newest first, by looking at each article. */
function expected(filter: ArticleFilter): readonly string[] {
  const asksTags = Boolean(filter.types?.length || filter.tagged || filter.minScore !== undefined);
  const matches = ({ scores, shows, text, feedId, language, happenedAt, judged }: Known): boolean =>
    (!asksTags ||
      Object.entries(scores).some(
        ([type, score]) =>
          (!filter.types?.length || filter.types.includes(type)) && score >= (filter.minScore ?? 0) - Number.EPSILON,
      )) &&
    (filter.facets ?? []).every(({ facet, value }) => shows[facet]?.includes(value)) &&
    (filter.search === undefined || text.includes(filter.search)) &&
    (filter.feedId === undefined || feedId === filter.feedId) &&
    (filter.language === undefined || language === filter.language) &&
    (filter.since === undefined || happenedAt >= filter.since) &&
    (filter.until === undefined || happenedAt < filter.until) &&
    (filter.reviewed === undefined || judged === filter.reviewed);
  return known
    .filter(matches)
    .sort((one, other) => other.happenedAt.getTime() - one.happenedAt.getTime() || (one.id < other.id ? 1 : -1))
    .map(({ title }) => title);
}

const BELGIUM = { facet: 'country', value: 'belgium' };
const FRANCE = { facet: 'country', value: 'france' };
const TRIAL = { facet: 'stage', value: 'trial' };
const ARREST = { facet: 'stage', value: 'arrest' };

const filters: readonly (readonly [string, () => ArticleFilter])[] = [
  ['nothing', () => ({})],
  ['tags', () => ({ tagged: true })],
  ['a score', () => ({ minScore: 0.8 })],
  ['one type', () => ({ types: ['sabotage'] })],
  ['one type twice', () => ({ types: ['sabotage', 'sabotage'] })],
  ['several types', () => ({ types: ['sabotage', 'espionage', 'jihadism'] })],
  ['several types and a score', () => ({ types: ['sabotage', 'espionage'], minScore: 0.6 })],
  ['several types of a feed', () => ({ types: ['espionage', 'jihadism'], feedId: known[1]?.feedId })],
  [
    'types of a language in a period',
    () => ({ types: ['sabotage', 'jihadism'], language: 'fr', since: new Date(DAY + 5 * HOUR_MILLISECONDS) }),
  ],
  ['tags of a feed', () => ({ tagged: true, feedId: known[0]?.feedId, until: new Date(DAY + 20 * HOUR_MILLISECONDS) })],
  ['what was judged', () => ({ reviewed: true })],
  ['what was judged of a language', () => ({ reviewed: true, language: 'nl' })],
  ['what was not judged', () => ({ reviewed: false })],
  ['tags, judged', () => ({ tagged: true, reviewed: true })],
  ['several types, not judged', () => ({ types: ['sabotage', 'espionage'], reviewed: false })],
  ['a word', () => ({ search: 'night' })],
  ['a word and several types', () => ({ search: 'night', types: ['sabotage', 'espionage'] })],
  ['a word, judged', () => ({ search: 'night', reviewed: true })],
  ['a facet', () => ({ facets: [BELGIUM] })],
  ['two facets', () => ({ facets: [BELGIUM, TRIAL] })],
  ['two values of a facet', () => ({ facets: [BELGIUM, FRANCE] })],
  ['a facet and one type', () => ({ facets: [BELGIUM], types: ['sabotage'] })],
  ['a facet and several types', () => ({ facets: [FRANCE], types: ['sabotage', 'espionage', 'jihadism'] })],
  ['two facets and tags', () => ({ facets: [BELGIUM, ARREST], tagged: true })],
  ['a facet and a score', () => ({ facets: [FRANCE], minScore: 0.6 })],
  ['a facet, judged', () => ({ facets: [ARREST], reviewed: true })],
  ['a facet, not judged', () => ({ facets: [BELGIUM], reviewed: false })],
  ['a facet and a word', () => ({ facets: [BELGIUM], search: 'night' })],
  ['two facets, a word and a type', () => ({ facets: [BELGIUM, FRANCE], search: 'night', types: ['espionage'] })],
  [
    'a facet of a language in a period',
    () => ({
      facets: [BELGIUM],
      language: 'fr',
      since: new Date(DAY + 3 * HOUR_MILLISECONDS),
      until: new Date(DAY + 20 * HOUR_MILLISECONDS),
    }),
  ],
  ['a facet of a feed', () => ({ facets: [FRANCE], feedId: known[1]?.feedId })],
  [
    'all at once',
    () => ({
      facets: [BELGIUM, FRANCE],
      types: ['sabotage', 'espionage'],
      minScore: 0.6,
      reviewed: false,
      language: 'fr',
      feedId: known[0]?.feedId,
      search: 'night',
    }),
  ],
];

const titleOf = (neighbour: Neighbour | NoNeighbour): string =>
  typeof neighbour === 'string' ? neighbour : neighbour.title;

describe.each(filters)('a list that asks for %s', (_name, filterOf) => {
  test('holds each article that matches once, newest first, page by page', async () => {
    const titles: string[] = [];
    let after: { happenedAt: Date; id: string } | undefined;
    for (;;) {
      const page = await listArticles(pool(), filterOf(), { limit: PAGE, after });
      titles.push(...page.map(({ title }) => title));
      if (page.length < PAGE) break;
      after = page.at(-1);
    }
    expect(titles).toEqual(expected(filterOf()));
    expect(titles).not.toHaveLength(0);
  });

  test('is counted to its end, and no further than asked', async () => {
    const { length } = expected(filterOf());
    expect(await countArticles(pool(), filterOf())).toBe(length);
    expect(await countArticles(pool(), filterOf(), 3)).toBe(Math.min(length, 3));
  });

  test('says what stands beside each article', async () => {
    const titles = expected(filterOf());
    for (const article of known) {
      const place = titles.indexOf(article.title);
      if (place === -1) continue;
      const { newer, older } = await neighbours(pool(), filterOf(), article);
      expect(titleOf(newer)).toBe(titles[place - 1] ?? 'none');
      expect(titleOf(older)).toBe(titles[place + 1] ?? 'none');
    }
  });
});

describe('an article that is edited', () => {
  test('stands in the lists of its new language and day, with its tags and facets and as judged', async () => {
    const [first] = known as [Known];
    const edited = { ...first, language: 'de', title: 'Edited', happenedAt: new Date(DAY - HOUR_MILLISECONDS) };
    await storeTestArticle(service.runtime, edited);
    const list = async (filter: ArticleFilter) =>
      (await listArticles(pool(), filter, { limit: PAGE })).map(({ title }) => title);
    expect(await list({ tagged: true, language: 'de' })).toEqual(['Edited']);
    expect(await list({ reviewed: true, language: 'de' })).toEqual(['Edited']);
    expect(await list({ reviewed: true, until: new Date(DAY) })).toEqual(['Edited']);
    expect(await list({ facets: [BELGIUM], language: 'de', until: new Date(DAY) })).toEqual(['Edited']);
    expect(await list({ facets: [BELGIUM, ARREST], language: 'de', feedId: first.feedId })).toEqual([]);
    await storeTestArticle(service.runtime, first);
    expect(await list({ tagged: true, language: 'de' })).toEqual([]);
    expect(await list({ facets: [BELGIUM], language: 'de' })).toEqual([]);
  });
});

describe('a judgement that is withdrawn', () => {
  test('leaves its article unjudged once no other stands', async () => {
    const id = known[1]?.id ?? '';
    const isReviewed = async () =>
      (await listArticles(pool(), { reviewed: true, ids: [id] }, { limit: 1 })).length === 1;
    await addJudgements(pool(), id, 'an', [{ type: 'sabotage', verdict: 'is' }]);
    await addJudgements(pool(), id, 'bram', [{ type: 'espionage', verdict: 'is' }]);
    const [one, other] = await judgementsOf(pool(), id);
    await withdrawJudgement(pool(), { articleId: id, id: one?.id ?? 0, by: 'an' });
    expect(await isReviewed()).toBe(true);
    await withdrawJudgement(pool(), { articleId: id, id: other?.id ?? 0, by: 'an' });
    expect(await isReviewed()).toBe(false);
  });
});
