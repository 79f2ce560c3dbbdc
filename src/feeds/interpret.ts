/** What a feed's elements mean: the one place that knows which element of which format is an entry's title, link or date. */
import { decodeHTML } from 'entities';
import { type DateReading, readDate } from './dates.js';
import type { Feed, FeedItem, FeedRhythm, ItemRemark } from './feed.js';
import { childrenOf, type RawElement, type RawFeed, textOf } from './raw.js';

/** Gives the elements of an XML feed their meaning; `address` is where the feed came from. */
export function interpretFeed(raw: RawFeed, address: string, now: Date): Feed {
  const { channel } = raw;
  const self = relatedLink(channel, 'self');
  const base = absoluteUrl(channel.attributes['xml:base'], address) ?? address;
  const language = textOf(channel, 'language', 'dc:language') ?? channel.attributes['xml:lang'] ?? null;
  return {
    format: raw.format,
    title: titleOf(channel),
    link: absoluteUrl(pageLink(channel), base),
    language: blankToNull(language),
    items: raw.items.map((item) => interpretItem(item, base, blankToNull(language), now)),
    rhythm: rhythmOf(channel),
    hub: absoluteUrl(relatedLink(channel, 'hub'), base),
    self: absoluteUrl(self, base),
    warnings: raw.warnings,
  };
}

function interpretItem(item: RawElement, base: string, feedLanguage: string | null, now: Date): FeedItem {
  const itemBase = absoluteUrl(item.attributes['xml:base'], base) ?? base;
  const link = absoluteUrl(pageLink(item) ?? permalink(item), itemBase);
  const language = textOf(item, 'dc:language', 'language') ?? item.attributes['xml:lang'] ?? feedLanguage;
  return {
    id: textOf(item, 'guid', 'id') ?? item.attributes['rdf:about'] ?? textOf(item, 'dc:identifier') ?? link,
    title: titleOf(item),
    link,
    originalLink: absoluteUrl(textOf(item, 'feedburner:origlink', 'pheedo:origlink'), itemBase),
    ...dateFields(
      dateOf(item, publishedElements),
      dateOf(item, updatedElements) ?? item.attributes.lastmod,
      language,
      now,
    ),
    ...textsOf(item),
    authors: authorsOf(item),
    categories: categoriesOf(item),
    language: blankToNull(language),
  };
}

const publishedElements = [
  'pubdate',
  'published',
  'issued',
  'atom:published',
  'dcterms:issued',
  'dc:date',
  'created',
  'dcterms:created',
];
const updatedElements = ['updated', 'modified', 'atom:updated', 'dcterms:modified', 'lastmod'];

/** The last of several, as a later one corrects an earlier one. */
function dateOf(item: RawElement, names: readonly string[]): string | null {
  for (const name of names) {
    const text = childrenOf(item, name).at(-1)?.text.trim();
    if (text) return text;
  }
  return null;
}

/** Both dates of an entry in our form, with a remark for each that can't be taken as it stands. */
export function dateFields(
  published: string | null | undefined,
  updated: string | null | undefined,
  language: string | null,
  now: Date,
): Pick<FeedItem, 'publishedAt' | 'updatedAt' | 'remarks'> {
  const remarks: ItemRemark[] = [];
  const read = (text: string | null | undefined, field: ItemRemark['field']): string | null => {
    if (!text?.trim()) return null;
    const reading: DateReading = readDate(text, { language });
    if (!reading.ok) {
      remarks.push({ field, kind: reading.reason, text });
      return null;
    }
    if (Date.parse(reading.at) > now.getTime() + CLOCK_SKEW_MILLISECONDS)
      remarks.push({ field, kind: 'in-future', text });
    return reading.at;
  };
  return { publishedAt: read(published, 'publishedAt'), updatedAt: read(updated, 'updatedAt'), remarks };
}

/** Servers' clocks differ; a date this little ahead of ours is no claim about the future. */
const CLOCK_SKEW_MILLISECONDS = 10 * 60_000;

// ------------------------------------------------------------------------------------------------------------- links

/** The address of the page behind a channel or an entry: the HTML alternate first, then RSS's own link. */
function pageLink(element: RawElement): string | null {
  const links = childrenOf(element, 'link', 'atom:link');
  const alternates = links.filter(
    ({ attributes }) => attributes.href && (attributes.rel ?? 'alternate') === 'alternate',
  );
  const page =
    alternates.find(({ attributes }) => !attributes.type || attributes.type.includes('html')) ?? alternates[0];
  const own = childrenOf(element, 'link').find(
    ({ text, attributes }) => !attributes.href && !attributes.rel && text.trim() !== '',
  );
  // CDF has the address on the element itself.
  return own?.text.trim() ?? page?.attributes.href ?? element.attributes.href ?? null;
}

const relatedLink = (element: RawElement, relation: string): string | null =>
  childrenOf(element, 'link', 'atom:link').find(({ attributes }) => attributes.rel === relation)?.attributes.href ??
  null;

/** RSS 2.0: a guid is the entry's address unless it says otherwise; Atom's id and RDF's about may be one. */
function permalink(item: RawElement): string | null {
  for (const guid of childrenOf(item, 'guid', 'id')) {
    const isPermalink = guid.attributes.isPermaLink ?? guid.attributes.ispermalink;
    if (isPermalink?.trim().toLowerCase() !== 'false' && isHttp(guid.text)) return guid.text.trim();
  }
  const about = item.attributes['rdf:about'] ?? '';
  return isHttp(about) ? about : null;
}

const isHttp = (text: string): boolean => /^\s*https?:\/\/\S+\s*$/i.test(text);

/** An address made absolute; what can't be one is handed on as it stands, trimmed. Null for nothing. */
export function absoluteUrl(address: string | null | undefined, base: string): string | null {
  const trimmed = address?.trim();
  if (!trimmed) return null;
  if (/^[a-z][a-z0-9+.-]*:/i.test(trimmed)) return trimmed;
  try {
    return new URL(trimmed, base).href;
  } catch {
    return trimmed;
  }
}

// ------------------------------------------------------------------------------------------------------------- texts

function titleOf(element: RawElement): string | null {
  for (const title of childrenOf(element, 'title', 'dc:title', 'media:title', 'itunes:title')) {
    const type = title.attributes.type ?? '';
    const text = decodedContent(title).trim();
    if (text === '') continue;
    return type === 'text' || type === 'text/plain' ? text : plainText(text);
  }
  return null;
}

function contentOf(element: RawElement, names: readonly string[]): string | null {
  for (const child of childrenOf(element, ...names)) {
    const text = decodedContent(child).trim();
    if (text !== '') return text;
  }
  return null;
}

/** Short and full text of an entry. Where one has a summary and a description, the description is the longer story. */
function textsOf(item: RawElement): Pick<FeedItem, 'summary' | 'content'> {
  const full = contentOf(item, ['content:encoded', 'content', 'xhtml:body', 'body', 'fullitem']);
  const summary = contentOf(item, ['summary']);
  const description = contentOf(item, ['description']);
  const other = contentOf(item, ['dc:description', 'itunes:summary', 'abstract', 'media:description']);
  return {
    summary: summary ?? description ?? other ?? mediaDescription(item),
    content: full ?? (summary === null ? null : description),
  };
}

const mediaDescription = (item: RawElement): string | null => {
  const group = childrenOf(item, 'media:group')[0];
  return group ? contentOf(group, ['media:description']) : null;
};

/** Atom carries binary types in Base64 (RFC 4287, section 4.1.3.3), Atom 0.3 says so with `mode`. */
function decodedContent({ text, attributes }: RawElement): string {
  const type = attributes.type?.toLowerCase() ?? '';
  const isBinary =
    attributes.mode === 'base64' || (/^(?:application|image|audio|video)\//.test(type) && !type.endsWith('xml'));
  return isBinary && /^[\sA-Za-z0-9+/=]+$/.test(text) ? Buffer.from(text, 'base64').toString('utf8') : text;
}

/** Elements of HTML that people write into titles; anything else in angle brackets is left as the text it may be. */
const MARKUP =
  /<\/?(?:a|abbr|b|bdi|big|br|cite|code|div|em|font|h[1-6]|i|img|ins|del|mark|p|q|s|small|span|strike|strong|sub|sup|tt|u|wbr)(?:\s[^<>]*)?\/?>/gi;

/** What is longer is no title but a text in the wrong place. */
const MAX_TITLE_CHARACTERS = 5_000;

/** A title as plain text: markup taken out, entities that were escaped twice resolved, white space made one space. */
export function plainText(text: string | null | undefined): string | null {
  if (!text) return null;
  const plain = decodeHTML(text.slice(0, MAX_TITLE_CHARACTERS).replace(MARKUP, '')).replace(/\s+/g, ' ').trim();
  return plain === '' ? null : plain;
}

export const blankToNull = (text: string | null | undefined): string | null => text?.trim() || null;

// ------------------------------------------------------------------------------------------- people, subjects, rhythm

function authorsOf(item: RawElement): readonly string[] {
  const names = childrenOf(item, 'author', 'dc:creator', 'atom:author', 'itunes:author').flatMap(
    (author) => textOf(author, 'name') ?? plainText(withoutMailAddress(author.text)) ?? [],
  );
  return [...new Set(names.map((name) => name.trim()))];
}

/** RSS 2.0 wants `mail@example.org (Name)`; others write `Name <mail@example.org>`. */
function withoutMailAddress(text: string): string {
  const named = /^\s*\S+@\S+\s*\(([^)]+)\)\s*$/.exec(text)?.[1] ?? text.replace(/<[^<>\s]+@[^<>\s]+>/, '');
  return named.trim() || text;
}

function categoriesOf(item: RawElement): readonly string[] {
  const names = childrenOf(item, 'category', 'dc:subject').flatMap(
    ({ attributes, text }) => blankToNull(attributes.label) ?? blankToNull(attributes.term) ?? blankToNull(text) ?? [],
  );
  return [...new Set(names)];
}

const periodMinutes: Readonly<Record<string, number>> = {
  hourly: 60,
  daily: 24 * 60,
  weekly: 7 * 24 * 60,
  monthly: 30 * 24 * 60,
  yearly: 365 * 24 * 60,
};
const dayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

function rhythmOf(channel: RawElement): FeedRhythm {
  const ttl = Number(textOf(channel, 'ttl') ?? Number.NaN);
  const period = periodMinutes[textOf(channel, 'sy:updateperiod')?.toLowerCase() ?? ''];
  const frequency = Number(textOf(channel, 'sy:updatefrequency') ?? 1);
  const syndication = period === undefined ? null : period / (frequency > 0 ? frequency : 1);
  const hours = childrenOf(channel, 'skiphours').flatMap((skip) =>
    childrenOf(skip, 'hour').map(({ text }) => Number(text)),
  );
  const days = childrenOf(channel, 'skipdays').flatMap((skip) => childrenOf(skip, 'day').map(({ text }) => text));
  return {
    minutes: ttl > 0 ? ttl : null,
    periodMinutes: syndication,
    // Some count 1–24.
    skipHours: [
      ...new Set(hours.filter((hour) => Number.isInteger(hour) && hour >= 0 && hour <= 24).map((hour) => hour % 24)),
    ],
    skipDays: days.map((day) => dayNames.indexOf(day.trim().toLowerCase())).filter((day) => day >= 0),
  };
}
