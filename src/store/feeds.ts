/** Feeds in the store: the list, and what the last poll of each said. */
import type { FeedRhythm } from '../feeds/feed.js';
import type { ListedFeed } from '../feeds/opml.js';
import type { Queryable } from './database.js';

export interface StoredFeed extends ListedFeed {
  readonly id: number;
  readonly origin: 'list' | 'added';
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly lastPollAt: Date | null;
  readonly lastSuccessAt: Date | null;
  readonly lastNewAt: Date | null;
  readonly nextPollAt: Date;
  readonly lastOutcome: string | null;
  readonly lastError: string | null;
  readonly failures: number;
  /** Where its permanent redirects lead, on how many polls in a row; the address is not changed yet. */
  readonly movedTo: string | null;
  readonly movedSeen: number;
  /** The address that the list or the operator gave, where the feed has moved since. */
  readonly formerUrl: string | null;
  /** Not polled any more since then, and why; `feeds add` revives it. */
  readonly retiredAt: Date | null;
  readonly retiredReason: string | null;
  /** The operator lets it rest since then. */
  readonly pausedAt: Date | null;
  /** False for a feed that said "not modified" and had new entries: it is always asked in full. */
  readonly validatorsTrusted: boolean;
  /** Answers "not modified" in a row. */
  readonly uncheckedPolls: number;
  /** SHA-256 of the last body, hexadecimal. */
  readonly bodyHash: string | null;
  /** Set by the operator: a fixed interval in minutes, or a cron expression; neither leaves it to the feed's rhythm. */
  readonly pollMinutes: number | null;
  readonly pollCron: string | null;
  /** What the feed itself says about when to come back, as it last said it. */
  readonly claimedRhythm: FeedRhythm | null;
  /** What decided `nextPollAt` (see `NextPollReason`). */
  readonly nextPollBecause: string | null;
}

const COLUMNS = `id, url, title, site, folder, language, country, origin, etag, last_modified AS "lastModified",
  last_poll_at AS "lastPollAt", last_success_at AS "lastSuccessAt", last_new_at AS "lastNewAt", next_poll_at AS "nextPollAt",
  last_outcome AS "lastOutcome", last_error AS "lastError", failures, moved_to AS "movedTo", moved_seen AS "movedSeen",
  former_url AS "formerUrl", retired_at AS "retiredAt", retired_reason AS "retiredReason",
  paused_at AS "pausedAt",  validators_trusted AS "validatorsTrusted", unchecked_polls AS "uncheckedPolls", body_hash AS "bodyHash",
  poll_minutes AS "pollMinutes", poll_cron AS "pollCron", claimed_rhythm AS "claimedRhythm",
  next_poll_because AS "nextPollBecause"`;

/** All feeds that are followed, by folder and title. */
export async function listFeeds(database: Queryable): Promise<StoredFeed[]> {
  const { rows } = await database.query<StoredFeed>(
    `SELECT ${COLUMNS} FROM feeds WHERE removed_at IS NULL ORDER BY folder NULLS FIRST, title, url`,
  );
  return rows;
}

/** Whether a followed feed is polled at all, and anybody waits for what it brings. */
export const isPolled = ({ retiredAt, pausedAt }: Pick<StoredFeed, 'retiredAt' | 'pausedAt'>): boolean =>
  retiredAt === null && pausedAt === null;

/** The same in SQL, for followed feeds only. */
export const POLLED = '(feeds.removed_at IS NULL AND feeds.retired_at IS NULL AND feeds.paused_at IS NULL)';

/** A followed feed by its id; undefined when it is not followed (any more). */
export async function findFeed(database: Queryable, id: number): Promise<StoredFeed | undefined> {
  const { rows } = await database.query<StoredFeed>(
    `SELECT ${COLUMNS} FROM feeds WHERE id = $1 AND removed_at IS NULL`,
    [id],
  );
  return rows[0];
}

/** Feeds whose address, title or id is `wanted`. */
export async function matchFeeds(database: Queryable, wanted: string): Promise<StoredFeed[]> {
  const { rows } = await database.query<StoredFeed>(
    `SELECT ${COLUMNS} FROM feeds WHERE removed_at IS NULL AND (url = $1 OR former_url = $1 OR id::text = $1 OR lower(title) = lower($1)) ORDER BY id`,
    [wanted],
  );
  return rows;
}

export interface AddedFeed {
  readonly id: number;
  readonly url: string;
  /** Whether it was followed, and polled, before. */
  readonly already: boolean;
}

/**
 * Adds feeds by command; brings removed ones back, revives retired ones and resumes paused ones. A feed that has moved is known by its former
 * address too.
 */
export async function addFeeds(database: Queryable, entries: readonly ListedFeed[]): Promise<AddedFeed[]> {
  const { rows } = await database.query<AddedFeed>(
    `WITH given AS (SELECT * FROM jsonb_to_recordset($1) AS g(url text, title text, site text, folder text, language text, country text)),
     before AS (SELECT url FROM feeds WHERE ${POLLED}),
     target AS (
       SELECT coalesce((SELECT feeds.url FROM feeds WHERE former_url = given.url AND removed_at IS NULL ORDER BY id LIMIT 1), url) AS url,
         title, site, folder, language, country FROM given
     )
     INSERT INTO feeds (url, title, site, folder, language, country, origin)
     SELECT DISTINCT ON (url) url, title, site, folder, language, country, 'added' FROM target
     ON CONFLICT (url) DO UPDATE SET
       removed_at = NULL, removed_by = NULL, retired_at = NULL, retired_reason = NULL, paused_at = NULL,
       failures = CASE WHEN feeds.retired_at IS NULL THEN feeds.failures ELSE 0 END,
       origin = CASE WHEN feeds.removed_at IS NULL THEN feeds.origin ELSE 'added' END,
       next_poll_at = CASE WHEN ${POLLED}
         THEN feeds.next_poll_at ELSE now() END,
       title = coalesce(excluded.title, feeds.title), site = coalesce(excluded.site, feeds.site),
       folder = coalesce(excluded.folder, feeds.folder), language = coalesce(excluded.language, feeds.language),
       country = coalesce(excluded.country, feeds.country)
     RETURNING id, url, url IN (SELECT url FROM before) AS already`,
    [JSON.stringify(entries)],
  );
  return rows;
}

/**
 * Makes the feeds of origin 'list' those of the OPML file: new ones come, missing ones go, and what an operator removed by
 * command stays removed. One statement, so that processes that start together can't undo each other.
 */
export async function syncListedFeeds(database: Queryable, entries: readonly ListedFeed[]): Promise<void> {
  await database.query(
    `WITH given AS (SELECT * FROM jsonb_to_recordset($1) AS g(url text, title text, site text, folder text, language text, country text)),
     gone AS (
       UPDATE feeds SET removed_at = now(), removed_by = 'list'
       WHERE origin = 'list' AND removed_at IS NULL AND coalesce(former_url, url) NOT IN (SELECT url FROM given)
         AND url NOT IN (SELECT url FROM given)
     ),
     -- A feed that has moved stands in the list by its former address.
     target AS (
       SELECT coalesce((SELECT feeds.url FROM feeds WHERE former_url = given.url ORDER BY id LIMIT 1), url) AS url,
         title, site, folder, language, country FROM given
     )
     INSERT INTO feeds (url, title, site, folder, language, country, origin)
     SELECT DISTINCT ON (url) url, title, site, folder, language, country, 'list' FROM target ORDER BY url
     ON CONFLICT (url) DO UPDATE SET
       title = excluded.title, site = excluded.site, folder = excluded.folder,
       language = excluded.language, country = excluded.country,
       removed_at = CASE WHEN feeds.removed_by = 'list' THEN NULL ELSE feeds.removed_at END,
       removed_by = CASE WHEN feeds.removed_by = 'list' THEN NULL ELSE feeds.removed_by END`,
    [JSON.stringify(entries)],
  );
}

/** Stops following a feed. Its articles stay. */
export async function removeFeed(database: Queryable, id: number): Promise<void> {
  await database.query(`UPDATE feeds SET removed_at = now(), removed_by = 'operator' WHERE id = $1`, [id]);
}

export async function dueFeeds(database: Queryable): Promise<StoredFeed[]> {
  const { rows } = await database.query<StoredFeed>(
    `SELECT ${COLUMNS} FROM feeds WHERE ${POLLED} AND next_poll_at <= now()
     ORDER BY next_poll_at`,
  );
  return rows;
}

export interface PollRecord {
  readonly feedId: number;
  readonly runId: string | null;
  readonly startedAt: Date;
  /** 'new', 'unchanged', or why the poll failed. */
  readonly outcome: string;
  readonly detail: string | null;
  readonly failed: boolean;
  readonly items: number;
  readonly bytes: number;
  readonly nextPollAt: Date;
  /** Kept for the next conditional GET; undefined leaves what there is. */
  readonly validators?: { readonly etag: string | null; readonly lastModified: string | null } | undefined;
  readonly title?: string | null | undefined;
  readonly language?: string | null | undefined;
  /** SHA-256 of the body, where there was one. */
  readonly bodyHash?: string | undefined;
  /** Answers "not modified" since a full one; undefined leaves what there is. */
  readonly uncheckedPolls?: number | undefined;
  /** It said "not modified" and had new entries. */
  readonly validatorsLied?: boolean | undefined;
  /** Where a permanent redirect led, on how many polls in a row. */
  readonly move?: { readonly to: string; readonly seen: number } | null | undefined;
  /** Why the feed is not polled any more. */
  readonly retire?: string | undefined;
  /** What the feed says about when to come back; undefined leaves what it said before. */
  readonly claimedRhythm?: FeedRhythm | undefined;
  /** What decided `nextPollAt`. */
  readonly nextPollBecause: string;
}

/** Opens a poll's row; its items refer to it before it is finished. */
export async function startPoll(
  database: Queryable,
  record: Pick<PollRecord, 'feedId' | 'runId' | 'startedAt'>,
): Promise<number> {
  const { rows } = await database.query<{ id: number }>(
    `INSERT INTO polls (feed_id, run_id, started_at, outcome) VALUES ($1, $2, $3, 'polling') RETURNING id`,
    [record.feedId, record.runId, record.startedAt],
  );
  return (rows[0] as { id: number }).id;
}

/** Writes what a poll came to, in its own row and in its feed's. */
export async function finishPoll(
  database: Queryable,
  pollId: number,
  record: PollRecord,
  found: { readonly newItems: number; readonly changedItems: number },
): Promise<void> {
  await database.query(
    `WITH done AS (
       UPDATE polls SET finished_at = now(), outcome = $2, detail = $3, items = $4, bytes = $5, new_items = $6, changed_items = $7
       WHERE id = $1
     )
     UPDATE feeds SET
       last_poll_at = now(), next_poll_at = $9, last_outcome = $2, last_error = CASE WHEN $10 THEN $3 END,
       failures = CASE WHEN $10 THEN failures + 1 ELSE 0 END,
       last_success_at = CASE WHEN $10 THEN last_success_at ELSE now() END,
       last_new_at = CASE WHEN $6 > 0 THEN now() ELSE last_new_at END,
       etag = CASE WHEN $11 THEN $12 ELSE etag END,
       last_modified = CASE WHEN $11 THEN $13 ELSE last_modified END,
       title = coalesce(title, $14), language = coalesce(language, $15),
       body_hash = coalesce($16, body_hash), unchecked_polls = coalesce($17::integer, unchecked_polls),
       validators_trusted = validators_trusted AND NOT $18, moved_to = $19, moved_seen = $20::integer,
       retired_at = CASE WHEN $21::text IS NULL THEN retired_at ELSE now() END, retired_reason = coalesce($21::text, retired_reason),
       claimed_rhythm = coalesce($22, claimed_rhythm), next_poll_because = $23
     WHERE id = $8`,
    [
      pollId,
      record.outcome,
      record.detail,
      record.items,
      record.bytes,
      found.newItems,
      found.changedItems,
      record.feedId,
      record.nextPollAt,
      record.failed,
      record.validators !== undefined,
      record.validators?.etag ?? null,
      record.validators?.lastModified ?? null,
      record.title ?? null,
      record.language ?? null,
      record.bodyHash ?? null,
      record.uncheckedPolls ?? null,
      record.validatorsLied ?? false,
      record.move?.to ?? null,
      record.move?.seen ?? 0,
      record.retire ?? null,
      record.claimedRhythm ? JSON.stringify(record.claimedRhythm) : null,
      record.nextPollBecause,
    ],
  );
}

/**
 * Follows a feed to the address that it has moved to for good.
 *
 * @returns `taken` when another feed, followed or removed, stands there already: then nothing is changed
 */
export async function moveFeed(
  database: Queryable,
  id: number,
  to: string,
): Promise<{ readonly kind: 'moved' } | { readonly kind: 'taken'; readonly by: number; readonly followed: boolean }> {
  const { rowCount } = await database.query(
    `UPDATE feeds SET former_url = coalesce(former_url, url), url = $2, moved_to = NULL, moved_seen = 0
     WHERE id = $1 AND NOT EXISTS (SELECT FROM feeds WHERE url = $2)`,
    [id, to],
  );
  if (rowCount === 1) return { kind: 'moved' };
  const { rows } = await database.query<{ by: number; followed: boolean }>(
    'SELECT id AS by, removed_at IS NULL AND retired_at IS NULL AS followed FROM feeds WHERE url = $1',
    [to],
  );
  return { kind: 'taken', by: rows[0]?.by ?? id, followed: rows[0]?.followed === true && rows[0].by !== id };
}

/** Ends the polling of a feed; it stays in the list with the reason. */
export async function retireFeed(database: Queryable, id: number, reason: string): Promise<void> {
  await database.query('UPDATE feeds SET retired_at = now(), retired_reason = $2 WHERE id = $1', [id, reason]);
}

/** Lets a feed rest; it stays in the list, and what it brought stays. */
export async function pauseFeed(database: Queryable, id: number): Promise<void> {
  await database.query('UPDATE feeds SET paused_at = coalesce(paused_at, now()) WHERE id = $1', [id]);
}

/** Ends a feed's rest: it is due at once. */
export async function resumeFeed(database: Queryable, id: number): Promise<void> {
  await database.query('UPDATE feeds SET paused_at = NULL, next_poll_at = now() WHERE id = $1', [id]);
}

/** When a feed is polled: every so many minutes, by a cron expression, or (neither) as its rhythm asks. */
export interface PollPlan {
  readonly pollMinutes: number | null;
  readonly pollCron: string | null;
}

export async function planPolls(database: Queryable, id: number, plan: PollPlan, nextPollAt: Date): Promise<void> {
  await database.query(
    `UPDATE feeds SET poll_minutes = $2, poll_cron = $3::text, next_poll_at = $4,
       next_poll_because = CASE WHEN $3::text IS NOT NULL THEN 'cron' END
     WHERE id = $1`,
    [id, plan.pollMinutes, plan.pollCron, nextPollAt],
  );
}

/** Notes that a feed's host wants to be left alone until then. */
export async function postponePoll(database: Queryable, id: number, nextPollAt: Date): Promise<void> {
  await database.query(
    `UPDATE feeds SET next_poll_at = $2, last_outcome = 'host-held', last_error = 'the host asked to be left alone for a while'
     WHERE id = $1`,
    [id, nextPollAt],
  );
}
