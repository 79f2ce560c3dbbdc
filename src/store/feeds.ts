/** Feeds in the store: the list, and what the last poll of each said. */
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
}

const COLUMNS = `id, url, title, site, folder, language, country, origin, etag, last_modified AS "lastModified",
  last_poll_at AS "lastPollAt", last_success_at AS "lastSuccessAt", last_new_at AS "lastNewAt", next_poll_at AS "nextPollAt",
  last_outcome AS "lastOutcome", last_error AS "lastError", failures`;

/** All feeds that are followed, by folder and title. */
export async function listFeeds(database: Queryable): Promise<StoredFeed[]> {
  const { rows } = await database.query<StoredFeed>(
    `SELECT ${COLUMNS} FROM feeds WHERE removed_at IS NULL ORDER BY folder NULLS FIRST, title, url`,
  );
  return rows;
}

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
    `SELECT ${COLUMNS} FROM feeds WHERE removed_at IS NULL AND (url = $1 OR id::text = $1 OR lower(title) = lower($1)) ORDER BY id`,
    [wanted],
  );
  return rows;
}

/** Adds feeds by command; brings removed ones back. Returns each with whether it was followed before. */
export async function addFeeds(
  database: Queryable,
  entries: readonly ListedFeed[],
): Promise<{ readonly id: number; readonly url: string; readonly already: boolean }[]> {
  const { rows } = await database.query<{ id: number; url: string; already: boolean }>(
    `WITH given AS (SELECT * FROM jsonb_to_recordset($1) AS g(url text, title text, site text, folder text, language text, country text)),
     before AS (SELECT url FROM feeds WHERE removed_at IS NULL)
     INSERT INTO feeds (url, title, site, folder, language, country, origin)
     SELECT url, title, site, folder, language, country, 'added' FROM given
     ON CONFLICT (url) DO UPDATE SET
       removed_at = NULL, removed_by = NULL,
       origin = CASE WHEN feeds.removed_at IS NULL THEN feeds.origin ELSE 'added' END,
       next_poll_at = CASE WHEN feeds.removed_at IS NULL THEN feeds.next_poll_at ELSE now() END,
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
       WHERE origin = 'list' AND removed_at IS NULL AND url NOT IN (SELECT url FROM given)
     )
     INSERT INTO feeds (url, title, site, folder, language, country, origin)
     SELECT url, title, site, folder, language, country, 'list' FROM given ORDER BY url
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
    `SELECT ${COLUMNS} FROM feeds WHERE removed_at IS NULL AND next_poll_at <= now() ORDER BY next_poll_at`,
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
       title = coalesce(title, $14), language = coalesce(language, $15)
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
    ],
  );
}
