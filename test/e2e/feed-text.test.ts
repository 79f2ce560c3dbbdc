/** Pages that can't be had, and pages that name feeds, as an operator meets them on the command line. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Belfry, createBelfry } from '../support/belfry.js';

const SUMMARY =
  'The council of Westervaart has decided to plant forty lime trees along the old quay before the winter.';
/** Path of an entry's page → why its text has to come from the feed. */
const reasons: Readonly<Record<string, string>> = {
  '/forbidden': 'http-403',
  '/missing': 'http-404',
  '/login': 'login',
  '/report.pdf': 'not-html',
  '/huge': 'too-large',
  '/private/page': 'robots',
};

let site: Server;
let base: string;
let belfry: Belfry;

beforeAll(async () => {
  site = createServer((request, response) => {
    const html = (body: string): unknown => response.setHeader('content-type', 'text/html').end(body);
    switch (request.url) {
      case '/robots.txt':
        return response.end('User-agent: *\nDisallow: /private/\n');
      case '/news.xml': {
        const entries = Object.keys(reasons).map(
          (path) =>
            `<item><title>Trees at ${path}</title><link>${base}${path}</link><description>${SUMMARY}</description></item>`,
        );
        return response.end(`<rss version="2.0"><channel><title>News</title>${entries.join('')}</channel></rss>`);
      }
      case '/sport.xml':
        return response.end('<rss version="2.0"><channel><title>Sport</title></channel></rss>');
      case '/':
        return html(
          '<link rel="alternate" type="application/rss+xml" title="News" href="/news.xml"><link rel="alternate" type="application/rss+xml" title="Sport" href="/sport.xml">',
        );
      case '/section/':
        return html('<link rel="alternate" type="application/rss+xml" href="/sport.xml">');
      case '/forbidden':
        return response.writeHead(403).end();
      case '/login':
        return html('<title>Log in</title><form action="/login"><input type="password"></form>');
      case '/report.pdf':
        return response.setHeader('content-type', 'application/pdf').end('%PDF-1.7');
      case '/huge':
        return response.writeHead(200, { 'content-length': String(1 << 30) }).write('x');
      case '/bare/':
        return html('<p>No feeds here</p>');
      default:
        return response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
});
afterEach(() => belfry.dispose());
afterAll(() => {
  site.closeAllConnections();
  site.close();
});

test('an entry whose page can’t be had is stored with the feed’s own text and the reason', {
  timeout: 300_000,
}, async () => {
  belfry = createBelfry({ BELFRY_OWN_HOSTS: 'own.example', BELFRY_HOST_SPACING: '0.05' });
  expect(await belfry.run(['feeds', 'add', `${base}/news.xml`])).toMatchObject({ code: 0 });
  expect(await belfry.run(['run', '--once'])).toMatchObject({ code: 0 });
  const articles = await belfry.articles<{ id: string; url: string; source: string; sourceReason: string }>();
  expect(Object.fromEntries(articles.map(({ url, sourceReason }) => [new URL(url).pathname, sourceReason]))).toEqual(
    reasons,
  );
  expect(articles.map(({ source }) => source)).toEqual(articles.map(() => 'feed'));
  const shown = await belfry.run(['show', articles.find(({ url }) => url.endsWith('/private/page'))?.id ?? '']);
  expect(shown.stdout).toContain("the feed's own text, since the page could not be had: robots");
  expect(shown.stdout).toContain('forty lime trees');
});

test('feeds add finds the feeds of a page, and asks which where there are several', { timeout: 300_000 }, async () => {
  belfry = createBelfry();
  const several = await belfry.run(['feeds', 'add', `${base}/`]);
  expect(several.code).toBe(3);
  expect(several.stdout).toContain(`1  ${base}/news.xml  News`);
  expect(JSON.parse((await belfry.run(['feeds', 'add', `${base}/`, '--json'])).stdout)).toMatchObject({
    choose: [{ title: 'News' }, { title: 'Sport' }],
  });
  const one = await belfry.run(['feeds', 'add', `${base}/section/`]);
  expect(one).toMatchObject({ code: 0, stdout: expect.stringContaining(`added: ${base}/sport.xml`) });
  const all = await belfry.run(['feeds', 'add', `${base}/`, '--all', '--json']);
  expect(JSON.parse(all.stdout)).toMatchObject([
    { url: `${base}/news.xml`, already: false },
    { url: `${base}/sport.xml`, already: true },
  ]);
  const none = await belfry.run(['feeds', 'add', `${base}/bare/`]);
  expect(none.code).toBe(1);
  expect(none.stderr).toMatch(/bare\/: a page that names no feed, and no feed stands at the common paths/);
});

test('feeds set says when a feed is polled', { timeout: 300_000 }, async () => {
  belfry = createBelfry();
  await belfry.run(['feeds', 'add', '--unchecked', `${base}/news.xml`]);
  for (const wrong of [['--cron', 'never'], ['--every', '3s'], [], ['--adaptive', '--every', '1h']])
    expect(await belfry.run(['feeds', 'set', '1', ...wrong])).toMatchObject({ code: 64 });
  expect(await belfry.run(['feeds', 'set', '1', '--cron', '0 6 * * *'])).toMatchObject({
    ...{ code: 0, stdout: `${base}/news.xml: polled at "0 6 * * *" UTC\n` },
  });
  const [feed] = JSON.parse((await belfry.run(['feeds', 'list', '--json'])).stdout) as { nextPollAt: string }[];
  expect(feed).toMatchObject({ pollMinutes: null, pollCron: '0 6 * * *' });
  expect(feed?.nextPollAt).toMatch(/T06:00:00/);
});
