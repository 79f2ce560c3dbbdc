/** The feed list that Belfry ships: complete, without doubles, and true to what its own comment says. */
import { readFileSync } from 'node:fs';
import { parseOpml } from 'feedsmith';
import { describe, expect, it } from 'vitest';
import { shippedConfig } from '../../src/paths.js';

const LANGUAGES = ['nl', 'fr', 'de', 'en'];
/** Fewer than this of one language and the four would not be served alike. */
const LEAST_FEEDS_A_LANGUAGE = 15;

const opml = parseOpml(readFileSync(shippedConfig('feeds.opml'), 'utf8'), {
  extraOutlineAttributes: ['belfry:country'],
});
const folders = opml.body?.outlines ?? [];
const feeds = folders.flatMap((folder) => folder.outlines ?? []);

describe('the shipped feed list', () => {
  it('has at least eighty feeds, all in folders', () => {
    expect(feeds.length).toBeGreaterThanOrEqual(80);
    expect(folders.every((folder) => folder.xmlUrl === undefined && (folder.outlines ?? []).length > 0)).toBe(true);
  });

  it('gives every feed a title, a feed address, a site address, a language and a country', () => {
    for (const feed of feeds) {
      expect(feed.text, feed.xmlUrl).toBe(feed.title);
      expect(new URL(feed.xmlUrl ?? '').protocol, feed.text).toBe('https:');
      expect(new URL(feed.htmlUrl ?? '').protocol, feed.text).toBe('https:');
      expect(LANGUAGES, feed.text).toContain(feed.language);
      expect((feed as Record<string, unknown>)['belfry:country'], feed.text).toMatch(/^([A-Z]{2}|INT)$/);
    }
  });

  it('names no feed and no title twice', () => {
    expect(new Set(feeds.map((feed) => feed.xmlUrl)).size).toBe(feeds.length);
    expect(new Set(feeds.map((feed) => feed.text)).size).toBe(feeds.length);
  });

  it.each(LANGUAGES)('serves readers of %s', (language) => {
    const own = feeds.filter((feed) => feed.language === language);
    expect(own.length).toBeGreaterThanOrEqual(LEAST_FEEDS_A_LANGUAGE);
  });
});
