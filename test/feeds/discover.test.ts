import { describe, expect, it } from 'vitest';
import { discoverFeeds } from '../../src/feeds/discover.js';

const discover = (html: string) => discoverFeeds(Buffer.from(html), { url: 'https://news.example/politics/' });

describe('feed discovery', () => {
  it('finds every alternate with title and format, made absolute', () => {
    const html = `<html><head>
      <link rel="alternate" type="application/rss+xml" title="Nieuws &amp; meer" href="/rss.xml">
      <LINK REL='alternate' TYPE='application/atom+xml' HREF='atom?a=1&amp;b=2'>
      <link href=//cdn.example/feed.json rel="home alternate" type="application/feed+json">`;
    expect(discover(html)).toEqual([
      { url: 'https://news.example/rss.xml', title: 'Nieuws & meer', format: 'rss' },
      { url: 'https://news.example/politics/atom?a=1&b=2', title: null, format: 'atom' },
      { url: 'https://cdn.example/feed.json', title: null, format: 'json' },
    ]);
  });

  it('takes addresses relative to the page’s base', () => {
    const html = '<base href="https://other.example/x/"><link rel=alternate type=application/rss+xml href=feed>';
    expect(discover(html).map((feed) => feed.url)).toEqual(['https://other.example/x/feed']);
  });

  it('leaves out what is an alternate but no feed', () => {
    const html = `<link rel="alternate" hreflang="fr" href="/fr">
      <link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">
      <link rel="alternate" type="application/json+oembed" href="/oembed?feed=1">
      <link rel="stylesheet alternate" type="text/xml" href="/feed.xsl">
      <!-- <link rel="alternate" type="application/rss+xml" href="/old.xml"> -->`;
    expect(discover(html)).toEqual([]);
  });

  it('falls back on links that look like feeds only when the page names none', () => {
    const link = '<a href="/rss/world">RSS</a><a href="/feedback">Write us</a><a href="/rss.html">About</a>';
    expect(discover(link).map((feed) => feed.url)).toEqual(['https://news.example/rss/world']);
    const named = `${link}<link rel="alternate" type="application/rss+xml" href="/feed">`;
    expect(discover(named).map((feed) => feed.url)).toEqual(['https://news.example/feed']);
  });

  it('names each address once and none that is not http', () => {
    const tag = '<link rel="alternate" type="application/rss+xml" href="/feed">';
    expect(
      discover(`${tag}${tag}<link rel=feed href="javascript:alert(1)"><link rel=feed href="feed://x/">`),
    ).toHaveLength(1);
  });

  it('is through with hostile bytes in no time', () => {
    const started = performance.now();
    expect(discover('<link '.repeat(500_000))).toEqual([]);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
