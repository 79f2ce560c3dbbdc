/** Downloads the page behind an item into the claim check. */
import type { Database } from '../../store/database.js';
import { pageToFetch, saveFetched } from '../../store/pages.js';
import { failureName, type WebClient } from '../../web/client.js';

const PAGE_ACCEPT = 'text/html, application/xhtml+xml;q=0.9, */*;q=0.1';

export interface FetchPageDependencies {
  readonly database: Database;
  readonly web: WebClient;
  readonly maxBytes: number;
}

export type FetchPageResult =
  /** The page, or the named reason why there is none, is in the claim check: hand on. */
  | { readonly next: 'extract'; readonly outcome: string }
  /** A passing fault: try again later. */
  | { readonly next: 'retry'; readonly outcome: string; readonly message: string }
  /** Nothing to do. */
  | { readonly next: 'end'; readonly outcome: 'page-gone' };

/** @param tries `last` hands on with the fault's name where `more` would try again. */
export async function fetchPage(
  { database, web, maxBytes }: FetchPageDependencies,
  pageId: string,
  tries: 'more' | 'last',
): Promise<FetchPageResult> {
  const page = await pageToFetch(database.pool, pageId);
  if (!page) return { next: 'end', outcome: 'page-gone' };
  const none = { finalUrl: null, contentType: null, body: null };
  if (page.url === null) {
    await saveFetched(database.pool, pageId, { ...none, outcome: 'no-link', detail: null });
    return { next: 'extract', outcome: 'no-link' };
  }
  const response = await web.get(page.url, { accept: PAGE_ACCEPT, maxBytes });
  if (!response.ok) {
    const outcome = failureName(response);
    if (response.transient && tries === 'more') return { next: 'retry', outcome, message: response.message };
    await saveFetched(database.pool, pageId, { ...none, outcome, detail: response.message });
    return { next: 'extract', outcome };
  }
  if (response.status === 304) throw new Error(`${page.url} answered 304 to an unconditional request`);
  await saveFetched(database.pool, pageId, {
    outcome: 'ok',
    detail: null,
    finalUrl: response.url,
    contentType: response.headers.contentType ?? null,
    body: response.body,
  });
  return { next: 'extract', outcome: 'ok' };
}
