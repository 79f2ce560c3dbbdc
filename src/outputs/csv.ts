/** Articles as CSV (RFC 4180), safe to open in a spreadsheet: no cell is taken for a formula. */
import type { Writable } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { ArticleSummary } from '../store/articles.js';
import { write } from './write.js';

const COLUMNS = [
  'id',
  'happened_at',
  'title',
  'threats',
  'evidence',
  'language',
  'source',
  'country',
  'byline',
  'published_at',
  'stored_at',
  'url',
];

export async function csvArticles(articles: AsyncIterable<ArticleSummary>, to: Writable): Promise<void> {
  // `escape_formulas` puts an apostrophe before =, +, -, @, tab and return (OWASP, "CSV Injection").
  const rows = stringify({
    header: true,
    columns: COLUMNS,
    record_delimiter: 'windows',
    escape_formulas: true,
    quoted_match: /[\r\n]/, // the library itself looks for whole CRLFs only; RFC 4180 (section 2.6) means either
  });
  const copied = (async () => {
    for await (const text of rows) await write(to, String(text));
  })();
  for await (const article of articles) {
    if (!rows.write(toRow(article))) await new Promise((resolve) => rows.once('drain', resolve));
  }
  rows.end();
  await copied;
}

const toRow = (article: ArticleSummary): string[] => [
  article.id,
  article.happenedAt.toISOString(),
  article.title,
  article.tags.map(({ type, score }) => `${type} ${score.toFixed(2)}`).join('; '),
  article.tags.flatMap(({ evidence }) => (evidence[0] ? [evidence[0].text] : [])).join('; '),
  article.language,
  article.feedTitle ?? '',
  article.country ?? '',
  article.byline.join('; '),
  article.publishedAt?.toISOString() ?? '',
  article.storedAt.toISOString(),
  article.url,
];
