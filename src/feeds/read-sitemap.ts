/** Sitemaps (sitemaps.org/protocol) and Google News sitemaps: flat lists of addresses, some with title and date. */
import { decodeXML } from 'entities';
import { type FeedItem, type ReadFeedResult, refuse } from './feed.js';
import { absoluteUrl, dateFields, plainText } from './interpret.js';
import { type XmlToken, xmlTokens } from './xml-tokens.js';

/** The protocol's own limit of entries in one file. */
const MAX_SITEMAP_ENTRIES = 50_000;

/** Texts of one `<url>` by local name; the first of each counts. */
type Entry = Map<string, string>;

/** Reads the text of a sitemap; an index of sitemaps holds no pages and is refused. */
export function readSitemap(
  text: string,
  address: string,
  now: Date,
  earlierWarnings: readonly string[],
): ReadFeedResult {
  const entries: Entry[] = [];
  const warnings = [...earlierWarnings];
  let pending: { readonly name: string; readonly from: number; text: string } | null = null;
  for (const token of xmlTokens(text)) {
    if (token.kind === 'cdata') {
      if (pending) pending.text += text.slice(token.start + '<![CDATA['.length, token.end).replace(/\]\]>$/, '');
      continue;
    }
    if (token.kind !== 'open' && token.kind !== 'close') continue;
    if (token.local === 'sitemapindex') {
      return refuse('not-a-feed', 'an index of sitemaps: give the address of one of the sitemaps in it');
    }
    const entry = entries.at(-1);
    if (pending !== null && entry !== undefined && !entry.has(pending.name)) {
      const value = pending.text === '' ? decodeXML(text.slice(pending.from, token.start)) : pending.text;
      if (value.trim() !== '') entry.set(pending.name, value.trim());
    }
    pending = null;
    if (token.kind === 'close') continue;
    if (token.local === 'url' && isPageElement(token)) {
      if (entries.length === MAX_SITEMAP_ENTRIES) {
        warnings.push(`only the first ${MAX_SITEMAP_ENTRIES} entries were read`);
        break;
      }
      entries.push(new Map());
    } else if (isPageElement(token)) pending = { name: token.local, from: token.end, text: '' };
  }

  const items = entries.map((entry) => toItem(entry, address, now));
  return {
    ok: true,
    feed: {
      format: 'sitemap',
      title: plainText(entries.find((entry) => entry.has('name'))?.get('name')),
      link: null,
      language: items.find((item) => item.language !== null)?.language ?? null,
      items,
      rhythm: { minutes: null, periodMinutes: null, skipHours: [], skipDays: [] },
      hub: null,
      self: null,
      warnings,
    },
  };
}

/** Pictures and films of a page have addresses and titles of their own. */
const isPageElement = (token: XmlToken & { kind: 'open' | 'close' }): boolean =>
  !/^(?:image|video|xhtml):/i.test(token.name);

function toItem(entry: Entry, address: string, now: Date): FeedItem {
  const link = absoluteUrl(entry.get('loc'), address);
  const language = entry.get('language') ?? null;
  return {
    id: link,
    title: plainText(entry.get('title')),
    link,
    originalLink: null,
    ...dateFields(entry.get('publication_date'), entry.get('lastmod'), language, now),
    summary: null,
    content: null,
    authors: [],
    categories: (entry.get('keywords') ?? '')
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
    language,
  };
}
