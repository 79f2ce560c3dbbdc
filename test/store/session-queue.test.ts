/** Many connections on PGlite's one session: they must not notice each other. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type EmbeddedDatabase, openEmbedded } from '../../src/store/embedded/open.js';

let directory: string;
let database: EmbeddedDatabase;
let one: pg.Client;
let other: pg.Client;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'belfry-session-'));
  database = await openEmbedded({ directory, searchPath: 'public', kind: 'service' });
});
afterAll(async () => {
  await database?.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  [one, other] = [await connect(), await connect()];
  await one.query('CREATE TABLE IF NOT EXISTS numbers (n int PRIMARY KEY); TRUNCATE numbers');
});
afterEach(async () => {
  await Promise.allSettled([one.end(), other.end()]);
});

async function connect(): Promise<pg.Client> {
  const client = new pg.Client(database.connection as pg.ClientConfig);
  client.on('error', () => {});
  await client.connect();
  return client;
}

const numbers = async (client: pg.Client): Promise<number[]> =>
  (await client.query<{ n: number }>('SELECT n FROM numbers ORDER BY n')).rows.map(({ n }) => n);

test('a transaction of one connection is not joined by the queries of another', async () => {
  await one.query('BEGIN');
  await one.query('INSERT INTO numbers VALUES ($1)', [1]);
  const later = other.query('INSERT INTO numbers VALUES ($1)', [2]);
  await sleep(50);
  await one.query('ROLLBACK');
  await later;
  expect(await numbers(one)).toEqual([2]);
});

test('an error within a transaction fails that connection only', async () => {
  await one.query('BEGIN');
  await expect(one.query('INSERT INTO nowhere VALUES (1)')).rejects.toThrow(/nowhere/);
  const later = other.query('INSERT INTO numbers VALUES (2)');
  await expect(one.query('SELECT 1')).rejects.toThrow(/aborted/);
  await one.query('ROLLBACK');
  await later;
  expect(await numbers(other)).toEqual([2]);
});

test('many connections with parameters at once each get their own answers', async () => {
  const clients = await Promise.all(Array.from({ length: 8 }, connect));
  const answers = await Promise.all(
    clients.map(async (client, index) => {
      const products: (number | undefined)[] = [];
      for (const factor of [1, 2, 3]) {
        const { rows } = await client.query<{ product: number }>('SELECT $1::int * $2::int AS product', [
          index,
          factor,
        ]);
        products.push(rows[0]?.product);
      }
      return products;
    }),
  );
  expect(answers).toEqual(clients.map((_, index) => [index, 2 * index, 3 * index]));
  await Promise.all(clients.map((client) => client.end()));
});

test('an exception does not stop the session: syntax, division, a broken cast', async () => {
  for (const wrong of ['SELEC 1', 'SELECT 1/0', `SELECT 'x'::int`]) await expect(one.query(wrong)).rejects.toThrow();
  expect((await one.query('SELECT 1 AS fine')).rows).toEqual([{ fine: 1 }]);
  expect((await other.query('SELECT 1 AS fine')).rows).toEqual([{ fine: 1 }]);
});

test('a connection that breaks off in a transaction gives the session back, and what it did is undone', async () => {
  await one.query('BEGIN');
  await one.query('INSERT INTO numbers VALUES (1)');
  (one as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  await other.query('INSERT INTO numbers VALUES (2)');
  expect(await numbers(other)).toEqual([2]);
});

test('a notification reaches each connection that listens, whichever caused it, and no other', async () => {
  const heard: string[] = [];
  const third = await connect();
  for (const [name, client] of [
    ['one', one],
    ['third', third],
    ['other', other],
  ] as const)
    client.on('notification', ({ channel, payload }) => heard.push(`${name} ${channel} ${payload}`));
  await one.query('LISTEN bell');
  await third.query('LISTEN bell');
  await other.query(`NOTIFY bell, 'ding'`);
  await expect.poll(() => [...heard].sort()).toEqual(['one bell ding', 'third bell ding']);
  await third.end();
  await one.query(`SELECT pg_notify('bell', 'dong')`);
  await expect.poll(() => heard).toContain('one bell dong');
  expect(heard).not.toContain('third bell dong');
});

test('a result of many rows and a long value come through whole', async () => {
  const { rows } = await one.query<{ length: number }>(
    `SELECT n, repeat('x', 1000) AS x FROM generate_series(1, 20000) AS n`,
  );
  expect(rows).toHaveLength(20_000);
  const long = 'é'.repeat(3_000_000);
  const { rows: echoed } = await other.query<{ echo: string }>('SELECT $1::text AS echo', [long]);
  expect(echoed[0]?.echo === long).toBe(true);
});

test('an embedded database whose directory is removed says so', async () => {
  const gone = mkdtempSync(join(tmpdir(), 'belfry-removed-'));
  const doomed = await openEmbedded({ directory: gone, searchPath: 'public', kind: 'service' });
  rmSync(gone, { recursive: true, force: true });
  expect(await doomed.ended).toMatch(/the data directory .* was removed while Belfry ran on it/);
  await doomed.close();
});
