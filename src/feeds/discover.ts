/** Feed autodiscovery: which feeds a page names, and where feeds commonly stand when it names none. */
import { decodeHTML } from 'entities';
import { decodeBytes } from '../web/charset.js';
import type { Origin } from './feed.js';
import { absoluteUrl } from './interpret.js';
import { xmlTokens } from './xml-tokens.js';

export interface DiscoveredFeed {
  /** Absolute address of the feed. */
  readonly url: string;
  readonly title: string | null;
  /** What the page says it is; `unknown` for an alternate of a general XML or JSON type. */
  readonly format: 'rss' | 'atom' | 'json' | 'unknown';
}

/** Paths that feeds commonly stand at, most common first; to be tried in this order when a page names none. */
export const commonFeedPaths: readonly string[] = [
  ...['/feed', '/rss', '/feed.xml', '/rss.xml', '/atom.xml', '/index.xml', '/feeds', '/feed/atom', '/rss/news'],
  ...['/news/rss', '/news/feed', '/blog/feed', '/feed.json', '/rss/index.xml', '/?feed=rss2'],
];

const formats: Readonly<Record<string, DiscoveredFeed['format']>> = {
  'application/rss+xml': 'rss',
  'application/rdf+xml': 'rss',
  'application/x-rss+xml': 'rss',
  'text/rss+xml': 'rss',
  'application/atom+xml': 'atom',
  'application/feed+json': 'json',
  'application/json': 'unknown',
  'application/xml': 'unknown',
  'text/xml': 'unknown',
};

/** A page is read as far as its body's links may name feeds, in characters. */
const MAX_PAGE_CHARACTERS = 2 * 1024 * 1024;

/**
 * The feeds that a web page names: `<link rel="alternate">` and `rel="feed"` first (HTML standard, section 4.6.6), and
 * only where there are none, links whose address looks like a feed's. Each address once, in the page's order.
 */
export function discoverFeeds(html: Uint8Array, origin: Origin): readonly DiscoveredFeed[] {
  const page = decodeBytes(html, { contentType: origin.contentType, readDeclaration: metaCharset }).text;
  const named = new Map<string, DiscoveredFeed>();
  const guessed = new Map<string, DiscoveredFeed>();
  let base = origin.url;
  let isBaseSet = false;
  for (const token of xmlTokens(page.slice(0, MAX_PAGE_CHARACTERS))) {
    if (token.kind !== 'open') continue;
    const attributes = attributesOf(token.attributes);
    const href = attributes.get('href')?.trim();
    if (!href) continue;
    if (token.local === 'base' && !isBaseSet) {
      base = absoluteUrl(href, origin.url) ?? base;
      isBaseSet = true;
    } else if (token.local === 'link' || token.local === 'a') {
      const url = absoluteUrl(href, base);
      if (url === null || !/^https?:/i.test(url)) continue;
      const title = attributes.get('title')?.trim() || null;
      const format = token.local === 'link' ? namedFormat(attributes) : null;
      if (format !== null && !named.has(url)) named.set(url, { url, title, format });
      else if (token.local === 'a' && looksLikeFeed(url) && !guessed.has(url))
        guessed.set(url, { url, title, format: 'unknown' });
    }
  }
  return [...(named.size > 0 ? named : guessed).values()];
}

/** What a `<link>` names, null where it is no feed: comments in JSON form, oEmbed and translations are alternates too. */
function namedFormat(attributes: ReadonlyMap<string, string>): DiscoveredFeed['format'] | null {
  const relations = (attributes.get('rel') ?? '').toLowerCase().split(/\s+/);
  const type = (attributes.get('type') ?? '').toLowerCase().split(';', 1)[0]?.trim() ?? '';
  const format = formats[type];
  if (relations.includes('feed')) return format ?? 'unknown';
  if (!relations.includes('alternate') || relations.includes('stylesheet') || format === undefined) return null;
  return format !== 'unknown' || looksLikeFeed(attributes.get('href') ?? '') ? format : null;
}

const looksLikeFeed = (address: string): boolean =>
  /(?:^|[/._?=-])(?:rss2?|atom|feeds?|rdf)(?:$|[/._?&=-]|\.(?:xml|json|php|aspx?))/i.test(
    address.replace(/^https?:\/\/[^/]*/i, ''),
  ) && !/\.(?:html?|png|svg|jpe?g|gif|css|js)(?:$|[?#])/i.test(address);

function attributesOf(source: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single, bare] of source.matchAll(
    /([^\s=/"'<>]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g,
  )) {
    const key = name.toLowerCase();
    if (!attributes.has(key)) attributes.set(key, decodeHTML(double ?? single ?? bare ?? ''));
  }
  return attributes;
}

const metaCharset = (head: string): string | null =>
  /<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(head)?.[1]?.toLowerCase() ?? null;
