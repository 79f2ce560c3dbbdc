/** Articles as one JSON array, or as NDJSON (one object a line). */
import type { Writable } from 'node:stream';
import type { ArticleSummary } from '../store/articles.js';
import { write } from './write.js';

export async function ndjsonArticles(articles: AsyncIterable<ArticleSummary>, to: Writable): Promise<void> {
  for await (const article of articles) await write(to, `${JSON.stringify(article)}\n`);
}

export async function jsonArticles(articles: AsyncIterable<ArticleSummary>, to: Writable): Promise<void> {
  let before = '[';
  for await (const article of articles) {
    await write(to, `${before}\n${JSON.stringify(article)}`);
    before = ',';
  }
  await write(to, before === '[' ? '[]\n' : '\n]\n');
}
