/**
 * Which library reads which XML feed. rss-parser is fast and reads well-formed feeds in the usual prefixes well; all the
 * rest goes to node-feedparser over mended text, which scored best of the well-kept libraries on broken and odd files.
 */
import { type Feed, type ReadFeedResult, refuse } from './feed.js';
import { interpretFeed } from './interpret.js';
import { cutToLimits, mendCharacters, mendXml } from './mend-xml.js';
import type { RawFeed } from './raw.js';
import { readSitemap } from './read-sitemap.js';
import { readWithFeedparser } from './read-with-feedparser.js';
import { isPlainFeed, readWithRssParser } from './read-with-rss-parser.js';
import { xmlTokens } from './xml-tokens.js';

/** Reads the decoded text of an XML feed; `address` is where it came from, to resolve relative links against. */
export async function readXmlFeed(decoded: string, address: string, now: Date): Promise<ReadFeedResult> {
  const root = findRoot(decoded);
  if (root.kind === 'none') return refuse('not-a-feed', root.message);
  if (root.kind === 'html') return refuse('html', 'a web page, not a feed');
  const mendedCharacters = mendCharacters(decoded.slice(root.from));
  const cut = cutToLimits(mendedCharacters.text);
  const warnings = [...root.warnings, ...mendedCharacters.warnings, ...cut.warnings];
  if (root.name === 'urlset' || root.name === 'sitemapindex') return readSitemap(cut.text, address, now, warnings);

  const interpreted = (raw: RawFeed, earlier: readonly string[]): { ok: true; feed: Feed } => {
    const all = [...new Set([...warnings, ...earlier, ...raw.warnings])];
    return { ok: true, feed: interpretFeed({ ...raw, warnings: all }, address, now) };
  };
  if (isPlainFeed(cut.text)) {
    const raw = await readWithRssParser(cut.text);
    if (raw !== null) return interpreted(raw, []);
  }
  const mended = mendXml(cut.text);
  if (mended.ok === false) return refuse(mended.reason, mended.message);
  const raw = await readWithFeedparser(mended.text, address);
  return raw === null ? refuse('not-a-feed', `the root element is <${root.name}>`) : interpreted(raw, mended.warnings);
}

type Root =
  | { readonly kind: 'none'; readonly message: string }
  | { readonly kind: 'html' }
  | { readonly kind: 'feed'; readonly name: string; readonly from: number; readonly warnings: readonly string[] };

const feedRoots = new Set(['rss', 'rdf', 'feed', 'channel', 'urlset', 'sitemapindex']);
/** How many tags of something else may stand before a feed: a server's error message, rarely more. */
const MAX_TAGS_BEFORE_FEED = 20;

/** The feed's own root: the first element, or one behind a message that a server put in front of its feed. */
function findRoot(text: string): Root {
  let first: string | null = null;
  let seen = 0;
  for (const token of xmlTokens(text)) {
    if (token.kind !== 'open') continue;
    if (first === null && ['html', 'head', 'body'].includes(token.local)) return { kind: 'html' };
    if (feedRoots.has(token.local)) {
      const isFirst = first === null;
      const warnings = isFirst ? [] : ['markup before the feed'];
      return { kind: 'feed', name: token.local, from: isFirst ? 0 : token.start, warnings };
    }
    first ??= token.local;
    if (++seen > MAX_TAGS_BEFORE_FEED) break;
  }
  return { kind: 'none', message: first === null ? 'no element in it' : `the root element is <${first}>` };
}
