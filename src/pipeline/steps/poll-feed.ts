/**
 * Polls one feed: a conditional GET, what it holds as items, and the pages that must travel on.
 *
 * What is new is decided by the entries' own ids, never by dates. Items and the poll's result are written in one
 * transaction; pages that were written but not handed on (the process died in between) are found again by the next poll.
 */
import { createHash } from 'node:crypto';
import type { Settings } from '../../config.js';
import type { FeedItem } from '../../feeds/feed.js';
import { readFeed } from '../../feeds/read.js';
import { freshForSeconds, isSilenceDoubtful, observePoll } from '../../feeds/rhythm.js';
import { type HubLinks, hubOf } from '../../feeds/websub.js';
import { type Database, type Queryable, transaction } from '../../store/database.js';
import {
  findFeed,
  finishPoll,
  moveFeed,
  type PollRecord,
  postponePoll,
  retireFeed,
  type StoredFeed,
  startPoll,
} from '../../store/feeds.js';
import { type FoundItem, type PageReference, recordItems, travellingPages } from '../../store/pages.js';
import { learnRhythm, rhythmOf } from '../../store/rhythms.js';
import { leaveHub, noteMissedPush, reliablePushes } from '../../store/subscriptions.js';
import { type FetchResult, failureName, type Redirect } from '../../web/client.js';
import { normaliseUrl } from '../../web/identity.js';
import type { Journey, PoliteClient } from '../../web/polite-client.js';
import { nextPollOf } from '../next-poll.js';
import { identityOf } from '../stages.js';
import { followHub } from './follow-hub.js';

/** A page that has been under way for longer than this has lost its job. */
export const LOST_AFTER_MINUTES = 15;
/** A tick that comes a little before the feed is due counts: clocks and queues are not that exact. */
const DUE_SLACK_MILLISECONDS = 5_000;
const FEED_ACCEPT =
  'application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5';
const GONE = 410;
/** Hubs learn of an entry from its publisher, or look themselves every few minutes. */
const PUSH_MINUTES = 15;

export interface PollFeedDependencies {
  readonly database: Database;
  readonly web: PoliteClient;
  readonly settings: Settings['feeds'];
  readonly maxBytes: number;
  /** Where hubs reach Belfry; undefined where they don't. */
  readonly publicUrl?: string | undefined;
}

export interface PollFeedRequest {
  readonly feedId: number;
  /** Given when a run asked for the poll: it polls whether the feed is due or not. */
  readonly runId?: string | undefined;
  readonly askedAt: Date;
  /** How a second try looks at pages that the first one may have written without handing them on. */
  readonly attempt: 'first' | 'again';
  /** Where an earlier visit had to stop to wait for the host's turn. */
  readonly journey?: Journey | undefined;
  readonly phase?: 'full' | undefined;
}

export type PollFeedResult =
  | {
      readonly next: 'end';
      readonly outcome: string;
      readonly pages: readonly PageReference[];
      /** When the feed is polled next; null when never. */
      readonly nextPollAt: Date | null;
      /** Whether the feed named a hub that has not been asked yet. */
      readonly hub?: 'new' | undefined;
    }
  | {
      readonly next: 'wait';
      readonly waitMilliseconds: number;
      readonly journey: Journey;
      readonly phase: 'full' | undefined;
    };

export async function pollFeed(dependencies: PollFeedDependencies, request: PollFeedRequest): Promise<PollFeedResult> {
  const { database, settings, publicUrl } = dependencies;
  const feed = await findFeed(database.pool, request.feedId);
  if (!feed) return { next: 'end', outcome: 'not-followed', pages: [], nextPollAt: null };
  if (feed.retiredAt) return { next: 'end', outcome: 'retired', pages: [], nextPollAt: null };
  if (feed.pausedAt) return { next: 'end', outcome: 'paused', pages: [], nextPollAt: null };
  const lostAfter = request.attempt === 'again' ? 0 : LOST_AFTER_MINUTES;
  const startedAt = new Date();
  const notNow = async (outcome: string, nextPollAt = feed.nextPollAt): Promise<PollFeedResult> => {
    const pages = await travellingPages(database.pool, feed.id, 0, lostAfter);
    return { next: 'end', outcome, pages, nextPollAt };
  };
  if (request.runId === undefined && feed.nextPollAt.getTime() > startedAt.getTime() + DUE_SLACK_MILLISECONDS) {
    return notNow('not-due');
  }
  if (feed.lastPollAt && feed.lastPollAt > request.askedAt) return notNow('polled-meanwhile');

  const asked = await askFeed(dependencies, feed, request);
  if (asked.kind === 'wait') {
    return { next: 'wait', waitMilliseconds: asked.waitMilliseconds, journey: asked.journey, phase: asked.phase };
  }
  if (asked.kind === 'held') {
    const heldUntil = new Date(startedAt.getTime() + asked.waitMilliseconds);
    await postponePoll(database.pool, feed.id, heldUntil);
    return notNow('host-held', heldUntil);
  }

  const { answer } = asked;
  const runId = request.runId ?? null;
  const failures = answer.failed ? feed.failures + 1 : 0;
  const written = await transaction(database.pool, async (client) => {
    const pollId = await startPoll(client, { feedId: feed.id, runId, startedAt });
    const identified = answer.found.map((item) => identify(feed, item));
    const counts = await recordItems(client, feed.id, pollId, identified);
    const brought = counts.newItems + counts.changedItems > 0;
    const newEntries = datesOf(identified, counts.newKeys);
    const entries = identified.length || null;
    const state = answer.failed
      ? await rhythmOf(client, feed.id)
      : await learnRhythm(client, feed.id, (known) =>
          observePoll(known, {
            at: startedAt,
            newEntries,
            entries,
            answer: answer.bodyHash === undefined ? 'not-modified' : 'sent',
          }),
        );
    if (newEntries.some((date) => isOverdue(date, startedAt))) await noteMissedPush(client, feed.id);
    const next = nextPollOf(
      feed,
      {
        polledAt: startedAt,
        failures,
        retryAfterSeconds: answer.retryAfterSeconds ?? null,
        state,
        freshForSeconds: answer.freshForSeconds,
        claims: answer.claimedRhythm ?? feed.claimedRhythm,
        pushes: await reliablePushes(client, feed.id),
      },
      settings,
    );
    const outcome = answer.failed ? answer.outcome : brought ? 'new' : 'unchanged';
    const { found, ...facts } = answer;
    const record: PollRecord = {
      ...facts,
      outcome,
      feedId: feed.id,
      runId,
      startedAt,
      nextPollAt: next.at,
      nextPollBecause: next.because,
      items: found.length,
      validatorsLied: answer.afterNotModified && brought,
    };
    await finishPoll(client, pollId, record, counts);
    const retired = answer.retire !== undefined || (await followMove(client, feed, answer, settings.moveAfter));
    if (answer.hub === null) await leaveHub(client, feed.id);
    const isNewHub = publicUrl !== undefined && answer.hub && (await followHub(client, publicUrl, feed.id, answer.hub));
    return { pollId, outcome, nextPollAt: retired ? null : next.at, hub: isNewHub ? ('new' as const) : undefined };
  });
  return {
    next: 'end',
    outcome: written.outcome,
    pages: await travellingPages(database.pool, feed.id, written.pollId, lostAfter),
    nextPollAt: written.nextPollAt,
    hub: written.hub,
  };
}

interface FeedAnswer
  extends Pick<
    PollRecord,
    | 'outcome'
    | 'detail'
    | 'failed'
    | 'bytes'
    | 'validators'
    | 'title'
    | 'language'
    | 'bodyHash'
    | 'uncheckedPolls'
    | 'move'
    | 'retire'
    | 'claimedRhythm'
  > {
  /** How long the answer may be reused; null when the server says nothing of it. */
  readonly freshForSeconds: number | null;
  /** Null where the feed names none, undefined where it was not sent anew. */
  readonly hub?: HubLinks | null | undefined;
  readonly found: readonly FeedItem[];
  readonly retryAfterSeconds?: number | undefined;
  /** Whether the feed had said "not modified" just before it was asked in full. */
  readonly afterNotModified: boolean;
}

type AskedFeed =
  | { readonly kind: 'answered'; readonly answer: FeedAnswer }
  | {
      readonly kind: 'wait';
      readonly waitMilliseconds: number;
      readonly journey: Journey;
      readonly phase: 'full' | undefined;
    }
  | { readonly kind: 'held'; readonly waitMilliseconds: number };

/**
 * Asks for what is new. Every so often, and when its rhythm makes it hard to believe, a feed that says "not modified" is
 * asked at once for all it has: new entries in there prove that its validators can't be trusted.
 */
async function askFeed(
  { database, web, maxBytes, settings: { fullPollEvery } }: PollFeedDependencies,
  feed: StoredFeed,
  { journey: from, phase: begunIn }: PollFeedRequest,
): Promise<AskedFeed> {
  let journey = from;
  let phase = begunIn;
  for (;;) {
    const isConditional = phase !== 'full' && feed.validatorsTrusted;
    const asked = await web.get(feed.url, {
      accept: FEED_ACCEPT,
      maxBytes,
      ...(isConditional && { etag: feed.etag, lastModified: feed.lastModified }),
      lane: 'express',
      robots: 'ignore',
      journey,
    });
    if (asked.kind === 'wait') return { ...asked, phase };
    if (asked.kind === 'held') return asked;
    if (asked.kind === 'robots') throw new Error(`${feed.url} was kept from us by a robots.txt that nobody asked`);
    const { result } = asked;
    if (result.ok && result.status === 304) {
      const rhythm = await rhythmOf(database.pool, feed.id);
      const isDoubtful = rhythm !== null && isSilenceDoubtful(rhythm, new Date());
      if (feed.uncheckedPolls + 1 < fullPollEvery && !isDoubtful)
        return { kind: 'answered', answer: unchanged(feed, result.redirects, freshForSeconds(result.headers)) };
      journey = undefined;
      phase = 'full';
      continue;
    }
    const answer = await readAnswer(feed, result);
    // That it could not be had in full takes nothing from "not modified".
    if (phase === 'full' && answer.failed) return { kind: 'answered', answer: unchanged(feed, result.redirects, null) };
    return { kind: 'answered', answer: { ...answer, afterNotModified: phase === 'full' } };
  }
}

const nothing = { found: [], bytes: 0, afterNotModified: false, freshForSeconds: null };

const unchanged = (feed: StoredFeed, redirects: readonly Redirect[], fresh: number | null): FeedAnswer => ({
  ...nothing,
  freshForSeconds: fresh,
  outcome: 'unchanged',
  detail: null,
  failed: false,
  uncheckedPolls: feed.uncheckedPolls + 1,
  move: moveOf(feed, redirects),
});

async function readAnswer(feed: StoredFeed, result: FetchResult): Promise<FeedAnswer> {
  if (!result.ok) {
    return {
      ...nothing,
      outcome: failureName(result),
      detail: result.message,
      failed: true,
      retryAfterSeconds: result.retryAfterSeconds,
      ...(result.status === GONE && { retire: 'gone: the server says that the feed is no more (HTTP 410)' }),
    };
  }
  if (result.status === 304) throw new Error(`${feed.url} answered 304 to an unconditional request`);
  const bytes = result.body.byteLength;
  const bodyHash = createHash('sha256').update(result.body).digest('hex');
  const validators = { etag: result.headers.etag, lastModified: result.headers.lastModified };
  const came = {
    ...nothing,
    bytes,
    failed: false,
    freshForSeconds: freshForSeconds(result.headers),
    bodyHash,
    validators,
    uncheckedPolls: 0,
    move: moveOf(feed, result.redirects),
  };
  // The same bytes hold the same entries.
  if (bodyHash === feed.bodyHash) return { ...came, outcome: 'unchanged', detail: null };
  const read = await readFeed(result.body, {
    url: result.url,
    contentType: result.headers.contentType ?? undefined,
  });
  if (!read.ok) return { ...nothing, bytes, outcome: read.reason, detail: read.message, failed: true };
  return {
    ...came,
    outcome: 'new',
    detail: read.feed.warnings[0] ?? null,
    found: read.feed.items,
    claimedRhythm: read.feed.rhythm,
    hub: hubOf({ hub: read.feed.hub, self: read.feed.self, url: result.url }, result.headers.link),
    title: read.feed.title,
    language: read.feed.language?.slice(0, 2).toLowerCase() ?? null,
  };
}

/** Where permanent redirects (RFC 9110, sections 15.4.2 and 15.4.9) lead before the first passing one. */
function moveOf(feed: StoredFeed, redirects: readonly Redirect[]): { to: string; seen: number } | null {
  const firstPassing = redirects.findIndex(({ status }) => status !== 301 && status !== 308);
  const permanent = firstPassing === -1 ? redirects : redirects.slice(0, firstPassing);
  const to = permanent.at(-1)?.url;
  if (to === undefined || to === feed.url) return null;
  return { to, seen: feed.movedTo === to ? feed.movedSeen + 1 : 1 };
}

/** Changes the address of a feed that has moved for good; true when the feed is retired by it. */
async function followMove(
  client: Queryable,
  feed: StoredFeed,
  { move, failed }: FeedAnswer,
  moveAfter: number,
): Promise<boolean> {
  if (failed || !move || move.seen < moveAfter) return false;
  const result = await moveFeed(client, feed.id, move.to);
  // Where only a removed feed stands, the old address goes on serving.
  if (result.kind === 'moved' || !result.followed) return false;
  await retireFeed(client, feed.id, `moved: feed ${result.by} is followed at ${move.to} already`);
  return true;
}

/** When each new entry was published by its own date. */
export function datesOf(found: readonly FoundItem[], newKeys: readonly string[]): (Date | null)[] {
  const keys = new Set(newKeys);
  return found
    .filter(({ key }) => keys.has(key))
    .map(({ item }) => (item.publishedAt === null ? null : new Date(item.publishedAt)));
}

/** Whether a hub would have pushed the entry by now. */
const isOverdue = (published: Date | null, at: Date): boolean =>
  published === null || at.getTime() - published.getTime() > PUSH_MINUTES * 60_000;

/** What an entry is (its key within the feed, its page) and what it says (its revision). */
export function identify(feed: Pick<StoredFeed, 'url' | 'formerUrl'>, item: FeedItem): FoundItem {
  const words = (html: string | null): string =>
    (html ?? '')
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
  const says = [item.title ?? '', item.updatedAt ?? '', words(item.summary), words(item.content)];
  const own = item.id ?? item.link ?? identityOf(...says);
  const link = item.originalLink ?? item.link;
  const address = link === null ? null : normaliseUrl(link);
  return {
    key: identityOf(own),
    pageId: address === null ? identityOf('item', feed.formerUrl ?? feed.url, own) : identityOf('page', address),
    revision: identityOf(...says).slice(0, 12),
    url: address === null ? null : link,
    item,
  };
}
