/** The chain's work without queues, claim check or hand-overs: what a script would do, with Belfry's own functions. */
import { availableParallelism } from 'node:os';
import { createExtractPool } from '../../src/articles/pool.js';
import { readFeed } from '../../src/feeds/read.js';
import { identify } from '../../src/pipeline/steps/poll-feed.js';
import { keepArticle } from '../../src/pipeline/steps/store-page.js';
import { webSettings } from '../../src/pipeline/web-settings.js';
import { openDatabase, transaction } from '../../src/store/database.js';
import { addFeeds } from '../../src/store/feeds.js';
import type { FoundItem } from '../../src/store/pages.js';
import { createClassifier } from '../../src/threats/classifier.js';
import { createWebClient } from '../../src/web/client.js';
import { benchFeed, benchSettings, type Chain, type Place } from './chain.js';

/**
 * @param lanes pages that are under way at a time: 1 is a plain loop.
 */
export async function openLoop(place: Place, lanes: number): Promise<Chain> {
  const settings = benchSettings(place);
  const database = await openDatabase(settings, { kind: 'service', onPoolError: () => {} });
  const web = createWebClient(webSettings(settings));
  const { timeoutSeconds, memoryMegabytes, threads } = settings.extract;
  const extraction = createExtractPool({ threads: threads || availableParallelism(), timeoutSeconds, memoryMegabytes });
  const classifier = createClassifier({ taxonomyDirectory: settings.taxonomy.directory });

  const get = async (url: string) => {
    const response = await web.get(url);
    if (!response.ok || response.status === 304) throw new Error(`${url} was not fetched`);
    return { ...response, contentType: response.headers.contentType ?? undefined };
  };

  const carry = async ({ url, pageId, item }: FoundItem, feedId: number): Promise<void> => {
    const page = await get(url ?? '');
    const extracted = await extraction.extract(page.body, {
      url: page.url,
      ...(page.contentType && { contentType: page.contentType }),
    });
    if (!extracted.ok) throw new Error(`${url}: ${extracted.message}`);
    const { article } = extracted;
    const titled = { ...article, title: article.title ?? item.title };
    const { title, text, language } = titled;
    const classification = classifier.classify({ title: title ?? '', text, language });
    await transaction(database.pool, (client) =>
      keepArticle(client, pageId, {
        draft: { article: titled, source: 'page', sourceReason: null },
        classification,
        feedId,
        foundAt: new Date(),
      }),
    );
  };

  return {
    async run(feedUrl, items) {
      const [feed] = await addFeeds(database.pool, [benchFeed(feedUrl)]);
      if (!feed) throw new Error(`${feedUrl} was not added`);
      const began = performance.now();
      const { body, contentType } = await get(feedUrl);
      const read = await readFeed(body, { url: feedUrl, contentType });
      if (!read.ok) throw new Error(`${feedUrl}: ${read.message}`);
      const found = read.feed.items.map((item) => identify({ ...feed, formerUrl: null }, item));
      const rest = found.values();
      const lane = async (): Promise<void> => {
        for (const item of rest) await carry(item, feed.id);
      };
      await Promise.all(Array.from({ length: lanes }, lane));
      if (found.length !== items) throw new Error(`the feed had ${found.length} items instead of ${items}`);
      return items / ((performance.now() - began) / 1000);
    },
    async close() {
      await web.close();
      await extraction.close();
      await database.close();
    },
  };
}
