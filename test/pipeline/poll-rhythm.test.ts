/** That polls learn, keep and follow a feed's rhythm and hub, on a real store and a site on loopback. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type PollFeedResult, pollFeed } from '../../src/pipeline/steps/poll-feed.js';
import { openWeb } from '../../src/pipeline/web-settings.js';
import { findFeed, type StoredFeed } from '../../src/store/feeds.js';
import { rhythmOf } from '../../src/store/rhythms.js';
import { reliablePushes } from '../../src/store/subscriptions.js';
import { addTestFeed, openTestService, type TestService } from '../server/newsroom-store.js';

const MINUTE = 60_000;

let service: TestService;
let web: ReturnType<typeof openWeb>;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let address: string;
let feedId: number;
let feeds = 0;

const site = createServer((request, response) => answer(request, response));

beforeAll(async () => {
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  service = await openTestService({ BELFRY_NET_ALLOW: '127.0.0.1', BELFRY_OWN_HOSTS: '127.0.0.1' });
  web = openWeb(service.runtime);
});

beforeEach(async () => {
  feedId = await addTestFeed(service.runtime, `${address}/feed-${++feeds}`, `Feed ${feeds}`);
});

afterAll(async () => {
  await web?.close();
  await service?.close();
  await new Promise((resolve) => site.close(resolve));
});

async function poll(publicUrl?: string): Promise<StoredFeed & { readonly result: PollFeedResult }> {
  const { database, settings } = service.runtime;
  const result = await pollFeed(
    { database, web: web.web, settings: settings.feeds, maxBytes: 1 << 20, publicUrl },
    { feedId, runId: 'test', askedAt: new Date(), attempt: 'first' },
  );
  return { ...((await findFeed(database.pool, feedId)) as StoredFeed), result };
}

const minutesUntil = ({ nextPollAt }: StoredFeed): number => (nextPollAt.getTime() - Date.now()) / MINUTE;

/** A feed of twenty entries, `gap` milliseconds apart, the newest now. */
const feedOf = (gap: number, channel = ''): string =>
  `<rss version="2.0"><channel><title>F</title><link>${address}/</link>${channel}${Array.from(
    { length: 20 },
    (_, index) =>
      `<item><title>${index}</title><guid>${feeds}-${index}</guid><pubDate>${new Date(Date.now() - index * gap).toUTCString()}</pubDate></item>`,
  ).join('')}</channel></rss>`;

it('the first poll of a busy feed is soon followed by another, that of a quiet one is not', async () => {
  answer = (_, response) => response.end(feedOf(10 * MINUTE));
  expect(minutesUntil(await poll())).toBeLessThan(20);
  feedId = await addTestFeed(service.runtime, `${address}/feed-${++feeds}`, 'quiet');
  answer = (_, response) => response.end(feedOf(22 * 60 * MINUTE));
  const quiet = await poll();
  expect(minutesUntil(quiet)).toBeGreaterThan(120);
  expect(quiet.nextPollBecause).toBe('rhythm');
  expect(await rhythmOf(service.runtime.database.pool, feedId)).toMatchObject({ windowEntries: 20 });
});

it('a ttl holds on while the feed answers "not modified"', async () => {
  answer = (request, response) => {
    response.setHeader('etag', '"one"');
    if (request.headers['if-none-match'] === '"one"') response.writeHead(304).end();
    else response.end(feedOf(60 * MINUTE, '<ttl>180</ttl>'));
  };
  const first = await poll();
  const second = await poll();
  expect(second.lastOutcome).toBe('unchanged');
  for (const polled of [first, second]) {
    expect(polled.nextPollBecause).toBe('ttl');
    expect(minutesUntil(polled)).toBeCloseTo(180, 0);
  }
});

it('Cache-Control puts the next poll off', async () => {
  answer = (_, response) => response.setHeader('cache-control', 'max-age=2400').end(feedOf(5 * MINUTE));
  const polled = await poll();
  expect(polled.nextPollBecause).toBe('max-age');
  expect(minutesUntil(polled)).toBeCloseTo(40, 0);
});

it('a failing feed is asked more and more rarely, and what was learned of it stays', async () => {
  answer = (_, response) => response.end(feedOf(30 * MINUTE));
  await poll();
  const known = await rhythmOf(service.runtime.database.pool, feedId);
  answer = (_, response) => response.writeHead(500).end();
  const waits = [];
  for (let failures = 0; failures < 3; failures++) waits.push(minutesUntil(await poll()));
  expect(waits[1]).toBeGreaterThan(1.5 * (waits[0] ?? 0));
  expect(waits[2]).toBeGreaterThan(1.5 * (waits[1] ?? 0));
  expect(await rhythmOf(service.runtime.database.pool, feedId)).toEqual(known);
});

it('what the operator set goes before rhythm and ttl', async () => {
  answer = (_, response) => response.end(feedOf(MINUTE, '<ttl>600</ttl>'));
  await service.runtime.database.pool.query('UPDATE feeds SET poll_minutes = 33 WHERE id = $1', [feedId]);
  const polled = await poll();
  expect(polled.nextPollBecause).toBe('fixed');
  expect(minutesUntil(polled)).toBeCloseTo(33, 0);
});

it('a feed that names a hub in its Link header gets a subscription where hubs can reach us, and none elsewhere', async () => {
  answer = (_, response) => response.setHeader('link', '<https://hub.example/>; rel="hub"').end(feedOf(MINUTE));
  const subscriptions = async () =>
    (
      await service.runtime.database.pool.query('SELECT hub, topic, state FROM subscriptions WHERE feed_id = $1', [
        feedId,
      ])
    ).rows;
  expect((await poll()).result).toMatchObject({ hub: undefined });
  expect(await subscriptions()).toEqual([]);
  await service.runtime.database.pool.query('UPDATE feeds SET body_hash = NULL WHERE id = $1', [feedId]);
  expect((await poll('https://belfry.example')).result).toMatchObject({ hub: 'new' });
  expect(await subscriptions()).toEqual([
    { hub: 'https://hub.example/', topic: `${address}/feed-${feeds}`, state: 'new' },
  ]);
});

it('polls slow down while pushes arrive, and no longer once a poll finds what was not pushed', async () => {
  const { pool } = service.runtime.database;
  answer = (_, response) => response.end(feedOf(60 * MINUTE));
  const usual = await poll();
  await pool.query(
    `INSERT INTO subscriptions (feed_id, hub, topic, token, callback, secret, state, lease_ends_at, last_push_at)
     VALUES ($1, 'https://hub.example/', 't', $2, 'c', 's', 'active', now() + interval '5 days', now())`,
    [feedId, `token-${feedId}`],
  );
  const pushed = await poll();
  expect(pushed.nextPollBecause).toBe('pushes');
  expect(minutesUntil(pushed)).toBeGreaterThan(1.5 * minutesUntil(usual));
  feeds++; // other entries
  answer = (_, response) => response.end(feedOf(60 * MINUTE));
  const surprised = await poll();
  expect(surprised.lastOutcome).toBe('new');
  expect(surprised.nextPollBecause).not.toBe('pushes');
  expect(await reliablePushes(pool, feedId)).toBeNull();
});
