/** Downloads the page behind an item into the claim check, when its host's turn has come and robots.txt allows it. */
import type { Database } from '../../store/database.js';
import { pageToFetch, saveFetched } from '../../store/pages.js';
import { failureName, PAGE_ACCEPT } from '../../web/client.js';
import type { Journey, PoliteClient } from '../../web/polite-client.js';

export interface FetchPageDependencies {
  readonly database: Database;
  readonly web: PoliteClient;
  readonly maxBytes: number;
}

export interface FetchPageRequest {
  readonly pageId: string;
  /** `last` hands on with the fault's name where `more` would try again. */
  readonly tries: 'more' | 'last';
  /** Where an earlier visit had to stop to wait for the host's turn. */
  readonly journey?: Journey | undefined;
}

export type FetchPageResult =
  /** The page, or the named reason why there is none, is in the claim check: hand on. */
  | { readonly next: 'extract'; readonly outcome: string }
  /** A passing fault: try again later. */
  | { readonly next: 'retry'; readonly outcome: string; readonly message: string }
  /** The host's turn has not come. */
  | { readonly next: 'wait'; readonly waitMilliseconds: number; readonly journey: Journey }
  /** Nothing to do. */
  | { readonly next: 'end'; readonly outcome: 'page-gone' };

export async function fetchPage(
  { database, web, maxBytes }: FetchPageDependencies,
  { pageId, tries, journey }: FetchPageRequest,
): Promise<FetchPageResult> {
  const page = await pageToFetch(database.pool, pageId);
  if (!page) return { next: 'end', outcome: 'page-gone' };
  const without = async (outcome: string, detail: string | null): Promise<FetchPageResult> => {
    await saveFetched(database.pool, pageId, { finalUrl: null, contentType: null, body: null, outcome, detail });
    return { next: 'extract', outcome };
  };
  if (page.url === null) return without('no-link', null);

  const asked = await web.get(page.url, { accept: PAGE_ACCEPT, maxBytes, lane: 'ordinary', robots: 'obey', journey });
  if (asked.kind === 'wait') {
    return { next: 'wait', waitMilliseconds: asked.waitMilliseconds, journey: asked.journey };
  }
  if (asked.kind === 'robots') return without('robots', asked.message);
  if (asked.kind === 'held') {
    const minutes = Math.round(asked.waitMilliseconds / 60_000);
    return without('host-held', `the host asked to be left alone for ${minutes} more minutes`);
  }
  const { result } = asked;
  if (!result.ok) {
    const outcome = failureName(result);
    if (result.transient && tries === 'more') return { next: 'retry', outcome, message: result.message };
    return without(outcome, result.message);
  }
  if (result.status === 304) throw new Error(`${page.url} answered 304 to an unconditional request`);
  await saveFetched(database.pool, pageId, {
    outcome: 'ok',
    detail: null,
    finalUrl: result.url,
    contentType: result.headers.contentType,
    body: result.body,
  });
  return { next: 'extract', outcome: 'ok' };
}
