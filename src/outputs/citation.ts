/** An article as a report cites it, in one line of plain text. */
import { hostName, webAddress } from '../web/identity.js';

/** What a citation says in the language of who cites. */
export interface CitationWords {
  readonly quoted: (title: string) => string;
  readonly undated: (firstSeen: string) => string;
  readonly accessed: (day: string) => string;
  /** As it was where the server stands (TZ), like all times on the pages. */
  readonly day: (at: Date) => string;
}

/** @param locale BCP 47 */
export function dayIn(locale: string): (at: Date) => string {
  const days = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' });
  return (at) => days.format(at);
}

export const englishCitation: CitationWords = {
  quoted: (title) => `“${title}”`,
  undated: (firstSeen) => `undated, first seen ${firstSeen}`,
  accessed: (day) => `(accessed ${day})`,
  day: dayIn('en-GB'),
};

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
export function citationOf(article: CitedArticle, accessed: Date, words = englishCitation): string {
  const { title, byline, feedTitle, publishedAt, storedAt } = article;
  const url = webAddress(article.url);
  const parts = [
    byline.join(', '),
    words.quoted(title),
    feedTitle ?? (url && hostName(url)),
    publishedAt ? words.day(publishedAt) : words.undated(words.day(storedAt)),
    url,
  ];
  const cited = parts.filter(Boolean).join(', ');
  // Spaces that no line breaks at are the language's own.
  return `${cited} ${words.accessed(words.day(accessed))}`.replace(/[^\S\u00a0]+/g, ' ');
}
