import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pollFeed } from '../../src/pipeline/steps/poll-feed.js';
import { openWeb } from '../../src/pipeline/web-settings.js';
import {
  addFeeds,
  findFeed,
  listFeeds,
  pauseFeed,
  planPolls,
  type StoredFeed,
  syncListedFeeds,
} from '../../src/store/feeds.js';
import { pageToFetch } from '../../src/store/pages.js';
import type { PoliteClient } from '../../src/web/polite-client.js';
import { openTestService, type TestService } from '../server/newsroom-store.js';

const item = (id: string, link = `https://site.example/${id}`): string =>
  `<item><guid isPermaLink="false">${id}</guid><title>${id}</title><link>${link}</link></item>`;
const rss = (...items: string[]): string =>
  `<rss version="2.0"><channel><title>News</title>${items.join('')}</channel></rss>`;

describe('polling a feed', () => {
  let service: TestService;
  let web: PoliteClient;
  let closeWeb: () => Promise<void>;
  let site: Server;
  let base: string;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let requests: IncomingMessage[] = [];

  beforeAll(async () => {
    service = await openTestService({ BELFRY_NET_ALLOW: '127.0.0.1', BELFRY_OWN_HOSTS: '127.0.0.1' });
    ({ web, close: closeWeb } = openWeb(service.runtime));
    site = createServer((request, response) => {
      requests.push(request);
      answer(request, response);
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    requests = [];
  });
  afterAll(async () => {
    await closeWeb();
    site.closeAllConnections();
    site.close();
    await service.close();
  });

  const follow = async (path: string): Promise<number> => {
    const entry = { url: base + path, title: null, site: null, folder: null, language: null, country: null };
    return (await addFeeds(service.runtime.database.pool, [entry]))[0]?.id ?? 0;
  };
  const stored = async (id: number): Promise<StoredFeed> =>
    (await findFeed(service.runtime.database.pool, id)) as StoredFeed;
  const poll = async (feedId: number) => {
    const dependencies = {
      ...{ database: service.runtime.database, web },
      settings: { ...service.runtime.settings.feeds, pollMinutes: 15, fullPollEvery: 3, moveAfter: 3 },
      maxBytes: 1 << 20,
    };
    const result = await pollFeed(dependencies, { feedId, runId: 'test', askedAt: new Date(), attempt: 'first' });
    if (result.next === 'wait') throw new Error('own hosts never wait');
    return result;
  };
  const outcomes = async (feedId: number, times: number): Promise<string[]> => {
    const all: string[] = [];
    for (let i = 0; i < times; i++) all.push((await poll(feedId)).outcome);
    return all;
  };

  it('finds out a feed that says "not modified" while it has new entries, and never believes it again', async () => {
    const id = await follow('/liar');
    let entries = [item('liar-1')];
    answer = (request, response) =>
      request.headers['if-none-match']
        ? response.writeHead(304).end()
        : response.writeHead(200, { etag: '"forever"' }).end(rss(...entries));
    expect(await outcomes(id, 1)).toEqual(['new']);
    entries = [item('liar-2'), ...entries];
    expect(await outcomes(id, 3)).toEqual(['unchanged', 'unchanged', 'new']);
    expect(await stored(id)).toMatchObject({ validatorsTrusted: false });
    requests = [];
    await poll(id);
    expect(requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined]);
  });

  it('leaves the hub that a feed stops naming, but not while the feed says nothing new', async () => {
    const id = await follow('/hubless');
    const { pool } = service.runtime.database;
    await pool.query(
      `INSERT INTO subscriptions (feed_id, hub, topic, token, callback, secret, state, lease_ends_at)
       VALUES ($1, 'https://hub.example/', 't', 'hubless', 'c', 's', 'active', now() + interval '1 day')`,
      [id],
    );
    const state = async () =>
      (await pool.query('SELECT state FROM subscriptions WHERE feed_id = $1', [id])).rows[0]?.state;
    const link = '<https://hub.example/>; rel=hub';
    answer = (_, response) => response.writeHead(200, { link }).end(rss(item('hub-1')));
    await outcomes(id, 2);
    expect(await state()).toBe('active');
    answer = (_, response) => response.writeHead(503).end();
    await outcomes(id, 1);
    expect(await state()).toBe('active');
    answer = (_, response) => response.end(rss(item('hub-2')));
    await outcomes(id, 1);
    expect(await state()).toBe('leaving');
  });

  it('does not poll a feed that rests', async () => {
    const id = await follow('/resting');
    await pauseFeed(service.runtime.database.pool, id);
    expect(await poll(id)).toMatchObject({ outcome: 'paused', nextPollAt: null });
    expect(requests).toEqual([]);
  });

  it('goes on believing a feed whose "not modified" was true, and asks in full only every so often', async () => {
    const id = await follow('/honest');
    answer = (request, response) =>
      request.headers['if-none-match'] === '"1"'
        ? response.writeHead(304).end()
        : response.writeHead(200, { etag: '"1"' }).end(rss(item('honest-1')));
    expect(await outcomes(id, 7)).toEqual(['new', ...Array.from({ length: 6 }, () => 'unchanged')]);
    expect(await stored(id)).toMatchObject({ validatorsTrusted: true, failures: 0 });
    // One for each poll, and one more at the third and the sixth "not modified".
    expect(requests).toHaveLength(9);
  });

  it('hands nothing on when the same bytes come again', async () => {
    const id = await follow('/same');
    answer = (_, response) => response.end(rss(item('same-1')));
    expect((await poll(id)).pages).toHaveLength(1);
    const { rows } = await service.runtime.database.pool.query("UPDATE pages SET outcome = 'stored' RETURNING id");
    expect(rows.length).toBeGreaterThan(0);
    expect(await poll(id)).toMatchObject({ outcome: 'unchanged', pages: [] });
  });

  it('follows a permanent redirect for good only once it was seen three times in a row', async () => {
    const id = await follow('/old');
    let status = 301;
    answer = (request, response) =>
      request.url === '/old'
        ? response.writeHead(status, { location: '/new' }).end()
        : response.end(rss(item('moved-1')));
    await outcomes(id, 2);
    status = 302;
    await outcomes(id, 1);
    expect(await stored(id)).toMatchObject({ url: `${base}/old`, movedTo: null });
    status = 308;
    await outcomes(id, 2);
    expect(await stored(id)).toMatchObject({ url: `${base}/old`, movedTo: `${base}/new`, movedSeen: 2 });
    await outcomes(id, 1);
    expect(await stored(id)).toMatchObject({ url: `${base}/new`, formerUrl: `${base}/old`, movedTo: null });
    expect(await follow('/old')).toBe(id);
  });

  it('retires a feed that has moved to where another is followed', async () => {
    const [old, target] = [await follow('/twin-old'), await follow('/twin')];
    answer = (request, response) =>
      request.url === '/twin-old'
        ? response.writeHead(301, { location: '/twin' }).end()
        : response.end(rss(item('twin-1')));
    await outcomes(old, 2);
    expect(await poll(old)).toMatchObject({ nextPollAt: null });
    expect((await stored(old)).retiredReason).toContain(`feed ${target} is followed at ${base}/twin already`);
    expect(await poll(old)).toMatchObject({ outcome: 'retired' });
  });

  it('keeps a feed of the list that has moved while the list names its former address', async () => {
    const entry = { url: `${base}/listed`, title: 'Listed', site: null, folder: null, language: null, country: null };
    const { pool } = service.runtime.database;
    await syncListedFeeds(pool, [entry]);
    const find = async () => (await listFeeds(pool)).filter(({ title }) => title === 'Listed');
    const id = (await find())[0]?.id ?? 0;
    answer = (request, response) =>
      request.url === '/listed' ? response.writeHead(301, { location: '/listed-new' }).end() : response.end(rss());
    await outcomes(id, 3);
    await syncListedFeeds(pool, [entry]);
    expect(await find()).toMatchObject([{ id, url: `${base}/listed-new` }]);
    await syncListedFeeds(pool, []);
    expect(await find()).toEqual([]);
  });

  it('retires a feed that is gone, with the reason, until it is added again', async () => {
    const id = await follow('/gone');
    answer = (_, response) => response.writeHead(410).end();
    expect(await poll(id)).toMatchObject({ outcome: 'http-410', nextPollAt: null });
    expect((await stored(id)).retiredReason).toMatch(/410/);
    answer = (_, response) => response.end(rss(item('back-1')));
    expect(await follow('/gone')).toBe(id);
    expect(await poll(id)).toMatchObject({ outcome: 'new' });
    expect(await stored(id)).toMatchObject({ retiredAt: null, failures: 0 });
  });

  it('comes back ever later to a feed that fails, and keeps the reason', async () => {
    const id = await follow('/failing');
    answer = (_, response) => response.writeHead(500).end();
    const waits: number[] = [];
    for (let i = 0; i < 10; i++) {
      const { nextPollAt } = await poll(id);
      waits.push(Math.round(((nextPollAt?.getTime() ?? 0) - Date.now()) / 60_000));
    }
    expect(waits).toEqual([15, 30, 60, 120, 240, 480, 960, 1440, 1440, 1440]);
    expect(await stored(id)).toMatchObject({ failures: 10, lastOutcome: 'http-500', lastError: 'HTTP 500' });
    answer = (_, response) => response.writeHead(503, { 'retry-after': '172800' }).end();
    expect(((await poll(id)).nextPollAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(47 * 3_600_000);
  });

  it('keeps to the interval or the cron expression that its operator set', async () => {
    const id = await follow('/planned');
    answer = (_, response) => response.end(rss(item('planned-1')));
    const { pool } = service.runtime.database;
    await planPolls(pool, id, { pollMinutes: 90, pollCron: null }, new Date());
    const { nextPollAt } = await poll(id);
    expect(Math.round(((nextPollAt?.getTime() ?? 0) - Date.now()) / 60_000)).toBe(90);
    await planPolls(pool, id, { pollMinutes: null, pollCron: '30 6 * * *' }, new Date());
    expect((await poll(id)).nextPollAt?.toISOString()).toMatch(/T06:30:00/);
  });

  it('fetches the publisher’s own address, and knows a page by it without its tracking parameters', async () => {
    const id = await follow('/links');
    const link = 'https://paper.example/a?utm_source=rss&amp;id=7';
    answer = (_, response) =>
      response.end(
        `<rss version="2.0" xmlns:f="http://rssnamespace.org/feedburner/ext/1.0"><channel><title>x</title>
         <item><guid isPermaLink="false">l1</guid><title>one</title><link>https://count.example/r/1</link><f:origLink>${link}</f:origLink></item>
         <item><guid isPermaLink="false">l2</guid><title>two</title><link>https://paper.example/a?id=7&amp;fbclid=z</link></item></channel></rss>`,
      );
    const { pages } = await poll(id);
    expect(pages).toHaveLength(1);
    const page = await pageToFetch(service.runtime.database.pool, pages[0]?.pageId ?? '');
    expect(page?.url).toMatch(/^https:\/\/paper\.example\/a\?/);
  });
});
