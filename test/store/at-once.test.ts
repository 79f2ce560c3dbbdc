/** What happens to one article from two sides at once: only a server has transactions that run side by side. */
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync } from 'node:zlib';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { transaction } from '../../src/store/database.js';
import {
  addJudgements,
  judgementsOf,
  withdrawJudgement,
  withdrawJudgementsOfTypes,
} from '../../src/store/judgements.js';
import { classifiedPage, finishPage, saveClassification } from '../../src/store/pages.js';
import { placeInStory, storiesOf } from '../../src/store/stories.js';
import { type Telling, tellings } from '../articles/retellings.js';
import {
  addTestFeed,
  evidence,
  openTestService,
  storeTestArticle,
  type TestService,
  testId,
} from '../server/newsroom-store.js';
import { mustHaveServers, serverAtHand, startPostgres, type TestServer } from '../support/servers.js';

const NOON = new Date(Date.UTC(2026, 10, 20, 12));
const [depot, depotAgain] = tellings.filter(({ story }) => story === 'depot') as [Telling, Telling];
const TEXT = 'Arson at a rail depot near Ghent.';
const WAIT_SECONDS = 10;

describe.skipIf(!mustHaveServers && !serverAtHand('PostgreSQL'))('on a PostgreSQL server', () => {
  let server: TestServer;
  let service: TestService;
  let feedId: number;

  const pool = () => service.runtime.database.pool;

  beforeAll(async () => {
    server = await startPostgres();
    service = await openTestService({ DATABASE_URL: server.url });
    feedId = await addTestFeed(service.runtime, 'https://newsroom.example/rss', 'The Newsroom');
  });

  afterAll(async () => {
    await service?.close();
    await server?.stop();
  });

  beforeEach(async () => {
    await pool().query('TRUNCATE articles, pages, story_keys, stories CASCADE');
  });

  /** Until somebody waits for what another transaction holds. */
  async function untilSomebodyWaits(): Promise<void> {
    for (let tries = 0; tries < WAIT_SECONDS * 100; tries++) {
      const { rowCount } = await pool().query('SELECT FROM pg_locks WHERE NOT granted');
      if (rowCount) return;
      await sleep(10);
    }
    throw new Error('nobody waits');
  }

  const store = (title = 'Depot burns') =>
    storeTestArticle(service.runtime, {
      id: testId(1),
      feedId,
      title,
      text: TEXT,
      happenedAt: NOON,
      tags: [{ type: 'sabotage', score: 0.8, evidence: [evidence('text', TEXT, 'Arson', 'act.arson', 1.2)] }],
    });

  describe('stories', () => {
    async function place(client: pg.PoolClient, number: number, { title, text, language }: Telling): Promise<void> {
      const article = { id: testId(number), url: `https://outlet${number}.example/a`, title, text, language };
      await placeInStory(client, { ...article, happenedAt: NOON });
    }

    test('an article is edited while another is put beside it', async () => {
      for (const [index, { title, text }] of [depot, depotAgain].entries())
        await storeTestArticle(service.runtime, { id: testId(index + 1), feedId, title, text, happenedAt: NOON });
      await transaction(pool(), (client) => place(client, 1, depot));
      const edited = { ...depot, text: `${depot.text} The mayor thanked the fire brigade of Dendermonde.` };
      let editing: Promise<void> = Promise.resolve();
      await transaction(pool(), async (client) => {
        await client.query(`SELECT pg_advisory_xact_lock(x'53544f52'::int)`); // "STOR", the lock of stories
        editing = transaction(pool(), (other) => place(other, 1, edited));
        editing.catch(() => undefined);
        await untilSomebodyWaits();
        await place(client, 2, depotAgain);
      });
      await editing;
      const story = (await storiesOf(pool(), [testId(1), testId(2)])).get(testId(1));
      expect(story).toMatchObject({ articles: 2, sources: 2 });
    });

    test('an article is edited into another story just after it got company', async () => {
      const other = tellings.find(({ story }) => story === 'hospital') as Telling;
      for (const [index, { title, text }] of [depot, depotAgain].entries())
        await storeTestArticle(service.runtime, { id: testId(index + 1), feedId, title, text, happenedAt: NOON });
      await transaction(pool(), (client) => place(client, 1, depot));
      let editing: Promise<void> = Promise.resolve();
      await transaction(pool(), async (client) => {
        await place(client, 2, depotAgain);
        editing = transaction(pool(), (second) => place(second, 1, other));
        editing.catch(() => undefined);
        await untilSomebodyWaits();
      });
      await editing;
      expect((await pool().query('SELECT FROM stories')).rowCount).toBe(0);
    });
  });

  test('a page that is being stored is classified anew afterwards, not unseen in between', async () => {
    const id = testId(1);
    await pool().query(
      `INSERT INTO pages (id, feed_id, item, revision, draft, classification) VALUES ($1, $2, '{}', 'r', $3, '{}')`,
      [id, feedId, brotliCompressSync('{}')],
    );
    let order: readonly string[] = [];
    let classifying: Promise<void> = Promise.resolve();
    await transaction(pool(), async (client) => {
      await classifiedPage(client, id);
      const classification = { language: 'en', threats: [], facets: [], version: 'next' };
      classifying = saveClassification(pool(), id, classification).then(() => {
        order = [...order, 'classified'];
      });
      await untilSomebodyWaits();
      await finishPage(client, id, 'stored');
      order = [...order, 'stored'];
    });
    await classifying;
    expect(order).toEqual(['stored', 'classified']);
  });

  describe('tags', () => {
    test.each([
      ['one judgement is withdrawn', (id: number) => withdrawJudgement(pool(), { articleId: testId(1), id, by: 'an' })],
      [
        'all judgements of a type are withdrawn',
        () => withdrawJudgementsOfTypes(pool(), { articleId: testId(1), types: ['sabotage'], by: 'an' }),
      ],
    ])('%s while the article is stored again and judged', async (_, withdraw) => {
      await store();
      await addJudgements(pool(), testId(1), 'an', [{ type: 'sabotage', verdict: 'is' }]);
      const [judgement] = await judgementsOf(pool(), testId(1));
      let withdrawing: Promise<unknown> = Promise.resolve();
      await transaction(pool(), async (client) => {
        await client.query('SELECT FROM articles WHERE id = $1 FOR UPDATE', [testId(1)]);
        withdrawing = withdraw(judgement?.id ?? 0);
        withdrawing.catch(() => undefined);
        await untilSomebodyWaits();
        await client.query("UPDATE machine_tags SET score = 0.9, origin = 'model:next' WHERE article_id = $1", [
          testId(1),
        ]);
        await client.query("UPDATE judgements SET note = 'seen' WHERE article_id = $1", [testId(1)]);
      });
      await withdrawing;
      const { rows } = await pool().query('SELECT type, origin FROM tags');
      expect(rows).toEqual([{ type: 'sabotage', origin: 'model:next' }]);
    });
  });
});
