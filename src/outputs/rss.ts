/** Articles as an RSS 2.0 feed (RSS Advisory Board, 2.0.11), with Dublin Core for author and language. */
import { type FeedEntry, GENERATOR, writeEntries } from './feed-entry.js';
import type { OutputFormat } from './format.js';
import { emptyElement, parentElement, textElement } from './markup.js';
import { write } from './write.js';

export const rss = {
  name: 'rss',
  mediaType: 'application/rss+xml; charset=utf-8',
  fileExtension: 'rss',
  reads: 'details',
  async write(articles, to, context) {
    await write(
      to,
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">',
        '<channel>',
        textElement('title', context.title),
        textElement('link', context.pageAddress),
        textElement('description', `${context.title}, each with the words that made its tags`),
        textElement('generator', GENERATOR),
        textElement('docs', 'https://www.rssboard.org/rss-specification'),
        ...(context.address === null
          ? []
          : [emptyElement('atom:link', { rel: 'self', type: 'application/rss+xml', href: context.address })]),
        '',
      ].join('\n'),
    );
    const updated = await writeEntries(articles, to, context, toItem);
    // A channel's elements may stand in any order; what the articles decide comes after them.
    await write(to, `${textElement('lastBuildDate', updated.toUTCString())}\n</channel>\n</rss>\n`);
  },
} satisfies OutputFormat;

const toItem = (entry: FeedEntry): string =>
  parentElement('item', [
    textElement('title', entry.title),
    ...(entry.link === null ? [] : [textElement('link', entry.link)]),
    textElement('guid', entry.id, { isPermaLink: 'false' }),
    // RFC 822 with a year of four digits.
    textElement('pubDate', entry.published.toUTCString()),
    textElement('description', entry.html === '' ? entry.summary : entry.html),
    ...entry.categories.map(({ term }) => textElement('category', term)),
    ...entry.authors.map((name) => textElement('dc:creator', name)),
    ...(entry.language === null ? [] : [textElement('dc:language', entry.language)]),
    textElement('source', entry.source, { url: entry.sourceFeed }),
  ]);
