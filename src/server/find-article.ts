/** From what an address says to the article that it means. */
import { findArticles, type StoredArticle } from '../store/articles.js';
import type { Queryable } from '../store/database.js';
import type { Said } from './words/en.js';

export type ArticleChoice =
  | { readonly found: true; readonly article: StoredArticle }
  | { readonly found: false; readonly reason: Said };

/** Finds an article by its id or by the start of it (at least four digits), as the command line prints it. */
export async function findArticle(database: Queryable, id: string): Promise<ArticleChoice> {
  const matches = /^[0-9a-f]{4,64}$/.test(id) ? await findArticles(database, id) : [];
  const article = matches.find((match) => match.id === id) ?? (matches.length === 1 ? matches[0] : undefined);
  if (article) return { found: true, article };
  const isAmbiguous = matches.length > 1;
  return { found: false, reason: ({ article }) => (isAmbiguous ? article.ambiguous(id) : article.unknownId) };
}
