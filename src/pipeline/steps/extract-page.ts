/** Turns a fetched page into an article; where the page gives none, the feed's own text has to do. */
import type { ExtractResult } from '../../articles/article.js';
import { articleFromFeedItem } from '../../articles/feed-item.js';
import type { ExtractPool } from '../../articles/pool.js';
import type { Database } from '../../store/database.js';
import { type Draft, finishPage, type PageToExtract, pageToExtract, saveDraft } from '../../store/pages.js';

export interface ExtractPageDependencies {
  readonly database: Database;
  readonly pool: ExtractPool;
}

export interface ExtractPageResult {
  readonly next: 'classify' | 'end';
  /** 'ok', or why the page gave no article. */
  readonly outcome: string;
}

export async function extractPage(
  { database, pool }: ExtractPageDependencies,
  pageId: string,
): Promise<ExtractPageResult> {
  const page = await pageToExtract(database.pool, pageId);
  if (!page) return { next: 'end', outcome: 'page-gone' };
  const extracted = await extractBody(pool, page);
  const outcome = extracted.ok ? 'ok' : extracted.reason;
  const draft = extracted.ok ? fromPage(extracted, page) : fromFeed(page, outcome);
  if (!draft) {
    await finishPage(database.pool, pageId, outcome);
    return { next: 'end', outcome };
  }
  await saveDraft(database.pool, pageId, { outcome, detail: extracted.ok ? null : extracted.message }, draft);
  return { next: 'classify', outcome };
}

type Extracted =
  | Extract<ExtractResult, { ok: true }>
  | { readonly ok: false; readonly reason: string; readonly message: string };

async function extractBody(pool: ExtractPool, page: PageToExtract): Promise<Extracted> {
  const url = page.finalUrl ?? page.url;
  if (page.body === null || url === null) {
    // A body that was there and is gone has been pruned since: the article must come of what the feed said.
    const reason = page.fetchOutcome === null || page.fetchOutcome === 'ok' ? 'page-gone' : page.fetchOutcome;
    return { ok: false, reason, message: 'there is no page to extract from' };
  }
  return pool.extract(page.body, { url, ...(page.contentType && { contentType: page.contentType }) });
}

/** A page without a title of its own has the one that its feed gives. */
function fromPage({ article }: Extract<ExtractResult, { ok: true }>, { item }: PageToExtract): Draft {
  return {
    article: { ...article, title: article.title ?? item.title, publishedAt: article.publishedAt ?? dateOf(item) },
    source: 'page',
    sourceReason: null,
  };
}

/** A feed that only says when an entry was changed last says when it was published at the latest. */
const dateOf = ({ publishedAt, updatedAt }: PageToExtract['item']): string | null => publishedAt ?? updatedAt;

function fromFeed(page: PageToExtract, reason: string): Draft | undefined {
  const result = articleFromFeedItem(
    {
      ...page.item,
      link: page.item.originalLink ?? page.item.link,
      publishedAt: dateOf(page.item),
      language: page.item.language ?? page.feedLanguage,
    },
    page.url ?? page.feedUrl,
  );
  return result.ok ? { article: result.article, source: 'feed', sourceReason: reason } : undefined;
}
