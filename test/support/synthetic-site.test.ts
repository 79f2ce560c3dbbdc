/** The site for load tests must itself be beyond suspicion: distinct pages, the same each time, every request counted. */
import { parseFeed } from 'feedsmith';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SyntheticSite, startSyntheticSite } from './synthetic-site.js';

const ITEMS = 500;
let site: SyntheticSite;

beforeAll(async () => {
  site = await startSyntheticSite({ items: ITEMS, feeds: 3 });
});
afterAll(() => site.close());

const textOf = async (url: string): Promise<string> => (await fetch(url)).text();

describe('the synthetic site', () => {
  it('lists every item in exactly one feed', async () => {
    const listed: string[] = [];
    for (const feed of site.feeds) {
      const parsed = parseFeed(await textOf(feed));
      if (parsed.format !== 'rss') throw new Error(`feed read as ${parsed.format}`);
      listed.push(...(parsed.feed.items ?? []).map((item) => item.link ?? ''));
    }
    expect(listed.length).toBe(ITEMS);
    expect(new Set(listed)).toEqual(new Set(site.items.map((item) => item.url)));
  });

  it('serves pages of three to six kilobytes, no two alike', async () => {
    const pages = await Promise.all(site.items.map((item) => textOf(item.url)));
    expect(new Set(pages).size).toBe(ITEMS);
    for (const page of pages) {
      expect(page.length).toBeGreaterThan(3_000);
      expect(page.length).toBeLessThan(7_000);
    }
  });

  it('tells of a threat in every fifth item, and of no other', async () => {
    const threatening = site.items.filter((item) => item.threat !== null);
    expect(threatening.length).toBe(ITEMS / 5);
    expect(await textOf(threatening[0]?.url ?? '')).toContain('ransomware');
    expect(await textOf(site.items[1]?.url ?? '')).not.toMatch(/ransomware|sabotage|drone|cocaine|espionage/);
  });

  it('serves the same text from another start', async () => {
    const other = await startSyntheticSite({ items: 20 });
    try {
      for (const index of [0, 7, 19])
        expect(await textOf(`${other.url}/article/${index}`)).toBe(await textOf(`${site.url}/article/${index}`));
    } finally {
      await other.close();
    }
  });

  it('counts requests by path, answers 404 beyond its items, and waits when told to', async () => {
    const slow = await startSyntheticSite({ items: 2, latencyMilliseconds: 120 });
    try {
      const started = performance.now();
      await textOf(`${slow.url}/article/1`);
      expect(performance.now() - started).toBeGreaterThan(100);
      await textOf(`${slow.url}/article/1`);
      expect((await fetch(`${slow.url}/article/2`)).status).toBe(404);
      expect(slow.requests().get('/article/1')).toBe(2);
      expect(slow.requests().get('/article/0')).toBeUndefined();
    } finally {
      await slow.close();
    }
  });
});
