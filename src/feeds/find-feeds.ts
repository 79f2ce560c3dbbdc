/** The feeds behind an address that a person gives: itself, those that its page names, or those at common paths. */
import { type FetchResult, failureName, type WebClient } from '../web/client.js';
import { commonFeedPaths, type DiscoveredFeed, discoverFeeds } from './discover.js';
import { readFeed } from './read.js';

export type FoundFeeds =
  /** The address is a feed's own. */
  | { readonly kind: 'feed'; readonly url: string; readonly title: string | null }
  /** The address is a page's; at least one. */
  | { readonly kind: 'page'; readonly feeds: readonly DiscoveredFeed[] }
  | { readonly kind: 'none'; readonly message: string }
  /** Nothing can be said now. */
  | { readonly kind: 'unreachable'; readonly reason: string; readonly message: string };

/** Where a page names no feed, this many of the common paths may answer with one before the search ends. */
const ENOUGH_GUESSES = 3;
/** A host that has failed this often in a row is not asked for further paths. */
const MAX_FAILURES = 3;

/** @param maxBytes cap for the page and for each feed that is tried */
export async function findFeeds(web: Pick<WebClient, 'get'>, url: string, maxBytes: number): Promise<FoundFeeds> {
  const page = await web.get(url, { maxBytes });
  if (!page.ok) return { kind: 'unreachable', reason: failureName(page), message: page.message };
  const body = page.body ?? new Uint8Array();
  const origin = { url: page.url, contentType: page.headers.contentType ?? undefined };
  const read = await readFeed(body, origin);
  if (read.ok) return { kind: 'feed', url, title: read.feed.title };

  const named = discoverFeeds(body, origin);
  if (named.length > 0) return { kind: 'page', feeds: named };
  const guessed = await guessFeeds(web, page.url, maxBytes);
  if (guessed.length > 0) return { kind: 'page', feeds: guessed };
  const isPage = read.reason === 'html' || /html/i.test(origin.contentType ?? '');
  const message = isPage
    ? 'a page that names no feed, and no feed stands at the common paths of its site'
    : `no feed (${read.message}), and no feed stands at the common paths of its site`;
  return { kind: 'none', message };
}

async function guessFeeds(web: Pick<WebClient, 'get'>, url: string, maxBytes: number): Promise<DiscoveredFeed[]> {
  const found = new Map<string, DiscoveredFeed>();
  let failures = 0;
  for (const path of commonFeedPaths) {
    if (found.size >= ENOUGH_GUESSES || failures >= MAX_FAILURES) break;
    const answer = await web.get(new URL(path, url).href, { maxBytes });
    failures = isTrouble(answer) ? failures + 1 : 0;
    if (!answer.ok || answer.body === null) continue;
    const read = await readFeed(answer.body, { url: answer.url, contentType: answer.headers.contentType ?? undefined });
    if (!read.ok || found.has(answer.url)) continue;
    const { format, title } = read.feed;
    found.set(answer.url, { url: answer.url, title, format: formatNames[format] ?? 'unknown' });
  }
  return [...found.values()];
}

const formatNames: Readonly<Record<string, DiscoveredFeed['format']>> = {
  rss: 'rss',
  rdf: 'rss',
  atom: 'atom',
  json: 'json',
};

/** Anything but an answer that says that there is nothing here. */
const isTrouble = (answer: FetchResult): boolean =>
  !answer.ok && (answer.status === undefined || answer.status === 429 || answer.status >= 500);
