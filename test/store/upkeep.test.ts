import { afterAll, beforeAll, expect, test } from 'vitest';
import { vacuumTables } from '../../src/store/upkeep.js';
import { addTestFeed, openTestService, storeTestArticle, type TestService, testId } from '../server/newsroom-store.js';

const ARTICLES = 30;

let service: TestService;
beforeAll(async () => {
  service = await openTestService();
  const feedId = await addTestFeed(service.runtime, 'https://newsroom.example/rss', 'The Newsroom');
  for (let number = 0; number < ARTICLES; number++) {
    await storeTestArticle(service.runtime, {
      id: testId(number),
      feedId,
      title: `Day ${number}`,
      text: 'Quiet.',
      happenedAt: new Date(),
    });
  }
});
afterAll(() => service?.close());

test('the embedded database knows after its upkeep what its tables hold, and that their indexes may answer alone', async () => {
  const { pool } = service.runtime.database;
  await vacuumTables(pool);
  const { rows } = await pool.query<{ rows: number; pages: number; visible: number }>(
    `SELECT reltuples AS rows, relpages AS pages, relallvisible AS visible FROM pg_class WHERE oid = 'articles'::regclass`,
  );
  expect(rows[0]?.rows).toBe(ARTICLES);
  expect(rows[0]?.visible).toBe(rows[0]?.pages);
});

test('queues are looked after, too', async () => {
  const { pool } = service.runtime.database;
  await vacuumTables(pool);
  const { rows } = await pool.query<{ unknown: number }>(
    `SELECT count(*) AS unknown FROM pg_class WHERE relkind = 'r' AND reltuples < 0
       AND relnamespace IN ('belfry'::regnamespace, 'bullmq'::regnamespace)`,
  );
  expect(rows[0]?.unknown).toBe(0);
});
