/** Lists of articles in each output format, streamed: memory stays flat however long the list is. */
import type { Writable } from 'node:stream';
import type { ArticleSummary } from '../store/articles.js';
import { csvArticles } from './csv.js';
import { jsonArticles, ndjsonArticles } from './json.js';
import { tableArticles } from './table.js';

export type WriteArticles = (articles: AsyncIterable<ArticleSummary>, to: Writable) => Promise<void>;

export const articleWriters = {
  table: tableArticles,
  json: jsonArticles,
  ndjson: ndjsonArticles,
  csv: csvArticles,
} as const satisfies Record<string, WriteArticles>;
