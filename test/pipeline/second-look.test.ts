/** A second opinion through the steps that classify and store, and into all that reads tags. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSecondLook } from '../../src/pipeline/second-look.js';
import { classifyPage } from '../../src/pipeline/steps/classify-page.js';
import { storePage } from '../../src/pipeline/steps/store-page.js';
import type { Answer, Verdict } from '../../src/second-opinion/adviser.js';
import type { RestingAdviser } from '../../src/second-opinion/breaker.js';
import { findArticles, listArticles } from '../../src/store/articles.js';
import { addJudgements, judgementsOf, machineTagsOf, withdrawJudgement } from '../../src/store/judgements.js';
import { saveDraft } from '../../src/store/pages.js';
import { pageOutcomes, tagTotals } from '../../src/store/statistics.js';
import { type Classifier, createClassifier } from '../../src/threats/classifier.js';
import { addTestFeed, openTestService, type TestService, testId } from '../server/newsroom-store.js';

const PAGE = testId(1);
const TITLE = 'Signal cables burn at rail depot near Ghent';
/** Given as sabotage; there is evidence for a drone incursion, too, and far too little. */
const TEXT = `Two hired men set fire to signal cables at a rail depot near Ghent on Sunday night, police said.

Prosecutors speak of sabotage ordered from abroad. A guard had seen a drone over the yard an hour before.`;
/** So wide that all types with evidence are borderline, whatever the model is trained to. */
const EVERYTHING = { margin: 1, mostTypes: 50 };

const classifier: Classifier = createClassifier();
let service: TestService;
let feed: number;
/** What the adviser says, and what it was asked. */
let answer: (types: readonly string[]) => Answer | { readonly outcome: 'left-alone' };
let asked: (readonly string[])[];

const adviser: RestingAdviser = {
  name: 'endpoint:test',
  ask: async (_, types) => {
    const ids = types.map(({ id }) => id);
    asked.push(ids);
    return answer(ids);
  },
};

const pool = () => service.runtime.database.pool;

beforeAll(async () => {
  service = await openTestService();
  feed = await addTestFeed(service.runtime, 'https://newsroom.example/rss', 'The Newsroom');
});

afterAll(() => service?.close());

beforeEach(async () => {
  await pool().query('DELETE FROM articles');
  await pool().query('DELETE FROM pages');
  await pool().query('DELETE FROM story_keys');
  service.metrics.secondOpinions.reset();
  asked = [];
  answer = deciding('drone-incursion');
});

/** Says that it is about these types and no others. */
const deciding =
  (...is: string[]) =>
  (types: readonly string[]): Answer => ({
    outcome: 'answered',
    verdicts: new Map(
      types.map((type): [string, Verdict] => [
        type,
        { verdict: is.includes(type) ? 'is' : 'is-not', quote: 'Two hired men set fire', probability: null },
      ]),
    ),
  });

const failing = (): Answer => ({ outcome: 'failed', reason: 'http-500' });

/** The page through both steps, as its first journey and every replay go. */
async function classify({
  text = TEXT,
  look = 'second' as 'first' | 'second',
  settings = EVERYTHING,
  by = adviser,
} = {}) {
  const { database } = service.runtime;
  await pool().query(
    `INSERT INTO pages (id, url, feed_id, item, revision) VALUES ($1, 'https://newsroom.example/1', $2, '{}', 'r')
     ON CONFLICT DO NOTHING`,
    [PAGE, feed],
  );
  await saveDraft(
    pool(),
    PAGE,
    { outcome: 'ok', detail: null },
    {
      source: 'page',
      sourceReason: null,
      article: {
        url: 'https://newsroom.example/1',
        canonicalUrl: null,
        title: TITLE,
        byline: [],
        publishedAt: '2026-03-02T10:00:00Z',
        modifiedAt: null,
        language: 'en',
        section: null,
        image: null,
        text,
        html: '',
        excerpt: null,
        method: 'readability:linkedom',
        methods: {},
      },
    },
  );
  const secondLook = createSecondLook({ classifier, adviser: by, database, metrics: service.metrics, settings });
  const classified = await classifyPage(
    { database, classify: look === 'second' ? secondLook : async (_, article) => classifier.classify(article) },
    PAGE,
  );
  await storePage(database, PAGE);
  return classified.outcome;
}

async function article() {
  const [found] = await findArticles(pool(), PAGE);
  if (!found) throw new Error('not stored');
  return found;
}

const tags = async () => (await article()).tags.map(({ type, origin }) => [type, origin]);

async function counters(): Promise<Record<string, number>> {
  const { values } = await service.metrics.secondOpinions.get();
  return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]));
}

const MODEL = `model:${classifier.version}`;
const SECOND = 'second-opinion:endpoint:test';

describe('a second opinion', () => {
  test('decides on either side of the threshold, with the first opinion stored beside it', async () => {
    expect(await classify()).toBe('tagged');
    const stored = await article();
    const drone = expect.objectContaining({ text: 'drone' });
    expect(stored.tags).toMatchObject([
      {
        type: 'drone-incursion',
        origin: SECOND,
        judgement: null,
        machine: null,
        evidence: expect.arrayContaining([drone]),
      },
    ]);
    expect(await machineTagsOf(pool(), PAGE)).toMatchObject([{ type: 'sabotage', origin: MODEL }]);
    const [surest] = stored.secondOpinions;
    expect(surest).toEqual({
      type: 'sabotage',
      verdict: 'is-not',
      by: 'endpoint:test',
      at: expect.any(String),
      quote: 'Two hired men set fire',
      probability: null,
      first: { score: expect.any(Number), threshold: expect.any(Number), origin: MODEL },
    });
    expect(surest?.first.score).toBeGreaterThan(surest?.first.threshold ?? 1);
    const drones = stored.secondOpinions.find(({ type }) => type === 'drone-incursion');
    expect(drones).toMatchObject({ verdict: 'is' });
    expect(drones?.first.score).toBeLessThan(drones?.first.threshold ?? 0);
    expect(stored.tags[0]?.score).toBe(drones?.first.score);
  });

  test('shows in lists, counts and outcomes', async () => {
    await classify();
    const ofType = (type: string) => listArticles(pool(), { types: [type] }, { limit: 5 });
    expect(await ofType('sabotage')).toEqual([]);
    expect(await ofType('drone-incursion')).toHaveLength(1);
    expect(await tagTotals(pool())).toEqual([{ type: 'drone-incursion', tags: 1 }]);
    answer = deciding();
    expect(await classify({ text: `${TEXT} Nobody was hurt.` })).toBe('untagged');
    expect(await tags()).toEqual([]);
    expect(await pageOutcomes(pool(), new Date(0))).toContainEqual({
      stage: 'classify',
      outcome: 'untagged',
      count: 1,
    });
  });

  test('that agrees keeps the tag, under its own name, with what the model said', async () => {
    answer = deciding('sabotage');
    await classify();
    expect((await article()).tags).toMatchObject([{ type: 'sabotage', origin: SECOND, machine: { origin: MODEL } }]);
  });

  test('loses to an analyst, either way, and counts again once that is withdrawn', async () => {
    await classify();
    await addJudgements(pool(), PAGE, 'an', [
      { type: 'sabotage', verdict: 'is' },
      { type: 'drone-incursion', verdict: 'is-not' },
    ]);
    expect(await tags()).toEqual([['sabotage', 'analyst:an']]);
    expect((await article()).secondOpinions).toContainEqual(
      expect.objectContaining({ type: 'drone-incursion', verdict: 'is' }),
    );
    await classify();
    expect(await tags()).toEqual([['sabotage', 'analyst:an']]);
    for (const { id } of await judgementsOf(pool(), PAGE))
      await withdrawJudgement(pool(), { articleId: PAGE, id, by: 'an' });
    expect(await tags()).toEqual([['drone-incursion', SECOND]]);
  });

  test('never gives a type that nothing in the text speaks for', async () => {
    answer = (types) => deciding(...types, 'jihadism', 'cyberattack')(types);
    await classify();
    const { tags: given } = await article();
    expect(given.length).toBeGreaterThan(1);
    for (const { evidence } of given) expect(evidence[0]?.weight).toBeGreaterThan(0);
    const { borderline } = classifier.classifyClosely({ title: TITLE, text: TEXT, language: 'en' }, 1);
    expect(given.map(({ type }) => type).sort()).toEqual(borderline.map(({ type }) => type).sort());
    await classify({ text: 'The choir sang.' });
    expect(await tags()).not.toContainEqual(['jihadism', SECOND]);
  });

  test('is asked for nearest types first, as many as the settings say, and for none that is far from its threshold', async () => {
    const { borderline } = classifier.classifyClosely({ title: TITLE, text: TEXT, language: 'en' }, 1);
    const nearest = borderline.slice(0, 2).map(({ type }) => type);
    await classify({ settings: { margin: 1, mostTypes: 2 } });
    expect(asked.map((types) => [...types].sort())).toEqual([nearest.sort()]);
    await classify({ text: `${TEXT} Nobody was hurt.`, settings: { margin: 0.0001, mostTypes: 2 } });
    expect(asked).toHaveLength(1);
    expect(await tags()).toEqual([['sabotage', MODEL]]);
  });
});

describe('without an answer all is as the classifier says, but for a counter', () => {
  test.each<[string, typeof answer, (types: number) => Record<string, number>]>([
    ['failed', failing, (types) => ({ asked: types, failed: types })],
    ['void', () => ({ outcome: 'answered', verdicts: new Map() }), (types) => ({ asked: types, void: types })],
    ['skipped', () => ({ outcome: 'left-alone' }), (types) => ({ skipped: types })],
  ])('%s', async (_, said, expected) => {
    await classify({ look: 'first' });
    const before = await article();
    answer = said;
    await classify();
    expect(await article()).toEqual(before);
    expect(before.secondOpinions).toEqual([]);
    expect(await counters()).toEqual(expected(asked[0]?.length ?? 0));
  });

  test('and a void answer on one type leaves the others’', async () => {
    answer = (types) => deciding('drone-incursion')(types.filter((type) => type !== 'sabotage'));
    await classify();
    expect(await tags()).toEqual([
      ['sabotage', MODEL],
      ['drone-incursion', SECOND],
    ]);
    const { asked: types = 0, ...rest } = await counters();
    expect(rest).toEqual({ changed: 1, agreed: types - 2, void: 1 });
  });
});

describe('a replay', () => {
  test('keeps the opinion on the same text without asking again, also while nobody answers', async () => {
    await classify();
    const before = await article();
    answer = failing;
    await classify();
    expect(await article()).toEqual(before);
    expect(asked).toHaveLength(1);
    expect(await counters()).toMatchObject({ known: asked[0]?.length });
  });

  test('asks again only about types whose answer was void', async () => {
    answer = (types) => deciding('sabotage')(types.filter((type) => type !== 'drone-incursion'));
    await classify();
    answer = deciding('drone-incursion');
    await classify();
    expect(asked[1]).toEqual(['drone-incursion']);
    expect(new Map((await tags()) as [string, string][])).toEqual(
      new Map([
        ['sabotage', SECOND],
        ['drone-incursion', SECOND],
      ]),
    );
  });

  test('of an edited text forgets the opinion on the former one', async () => {
    await classify();
    answer = failing;
    await classify({ text: `${TEXT} Nobody was hurt.` });
    expect(await tags()).toEqual([['sabotage', MODEL]]);
    expect((await article()).secondOpinions).toEqual([]);
  });

  test('with another model asks that one', async () => {
    await classify();
    answer = deciding('sabotage');
    await classify({ by: { ...adviser, name: 'local:other' } });
    expect(await tags()).toEqual([['sabotage', 'second-opinion:local:other']]);
    expect(new Set((await article()).secondOpinions.map(({ by }) => by))).toEqual(new Set(['local:other']));
  });

  test('after it was switched off is as if it had never been', async () => {
    await classify();
    await classify({ look: 'first' });
    expect(await tags()).toEqual([['sabotage', MODEL]]);
    expect((await article()).secondOpinions).toEqual([]);
    expect(asked).toHaveLength(1);
  });
});
