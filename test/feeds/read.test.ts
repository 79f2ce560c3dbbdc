import { describe, expect, it } from 'vitest';
import type { Feed } from '../../src/feeds/feed.js';
import { readFeed } from '../../src/feeds/read.js';

const origin = { url: 'https://news.example/feeds/all.xml' };
const now = new Date('2026-03-10T00:00:00Z');

async function read(source: string | Uint8Array, contentType?: string): Promise<Feed> {
  const bytes = typeof source === 'string' ? Buffer.from(source) : source;
  const result = await readFeed(bytes, { ...origin, contentType }, now);
  if (!result.ok) throw new Error(`${result.reason}: ${result.message}`);
  return result.feed;
}
const refusal = async (source: string | Uint8Array): Promise<string> => {
  const result = await readFeed(typeof source === 'string' ? Buffer.from(source) : source, origin, now);
  return result.ok ? 'read' : result.reason;
};
const rss = (items: string, head = ''): string =>
  `<rss version="2.0"><channel><title>T</title>${head}${items}</channel></rss>`;
const titles = (feed: Feed): (string | null)[] => feed.items.map((item) => item.title);

describe('reading feeds', () => {
  it('reads RSS 2.0 with its extensions', async () => {
    const feed =
      await read(`<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
      <channel><title>News &amp; more</title><link>https://news.example/</link><language>nl-be</language><ttl>30</ttl>
      <skipHours><hour>0</hour><hour>24</hour><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>
      <atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="/feeds/self.xml"/>
      <item><title>A &amp;amp; B</title><link>/a?utm_source=x</link><guid isPermaLink="false">id-1</guid><pubDate>Tue, 03 Mar 2026 14:05:09 +0100</pubDate>
      <description>short</description><content:encoded><![CDATA[<p>long</p>]]></content:encoded><dc:creator>An Author</dc:creator><category>one</category></item></channel></rss>`);
    expect(feed).toMatchObject({
      format: 'rss',
      title: 'News & more',
      link: 'https://news.example/',
      hub: 'https://hub.example/',
      self: 'https://news.example/feeds/self.xml',
      rhythm: { minutes: 30, periodMinutes: null, skipHours: [0, 3], skipDays: [0] },
    });
    expect(feed.items).toEqual([
      {
        id: 'id-1',
        title: 'A & B',
        link: 'https://news.example/a?utm_source=x',
        originalLink: null,
        publishedAt: '2026-03-03T13:05:09.000Z',
        updatedAt: null,
        remarks: [],
        summary: 'short',
        content: '<p>long</p>',
        authors: ['An Author'],
        categories: ['one'],
        language: 'nl-be',
      },
    ]);
  });

  it.each([
    [
      'Atom 1.0',
      '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>x</title><id>urn:1</id><link href="/p"/><updated>2026-03-03T00:00:00Z</updated></entry></feed>',
    ],
    [
      'Atom 1.0 in a prefix',
      '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>x</a:title><a:id>urn:1</a:id><a:link href="/p"/><a:updated>2026-03-03T00:00:00Z</a:updated></a:entry></a:feed>',
    ],
    [
      'Atom 0.3',
      '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>x</title><id>urn:1</id><link rel="alternate" href="/p"/><modified>2026-03-03T00:00:00Z</modified></entry></feed>',
    ],
    [
      'Atom without a vocabulary',
      '<feed><entry><title>x</title><id>urn:1</id><link href="/p"/><updated>2026-03-03T00:00:00Z</updated></entry></feed>',
    ],
  ])('reads %s', async (_, source) => {
    const [item] = (await read(source)).items;
    expect(item).toMatchObject({
      id: 'urn:1',
      title: 'x',
      link: 'https://news.example/p',
      updatedAt: '2026-03-03T00:00:00.000Z',
    });
  });

  it.each([
    ['usual', 'rdf', ''],
    ['odd', 'r', 's:'],
  ])('reads RSS 1.0 in %s prefixes', async (_, rdf, own) => {
    const feed =
      await read(`<${rdf}:RDF xmlns:${rdf}="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns${own ? ':s' : ''}="http://purl.org/rss/1.0/" xmlns:d="http://purl.org/dc/elements/1.1/">
      <${own}channel ${rdf}:about="https://news.example/"><${own}title>T</${own}title></${own}channel>
      <${own}item ${rdf}:about="https://news.example/1"><${own}title>x</${own}title><${own}link>https://news.example/1</${own}link><d:date>2026-03-03</d:date></${own}item></${rdf}:RDF>`);
    expect(feed).toMatchObject({ format: 'rdf', title: 'T' });
    expect(feed.items[0]).toMatchObject({
      id: 'https://news.example/1',
      title: 'x',
      publishedAt: '2026-03-03T00:00:00.000Z',
    });
  });

  it('reads RSS without a version or a channel, and CDF', async () => {
    expect(titles(await read('<rss><channel><item><title>x</title></item></channel></rss>'))).toEqual(['x']);
    expect(titles(await read('<rss><item><title>x</title></item></rss>'))).toEqual(['x']);
    const cdf = await read(
      '<CHANNEL HREF="/"><TITLE>T</TITLE><ITEM HREF="/1" LASTMOD="2026-03-03T00:00Z"><TITLE>x</TITLE><ABSTRACT>y</ABSTRACT></ITEM></CHANNEL>',
    );
    expect(cdf.items[0]).toMatchObject({
      title: 'x',
      link: 'https://news.example/1',
      summary: 'y',
      updatedAt: '2026-03-03T00:00:00.000Z',
    });
  });

  it('reads JSON Feed and passes over entries that are none', async () => {
    const feed = await read(
      JSON.stringify({
        version: 'https://jsonfeed.org/version/1.1',
        title: 'T',
        hubs: [{ type: 'WebSub', url: 'https://hub.example/' }],
        items: [
          {
            id: 7,
            url: '/7',
            title: 'x',
            content_html: '<p>y</p>',
            date_published: '2026-03-03T00:00:00Z',
            authors: [{ name: 'A' }],
            tags: ['t'],
          },
          'rubbish',
        ],
      }),
    );
    expect(feed).toMatchObject({
      format: 'json',
      hub: 'https://hub.example/',
      warnings: ['an entry that is not an object'],
    });
    expect(feed.items).toHaveLength(1);
    expect(feed.items[0]).toMatchObject({ id: '7', link: 'https://news.example/7', authors: ['A'], categories: ['t'] });
  });

  it('reads Google News sitemaps and leaves their pictures aside', async () => {
    const feed =
      await read(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">
      <url><loc>https://news.example/1?a=1&amp;b=2</loc><image:image><image:loc>https://news.example/p.png</image:loc><image:title>no</image:title></image:image>
      <n:news><n:publication><n:name>Paper</n:name><n:language>nl</n:language></n:publication><n:publication_date>2026-03-03</n:publication_date><n:title><![CDATA[A & B]]></n:title></n:news></url></urlset>`);
    expect(feed).toMatchObject({ format: 'sitemap', title: 'Paper', language: 'nl' });
    expect(feed.items).toHaveLength(1);
    expect(feed.items[0]).toMatchObject({
      link: 'https://news.example/1?a=1&b=2',
      title: 'A & B',
      publishedAt: '2026-03-03T00:00:00.000Z',
    });
  });

  it('keeps the markup of texts in its order, whether escaped, XHTML or neither', async () => {
    const atom = (type: string, content: string) =>
      read(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><content${type}>${content}</content></entry></feed>`);
    const html = '<p>one <b>two</b> three &lt;b&gt;</p>';
    expect(
      (await atom(' type="xhtml"', `<div xmlns="http://www.w3.org/1999/xhtml">${html}</div>`)).items[0]?.content,
    ).toBe(html);
    expect(
      (await atom(' type="xhtml"', '<h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:p>x</h:p></h:div>')).items[0]
        ?.content,
    ).toBe('<p>x</p>');
    expect((await read(rss(`<item><description>${html}</description></item>`))).items[0]?.summary).toBe(html);
    expect((await read(rss(`<item><description><![CDATA[${html}]]></description></item>`))).items[0]?.summary).toBe(
      html,
    );
  });
});

describe('broken feeds', () => {
  const items = '<item><title>one</title></item><item><title>two</title></item>';

  it.each([
    ['an unclosed tag', rss('<item><title>one</item><item><title>two</title></item>')],
    ['entries without an end', rss('<item><title>one</title><item><title>two</title>')],
    ['text before the prolog', `oops\n<?xml version="1.0"?>${rss(items)}`],
    ['a server’s message before the feed', `<br /><b>Warning</b>: x in y<br /><?xml version="1.0"?>${rss(items)}`],
    ['control characters', rss('<item><title>o\u0001ne</title></item><item><title>two\u0000</title></item>')],
    ['a file cut off in a tag', rss(items).slice(0, -24)],
    ['a file cut off in a title', `${rss(items).slice(0, rss(items).indexOf('two') + 3)}`],
    [
      'a file cut off in CDATA',
      '<rss version="2.0"><channel><item><title>one</title></item><item><title>two</title><description><![CDATA[half a',
    ],
    ['undeclared prefixes', rss('<item><title>one</title><x:y>z</x:y></item><item><title>two</title></item>')],
    ['a closing tag too many', rss('<item><title>one</title></b></item><item><title>two</title></item>')],
  ])('give every entry in spite of %s', async (_, source) => {
    expect(titles(await read(source))).toEqual(['one', 'two']);
  });

  it('warn about what was wrong', async () => {
    expect((await read(`x${rss(items).slice(0, -20)}`)).warnings).toEqual([
      'text before the first element',
      'cut off before its end',
    ]);
    expect((await read(rss(items))).warnings).toEqual([]);
  });

  it('resolve bare ampersands and entities that HTML knows or the feed declares', async () => {
    const declared = `<!DOCTYPE rss [<!ENTITY brand "Belfry &amp; co">]>${rss('<item><title>&brand; &eacute; &nosuch; R&D</title></item>')}`;
    expect(titles(await read(declared))).toEqual(['Belfry & co é &nosuch; R&D']);
  });

  it.each([
    ['empty', ''],
    ['empty', '  \n'],
    ['html', '<!DOCTYPE html><html><head><title>Log in</title></head></html>'],
    ['not-a-feed', 'plain text'],
    ['not-a-feed', '<opml version="2.0"/>'],
    ['not-a-feed', '{"message":"no"}'],
    ['not-a-feed', '%PDF-1.7 ...'],
    ['unreadable', '{"version":"https://jsonfeed.org/version/1","items":['],
    ['unreadable', `<rss version="2.0"><channel><item>${'<a>'.repeat(100_000)}`],
    [
      'entity-bomb',
      `<!DOCTYPE l [<!ENTITY a "ha">${[...'bcdefghij'].map((name, i) => `<!ENTITY ${name} "${`&${'abcdefghi'[i]};`.repeat(10)}">`).join('')}]>${rss('<item><title>&j;</title></item>')}`,
    ],
    ['entity-bomb', `<!DOCTYPE l [<!ENTITY a "&b;"><!ENTITY b "&a;">]>${rss('<item><title>&a;</title></item>')}`],
  ])('are refused as %s when there is nothing to read', async (reason, source) => {
    expect(await refusal(source)).toBe(reason);
  });

  it('are read in part when there is more than anybody sends', async () => {
    const many = '<item><title>x</title><description>word word word</description></item>'.repeat(200_000);
    const feed = await read(rss(many));
    expect(feed.items).toHaveLength(10_000);
    expect(feed.warnings).toContain('only the first 10000 entries were read');
  }, 60_000);
});

describe('links, dates and languages of entries', () => {
  const item = async (inner: string, head = '') => (await read(rss(`<item>${inner}</item>`, head))).items[0];

  it('take a guid for the link only where it may be one', async () => {
    expect((await item('<guid>https://news.example/1</guid>'))?.link).toBe('https://news.example/1');
    expect((await item('<guid isPermaLink="false">https://news.example/1</guid>'))?.link).toBeNull();
    expect((await item('<guid>tag:news,1</guid>'))?.link).toBeNull();
  });

  it('choose the HTML alternate among many links', async () => {
    const feed =
      await read(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="self" href="/self"/><link rel="alternate" type="application/json" href="/json"/>
      <link rel="enclosure" href="/sound"/><link rel="alternate" type="text/html" href="/page"/></entry></feed>`);
    expect(feed.items[0]?.link).toBe('https://news.example/page');
  });

  it('are resolved against xml:base', async () => {
    const feed = await read(
      '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://base.example/a/"><entry xml:base="b/"><link href="c"/></entry></feed>',
    );
    expect(feed.items[0]?.link).toBe('https://base.example/a/b/c');
  });

  it('keep the counting link and the publisher’s own apart', async () => {
    const found = await item(
      '<link>https://count.example/~r/1</link><feedburner:origLink>https://news.example/1</feedburner:origLink>',
    );
    expect(found).toMatchObject({ link: 'https://count.example/~r/1', originalLink: 'https://news.example/1' });
  });

  it('flag a date ahead and give the reason for one left out', async () => {
    expect(await item('<pubDate>Tue, 01 Dec 2026 10:00:00 GMT</pubDate>')).toMatchObject({
      publishedAt: '2026-12-01T10:00:00.000Z',
      remarks: [{ kind: 'in-future' }],
    });
    expect(await item('<pubDate>03/04/2026</pubDate>')).toMatchObject({
      publishedAt: null,
      remarks: [{ field: 'publishedAt', kind: 'ambiguous', text: '03/04/2026' }],
    });
    expect((await item('<pubDate>03/04/2026</pubDate>', '<language>nl</language>'))?.publishedAt).toBe(
      '2026-04-03T00:00:00.000Z',
    );
  });
});
