/** An article as a report cites it, in one line of plain text. */
import { hostName, webAddress } from '../web/identity.js';

/** Days as they were where the server stands (TZ), like all times on the pages. */
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });

export interface CitedArticle {
  readonly title: string;
  readonly byline: readonly string[];
  readonly url: string;
  readonly feedTitle: string | null;
  readonly publishedAt: Date | null;
  readonly storedAt: Date;
}

/**
 * `An Peeters, “Depot burns”, The Newsroom, 24 November 2026, https://newsroom.example/1 (accessed 25 November 2026)`.
 *
 * An article that names no day says since when Belfry has it; an address that is not on the web is left off.
 *
 * @param accessed the day on which the report's writer read it
 */
export function citationOf(article: CitedArticle, accessed: Date): string {
  const { title, byline, feedTitle, publishedAt, storedAt } = article;
  const url = webAddress(article.url);
  const parts = [
    byline.join(', '),
    `“${title}”`,
    feedTitle ?? (url && hostName(url)),
    publishedAt ? day.format(publishedAt) : `undated, first seen ${day.format(storedAt)}`,
    url,
  ];
  const cited = parts.filter(Boolean).join(', ');
  return `${cited} (accessed ${day.format(accessed)})`.replace(/\s+/g, ' ');
}
