/** Articles as a JSON Feed (version 1.1). */

import { toFeedEntry } from './feed-entry.js';
import type { DetailedArticle, OutputContext, OutputFormat } from './format.js';
import { write } from './write.js';

export const jsonFeed = {
  name: 'json-feed',
  mediaType: 'application/feed+json; charset=utf-8',
  fileExtension: 'json',
  reads: 'details',
  async write(articles, to, context) {
    const head = JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      title: context.title,
      home_page_url: context.pageAddress,
      feed_url: context.address ?? undefined,
      description: `${context.title}, each with the words that made its tags`,
      authors: [{ name: context.organisation }],
    });
    await write(to, `${head.slice(0, -1)},"items":[`);
    let before = '\n';
    for await (const article of articles) {
      await write(to, `${before}${JSON.stringify(toItem(article, context))}`);
      before = ',\n';
    }
    await write(to, '\n]}\n');
  },
} satisfies OutputFormat;

function toItem(article: DetailedArticle, context: OutputContext): object {
  const entry = toFeedEntry(article, context);
  return {
    id: entry.id,
    url: entry.link ?? undefined,
    title: entry.title,
    summary: entry.summary,
    // An item needs content_html or content_text.
    ...(entry.html === '' ? { content_text: entry.summary } : { content_html: entry.html }),
    date_published: entry.published.toISOString(),
    date_modified: entry.updated.toISOString(),
    authors: entry.authors.length > 0 ? entry.authors.map((name) => ({ name })) : undefined,
    tags: entry.categories.length > 0 ? entry.categories.map(({ term }) => term) : undefined,
    language: entry.language ?? undefined,
    // An extension: its name begins with an underscore and a letter.
    _belfry: {
      id: article.id,
      source: { title: entry.source, feed: entry.sourceFeed, country: article.country ?? undefined },
      threats: article.tags.map(({ type, score, evidence }) => ({ type, score, evidence })),
    },
  };
}
