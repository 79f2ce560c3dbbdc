import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { transaction } from '../../src/store/database.js';
import { placeInStory, storiesOf, storyMembers } from '../../src/store/stories.js';
import { type Telling, tellings } from '../articles/retellings.js';
import { addTestFeed, openTestService, storeTestArticle, type TestService, testId } from '../server/newsroom-store.js';

const NOON = Date.UTC(2026, 10, 20, 12);
const HOUR = 3_600_000;

let service: TestService;
let feedId: number;

beforeAll(async () => {
  service = await openTestService();
  feedId = await addTestFeed(service.runtime, 'https://newsroom.example/rss', 'The Newsroom');
});

afterAll(() => service?.close());

const pool = () => service.runtime.database.pool;

beforeEach(async () => {
  await pool().query('DELETE FROM articles');
  await pool().query('DELETE FROM story_keys');
  await pool().query('DELETE FROM stories');
});

async function store(number: number, telling: Pick<Telling, 'title' | 'text' | 'language'>, at = NOON + number * HOUR) {
  const id = testId(number);
  const happenedAt = new Date(at);
  const { title, text, language } = telling;
  await storeTestArticle(service.runtime, { id, feedId, title, text, language, happenedAt });
  const article = { id, url: `https://outlet${number}.example/a`, title, text, language, happenedAt };
  await transaction(pool(), (client) => placeInStory(client, article));
}

/** Articles by number, one list a story. */
async function storiesNow(): Promise<number[][]> {
  const { rows } = await pool().query<{ ids: string[] }>(
    'SELECT array_agg(article_id ORDER BY article_id) AS ids FROM story_signatures WHERE story_id IS NOT NULL GROUP BY story_id ORDER BY 1',
  );
  return rows.map(({ ids }) => ids.map((id) => Number.parseInt(id, 16)));
}

const depot = tellings.filter(({ story }) => story === 'depot') as [Telling, Telling];
const other = tellings.find(({ story }) => story === 'hospital') as Telling;

test('every invented story is put together, and none with another', async () => {
  for (const [place, telling] of tellings.entries()) await store(place + 1, telling);
  const numbersOf = (story: string) =>
    tellings.flatMap((telling, place) => (telling.story === story ? [place + 1] : []));
  const expected = [...new Set(tellings.map(({ story }) => story))].map(numbersOf).filter(({ length }) => length > 1);
  expect(await storiesNow()).toEqual(expected);
});

test('storing an article again changes nothing', async () => {
  await store(1, depot[0]);
  await store(2, depot[1]);
  const before = await storiesOf(pool(), [testId(1)]);
  await store(2, depot[1]);
  await store(1, depot[0]);
  expect(await storiesOf(pool(), [testId(1)])).toEqual(before);
  expect(before.get(testId(1))).toMatchObject({ articles: 2, sources: 2, language: 'en' });
  expect((await storyMembers(pool(), before.get(testId(1))?.id ?? '', 9)).map(({ id }) => id)).toEqual([
    testId(1),
    testId(2),
  ]);
});

test('an article that was deleted comes back into its story', async () => {
  await store(1, depot[0]);
  await store(2, depot[1]);
  await pool().query('DELETE FROM articles WHERE id = $1', [testId(2)]);
  await store(2, depot[1]);
  expect(await storiesNow()).toEqual([[1, 2]]);
});

test('an edited article stays in its story while it tells it, and leaves when it tells another', async () => {
  await store(1, depot[0]);
  await store(2, depot[1]);
  await store(2, { ...depot[1], text: `${depot[1].text} Updated with a word of the mayor.` });
  expect(await storiesNow()).toEqual([[1, 2]]);
  await store(2, { ...other }, NOON + 2 * HOUR);
  expect(await storiesNow()).toEqual([]);
  expect((await pool().query('SELECT FROM stories')).rowCount).toBe(0);
});

test('the same words more than four days later are another story', async () => {
  await store(1, depot[0]);
  await store(2, depot[1], NOON + 5 * 24 * HOUR);
  expect(await storiesNow()).toEqual([]);
});

test('thousands of equal texts cost no more an article than a few', async () => {
  await store(1, depot[0]);
  // As if they had come one by one, without the time that takes.
  await pool().query(
    `INSERT INTO story_keys (key, happened_at, article_id)
     SELECT key, $1::timestamptz + make_interval(secs => number), lpad(to_hex(number), 24, '0')
     FROM story_signatures, unnest(keys) key, generate_series(100, 3000) number WHERE article_id = $2`,
    [new Date(NOON), testId(1)],
  );
  const started = performance.now();
  for (let number = 2; number < 22; number++) await store(number, depot[0], NOON);
  expect((performance.now() - started) / 20).toBeLessThan(200);
});
