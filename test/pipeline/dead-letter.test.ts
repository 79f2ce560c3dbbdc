/** A page whose job died and is tried again: its end is written anew. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSettings } from '../../src/config.js';
import { createLogger } from '../../src/log.js';
import { createMetrics } from '../../src/metrics.js';
import { openRuntime, type Runtime } from '../../src/pipeline/runtime.js';
import { startStageWorker } from '../../src/pipeline/stage-worker.js';

const PAGE = 'a'.repeat(24);
let directory: string;
let runtime: Runtime;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'belfry-dead-'));
  const settings = loadSettings({ BELFRY_DATA_DIR: directory, BELFRY_FEEDS: 'none' });
  runtime = await openRuntime(settings, createLogger('silent'), 'command');
});
afterAll(async () => {
  await runtime?.close();
  rmSync(directory, { recursive: true, force: true });
});

const outcome = async (): Promise<string | null | undefined> =>
  (await runtime.database.pool.query<{ outcome: string | null }>('SELECT outcome FROM pages WHERE id = $1', [PAGE]))
    .rows[0]?.outcome;

test('a dead letter that Bull Board retries travels again: its page is no longer dead from when the job starts', async () => {
  const { pool } = runtime.database;
  await pool.query(
    `WITH feed AS (INSERT INTO feeds (url, origin) VALUES ('https://a.example/feed', 'added') RETURNING id),
     poll AS (INSERT INTO polls (feed_id, started_at, outcome) SELECT id, now(), 'new' FROM feed RETURNING id)
     INSERT INTO pages (id, url, feed_id, item, revision, poll_id) SELECT $1, 'https://a.example/1', feed.id, '{}', 'r', poll.id FROM feed, poll`,
    [PAGE],
  );
  let tries = 0;
  let goOn = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  startStageWorker({ runtime, metrics: createMetrics() }, 'classify', 1, async () => {
    if (++tries === 1) throw new Error('a defect');
    await held;
    return 'tagged';
  });
  const queue = runtime.queues.queue('classify');
  const job = await queue.add('page', { pageId: PAGE, revision: 'r' }, { jobId: `page-${PAGE}-r`, attempts: 1 });
  await expect.poll(outcome, { timeout: 60_000 }).toBe('dead');

  await (await queue.getJob(job.id as string))?.retry('failed');
  await expect.poll(() => tries, { timeout: 60_000 }).toBe(2);
  expect(await outcome()).toBeNull();
  goOn();
});
