/** Feeds out are read back by feedsmith, which Belfry doesn't read with, and then by Belfry itself. */
import { parseAtomFeed, parseFeed, parseJsonFeed, parseRssFeed } from 'feedsmith';
import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import { readFeed } from '../../src/feeds/read.js';
import { atom } from '../../src/outputs/atom.js';
import type { OutputFormat } from '../../src/outputs/format.js';
import { jsonFeed } from '../../src/outputs/json-feed.js';
import { rss } from '../../src/outputs/rss.js';
import { article, context, HOSTILE_TEXT, hostileArticle, written } from './written.js';

const URN = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** What a reader may show of the hostile text: all but what XML forbids. */
const SHOWN = HOSTILE_TEXT.replace(/[^\x20-\x7e]/g, '');
const HTML =
  '<p>A depot burnt down.</p>\n' +
  '<p><strong>Sabotage</strong> 90 %: <mark>Arson at a rail</mark><mark> depot</mark> near Ghent is called sabotage.</p>\n' +
  '<p><strong>Right-wing extremism</strong> 55 %: Police found a <mark>leaflet</mark>.</p>';

/** Throws at the first thing that XML 1.0 or its namespaces don't allow. */
function checkWellFormed(xml: string): void {
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(xml).close();
}

test('RSS gives back what was written into it', async () => {
  const xml = await written(rss, [article()]);
  checkWellFormed(xml);
  const feed = parseRssFeed(xml);
  expect(feed).toMatchObject({
    title: context.title,
    link: context.pageAddress,
    lastBuildDate: 'Tue, 24 Nov 2026 09:30:00 GMT',
    atom: { links: [{ rel: 'self', href: context.address }] },
  });
  expect(feed.description).toBeTruthy();
  expect(feed.items).toMatchObject([
    {
      title: 'Rail depot burns',
      link: 'https://newsroom.example/rail-depot?a=1&b=2',
      guid: { isPermaLink: false },
      pubDate: 'Tue, 24 Nov 2026 08:00:00 GMT',
      description: HTML,
      categories: [{ name: 'sabotage' }, { name: 'right-wing-extremism' }],
      dc: { creators: ['An Peeters', 'Jan De Smet'], languages: ['en'] },
      source: { title: 'The Newsroom', url: 'https://newsroom.example/rss' },
    },
  ]);
  expect(feed.items?.[0]?.guid?.value).toMatch(URN);
});

test('Atom gives back what was written into it', async () => {
  const xml = await written(atom, [article()]);
  checkWellFormed(xml);
  const feed = parseAtomFeed(xml);
  expect(feed).toMatchObject({
    title: { value: context.title },
    updated: '2026-11-24T09:30:00.250Z',
    authors: [{ name: 'Harbour CERT' }],
    links: [
      { rel: 'alternate', href: context.pageAddress },
      { rel: 'self', href: context.address },
    ],
    entries: [
      {
        title: { value: 'Rail depot burns' },
        updated: '2026-11-24T09:30:00.250Z',
        published: '2026-11-24T08:00:00.000Z',
        links: [{ rel: 'alternate', href: 'https://newsroom.example/rail-depot?a=1&b=2' }],
        authors: [{ name: 'An Peeters' }, { name: 'Jan De Smet' }],
        categories: [
          { term: 'sabotage', label: 'Sabotage' },
          { term: 'right-wing-extremism', label: 'Right-wing extremism' },
        ],
        summary: { value: 'Arson at a rail depot near Ghent is called sabotage.' },
        content: { type: 'html', value: HTML },
        source: { id: 'https://newsroom.example/rss', title: { value: 'The Newsroom' } },
        xml: { lang: 'en' },
      },
    ],
  });
  expect(feed.id).toMatch(URN);
  expect(feed.entries?.[0]?.id).toMatch(URN);
  expect(feed.id).not.toBe(feed.entries?.[0]?.id);
});

test('JSON Feed gives back what was written into it', async () => {
  const feed = parseJsonFeed(JSON.parse(await written(jsonFeed, [article()])));
  expect(feed).toMatchObject({
    title: context.title,
    home_page_url: context.pageAddress,
    feed_url: context.address,
    authors: [{ name: 'Harbour CERT' }],
    items: [
      {
        url: 'https://newsroom.example/rail-depot?a=1&b=2',
        title: 'Rail depot burns',
        summary: 'Arson at a rail depot near Ghent is called sabotage.',
        content_html: HTML,
        date_published: '2026-11-24T08:00:00.000Z',
        date_modified: '2026-11-24T09:30:00.250Z',
        authors: [{ name: 'An Peeters' }, { name: 'Jan De Smet' }],
        tags: ['sabotage', 'right-wing-extremism'],
        language: 'en',
      },
    ],
  });
  expect(feed.items?.[0]?.id).toMatch(URN);
});

test('JSON Feed carries the evidence in an extension of its own', async () => {
  const [item] = JSON.parse(await written(jsonFeed, [article()])).items;
  expect(item._belfry.threats[0]).toMatchObject({
    type: 'sabotage',
    score: 0.9,
    evidence: [{ text: 'Arson at a rail', concept: 'act.arson', weight: 0.9 }, {}, {}],
  });
});

describe.each<[string, OutputFormat]>([
  ['RSS', rss],
  ['Atom', atom],
  ['JSON Feed', jsonFeed],
])('%s', (name, format) => {
  test('survives titles with markup, quotes and characters that XML forbids', async () => {
    const text = await written(format, [hostileArticle()], { title: HOSTILE_TEXT });
    if (name !== 'JSON Feed') checkWellFormed(text);
    const result = await readFeed(Buffer.from(text), { url: context.address ?? '', contentType: format.mediaType });
    if (!result.ok) throw new Error(result.message);
    expect(result.feed.items).toHaveLength(1);
    expect(parseFeed(text).feed).toMatchObject(
      name === 'JSON Feed'
        ? { items: [{ title: SHOWN }] }
        : name === 'RSS'
          ? { items: [{ title: SHOWN }] }
          : { entries: [{ title: { value: SHOWN } }] },
    );
  });

  test('links to nothing that no browser should open', async () => {
    expect(await written(format, [hostileArticle()])).not.toContain('javascript:');
  });

  test('can be followed by another Belfry, which finds the same entries again after an edit', async () => {
    const read = async (...articles: Parameters<typeof article>[0][]) => {
      const text = await written(
        format,
        articles.map((changes) => article(changes)),
      );
      const result = await readFeed(Buffer.from(text), { url: context.address ?? '', contentType: format.mediaType });
      if (!result.ok) throw new Error(result.message);
      return result.feed;
    };
    const feed = await read({}, { id: 'b'.repeat(24), url: 'https://newsroom.example/2' });
    expect(feed.warnings).toEqual([]);
    expect(feed.items.map(({ link }) => link)).toEqual([
      'https://newsroom.example/rail-depot?a=1&b=2',
      'https://newsroom.example/2',
    ]);
    expect(feed.items[0]).toMatchObject({
      title: 'Rail depot burns',
      publishedAt: '2026-11-24T08:00:00.000Z',
      authors: ['An Peeters', 'Jan De Smet'],
      // Of a category with a label Belfry keeps the label.
      categories: name === 'Atom' ? ['Sabotage', 'Right-wing extremism'] : ['sabotage', 'right-wing-extremism'],
    });
    const edited = await read({ title: 'Rail depot burnt', url: 'https://newsroom.example/moved' });
    expect(edited.items[0]?.id).toBe(feed.items[0]?.id);
  });

  test('is a feed without articles too', async () => {
    const text = await written(format, []);
    expect(parseFeed(text).format).toBe(name === 'RSS' ? 'rss' : name === 'Atom' ? 'atom' : 'json');
    const result = await readFeed(Buffer.from(text), { url: context.address ?? '', contentType: format.mediaType });
    expect(result).toMatchObject({ ok: true, feed: { title: context.title, items: [] } });
  });

  test('says what it knows of an article without tags, excerpt, author and language', async () => {
    const bare = article({ tags: [], excerpt: null, byline: [], language: 'und', feedTitle: null });
    const text = await written(format, [bare]);
    const result = await readFeed(Buffer.from(text), { url: context.address ?? '', contentType: format.mediaType });
    expect(result).toMatchObject({
      ok: true,
      feed: { warnings: [], items: [{ title: 'Rail depot burns', language: null }] },
    });
    if (name === 'Atom') expect(parseAtomFeed(text).entries?.[0]?.content?.value).toBe('Rail depot burns');
  });
});
