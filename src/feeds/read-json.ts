/** JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), checked at the edge and forgiving about each entry. */
import { z } from 'zod';
import { type FeedItem, type ReadFeedResult, refuse } from './feed.js';
import { absoluteUrl, blankToNull, dateFields, plainText } from './interpret.js';

const text = z.union([z.string(), z.number()]).transform(String).nullish().catch(null);
const author = z.object({ name: text }).nullish().catch(null);
const itemSchema = z.object({
  id: text,
  url: text,
  external_url: text,
  title: text,
  content_html: text,
  content_text: text,
  summary: text,
  date_published: text,
  date_modified: text,
  authors: z.array(author).nullish().catch(null),
  author,
  tags: z.array(text).nullish().catch(null),
  language: text,
});
const feedSchema = z.object({
  version: text,
  title: text,
  home_page_url: text,
  feed_url: text,
  language: text,
  authors: z.array(author).nullish().catch(null),
  author,
  hubs: z
    .array(z.object({ type: text, url: text }))
    .nullish()
    .catch(null),
  items: z.array(z.unknown()),
});
type JsonItem = z.infer<typeof itemSchema>;
type JsonFeed = z.infer<typeof feedSchema>;

/** Reads the text of a JSON Feed; `address` is where it came from. */
export function readJsonFeed(source: string, address: string, now: Date): ReadFeedResult {
  let json: unknown;
  try {
    json = JSON.parse(source);
  } catch (error) {
    return refuse('unreadable', `JSON that can't be parsed: ${(error as Error).message}`);
  }
  const parsed = feedSchema.safeParse(json);
  if (!parsed.success) return refuse('not-a-feed', 'JSON without the items of a JSON Feed');
  const feed = parsed.data;
  const warnings: string[] = [];
  if (!feed.version?.startsWith('https://jsonfeed.org/version/')) warnings.push('no JSON Feed version');

  const items: FeedItem[] = [];
  for (const candidate of feed.items) {
    const item = itemSchema.safeParse(candidate);
    if (item.success) items.push(toItem(item.data, feed, address, now));
    else warnings.push('an entry that is not an object');
  }
  const hub = feed.hubs?.find((candidate) => candidate.type?.toLowerCase() === 'websub') ?? feed.hubs?.[0];
  return {
    ok: true,
    feed: {
      format: 'json',
      title: plainText(feed.title),
      link: absoluteUrl(feed.home_page_url, address),
      language: blankToNull(feed.language),
      items,
      rhythm: { minutes: null, periodMinutes: null, skipHours: [], skipDays: [] },
      hub: absoluteUrl(hub?.url, address),
      self: absoluteUrl(feed.feed_url, address),
      warnings,
    },
  };
}

function toItem(item: JsonItem, feed: JsonFeed, address: string, now: Date): FeedItem {
  const link = absoluteUrl(item.url, address) ?? absoluteUrl(item.external_url, address);
  const authors =
    item.authors ?? (item.author ? [item.author] : null) ?? feed.authors ?? (feed.author ? [feed.author] : []);
  const language = blankToNull(item.language) ?? blankToNull(feed.language);
  return {
    id: blankToNull(item.id) ?? link,
    title: plainText(item.title),
    link,
    originalLink: null,
    ...dateFields(item.date_published, item.date_modified, language, now),
    summary: blankToNull(item.summary),
    content: blankToNull(item.content_html) ?? blankToNull(item.content_text),
    authors: authors.flatMap((one) => blankToNull(one?.name) ?? []),
    categories: (item.tags ?? []).flatMap((tag) => blankToNull(tag) ?? []),
    language,
  };
}
