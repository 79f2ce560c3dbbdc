/**
 * Polls one feed: a conditional GET, what it holds as items, and the pages that must travel on.
 *
 * What is new is decided by the entries' own ids, never by dates. Items and the poll's result are written in one
 * transaction; pages that were written but not handed on (the process died in between) are found again by the next poll.
 */
import type { FeedItem } from '../../feeds/feed.js';
import { readFeed } from '../../feeds/read.js';
import { type Database, transaction } from '../../store/database.js';
import { findFeed, finishPoll, type PollRecord, type StoredFeed, startPoll } from '../../store/feeds.js';
import { type FoundItem, type PageReference, recordItems, travellingPages } from '../../store/pages.js';
import { failureName, type WebClient } from '../../web/client.js';
import { normaliseUrl } from '../../web/identity.js';
import { identityOf } from '../stages.js';

/** A page that has been under way for longer than this has lost its job. */
const LOST_AFTER_MINUTES = 15;
/** A tick that comes a little before the feed is due counts: clocks and queues are not that exact. */
const DUE_SLACK = 0.25;
const FAILURE_BACKOFF_MAX = 16;
const FEED_ACCEPT =
  'application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5';

export interface PollFeedDependencies {
  readonly database: Database;
  readonly web: WebClient;
  readonly pollMinutes: number;
  readonly maxBytes: number;
}

export interface PollFeedRequest {
  readonly feedId: number;
  /** Given when a run asked for the poll: it polls whether the feed is due or not. */
  readonly runId?: string | undefined;
  readonly askedAt: Date;
  /** How a second try looks at pages that the first one may have written without handing them on. */
  readonly attempt: 'first' | 'again';
}

export interface PollFeedResult {
  readonly outcome: string;
  readonly pages: readonly PageReference[];
}

export async function pollFeed(
  { database, web, pollMinutes, maxBytes }: PollFeedDependencies,
  request: PollFeedRequest,
): Promise<PollFeedResult> {
  const feed = await findFeed(database.pool, request.feedId);
  if (!feed) return { outcome: 'not-followed', pages: [] };
  const lostAfter = request.attempt === 'again' ? 0 : LOST_AFTER_MINUTES;
  const startedAt = new Date();
  if (
    request.runId === undefined &&
    feed.nextPollAt.getTime() > startedAt.getTime() + pollMinutes * 60_000 * DUE_SLACK
  ) {
    return { outcome: 'not-due', pages: await travellingPages(database.pool, feed.id, 0, lostAfter) };
  }
  if (feed.lastPollAt && feed.lastPollAt > request.askedAt) {
    return { outcome: 'polled-meanwhile', pages: await travellingPages(database.pool, feed.id, 0, lostAfter) };
  }
  const runId = request.runId ?? null;
  const pollId = await startPoll(database.pool, { feedId: feed.id, runId, startedAt });
  const answer = await askFeed(web, feed, maxBytes);
  const record: PollRecord = {
    feedId: feed.id,
    runId,
    startedAt,
    nextPollAt: nextPoll(startedAt, pollMinutes, answer.failed ? feed.failures + 1 : 0, answer.retryAfterSeconds),
    ...answer,
    items: answer.found.length,
  };
  const outcome = await transaction(database.pool, async (client) => {
    const counts = answer.found.length
      ? await recordItems(
          client,
          feed.id,
          pollId,
          answer.found.map((item) => identify(feed, item)),
        )
      : { newItems: 0, changedItems: 0 };
    const brought = counts.newItems + counts.changedItems > 0;
    const came = answer.failed ? answer.outcome : brought ? 'new' : 'unchanged';
    await finishPoll(client, pollId, { ...record, outcome: came }, counts);
    return came;
  });
  return { outcome, pages: await travellingPages(database.pool, feed.id, pollId, lostAfter) };
}

interface FeedAnswer {
  readonly outcome: string;
  readonly detail: string | null;
  readonly failed: boolean;
  readonly found: readonly FeedItem[];
  readonly bytes: number;
  readonly retryAfterSeconds?: number | undefined;
  readonly validators?: PollRecord['validators'];
  readonly title?: string | null;
  readonly language?: string | null;
}

async function askFeed(web: WebClient, feed: StoredFeed, maxBytes: number): Promise<FeedAnswer> {
  const response = await web.get(feed.url, {
    accept: FEED_ACCEPT,
    maxBytes,
    etag: feed.etag,
    lastModified: feed.lastModified,
  });
  const nothing = { found: [], bytes: 0 };
  if (!response.ok) {
    return {
      ...nothing,
      outcome: failureName(response),
      detail: response.message,
      failed: true,
      retryAfterSeconds: response.retryAfterSeconds,
    };
  }
  if (response.status === 304) return { ...nothing, outcome: 'unchanged', detail: null, failed: false };
  const bytes = response.body.byteLength;
  const read = await readFeed(response.body, {
    url: response.url,
    contentType: response.headers.contentType ?? undefined,
  });
  if (!read.ok) return { ...nothing, bytes, outcome: read.reason, detail: read.message, failed: true };
  return {
    outcome: 'new',
    detail: read.feed.warnings[0] ?? null,
    failed: false,
    found: read.feed.items,
    bytes,
    validators: { etag: response.headers.etag ?? null, lastModified: response.headers.lastModified ?? null },
    title: read.feed.title,
    language: read.feed.language?.slice(0, 2).toLowerCase() ?? null,
  };
}

function nextPoll(from: Date, pollMinutes: number, failures: number, retryAfterSeconds: number | undefined): Date {
  const backoff = Math.min(2 ** Math.max(failures - 1, 0), FAILURE_BACKOFF_MAX);
  return new Date(from.getTime() + Math.max(pollMinutes * 60_000 * backoff, (retryAfterSeconds ?? 0) * 1000));
}

/** What an entry is (its key within the feed, its page) and what it says (its revision). */
export function identify(feed: Pick<StoredFeed, 'url'>, item: FeedItem): FoundItem {
  const words = (html: string | null): string =>
    (html ?? '')
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
  const says = [item.title ?? '', item.updatedAt ?? '', words(item.summary), words(item.content)];
  const own = item.id ?? item.link ?? identityOf(...says);
  const address = item.link === null ? null : normaliseUrl(item.link);
  return {
    key: identityOf(own),
    pageId: address === null ? identityOf('item', feed.url, own) : identityOf('page', address),
    revision: identityOf(...says).slice(0, 12),
    url: address === null ? null : item.link,
    item,
  };
}
