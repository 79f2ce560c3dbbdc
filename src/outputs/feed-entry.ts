/** What a subscriber of our feeds sees of an article, the same in RSS, Atom and JSON Feed. */
import type { Writable } from 'node:stream';
import { webAddress } from '../web/identity.js';
import { explain, plainSentence } from './explanation.js';
import type { DetailedArticle, OutputContext } from './format.js';
import { allowedInXml, escapeMarkup } from './markup.js';
import { articleUrn, BELFRY_NAMESPACE, nameBasedId } from './name-based-id.js';
import { write } from './write.js';

export const GENERATOR = 'Belfry';

export interface FeedEntry {
  /** A URN; stays when the article is edited or its address changes. */
  readonly id: string;
  /** The article at its source; null where its address isn't one for the web. */
  readonly link: string | null;
  readonly title: string;
  readonly summary: string;
  /** Each tag with its sentence, evidence in `<mark>`. The article's own text stays with its publisher. */
  readonly html: string;
  readonly authors: readonly string[];
  readonly source: string;
  readonly sourceFeed: string;
  /** ISO 639-1; null when unsure. */
  readonly language: string | null;
  readonly categories: readonly { readonly term: string; readonly label: string }[];
  readonly published: Date;
  readonly updated: Date;
}

export function toFeedEntry(article: DetailedArticle, { types }: OutputContext): FeedEntry {
  const explanations = explain(article, types);
  const title = allowedInXml(article.title).trim();
  const excerpt = allowedInXml(article.excerpt ?? '').trim();
  const sentences = explanations.map(
    ({ label, percent, sentence }) =>
      `<p><strong>${escapeMarkup(label)}</strong> ${percent} %${sentence.length > 0 ? ': ' : ''}` +
      `${sentence.map(({ text, marked }) => (marked ? `<mark>${escapeMarkup(text)}</mark>` : escapeMarkup(text))).join('')}</p>`,
  );
  const best = explanations.map(plainSentence).find((sentence) => sentence !== '');
  return {
    id: articleUrn(article.id),
    link: webAddress(article.url) ?? null,
    title: title === '' ? 'Untitled' : title,
    summary: best ?? (excerpt === '' ? title : excerpt),
    html: [...(excerpt === '' ? [] : [`<p>${escapeMarkup(excerpt)}</p>`]), ...sentences].join('\n'),
    authors: article.byline.map((name) => allowedInXml(name).trim()).filter((name) => name !== ''),
    source: sourceName(article),
    sourceFeed: article.details.feedUrl,
    language: article.language === 'und' ? null : article.language,
    categories: explanations.map(({ type, label }) => ({ term: type, label })),
    published: article.happenedAt,
    updated: updatedAt(article),
  };
}

/** What a feed says of itself. */
export const feedId = ({ listId }: OutputContext): string =>
  `urn:uuid:${nameBasedId(BELFRY_NAMESPACE, `list ${listId}`)}`;

/** The day of a list without articles: it has never changed. */
const NEVER = new Date(0);

/** Writes each article as an XML element on lines of its own, and says when the latest of them last changed. */
export async function writeEntries(
  articles: AsyncIterable<DetailedArticle>,
  to: Writable,
  context: OutputContext,
  toElement: (entry: FeedEntry) => string,
): Promise<Date> {
  let updated = NEVER;
  for await (const article of articles) {
    const entry = toFeedEntry(article, context);
    updated = laterOf(updated, entry.updated);
    await write(to, `${toElement(entry)}\n`);
  }
  return updated;
}

/** When an article's output last changed: when it was stored, edited, or judged by an analyst. */
export function updatedAt(
  article: Pick<DetailedArticle, 'storedAt' | 'updatedAt'> & { readonly tags: readonly JudgedTag[] },
): Date {
  const judged = article.tags.flatMap(({ judgement }) => (judgement ? [new Date(judgement.at)] : []));
  return [article.updatedAt, ...judged].reduce(laterOf, article.storedAt);
}

interface JudgedTag {
  readonly type: string;
  /** `at` in ISO 8601. */
  readonly judgement?: { readonly at: string } | null;
}

export const laterOf = (one: Date, other: Date): Date => (one > other ? one : other);

export function sourceName({ feedTitle, details }: Pick<DetailedArticle, 'feedTitle' | 'details'>): string {
  const title = allowedInXml(feedTitle ?? '').trim();
  return title === '' ? new URL(details.feedUrl).hostname : title;
}
