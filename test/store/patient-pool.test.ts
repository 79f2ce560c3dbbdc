/** A pool that outwaits its server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEmbedded } from '../../src/store/embedded/open.js';
import { makePatient } from '../../src/store/patient-pool.js';

let directory: string;
let pool: pg.Pool;
let complaints: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'belfry-patient-'));
  complaints = 0;
  pool = new pg.Pool({ host: directory, port: 5432, user: 'postgres', database: 'postgres' });
  pool.on('error', () => {
    complaints++;
  });
});
afterEach(async () => {
  if (!pool.ended) await pool.end();
  rmSync(directory, { recursive: true, force: true });
});

test('queries and clients that are asked for while the server is away come when it is there', async () => {
  makePatient(pool, () => false);
  const answer = pool.query<{ sum: number }>('SELECT $1::int + 1 AS sum', [1]);
  const client = pool.connect();
  await sleep(700);
  expect(complaints).toBeGreaterThan(0);
  const database = await openEmbedded({ directory, searchPath: 'public', kind: 'service' });
  expect((await answer).rows).toEqual([{ sum: 2 }]);
  (await client).release();
  await pool.end();
  await database.close();
});

test('it gives up when it is told to, and when it is ended', async () => {
  makePatient(pool, (waited) => waited > 600);
  await expect(pool.query('SELECT 1')).rejects.toThrow(/ENOENT/);
  const waiting = expect(makePatient(new pg.Pool({ host: directory }), () => true).connect()).rejects.toThrow(/ENOENT/);
  await waiting;
});
