/** The same list of entries in four formats: RSS 2.0, Atom (RFC 4287), RDF Site Summary 1.0 and JSON Feed 1.1. */
import type { Edition } from './editions.js';
import { escapeMarkup } from './markup.js';

export interface FeedEntry {
  readonly title: string;
  /** Absolute address of the page. */
  readonly url: string;
  readonly summary: string;
  /** Null where nobody signed. */
  readonly author: string | null;
  readonly section: string;
  readonly publishedAt: Date;
  readonly modifiedAt: Date | null;
}

export interface FeedParts {
  readonly edition: Edition;
  readonly origin: string;
  /** Newest first. */
  readonly entries: readonly FeedEntry[];
}

/** The feed document, as text in UTF-8. */
export const feedDocument = (parts: FeedParts): string => writers[parts.edition.feed.format](parts);

const writers: Readonly<Record<Edition['feed']['format'], (parts: FeedParts) => string>> = {
  rss: ({ edition, origin, entries }) => `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
  <channel>
    <title>${edition.name}</title>
    <link>${origin}/${edition.language}/</link>
    <description>${edition.tagline}</description>
    <language>${edition.language}</language>
    <ttl>5</ttl>
    <atom:link rel="self" type="application/rss+xml" href="${origin}${edition.feed.path}"/>
${entries
  .map(
    (entry) => `    <item>
      <title>${escapeMarkup(entry.title)}</title>
      <link>${escapeMarkup(entry.url)}</link>
      <guid isPermaLink="true">${escapeMarkup(entry.url)}</guid>
      <description>${escapeMarkup(entry.summary)}</description>
      <category>${escapeMarkup(entry.section)}</category>${entry.author ? `\n      <dc:creator>${escapeMarkup(entry.author)}</dc:creator>` : ''}
      <pubDate>${entry.publishedAt.toUTCString()}</pubDate>
    </item>`,
  )
  .join('\n')}
  </channel>
</rss>
`,
  atom: ({ edition, origin, entries }) => `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${edition.language}">
  <id>${origin}/${edition.language}/</id>
  <title>${edition.name}</title>
  <subtitle>${edition.tagline}</subtitle>
  <link rel="alternate" type="text/html" href="${origin}/${edition.language}/"/>
  <link rel="self" type="application/atom+xml" href="${origin}${edition.feed.path}"/>
  <updated>${newest(entries)}</updated>
  <author><name>${edition.name}</name></author>
${entries
  .map(
    (entry) => `  <entry>
    <id>${escapeMarkup(entry.url)}</id>
    <title>${escapeMarkup(entry.title)}</title>
    <link rel="alternate" type="text/html" href="${escapeMarkup(entry.url)}"/>
    <published>${entry.publishedAt.toISOString()}</published>
    <updated>${(entry.modifiedAt ?? entry.publishedAt).toISOString()}</updated>${entry.author ? `\n    <author><name>${escapeMarkup(entry.author)}</name></author>` : ''}
    <category term="${escapeMarkup(entry.section)}"/>
    <summary>${escapeMarkup(entry.summary)}</summary>
  </entry>`,
  )
  .join('\n')}
</feed>
`,
  rdf: ({ edition, origin, entries }) => `<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel rdf:about="${origin}${edition.feed.path}">
    <title>${edition.name}</title>
    <link>${origin}/${edition.language}/</link>
    <description>${edition.tagline}</description>
    <dc:language>${edition.language}</dc:language>
    <items>
      <rdf:Seq>
${entries.map((entry) => `        <rdf:li rdf:resource="${escapeMarkup(entry.url)}"/>`).join('\n')}
      </rdf:Seq>
    </items>
  </channel>
${entries
  .map(
    (entry) => `  <item rdf:about="${escapeMarkup(entry.url)}">
    <title>${escapeMarkup(entry.title)}</title>
    <link>${escapeMarkup(entry.url)}</link>
    <description>${escapeMarkup(entry.summary)}</description>
    <dc:date>${entry.publishedAt.toISOString()}</dc:date>
    <dc:subject>${escapeMarkup(entry.section)}</dc:subject>${entry.author ? `\n    <dc:creator>${escapeMarkup(entry.author)}</dc:creator>` : ''}
  </item>`,
  )
  .join('\n')}
</rdf:RDF>
`,
  json: ({ edition, origin, entries }) =>
    `${JSON.stringify(
      {
        version: 'https://jsonfeed.org/version/1.1',
        title: edition.name,
        description: edition.tagline,
        home_page_url: `${origin}/${edition.language}/`,
        feed_url: `${origin}${edition.feed.path}`,
        language: edition.language,
        items: entries.map((entry) => ({
          id: entry.url,
          url: entry.url,
          title: entry.title,
          summary: entry.summary,
          content_text: entry.summary,
          date_published: entry.publishedAt.toISOString(),
          ...(entry.modifiedAt && { date_modified: entry.modifiedAt.toISOString() }),
          ...(entry.author && { authors: [{ name: entry.author }] }),
          tags: [entry.section],
        })),
      },
      null,
      2,
    )}\n`,
};

function newest(entries: readonly FeedEntry[]): string {
  const times = entries.map((entry) => (entry.modifiedAt ?? entry.publishedAt).getTime());
  return new Date(Math.max(0, ...times)).toISOString();
}
