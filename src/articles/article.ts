/** An article as extracted from a page: what the extract stage hands on. */

export interface Article {
  /** Address that the page was fetched from. */
  readonly url: string;
  /** What the page calls its own address (`rel=canonical`, `og:url`), absolute; null where it says nothing usable. */
  readonly canonicalUrl: string | null;
  readonly title: string | null;
  /** Names of people, without 'By', job titles and agencies. */
  readonly byline: readonly string[];
  /** ISO 8601 with the zone that the page gives, UTC where it gives none. */
  readonly publishedAt: string | null;
  readonly modifiedAt: string | null;
  /** ISO 639-1 of the text itself, `und` when unsure. */
  readonly language: string;
  readonly section: string | null;
  readonly image: string | null;
  /** Plain text; paragraphs are kept apart by line breaks. */
  readonly text: string;
  /** The same as sanitised HTML. */
  readonly html: string;
  readonly excerpt: string | null;
  /** Which method gave the text, e.g. `readability:linkedom`. */
  readonly method: string;
  /** Which method gave each of the other fields, e.g. `{ title: 'json-ld' }`. */
  readonly methods: Readonly<Record<string, string>>;
}

/** Why a page gave no article. */
export type ExtractFault =
  | 'empty' // no bytes
  | 'not-html' // PDF, image, JSON, …
  | 'no-text' // HTML without an article in it
  | 'login' // a login, paywall or consent page
  | 'too-deep' // tags nested beyond what any page needs
  | 'timeout' // took longer than its time limit
  | 'out-of-memory'
  | 'failed'; // the extractor threw: a defect of ours

export type ExtractResult =
  | { readonly ok: true; readonly article: Article }
  | { readonly ok: false; readonly reason: ExtractFault; readonly message: string };
