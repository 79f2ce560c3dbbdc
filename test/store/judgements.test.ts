import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { countArticles, findArticles, listArticles } from '../../src/store/articles.js';
import {
  addJudgements,
  judgedArticles,
  judgementsOf,
  machineTagsOf,
  withdrawJudgement,
} from '../../src/store/judgements.js';
import { articlesPerTypeAndDay, articleTotals, tagTotals } from '../../src/store/statistics.js';
import {
  addTestFeed,
  evidence,
  openTestService,
  storeTestArticle,
  type TestService,
  testId,
} from '../server/newsroom-store.js';

const TEXT = 'Arson at a rail depot near Ghent.';
const ARTICLE = testId(1);

let service: TestService;
let feed: number;

beforeAll(async () => {
  service = await openTestService();
  feed = await addTestFeed(service.runtime, 'https://newsroom.example/rss', 'The Newsroom');
});

afterAll(() => service?.close());

const pool = () => service.runtime.database.pool;

const classify = (version = 'first', score = 0.8) =>
  storeTestArticle(service.runtime, {
    id: ARTICLE,
    feedId: feed,
    title: 'Depot burns',
    text: TEXT,
    happenedAt: new Date(),
    version,
    tags: [{ type: 'sabotage', score, evidence: [evidence('text', TEXT, 'Arson', 'act.arson', 1.2)] }],
  });

beforeEach(async () => {
  await pool().query('DELETE FROM articles');
  await classify();
});

async function tagsNow() {
  const [article] = await findArticles(pool(), ARTICLE);
  return article?.tags ?? [];
}

describe('a judgement', () => {
  test('against a type takes the tag out of list, filters, counts and rhythm, and leaves the model’s tag stored', async () => {
    await addJudgements(pool(), ARTICLE, 'an', [{ type: 'sabotage', verdict: 'is-not' }]);
    expect(await tagsNow()).toEqual([]);
    expect((await listArticles(pool(), {}, { limit: 5 }))[0]?.tags).toEqual([]);
    expect(await countArticles(pool(), { types: ['sabotage'] })).toBe(0);
    expect(await countArticles(pool(), { tagged: true })).toBe(0);
    expect(await tagTotals(pool())).toEqual([]);
    expect(await articleTotals(pool())).toEqual({ articles: 1, tagged: 0 });
    expect(await articlesPerTypeAndDay(pool(), 7)).toEqual([]);
    expect(await machineTagsOf(pool(), ARTICLE)).toEqual([
      { type: 'sabotage', score: expect.closeTo(0.8), origin: 'model:first' },
    ]);
    const [article] = await findArticles(pool(), ARTICLE);
    expect(article?.rejections).toMatchObject([{ type: 'sabotage', by: 'an', machine: { origin: 'model:first' } }]);
  });

  test('for a type that the model did not see adds it everywhere, at full score, with its origin', async () => {
    await addJudgements(pool(), ARTICLE, 'an', [{ type: 'left-wing-extremism', verdict: 'is' }]);
    expect(await tagsNow()).toMatchObject([
      { type: 'left-wing-extremism', score: 1, origin: 'analyst:an', evidence: [], machine: null },
      { type: 'sabotage', origin: 'model:first', judgement: null },
    ]);
    expect(await countArticles(pool(), { types: ['left-wing-extremism'], minScore: 0.99 })).toBe(1);
    expect((await articlesPerTypeAndDay(pool(), 7)).map(({ type }) => type)).toEqual([
      'left-wing-extremism',
      'sabotage',
    ]);
  });

  test('that confirms the model keeps its evidence and what it had said', async () => {
    await addJudgements(pool(), ARTICLE, 'an', [{ type: 'sabotage', verdict: 'is' }]);
    expect(await tagsNow()).toMatchObject([
      {
        type: 'sabotage',
        score: 1,
        origin: 'analyst:an',
        evidence: [{ text: 'Arson' }],
        judgement: { by: 'an' },
        machine: { score: expect.closeTo(0.8), origin: 'model:first' },
      },
    ]);
  });

  test('outlives another classification, which changes the model’s tag only', async () => {
    await addJudgements(pool(), ARTICLE, 'an', [
      { type: 'sabotage', verdict: 'is-not' },
      { type: 'espionage', verdict: 'is' },
    ]);
    await classify('second', 0.95);
    expect((await tagsNow()).map(({ type }) => type)).toEqual(['espionage']);
    expect(await machineTagsOf(pool(), ARTICLE)).toMatchObject([{ type: 'sabotage', origin: 'model:second' }]);
    expect(await judgementsOf(pool(), ARTICLE)).toHaveLength(2);
  });

  test('by somebody else later counts, and once withdrawn the earlier one does again', async () => {
    await addJudgements(pool(), ARTICLE, 'an', [{ type: 'sabotage', verdict: 'is-not' }]);
    await addJudgements(pool(), ARTICLE, 'bram', [{ type: 'sabotage', verdict: 'is' }]);
    expect(await tagsNow()).toMatchObject([{ origin: 'analyst:bram' }]);
    const [latest, before] = await judgementsOf(pool(), ARTICLE);
    expect([latest?.counts, before?.counts]).toEqual([true, false]);
    expect(await withdrawJudgement(pool(), { articleId: ARTICLE, id: latest?.id ?? 0, by: 'bram' })).toBe(true);
    expect(await tagsNow()).toEqual([]);
    expect(await withdrawJudgement(pool(), { articleId: ARTICLE, id: before?.id ?? 0, by: 'an' })).toBe(true);
    expect(await tagsNow()).toMatchObject([{ origin: 'model:first' }]);
    expect(await withdrawJudgement(pool(), { articleId: ARTICLE, id: before?.id ?? 0, by: 'an' })).toBe(false);
    expect((await judgementsOf(pool(), ARTICLE)).map(({ withdrawn }) => withdrawn?.by)).toEqual(['bram', 'an']);
  });

  test('said again changes nothing; said otherwise takes the same person’s former one back', async () => {
    const say = (verdict: 'is' | 'is-not') => addJudgements(pool(), ARTICLE, 'an', [{ type: 'sabotage', verdict }]);
    await say('is');
    await say('is');
    expect(await judgementsOf(pool(), ARTICLE)).toHaveLength(1);
    await say('is-not');
    const all = await judgementsOf(pool(), ARTICLE);
    expect(all.map(({ verdict, withdrawn, counts }) => [verdict, withdrawn?.by, counts])).toEqual([
      ['is-not', undefined, true],
      ['is', 'an', false],
    ]);
  });

  test('of an article that is not there is refused', async () => {
    expect(await addJudgements(pool(), testId(9), 'an', [{ type: 'sabotage', verdict: 'is' }])).toEqual({
      outcome: 'no-article',
    });
  });
});

test('a tag that only an analyst gave follows the article when its date is corrected, and goes with it', async () => {
  await addJudgements(pool(), ARTICLE, 'an', [{ type: 'espionage', verdict: 'is' }]);
  await pool().query("UPDATE articles SET happened_at = '2020-01-01T00:00:00Z' WHERE id = $1", [ARTICLE]);
  const until = new Date('2020-01-02T00:00:00Z');
  expect(await countArticles(pool(), { types: ['espionage'], until })).toBe(1);
  await pool().query('DELETE FROM articles WHERE id = $1', [ARTICLE]);
  const { rows } = await pool().query('SELECT FROM tags');
  expect(rows).toEqual([]);
});

test('judged articles become training lines with the tags that count; others do not', async () => {
  await storeTestArticle(service.runtime, {
    id: testId(2),
    feedId: feed,
    title: 'Nobody looked at this',
    text: 'Nothing.',
    happenedAt: new Date(),
  });
  await addJudgements(pool(), ARTICLE, 'an', [{ type: 'espionage', verdict: 'is' }]);
  const line = { id: ARTICLE, title: 'Depot burns', text: TEXT, language: 'en' };
  expect(await judgedArticles(pool(), '', 10)).toEqual([{ ...line, labels: ['espionage', 'sabotage'] }]);
  await addJudgements(pool(), ARTICLE, 'an', [
    { type: 'espionage', verdict: 'is-not' },
    { type: 'sabotage', verdict: 'is-not' },
  ]);
  expect(await judgedArticles(pool(), '', 10)).toEqual([{ ...line, labels: [] }]);
  expect(await countArticles(pool(), { reviewed: true })).toBe(1);
  expect(await countArticles(pool(), { reviewed: false })).toBe(1);
});
