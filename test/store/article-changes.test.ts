import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ChangePosition,
  changesBetween,
  decodePosition,
  encodePosition,
  isResumable,
  pruneArticleChanges,
  settledPosition,
} from '../../src/store/article-changes.js';
import { addTestFeed, openTestService, storeTestArticle, type TestService, testId } from '../server/newsroom-store.js';
import { mustHaveServers, serverAtHand, startPostgres, type TestServer } from '../support/servers.js';

const MANY = 1_000;

let service: TestService;
let feedId: number;

async function open(environment: NodeJS.ProcessEnv = {}): Promise<void> {
  service = await openTestService(environment);
  feedId = await addTestFeed(service.runtime, 'https://newsroom.example/rss', 'The Newsroom');
}

const pool = () => service.runtime.database.pool;

const store = (number: number, title = 'A quiet day') =>
  storeTestArticle(service.runtime, {
    id: testId(number),
    feedId,
    title,
    text: title,
    happenedAt: new Date('2026-11-24T12:00:00Z'),
  });

/** What came since a position, and where that leaves one. */
async function since(position: ChangePosition): Promise<{ changes: readonly string[]; position: ChangePosition }> {
  const settled = await settledPosition(pool());
  const changes = await changesBetween(pool(), position, settled, MANY);
  return {
    changes: changes.map(({ articleId, kind }) => `${kind} ${Number.parseInt(articleId, 16)}`),
    position: settled,
  };
}

describe('in the embedded database', () => {
  beforeAll(() => open());
  afterAll(() => service?.close());

  test('what was added and edited is told once, and nothing of what stayed the same', async () => {
    const before = await settledPosition(pool());
    await store(1);
    const added = await since(before);
    expect(added.changes).toEqual(['added 1']);
    await store(1);
    await store(1, 'A loud day');
    expect((await since(added.position)).changes).toEqual(['edited 1']);
  });

  test('is gone on with from any change, as its word says', async () => {
    const before = await settledPosition(pool());
    await store(2);
    await store(3);
    const [first] = await changesBetween(pool(), before, await settledPosition(pool()), 1);
    const place = first && decodePosition(encodePosition(first.position));
    expect(place && (await since(place)).changes).toEqual(['added 3']);
  });

  test('is forgotten after a day', async () => {
    const start = { xid: 0, id: 0, at: new Date(0) };
    await pool().query("UPDATE article_changes SET at = now() - interval '25 hours' WHERE article_id = $1", [
      testId(1),
    ]);
    await pruneArticleChanges(pool());
    expect((await since(start)).changes).toEqual(['added 2', 'added 3']);
  });
});

describe.skipIf(!mustHaveServers && !serverAtHand('PostgreSQL'))('on a PostgreSQL server', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startPostgres();
    await open({ DATABASE_URL: server.url });
  });
  afterAll(async () => {
    await service?.close();
    await server?.stop();
  });

  const note = (client: pg.PoolClient, number: number) =>
    client.query("INSERT INTO article_changes (article_id, kind) VALUES ($1, 'added')", [testId(number)]);

  async function inTurns(work: (one: pg.PoolClient, other: pg.PoolClient) => Promise<void>): Promise<void> {
    const clients = [await pool().connect(), await pool().connect()] as const;
    try {
      for (const client of clients) await client.query('BEGIN');
      await work(...clients);
    } finally {
      for (const client of clients) {
        await client.query('ROLLBACK');
        client.release();
      }
    }
  }

  test('a change whose transaction ends late is not passed over for a later one', () =>
    inTurns(async (slow, quick) => {
      const before = await settledPosition(pool());
      await note(slow, 1);
      await note(quick, 2);
      await quick.query('COMMIT');
      const meanwhile = await since(before);
      expect(meanwhile.changes).toEqual([]);
      await slow.query('COMMIT');
      expect((await since(meanwhile.position)).changes).toEqual(['added 1', 'added 2']);
    }));

  test('nor one whose number is below that of an older transaction that ended first', () =>
    inTurns(async (older, younger) => {
      const before = await settledPosition(pool());
      await older.query('SELECT pg_current_xact_id()');
      await note(younger, 3);
      await note(older, 4);
      await older.query('COMMIT');
      const meanwhile = await since(before);
      expect(meanwhile.changes).toEqual(['added 4']);
      await younger.query('COMMIT');
      expect((await since(meanwhile.position)).changes).toEqual(['added 3']);
    }));

  test('what was rolled back holds nothing up', () =>
    inTurns(async (given, kept) => {
      const before = await settledPosition(pool());
      await note(given, 5);
      await note(kept, 6);
      await kept.query('COMMIT');
      await given.query('ROLLBACK');
      expect((await since(before)).changes).toEqual(['added 6']);
    }));
});

describe('a position', () => {
  const at = new Date('2026-11-24T12:00:00Z');
  const hoursBefore = (hours: number) => new Date(at.getTime() - hours * 3_600_000);

  test('is gone on from within 12 hours, unless it lies ahead of the store', () => {
    const settled = { xid: 50, id: 0, at };
    expect(isResumable({ xid: 40, id: 7, at: hoursBefore(11.9) }, settled)).toBe(true);
    expect(isResumable({ xid: 50, id: 0, at }, settled)).toBe(true);
    expect(isResumable({ xid: 40, id: 7, at: hoursBefore(12.1) }, settled)).toBe(false);
    expect(isResumable({ xid: 51, id: 0, at }, settled)).toBe(false);
    expect(isResumable({ xid: 40, id: 7, at: new Date('9999-01-01') }, settled)).toBe(false);
  });

  test('is no other word than its own', () => {
    for (const word of ['', '1', '1-2', '1-2-x', '-1-2-3', '1-2-3-4', `${'9'.repeat(16)}-1-1`, '1-2-3\n']) {
      expect(decodePosition(word), word).toBeUndefined();
    }
  });
});
