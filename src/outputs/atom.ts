/** Articles as an Atom feed (RFC 4287). */
import { type FeedEntry, feedId, GENERATOR, writeEntries } from './feed-entry.js';
import type { OutputFormat } from './format.js';
import { emptyElement, parentElement, textElement } from './markup.js';
import { write } from './write.js';

export const atom = {
  name: 'atom',
  mediaType: 'application/atom+xml; charset=utf-8',
  fileExtension: 'atom',
  reads: 'details',
  async write(articles, to, context) {
    await write(
      to,
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        textElement('id', feedId(context)),
        textElement('title', context.title),
        textElement('generator', GENERATOR),
        parentElement('author', [textElement('name', context.organisation)]),
        emptyElement('link', { rel: 'alternate', type: 'text/html', href: context.pageAddress }),
        ...(context.address === null
          ? []
          : [emptyElement('link', { rel: 'self', type: 'application/atom+xml', href: context.address })]),
        '',
      ].join('\n'),
    );
    const updated = await writeEntries(articles, to, context, toEntry);
    // Section 4.1.1: the order of elements means nothing; what the entries decide comes after them.
    await write(to, `${textElement('updated', updated.toISOString())}\n</feed>\n`);
  },
} satisfies OutputFormat;

const toEntry = (entry: FeedEntry): string =>
  parentElement(
    'entry',
    [
      textElement('id', entry.id),
      textElement('title', entry.title),
      textElement('updated', entry.updated.toISOString()),
      textElement('published', entry.published.toISOString()),
      ...(entry.link === null ? [] : [emptyElement('link', { rel: 'alternate', href: entry.link })]),
      ...(entry.authors.length > 0 ? entry.authors : [entry.source]).map((name) =>
        parentElement('author', [textElement('name', name)]),
      ),
      ...entry.categories.map(({ term, label }) => emptyElement('category', { term, label })),
      textElement('summary', entry.summary),
      // Section 4.1.3: an entry without an alternate link needs content.
      textElement('content', entry.html === '' ? entry.summary : entry.html, {
        type: entry.html === '' ? 'text' : 'html',
      }),
      parentElement('source', [textElement('id', entry.sourceFeed), textElement('title', entry.source)]),
    ],
    { 'xml:lang': entry.language ?? undefined },
  );
