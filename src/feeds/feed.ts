/** The one shape that every feed format is read into. */

/** One entry of a feed. Texts are plain unless said otherwise; absent values are null, never empty strings. */
export interface FeedItem {
  /** What the feed calls the entry (guid, atom:id, rdf:about, JSON Feed id); its link where the feed gives none. */
  readonly id: string | null;
  readonly title: string | null;
  /** Absolute address of the page behind the entry. */
  readonly link: string | null;
  /** The publisher's own address where `link` goes through a counting redirector (feedburner:origLink): fetch this one. */
  readonly originalLink: string | null;
  /** ISO 8601 in UTC; null where the feed gives no date or none that names one instant. */
  readonly publishedAt: string | null;
  readonly updatedAt: string | null;
  /** Short text, may hold HTML. */
  readonly summary: string | null;
  /** Full text, may hold HTML. */
  readonly content: string | null;
  readonly authors: readonly string[];
  readonly categories: readonly string[];
  /** BCP 47, where the feed or the entry says it. */
  readonly language: string | null;
  /** What can't be taken as it stands, such as a date that names no instant. */
  readonly remarks: readonly ItemRemark[];
}

/** A date of an entry that was left out (with the reason) or kept as claimed although it lies ahead. */
export interface ItemRemark {
  readonly field: 'publishedAt' | 'updatedAt';
  readonly kind: 'unreadable' | 'impossible' | 'ambiguous' | 'in-future';
  /** The date as the feed writes it. */
  readonly text: string;
}

export type FeedFormat = 'rss' | 'rdf' | 'atom' | 'json' | 'sitemap';

export interface Feed {
  readonly format: FeedFormat;
  readonly title: string | null;
  /** Address of the site that the feed belongs to. */
  readonly link: string | null;
  readonly language: string | null;
  readonly items: readonly FeedItem[];
  readonly rhythm: FeedRhythm;
  /** WebSub (W3C Recommendation 2018, section 4): hub and self addresses that the feed names. */
  readonly hub: string | null;
  readonly self: string | null;
  /** What was wrong with the file but did not stop it from being read. */
  readonly warnings: readonly string[];
}

/** What a feed says about how often to come back. */
export interface FeedRhythm {
  /** RSS 2.0 `ttl`: how long the feed may be kept before asking again, in minutes. */
  readonly minutes: number | null;
  /** RSS 1.0 `sy:updatePeriod` / `sy:updateFrequency`: how often the feed says that it changes, in minutes. */
  readonly periodMinutes: number | null;
  /** RSS 2.0 `skipHours`: hours of the day in GMT, 0–23. */
  readonly skipHours: readonly number[];
  /** RSS 2.0 `skipDays`: 0 = Sunday. */
  readonly skipDays: readonly number[];
}

/** Why bytes could not be read as a feed. */
export type FeedFault = 'empty' | 'not-a-feed' | 'html' | 'too-large' | 'entity-bomb' | 'unreadable';

export type ReadFeedResult =
  | { readonly ok: true; readonly feed: Feed }
  | { readonly ok: false; readonly reason: FeedFault; readonly message: string };

/** The refusal of bytes that hold no feed, with its reason and a message for the operator. */
export const refuse = (reason: FeedFault, message: string): ReadFeedResult => ({ ok: false, reason, message });

/** Where bytes came from: decides relative links and, with the bytes themselves, the charset. */
export interface Origin {
  readonly url: string;
  /** The HTTP Content-Type header as received. */
  readonly contentType?: string | undefined;
}
