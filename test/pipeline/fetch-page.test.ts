import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FetchPageResult, fetchPage } from '../../src/pipeline/steps/fetch-page.js';
import { openWeb } from '../../src/pipeline/web-settings.js';
import { pageToExtract } from '../../src/store/pages.js';
import type { Journey, PoliteClient } from '../../src/web/polite-client.js';
import { addTestFeed, openTestService, type TestService } from '../server/newsroom-store.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Each of these names is a site of its own on one loopback server. */
const sites: Readonly<Record<string, Handler>> = {
  'strict.test/robots.txt': (_, response) => response.end('User-agent: belfry\nDisallow: /secret\n'),
  'broken.test/robots.txt': (_, response) => response.writeHead(503).end(),
  'long.test/robots.txt': (_, response) =>
    response.end(`User-agent: *\nDisallow: /secret\n${'# filler\n'.repeat(400_000)}Disallow: /`),
  'hops.test/robots.txt': (_, response) => response.writeHead(301, { location: '/rules' }).end(),
  'hops.test/rules': (_, response) => response.end('User-agent: *\nDisallow: /secret\n'),
  'wall.test/page': (_, response) => response.writeHead(403).end(),
  'away.test/page': (_, response) => response.writeHead(302, { location: 'http://strict.test:PORT/secret/x' }).end(),
  'round.test/page': (_, response) => response.writeHead(302, { location: '/page' }).end(),
  'busy.test/page': (_, response) => response.writeHead(429, { 'retry-after': '7200' }).end(),
};

describe('fetching a page', () => {
  let service: TestService;
  let web: PoliteClient;
  let closeWeb: () => Promise<void>;
  let server: Server;
  let port: number;
  let feedId: number;
  const asked: string[] = [];

  beforeAll(async () => {
    service = await openTestService({
      BELFRY_NET_ALLOW: '127.0.0.0/8',
      BELFRY_NET_RESOLVE: '*.test=127.0.0.1',
      BELFRY_HOST_SPACING: '0.01',
    });
    ({ web, close: closeWeb } = openWeb(service.runtime));
    feedId = await addTestFeed(service.runtime, 'https://feed.example/', 'Feed');
    server = createServer((request, response) => {
      const place = `${request.headers.host?.replace(/:\d+$/, '')}${request.url}`;
      asked.push(place);
      const writeHead = response.writeHead.bind(response);
      response.writeHead = ((status: number, headers?: Record<string, string>) => {
        const location = headers?.location?.replace('PORT', String(port));
        return writeHead(status, { ...headers, ...(location && { location }) });
      }) as typeof response.writeHead;
      const handler = sites[place];
      if (handler) handler(request, response);
      else if (request.url === '/robots.txt') response.writeHead(404).end();
      else response.setHeader('content-type', 'text/html').end('<p>page</p>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    await closeWeb();
    server.closeAllConnections();
    server.close();
    await service.close();
  });

  let pages = 0;
  /** Fetches as the stage does it: comes back whenever it is told to. */
  async function fetched(place: string, tries: 'more' | 'last' = 'last') {
    const { database } = service.runtime;
    const pageId = `page-${++pages}`;
    await database.pool.query(`INSERT INTO pages (id, url, feed_id, item, revision) VALUES ($1, $2, $3, '{}', 'r')`, [
      pageId,
      `http://${place.replace('/', `:${port}/`)}`,
      feedId,
    ]);
    let journey: Journey | undefined;
    for (;;) {
      const result: FetchPageResult = await fetchPage({ database, web, maxBytes: 1 << 20 }, { pageId, tries, journey });
      if (result.next !== 'wait') return { result, page: await pageToExtract(database.pool, pageId) };
      // What the job holds is JSON.
      journey = JSON.parse(JSON.stringify(result.journey)) as Journey;
      await new Promise((resolve) => setTimeout(resolve, result.waitMilliseconds));
    }
  }

  it('takes the page when robots.txt allows it, and asks for robots.txt once', async () => {
    expect((await fetched('strict.test/open')).page).toMatchObject({ fetchOutcome: 'ok' });
    expect((await fetched('strict.test/open2')).page).toMatchObject({ fetchOutcome: 'ok' });
    expect(asked.filter((place) => place === 'strict.test/robots.txt')).toHaveLength(1);
  });

  it.each(['strict.test/secret/1', 'long.test/secret', 'hops.test/secret', 'away.test/page'])(
    'leaves %s to the feed’s own text when robots.txt forbids it, without asking for it',
    async (place) => {
      expect((await fetched(place)).result).toEqual({ next: 'extract', outcome: 'robots' });
      expect(asked.filter((each) => each.includes('/secret'))).toEqual([]);
    },
  );

  it('reads no more of robots.txt than its first 500 KiB', async () => {
    expect((await fetched('long.test/open')).result).toMatchObject({ outcome: 'ok' });
  });

  it('asks for nothing while robots.txt can’t be had', async () => {
    expect((await fetched('broken.test/page')).result).toMatchObject({ outcome: 'robots' });
    expect(asked).not.toContain('broken.test/page');
  });

  it('names what stands in the way', async () => {
    expect((await fetched('wall.test/page')).page).toMatchObject({ fetchOutcome: 'http-403', body: null });
    expect((await fetched('round.test/page')).page).toMatchObject({ fetchOutcome: 'too-many-redirects' });
    expect(asked.filter((place) => place === 'round.test/page')).toHaveLength(6);
  });

  it('does not wait for a host that wants to be left alone for hours', async () => {
    expect((await fetched('busy.test/page', 'more')).result).toMatchObject({ next: 'retry', outcome: 'http-429' });
    expect((await fetched('busy.test/other', 'more')).result).toEqual({ next: 'extract', outcome: 'host-held' });
    expect(asked).not.toContain('busy.test/other');
  });

  it('names a forbidden address as such, and asks it for no robots.txt', async () => {
    const { database } = service.runtime;
    await database.pool.query(
      `INSERT INTO pages (id, url, feed_id, item, revision) VALUES ('inside', 'http://10.0.0.1/', $1, '{}', 'r')`,
      [feedId],
    );
    expect(await fetchPage({ database, web, maxBytes: 1 << 20 }, { pageId: 'inside', tries: 'last' })).toEqual({
      next: 'extract',
      outcome: 'address-forbidden',
    });
  });
});
