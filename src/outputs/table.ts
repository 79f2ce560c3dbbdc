/** Articles as a table for the terminal. */
import type { Writable } from 'node:stream';
import colors from 'picocolors';
import type { ArticleSummary } from '../store/articles.js';
import { printable } from './printable.js';
import { write } from './write.js';

const SHOWN_ID_CHARACTERS = 10;

export async function tableArticles(articles: AsyncIterable<ArticleSummary>, to: Writable): Promise<void> {
  let count = 0;
  for await (const article of articles) {
    count++;
    const tags = article.tags
      .map(({ type, score }) => `${colors.yellow(type)} ${colors.dim(score.toFixed(2))}`)
      .join('  ');
    const about = [
      article.happenedAt.toISOString().slice(0, 16).replace('T', ' '),
      article.language,
      printable(oneLine(article.feedTitle ?? '')),
    ].join('  ');
    await write(
      to,
      `${colors.cyan(article.id.slice(0, SHOWN_ID_CHARACTERS))}  ${colors.bold(printable(oneLine(article.title)))}\n`,
    );
    await write(to, `${' '.repeat(SHOWN_ID_CHARACTERS + 2)}${colors.dim(about)}${tags && `  ${tags}`}\n`);
  }
  if (count === 0) await write(to, 'no articles match\n');
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
