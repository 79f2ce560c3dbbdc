/** The demo newsroom over real sockets: feeds that libraries can read, pages that answer, links that lead somewhere. */
import { request as httpRequest } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { parseFeed } from 'feedsmith';
import iconv from 'iconv-lite';
import { JSDOM } from 'jsdom';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyBlocks, type DemoArticle, loadDemoArticles } from '../../src/demo/articles.js';
import { type Newsroom, startNewsroom } from '../../src/demo/newsroom.js';

const articles = loadDemoArticles();
let newsroom: Newsroom;

beforeAll(async () => {
  newsroom = await startNewsroom();
});
afterAll(() => newsroom.close());

interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A request that decodes nothing and follows nothing. */
const raw = (url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const request = httpRequest(url, { headers, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    request.on('error', reject);
    request.end();
  });

const urlOf = (article: DemoArticle): string => {
  const item = newsroom.items.find((one) => one.title === article.title);
  if (!item) throw new Error(`no item for ${article.id}`);
  return item.url;
};

const servedAs = (served: DemoArticle['served']): DemoArticle => {
  const article = articles.find((one) => one.served === served);
  if (!article) throw new Error(`no article is served as ${served}`);
  return article;
};

const itemThatIs = (page: Newsroom['items'][number]['page']): Newsroom['items'][number] => {
  const item = newsroom.items.find((one) => one.page === page);
  if (!item) throw new Error(`no item is a ${page}`);
  return item;
};

describe('feeds of the newsroom', () => {
  it('are one a language, each in a format of its own', async () => {
    const formats = await Promise.all(
      newsroom.feeds.map(async (feed) => parseFeed(await (await fetch(feed)).text()).format),
    );
    expect(formats.sort()).toEqual(['atom', 'json', 'rdf', 'rss']);
  });

  it('are well-formed', async () => {
    for (const feed of newsroom.feeds) {
      const response = await fetch(feed);
      const text = await response.text();
      if (response.headers.get('content-type')?.includes('json')) JSON.parse(text);
      else new JSDOM(text, { contentType: 'application/xml' }); // throws where it is not
    }
  });

  it('list every item once, newest first, and all of this week', async () => {
    const listed: string[] = [];
    for (const feed of newsroom.feeds) {
      const entries = entriesOf(await (await fetch(feed)).text());
      listed.push(...entries.map((entry) => entry.link));
      const times = entries.map((entry) => Date.parse(entry.date));
      expect(times).toEqual([...times].sort((one, other) => other - one));
      for (const time of times) {
        expect(time).toBeLessThan(Date.now());
        expect(time).toBeGreaterThan(Date.now() - 7 * 24 * 3_600_000);
      }
    }
    expect(listed.sort()).toEqual(newsroom.items.map((item) => item.url).sort());
  });

  it('answer 304 to a client that has the newest version, by entity tag or by date', async () => {
    for (const feed of newsroom.feeds) {
      const first = await raw(feed);
      const etag = String(first.headers.etag);
      const lastModified = String(first.headers['last-modified']);
      expect(first.status).toBe(200);
      const byTag = await raw(feed, { 'if-none-match': etag });
      expect([byTag.status, byTag.body.length, byTag.headers.etag]).toEqual([304, 0, etag]);
      expect((await raw(feed, { 'if-none-match': `"other", W/${etag}` })).status).toBe(304);
      expect((await raw(feed, { 'if-modified-since': lastModified })).status).toBe(304);
      expect((await raw(feed, { 'if-none-match': '"older"', 'if-modified-since': lastModified })).status).toBe(200);
      expect((await raw(feed, { 'if-modified-since': new Date(0).toUTCString() })).status).toBe(200);
    }
  });
});

interface Entry {
  readonly link: string;
  readonly date: string;
}

function entriesOf(text: string): readonly Entry[] {
  const parsed = parseFeed(text);
  switch (parsed.format) {
    case 'rss':
      return (parsed.feed.items ?? []).map((item) => ({ link: item.link ?? '', date: item.pubDate ?? '' }));
    case 'rdf':
      return (parsed.feed.items ?? []).map((item) => ({ link: item.link ?? '', date: item.dc?.dates?.[0] ?? '' }));
    case 'atom':
      return (parsed.feed.entries ?? []).map((entry) => ({
        link: entry.links?.[0]?.href ?? '',
        date: entry.published ?? '',
      }));
    case 'json':
      return (parsed.feed.items ?? []).map((item) => ({ link: item.url ?? '', date: item.date_published ?? '' }));
  }
}

describe('pages of the newsroom', () => {
  it('hold the whole article, in the words of its data', async () => {
    for (const article of articles.filter((one) => one.served === 'plain')) {
      const { document } = parseHTML(await (await fetch(urlOf(article))).text());
      const text = document.querySelector('main')?.textContent ?? '';
      for (const expected of [article.title, article.lead, article.author, ...bodyBlocks(article).map((b) => b.text)])
        expect(text, article.id).toContain(expected);
    }
  });

  it('stand between banners, boxes and headlines that are not the article', async () => {
    for (const article of articles.filter((one) => one.served === 'plain')) {
      const { document } = parseHTML(await (await fetch(urlOf(article))).text());
      for (const selector of ['.cookie-banner', 'nav', '.newsletter-box', '.share-bar', '.related a', 'footer'])
        expect(document.querySelector(selector), `${article.id} ${selector}`).not.toBeNull();
    }
  });

  it('tell machines as much as their layout says', async () => {
    for (const article of articles.filter((one) => one.served !== 'slow')) {
      const { document } = parseHTML(await (await fetch(urlOf(article))).text());
      const jsonLd = document.querySelector('script[type="application/ld+json"]')?.textContent;
      const openGraph = document.querySelector('meta[property="og:title"]')?.getAttribute('content');
      expect(jsonLd ? JSON.parse(jsonLd).headline : undefined, article.id).toBe(
        article.layout === 'json-ld' ? article.title : undefined,
      );
      expect(openGraph, article.id).toBe(article.layout === 'open-graph' ? article.title : undefined);
    }
  });

  it('link to nothing that does not answer', async () => {
    const waiting = [newsroom.url, ...newsroom.items.filter((item) => item.page === 'article').map((item) => item.url)];
    const seen = new Set(waiting);
    const broken: string[] = [];
    for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
      const response = await fetch(url);
      if (!response.ok) broken.push(`${response.status} ${url}`);
      if (!response.headers.get('content-type')?.startsWith('text/html')) continue;
      const { document } = parseHTML(await response.text());
      const elements = document.querySelectorAll('[href], [src], [action]');
      for (const element of elements) {
        const target = ['href', 'src', 'action'].map((name) => element.getAttribute(name)).find(Boolean) ?? '';
        const absolute = new URL(target, url);
        if (absolute.protocol === 'mailto:' || seen.has(absolute.href)) continue;
        expect(absolute.origin, 'nothing leads off loopback').toBe(new URL(newsroom.url).origin);
        seen.add(absolute.href);
        waiting.push(absolute.href);
      }
    }
    expect(broken).toEqual([]);
    expect(seen.size).toBeGreaterThan(articles.length);
  });

  it('come in windows-1252 once, which only the page itself says', async () => {
    const article = servedAs('windows-1252');
    const { body, headers } = await raw(urlOf(article));
    expect(headers['content-type']).toBe('text/html');
    expect(body.toString('latin1')).toContain('<meta charset="windows-1252">');
    const text = iconv.decode(body, 'windows-1252');
    for (const block of bodyBlocks(article)) expect(text).toContain(block.text.replaceAll('"', '&quot;'));
    expect(text).not.toBe(body.toString('utf8'));
  });

  it('come compressed once, where the client takes it', async () => {
    const url = urlOf(servedAs('gzip'));
    const compressed = await raw(url, { 'accept-encoding': 'gzip' });
    const plain = await raw(url);
    expect(compressed.headers['content-encoding']).toBe('gzip');
    expect(compressed.headers.vary).toBe('accept-encoding');
    expect(compressed.body.length).toBeLessThan(plain.body.length);
    expect(gunzipSync(compressed.body).equals(plain.body)).toBe(true);
  });

  it('come slowly once, and whole', async () => {
    const started = performance.now();
    const { body } = await raw(urlOf(servedAs('slow')));
    expect(performance.now() - started).toBeGreaterThan(2_000);
    expect(body.toString('utf8').trimEnd()).toMatch(/<\/html>$/);
  });
});

describe('entries that are no article', () => {
  it('are a PDF', async () => {
    const { status, headers, body } = await raw(itemThatIs('pdf').url);
    expect([status, headers['content-type']]).toEqual([200, 'application/pdf']);
    expect(body.subarray(0, 8).toString('latin1')).toBe('%PDF-1.4');
    const tableAt = Number(/startxref\n(\d+)/.exec(body.toString('latin1'))?.[1]);
    expect(body.subarray(tableAt, tableAt + 4).toString('latin1')).toBe('xref');
  });

  it('are a page that sends readers to a login form', async () => {
    const response = await fetch(itemThatIs('login').url);
    expect(response.redirected).toBe(true);
    expect(await response.text()).toContain('type="password"');
  });

  it('are a page that is gone', async () => {
    expect((await raw(itemThatIs('missing').url)).status).toBe(404);
  });
});

describe('the newsroom as a server', () => {
  it('publishes as many articles as asked for, the languages taking turns', async () => {
    const small = await startNewsroom({ items: 8 });
    try {
      expect(small.items.map((item) => item.language).sort()).toEqual(['de', 'de', 'en', 'en', 'fr', 'fr', 'nl', 'nl']);
      expect(small.items.every((item) => item.page === 'article')).toBe(true);
    } finally {
      await small.close();
    }
  });

  it('refuses a number of articles that is none', async () => {
    for (const items of [0, -3, 1.5, Number.NaN])
      await expect(startNewsroom({ items }), String(items)).rejects.toThrow(RangeError);
  });

  it('says so when its port is taken', async () => {
    await expect(startNewsroom({ port: Number(new URL(newsroom.url).port) })).rejects.toThrow('EADDRINUSE');
  });

  it('frees its port at once, even with a slow answer under way', async () => {
    const brief = await startNewsroom({ items: articles.length });
    const slow = brief.items.find((item) => item.title === servedAs('slow').title);
    const cut = fetch(slow?.url ?? '').then((response) => response.text());
    cut.catch(() => {}); // looked at below
    await new Promise((resolve) => setTimeout(resolve, 200));
    await brief.close();
    await expect(cut).rejects.toThrow();
    await expect(fetch(brief.url)).rejects.toThrow();
  });

  it('takes nothing but GET and HEAD', async () => {
    const posted = await raw(newsroom.url, {}, 'POST');
    expect([posted.status, posted.headers.allow]).toEqual([405, 'GET, HEAD']);
    const head = await raw(newsroom.url, {}, 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(Number(head.headers['content-length'])).toBeGreaterThan(0);
  });
});
