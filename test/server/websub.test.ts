/** WebSub end to end on loopback: a hub of our own, the server's callbacks, and a real store. */
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askHubs, followHub } from '../../src/pipeline/steps/follow-hub.js';
import { type RunningServer, startServer } from '../../src/server/server.js';
import { rhythmOf } from '../../src/store/rhythms.js';
import { leaveHub, noteMissedPush, reliablePushes } from '../../src/store/subscriptions.js';
import { createWebClient, defaultWebSettings, type WebClient } from '../../src/web/client.js';
import { freePort } from '../support/servers.js';
import { addTestFeed, openTestService, type TestService, types } from './newsroom-store.js';

interface LoopbackHub {
  readonly url: string;
  /** Forms that were posted to it, newest last. */
  readonly asked: URLSearchParams[];
  /** How it answers requests, and whether it asks back: `verify` does both at once, as fast hubs do. */
  behaviour: 'verify' | 'silent' | 'refuse';
  leaseSeconds: number;
  /** What the callback answered to the last verification. */
  verified: { status: number; text: string } | null;
  close(): Promise<void>;
}

let service: TestService;
let server: RunningServer;
let hub: LoopbackHub;
let web: WebClient;
let publicUrl: string;
let feedId: number;
let topic: string;
let feeds = 0;

beforeAll(async () => {
  const port = await freePort();
  publicUrl = `http://127.0.0.1:${port}`;
  service = await openTestService({ BELFRY_PUBLIC_URL: `${publicUrl}/` });
  server = await startServer(service, { host: '127.0.0.1', port, types });
  web = createWebClient({ ...defaultWebSettings, allow: ['127.0.0.1'], allowedPorts: [], totalSeconds: 5 });
  hub = await startHub();
});

beforeEach(async () => {
  hub.behaviour = 'verify';
  hub.leaseSeconds = 86_400;
  hub.asked.length = 0;
  hub.verified = null;
  topic = `https://feed-${++feeds}.example/rss`;
  feedId = await addTestFeed(service.runtime, topic, `Feed ${feeds}`);
});

afterAll(async () => {
  await server?.close();
  await web?.close();
  await hub?.close();
  await service?.close();
});

const pool = () => service.runtime.database.pool;
const follow = (): Promise<boolean> => followHub(pool(), publicUrl, feedId, { hub: hub.url, topic });

async function subscription(): Promise<Record<string, unknown>> {
  const { rows } = await pool().query('SELECT * FROM subscriptions WHERE feed_id = $1', [feedId]);
  return rows[0] as Record<string, unknown>;
}

async function subscribe(): Promise<{ readonly callback: string; readonly secret: string }> {
  await follow();
  await askHubs(pool(), web);
  const form = hub.asked.at(-1) as URLSearchParams;
  return { callback: form.get('hub.callback') ?? '', secret: form.get('hub.secret') ?? '' };
}

const rss = (...titles: string[]): string =>
  `<rss version="2.0"><channel><title>Newsroom</title><link>https://feed.example/</link>${titles
    .map((title) => `<item><title>${title}</title><link>https://feed.example/${feeds}/${title}</link></item>`)
    .join('')}</channel></rss>`;

const sign = (secret: string, body: string, method = 'sha256'): string =>
  `${method}=${createHmac(method, secret).update(body).digest('hex')}`;

async function push(callback: string, body: string, headers: Record<string, string> = {}): Promise<number> {
  const { status } = await fetch(callback, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/rss+xml', ...headers },
  });
  return status;
}

async function outcomes(kind: 'push' | 'verification', outcome: string): Promise<number> {
  const { values } = await service.metrics.hubRequests.get();
  return values.find(({ labels }) => labels.kind === kind && labels.outcome === outcome)?.value ?? 0;
}

async function itemsFound(): Promise<number> {
  const { rows } = await pool().query('SELECT count(*)::int AS count FROM items WHERE feed_id = $1', [feedId]);
  return (rows[0] as { count: number }).count;
}

describe('subscribing', () => {
  it('asks the hub with topic, callback, lease and secret, and is active once the hub has asked back', async () => {
    const { callback, secret } = await subscribe();
    const form = hub.asked[0] as URLSearchParams;
    expect(form.get('hub.mode')).toBe('subscribe');
    expect(form.get('hub.topic')).toBe(topic);
    expect(Number(form.get('hub.lease_seconds'))).toBeGreaterThan(0);
    expect(callback).toMatch(new RegExp(`^${publicUrl}/websub/[\\w-]{43}$`));
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(hub.verified).toEqual({ status: 200, text: 'challenge-1234' });
    expect(await subscription()).toMatchObject({ state: 'active', pending_intent: null });
  });

  it('gives each subscription an address and a secret of its own', async () => {
    const one = await subscribe();
    topic = `${topic}/other`;
    const other = await subscribe();
    expect(other.callback).not.toBe(one.callback);
    expect(other.secret).not.toBe(one.secret);
  });

  it('asks once, however often the feed names its hub', async () => {
    expect(await follow()).toBe(true);
    expect(await follow()).toBe(false);
    await askHubs(pool(), web);
    await askHubs(pool(), web);
    expect(hub.asked).toHaveLength(1);
  });

  it('renews before the lease ends, at the same address', async () => {
    const { callback } = await subscribe();
    const { lease_ends_at: ends, next_ask_at: renewal } = await subscription();
    const left = ((ends as Date).getTime() - (renewal as Date).getTime()) / 1000;
    expect(left).toBeCloseTo(86_400 / 4, -2);
    await pool().query('UPDATE subscriptions SET next_ask_at = now() WHERE feed_id = $1', [feedId]);
    await askHubs(pool(), web);
    expect(hub.asked).toHaveLength(2);
    expect(hub.asked[1]?.get('hub.callback')).toBe(callback);
    expect(await subscription()).toMatchObject({ state: 'active' });
  });

  it('notes a hub that refuses with its reason and tries again later', async () => {
    hub.behaviour = 'refuse';
    await follow();
    const [asked] = await askHubs(pool(), web);
    expect(asked?.outcome).toBe('http-400');
    const row = await subscription();
    expect(row).toMatchObject({ state: 'failed', attempts: 1, pending_intent: null });
    expect((row.next_ask_at as Date).getTime()).toBeGreaterThan(Date.now() + 20 * 60_000);
  });

  it('reaches no hub on a forbidden address', async () => {
    const guarded = createWebClient(defaultWebSettings);
    await follow();
    const [asked] = await askHubs(pool(), guarded);
    await guarded.close();
    expect(asked?.outcome).toBe('address-forbidden');
    expect(hub.asked).toHaveLength(0);
  });

  it('takes leave of the hub when the feed is not followed any more', async () => {
    await subscribe();
    await pool().query("UPDATE feeds SET removed_at = now(), removed_by = 'operator' WHERE id = $1", [feedId]);
    await askHubs(pool(), web);
    expect(hub.asked.at(-1)?.get('hub.mode')).toBe('unsubscribe');
    expect(hub.verified?.status).toBe(200);
    expect(await subscription()).toBeUndefined();
  });
});

describe('a subscription whose feed names no hub any more', () => {
  it('ends with the hub’s knowledge, and is not made anew by asking hubs', async () => {
    await subscribe();
    await leaveHub(pool(), feedId);
    expect(await reliablePushes(pool(), feedId)).toBeNull();
    await askHubs(pool(), web);
    expect(hub.asked.map((form) => form.get('hub.mode'))).toEqual(['subscribe', 'unsubscribe']);
    expect(hub.verified?.status).toBe(200);
    expect(await subscription()).toBeUndefined();
  });

  it('ends for good where the hub does not ask back', async () => {
    await subscribe();
    hub.behaviour = 'silent';
    await leaveHub(pool(), feedId);
    await askHubs(pool(), web);
    expect(await subscription()).toMatchObject({ state: 'ending' });
    await pool().query('UPDATE subscriptions SET next_ask_at = now() WHERE feed_id = $1', [feedId]);
    await askHubs(pool(), web);
    expect(hub.asked).toHaveLength(2);
    expect(await subscription()).toBeUndefined();
  });

  it('ends without a word to a hub that never verified it', async () => {
    hub.behaviour = 'silent';
    await subscribe();
    await leaveHub(pool(), feedId);
    await askHubs(pool(), web);
    expect(hub.asked).toHaveLength(1);
    expect(await subscription()).toBeUndefined();
  });

  it('comes back with a new address when the feed names its hub again', async () => {
    const { callback } = await subscribe();
    await leaveHub(pool(), feedId);
    expect(await follow()).toBe(true);
    const again = await subscribe();
    expect(again.callback).not.toBe(callback);
    expect(await subscription()).toMatchObject({ state: 'active' });
  });
});

it.each([
  ['paused', 'paused_at'],
  ['retired', 'retired_at'],
])('a feed that is %s takes leave of its hub and takes no push', async (_, column) => {
  const { callback, secret } = await subscribe();
  await pool().query(`UPDATE feeds SET ${column} = now() WHERE id = $1`, [feedId]);
  const body = rss('late');
  await push(callback, body, { 'x-hub-signature': sign(secret, body) });
  expect(await itemsFound()).toBe(0);
  await askHubs(pool(), web);
  expect(hub.asked.at(-1)?.get('hub.mode')).toBe('unsubscribe');
  expect(await subscription()).toBeUndefined();
});

describe('a hub that asks', () => {
  const ask = async (callback: string, query: Record<string, string>): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${callback}?${new URLSearchParams(query)}`);
    return { status: response.status, text: await response.text() };
  };
  const question = (over: Record<string, string> = {}): Record<string, string> => ({
    'hub.mode': 'subscribe',
    'hub.topic': topic,
    'hub.challenge': 'abc',
    'hub.lease_seconds': '600',
    ...over,
  });

  it.each([
    ['for another topic', { 'hub.topic': 'https://other.example/' }, 404, 'wrong-topic'],
    ['for what was not asked', { 'hub.mode': 'unsubscribe' }, 404, 'not-asked'],
    ['without a challenge', { 'hub.challenge': '' }, 400, 'bad-intent'],
    ['with a mode that is none', { 'hub.mode': 'publish' }, 400, 'bad-intent'],
    ['with an endless challenge', { 'hub.challenge': 'x'.repeat(2000) }, 400, 'bad-intent'],
  ])('%s gets no challenge back', async (_, over, status, outcome) => {
    hub.behaviour = 'silent';
    const { callback } = await subscribe();
    const before = await outcomes('verification', outcome);
    expect(await ask(callback, question(over))).toEqual({ status, text: '' });
    expect(await outcomes('verification', outcome)).toBe(before + 1);
    expect(await subscription()).toMatchObject({ state: 'asked' });
  });

  it('a second time, after all is settled, gets no challenge back', async () => {
    const { callback } = await subscribe();
    expect(await ask(callback, question())).toEqual({ status: 404, text: '' });
  });

  it('at an address that was never given out gets 404', async () => {
    expect(await ask(`${publicUrl}/websub/guess`, question())).toEqual({ status: 404, text: '' });
    expect(await outcomes('verification', 'unknown-subscription')).toBeGreaterThan(0);
  });

  it('and denies is noted with its reason, and not asked again for days', async () => {
    hub.behaviour = 'silent';
    const { callback } = await subscribe();
    const { status } = await ask(callback, { 'hub.mode': 'denied', 'hub.topic': topic, 'hub.reason': 'not today' });
    expect(status).toBe(200);
    const row = await subscription();
    expect(row).toMatchObject({ state: 'denied', detail: 'not today' });
    expect((row.next_ask_at as Date).getTime()).toBeGreaterThan(Date.now() + 86_400_000);
  });
});

describe('a push', () => {
  it.each(['sha1', 'sha256', 'sha384', 'sha512'])('signed with %s goes the way of a poll', async (method) => {
    const { callback, secret } = await subscribe();
    const body = rss('first', 'second');
    expect(await push(callback, body, { 'x-hub-signature': sign(secret, body, method) })).toBe(202);
    expect(await itemsFound()).toBe(2);
    const { rows } = await pool().query('SELECT outcome, new_items, detail FROM polls WHERE feed_id = $1', [feedId]);
    expect(rows).toEqual([{ outcome: 'new', new_items: 2, detail: 'pushed by the hub' }]);
    const jobs = await service.runtime.queues.queue('fetch').getJobCounts('waiting', 'prioritized');
    expect((jobs.waiting ?? 0) + (jobs.prioritized ?? 0)).toBeGreaterThanOrEqual(2);
    expect(await rhythmOf(pool(), feedId)).not.toBeNull();
  });

  it('with the same entries again brings nothing', async () => {
    const { callback, secret } = await subscribe();
    const body = rss('only');
    const headers = { 'x-hub-signature': sign(secret, body) };
    const before = await outcomes('push', 'unchanged');
    await push(callback, body, headers);
    await push(callback, body, headers);
    expect(await itemsFound()).toBe(1);
    expect(await outcomes('push', 'unchanged')).toBe(before + 1);
  });

  it.each([
    ['unsigned', 'unsigned', () => ({})],
    ['signed by another', 'bad-signature', (body: string) => ({ 'x-hub-signature': sign('other', body) })],
    [
      'signed with a cut signature',
      'bad-signature',
      (body: string) => ({ 'x-hub-signature': sign('other', body).slice(0, 20) }),
    ],
    ['signed with md5', 'unknown-signature', (body: string) => ({ 'x-hub-signature': sign('other', body, 'md5') })],
    ['signed with nonsense', 'unknown-signature', () => ({ 'x-hub-signature': 'sha256' })],
  ])('that is %s is acknowledged and thrown away', async (_, outcome, headers) => {
    const { callback } = await subscribe();
    const before = await outcomes('push', outcome);
    const body = rss('forged');
    expect(await push(callback, body, headers(body))).toBe(202);
    expect(await itemsFound()).toBe(0);
    expect(await outcomes('push', outcome)).toBe(before + 1);
  });

  it('whose body was changed on the way is thrown away', async () => {
    const { callback, secret } = await subscribe();
    const signature = sign(secret, rss('genuine'));
    await push(callback, rss('changed'), { 'x-hub-signature': signature });
    expect(await itemsFound()).toBe(0);
  });

  it('to a subscription that the hub never verified is refused', async () => {
    hub.behaviour = 'silent';
    const { callback, secret } = await subscribe();
    const body = rss('early');
    expect(await push(callback, body, { 'x-hub-signature': sign(secret, body) })).toBe(410);
    expect(await itemsFound()).toBe(0);
  });

  it('to an address that was never given out gets 404', async () => {
    expect(await push(`${publicUrl}/websub/guess`, rss('lost'))).toBe(404);
  });

  it('that is no feed ends in the reader’s reason', async () => {
    const { callback, secret } = await subscribe();
    const body = '<!doctype html><html><body>Sorry</body></html>';
    const before = await outcomes('push', 'html');
    expect(await push(callback, body, { 'x-hub-signature': sign(secret, body) })).toBe(202);
    expect(await outcomes('push', 'html')).toBe(before + 1);
  });

  it('beyond the cap is cut off', async () => {
    const { callback } = await subscribe();
    const before = await outcomes('push', 'too-large');
    const body = 'x'.repeat(service.runtime.settings.net.maxFeedMegabytes * 1024 * 1024 + 1);
    expect(await push(callback, body)).toBe(413);
    expect(await outcomes('push', 'too-large')).toBe(before + 1);
  });

  it('that is compressed is refused: the signature would be over other bytes', async () => {
    const { callback } = await subscribe();
    expect(await push(callback, rss('packed'), { 'content-encoding': 'gzip' })).toBe(415);
  });

  it('lets polls slow down until one finds what a push should have brought', async () => {
    const { callback, secret } = await subscribe();
    expect(await reliablePushes(pool(), feedId)).toBeNull();
    const body = rss('pushed');
    await push(callback, body, { 'x-hub-signature': sign(secret, body) });
    expect(await reliablePushes(pool(), feedId)).toMatchObject({ lastAt: expect.any(Date) });
    await noteMissedPush(pool(), feedId);
    expect(await reliablePushes(pool(), feedId)).toBeNull();
    await push(callback, body, { 'x-hub-signature': sign(secret, body) });
    expect(await reliablePushes(pool(), feedId)).not.toBeNull();
    await pool().query("UPDATE subscriptions SET lease_ends_at = now() - interval '1 second' WHERE feed_id = $1", [
      feedId,
    ]);
    expect(await reliablePushes(pool(), feedId)).toBeNull();
  });
});

describe('the rest of the server', () => {
  it('answers a hub under the public name, and nothing else under it', async () => {
    const { callback } = await subscribe();
    const ask = (url: string): Promise<number> =>
      new Promise((resolve, reject) => {
        import('node:http').then(({ get }) =>
          get(url, { headers: { host: 'belfry.example.org' } }, (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          }).on('error', reject),
        );
      });
    expect(await ask(`${callback}?hub.mode=subscribe`)).toBe(400);
    expect(await ask(`${publicUrl}/`)).toBe(421);
    expect(await ask(`${publicUrl}/websub`)).toBe(421);
  });

  it('takes no other method at a callback', async () => {
    const { callback } = await subscribe();
    expect((await fetch(callback, { method: 'PUT', body: 'x' })).status).toBe(405);
    expect((await fetch(callback, { method: 'HEAD' })).status).toBe(404);
  });
});

async function startHub(): Promise<LoopbackHub> {
  const asked: URLSearchParams[] = [];
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    asked.push(form);
    if (state.behaviour === 'refuse') {
      response.writeHead(400).end('unknown topic');
      return;
    }
    if (state.behaviour === 'verify') {
      const query = new URLSearchParams({
        'hub.mode': form.get('hub.mode') ?? '',
        'hub.topic': form.get('hub.topic') ?? '',
        'hub.challenge': 'challenge-1234',
        'hub.lease_seconds': String(state.leaseSeconds),
      });
      const answer = await fetch(`${form.get('hub.callback')}?${query}`);
      state.verified = { status: answer.status, text: await answer.text() };
    }
    response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const state: LoopbackHub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    behaviour: 'verify',
    leaseSeconds: 86_400,
    verified: null,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return state;
}
