/** What a list shows of its articles beside their summaries. */
import type pg from 'pg';
import { articleDetails } from '../store/article-details.js';
import type { ArticleSummary } from '../store/articles.js';
import { storiesOf } from '../store/stories.js';
import type { ListedArticle } from './pages/article-list.js';

/** In the order of the summaries. */
export async function listedArticles(reader: pg.Pool, summaries: readonly ArticleSummary[]): Promise<ListedArticle[]> {
  const ids = summaries.map(({ id }) => id);
  const [details, stories] = await Promise.all([articleDetails(reader, ids), storiesOf(reader, ids)]);
  return summaries.map((summary) => ({
    summary,
    text: details.get(summary.id)?.text ?? '',
    story: stories.get(summary.id),
  }));
}
