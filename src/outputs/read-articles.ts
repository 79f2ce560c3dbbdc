/**
 * Reads articles for an output, newest first, a batch at a time: memory stays flat however many match. Each batch goes on
 * from where the last one ended (keyset paging) rather than from an open cursor, which would hold one transaction open for
 * as long as the slowest reader takes, and with it the embedded database's only session.
 */

import type { Writable } from 'node:stream';
import { articleDetails } from '../store/article-details.js';
import { type ArticleCursor, type ArticleFilter, type ArticleSummary, listArticles } from '../store/articles.js';
import type { Queryable } from '../store/database.js';
import type { DetailedArticle, OutputContext, OutputFormat } from './format.js';

/** Rows a query. Larger batches read no faster. */
const BATCH = 500;
/** With texts of up to 40,000 characters this is 4 MB at most. */
const DETAILED_BATCH = 100;

export interface ArticleRange {
  /** At most so many; all where absent. */
  readonly limit?: number | undefined;
  /** Begins behind this one. */
  readonly after?: ArticleCursor | undefined;
}

export async function* readArticles(
  database: Queryable,
  filter: ArticleFilter,
  { limit = Number.POSITIVE_INFINITY, after }: ArticleRange = {},
): AsyncGenerator<ArticleSummary> {
  for await (const batch of batches(database, filter, { limit, after }, BATCH)) yield* batch;
}

export async function* readDetailedArticles(
  database: Queryable,
  filter: ArticleFilter,
  range: ArticleRange = {},
): AsyncGenerator<DetailedArticle> {
  for await (const batch of batches(database, filter, range, DETAILED_BATCH)) {
    const ids = batch.map(({ id }) => id);
    const details = await articleDetails(database, ids);
    for (const article of batch) {
      const found = details.get(article.id);
      // Deleted between the two queries.
      if (found) yield { ...article, details: found };
    }
  }
}

/** Writes all articles that match in one format. */
export function writeArticles(
  format: OutputFormat,
  from: { readonly database: Queryable; readonly filter: ArticleFilter; readonly range?: ArticleRange },
  to: Writable,
  context: OutputContext,
): Promise<void> {
  const { database, filter, range } = from;
  return format.reads === 'summaries'
    ? format.write(readArticles(database, filter, range), to, context)
    : format.write(readDetailedArticles(database, filter, range), to, context);
}

async function* batches(
  database: Queryable,
  filter: ArticleFilter,
  { limit = Number.POSITIVE_INFINITY, after }: ArticleRange,
  size: number,
): AsyncGenerator<ArticleSummary[]> {
  let place = after;
  for (let left = limit; left > 0; left -= size) {
    const batch = await listArticles(database, filter, { limit: Math.min(size, left), after: place });
    yield batch;
    if (batch.length < size) return;
    const last = batch.at(-1);
    place = last && { happenedAt: last.happenedAt, id: last.id };
  }
}
