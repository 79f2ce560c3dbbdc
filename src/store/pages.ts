/** The claim check: pages on their way from feed to article, with what each stage has made of them. */
import { promisify } from 'node:util';
import { brotliCompress, brotliCompressSync, brotliDecompress, brotliDecompressSync, constants } from 'node:zlib';
import type { Article } from '../articles/article.js';
import type { FeedItem } from '../feeds/feed.js';
import type { Classification } from '../threats/threat.js';
import type { Queryable } from './database.js';

/** 4 of 11: within a few percent of the best size on HTML at a tenth of its time. */
const BROTLI_QUALITY = 4;
/** A smaller body takes less time than handing it to another thread would; a larger one must not hold up other jobs. */
const AT_ONCE_MAX_BYTES = 64 << 10;
/** Base-2 logarithms of the window's size in bytes: one as large as the body costs less to set up than the default of 4 MB. */
const SMALLEST_WINDOW = constants.BROTLI_MIN_WINDOW_BITS;
const LARGEST_WINDOW = constants.BROTLI_DEFAULT_WINDOW;

async function compress(bytes: Uint8Array): Promise<Buffer> {
  const window = Math.ceil(Math.log2(bytes.byteLength + 1));
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: Math.min(LARGEST_WINDOW, Math.max(SMALLEST_WINDOW, window)),
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
  };
  return bytes.byteLength <= AT_ONCE_MAX_BYTES
    ? brotliCompressSync(bytes, { params })
    : promisify(brotliCompress)(bytes, { params });
}

/** Text grows some fivefold: what is smaller holds a small body. One that says the same over and over may hold more, and takes milliseconds. */
const UNPACKED_AT_ONCE_MAX_BYTES = AT_ONCE_MAX_BYTES / 8;

const decompress = async (bytes: Uint8Array): Promise<Buffer> =>
  bytes.byteLength <= UNPACKED_AT_ONCE_MAX_BYTES ? brotliDecompressSync(bytes) : promisify(brotliDecompress)(bytes);

/** An entry of a feed with what identifies it. */
export interface FoundItem {
  /** Hash of the entry's own id within its feed. */
  readonly key: string;
  readonly pageId: string;
  /** Fingerprint of what the entry says: a change means an edited article. */
  readonly revision: string;
  readonly url: string | null;
  readonly item: FeedItem;
}

export interface PageReference {
  readonly pageId: string;
  readonly revision: string;
}

export interface RecordedItems {
  readonly newItems: number;
  readonly changedItems: number;
  /** Of the new ones, in no order. */
  readonly newKeys: readonly string[];
}

/**
 * Writes the entries of a poll that are new or have changed, each with its page.
 *
 * A new entry whose page another feed has brought already adds no page: it is the same article.
 */
export async function recordItems(
  database: Queryable,
  feedId: number,
  pollId: number,
  found: readonly FoundItem[],
): Promise<RecordedItems> {
  if (found.length === 0) return { newItems: 0, changedItems: 0, newKeys: [] };
  const { rows } = await database.query<RecordedItems>(
    `WITH given AS (
       SELECT * FROM jsonb_to_recordset($3) AS g(key text, "pageId" text, revision text, url text, item jsonb)
     ),
     before AS (SELECT key, revision FROM items WHERE feed_id = $1 AND key IN (SELECT key FROM given)),
     fresh AS (SELECT * FROM given WHERE key NOT IN (SELECT key FROM before)),
     changed AS (SELECT given.* FROM given JOIN before USING (key) WHERE before.revision <> given.revision),
     items_written AS (
       INSERT INTO items (feed_id, key, page_id, revision)
       SELECT $1, key, "pageId", revision FROM fresh UNION ALL SELECT $1, key, "pageId", revision FROM changed
       ON CONFLICT (feed_id, key) DO UPDATE SET revision = excluded.revision, page_id = excluded.page_id
     ),
     pages_added AS (
       INSERT INTO pages (id, url, feed_id, item, revision, poll_id)
       SELECT DISTINCT ON ("pageId") "pageId", url, $1, item, revision, $2 FROM fresh
       ON CONFLICT (id) DO NOTHING
     ),
     pages_changed AS (
       INSERT INTO pages (id, url, feed_id, item, revision, poll_id)
       SELECT DISTINCT ON ("pageId") "pageId", url, $1, item, revision, $2 FROM changed
       WHERE "pageId" NOT IN (SELECT "pageId" FROM fresh)
       ON CONFLICT (id) DO UPDATE SET
         item = excluded.item, revision = excluded.revision, poll_id = excluded.poll_id,
         queued_at = now(), outcome = NULL, finished_at = NULL
     )
     SELECT (SELECT count(*) FROM fresh)::int AS "newItems", (SELECT count(*) FROM changed)::int AS "changedItems",
       ARRAY(SELECT key FROM fresh) AS "newKeys"`,
    [feedId, pollId, JSON.stringify(found)],
  );
  return rows[0] as RecordedItems;
}

/** Pages of a feed that no stage has ended and that a poll must hand on: those it just found, and those left over. */
export async function travellingPages(
  database: Queryable,
  feedId: number,
  pollId: number,
  leftAfterMinutes: number,
): Promise<PageReference[]> {
  const { rows } = await database.query<PageReference>(
    `UPDATE pages SET queued_at = now()
     WHERE outcome IS NULL AND feed_id = $1 AND (poll_id = $2 OR queued_at < now() - make_interval(mins => $3))
     RETURNING id AS "pageId", revision`,
    [feedId, pollId, leftAfterMinutes],
  );
  return rows;
}

export interface PageToFetch {
  readonly url: string | null;
  readonly revision: string;
}

export async function pageToFetch(database: Queryable, pageId: string): Promise<PageToFetch | undefined> {
  const { rows } = await database.query<PageToFetch>('SELECT url, revision FROM pages WHERE id = $1', [pageId]);
  return rows[0];
}

export interface FetchedPage {
  /** 'ok', or why the page can't be had. */
  readonly outcome: string;
  readonly detail: string | null;
  readonly finalUrl: string | null;
  readonly contentType: string | null;
  readonly body: Uint8Array | null;
}

export async function saveFetched(database: Queryable, pageId: string, page: FetchedPage): Promise<void> {
  await database.query(
    `UPDATE pages SET fetched_at = now(), fetch_outcome = $2, fetch_detail = $3, final_url = $4, content_type = $5, body = $6, body_bytes = $7
     WHERE id = $1`,
    [
      pageId,
      page.outcome,
      page.detail,
      page.finalUrl,
      page.contentType,
      page.body && (await compress(page.body)),
      page.body?.byteLength ?? null,
    ],
  );
}

export interface PageToExtract {
  readonly url: string | null;
  readonly finalUrl: string | null;
  readonly contentType: string | null;
  readonly item: FeedItem;
  readonly fetchOutcome: string | null;
  readonly body: Uint8Array | null;
  readonly feedUrl: string;
  readonly feedLanguage: string | null;
}

export async function pageToExtract(database: Queryable, pageId: string): Promise<PageToExtract | undefined> {
  const { rows } = await database.query<PageToExtract & { body: Buffer | null }>(
    `SELECT pages.url, final_url AS "finalUrl", content_type AS "contentType", item, fetch_outcome AS "fetchOutcome", body,
       feeds.url AS "feedUrl", feeds.language AS "feedLanguage"
     FROM pages JOIN feeds ON feeds.id = pages.feed_id WHERE pages.id = $1`,
    [pageId],
  );
  const [row] = rows;
  return row && { ...row, body: row.body && (await decompress(row.body)) };
}

/** An extracted article with where its text came from. */
export interface Draft {
  readonly article: Article;
  readonly source: 'page' | 'feed';
  /** Why the feed's own text had to do; null where the page gave it. */
  readonly sourceReason: string | null;
}

export async function saveDraft(
  database: Queryable,
  pageId: string,
  outcome: { readonly outcome: string; readonly detail: string | null },
  draft: Draft,
): Promise<void> {
  await database.query(
    'UPDATE pages SET extracted_at = now(), extract_outcome = $2, extract_detail = $3, draft = $4 WHERE id = $1',
    [pageId, outcome.outcome, outcome.detail, await compress(Buffer.from(JSON.stringify(draft)))],
  );
}

export async function loadDraft(database: Queryable, pageId: string): Promise<Draft | undefined> {
  const { rows } = await database.query<{ draft: Buffer | null }>('SELECT draft FROM pages WHERE id = $1', [pageId]);
  const draft = rows[0]?.draft;
  return draft ? (JSON.parse((await decompress(draft)).toString()) as Draft) : undefined;
}

export async function saveClassification(
  database: Queryable,
  pageId: string,
  classification: Classification,
): Promise<void> {
  await database.query('UPDATE pages SET classified_at = now(), classification = $2 WHERE id = $1', [
    pageId,
    JSON.stringify(classification),
  ]);
}

export interface ClassifiedPage {
  readonly draft: Draft;
  readonly classification: Classification;
  readonly feedId: number;
  readonly foundAt: Date;
}

/** A page on its way into the store: nobody classifies or stores it otherwise until the transaction ends. */
export async function classifiedPage(database: Queryable, pageId: string): Promise<ClassifiedPage | undefined> {
  const { rows } = await database.query<Omit<ClassifiedPage, 'draft'> & { draft: Buffer }>(
    `SELECT draft, classification, feed_id AS "feedId", found_at AS "foundAt"
     FROM pages WHERE id = $1 AND draft IS NOT NULL AND classification IS NOT NULL FOR UPDATE`,
    [pageId],
  );
  const [row] = rows;
  return row && { ...row, draft: JSON.parse((await decompress(row.draft)).toString()) as Draft };
}

/** Ends a page's journey: 'stored', or the named outcome that it came to. */
export async function finishPage(database: Queryable, pageId: string, outcome: string): Promise<void> {
  await database.query('UPDATE pages SET outcome = $2, finished_at = now() WHERE id = $1', [pageId, outcome]);
}

/** A page whose dead letter is tried again travels again. */
export async function resumePage(database: Queryable, pageId: string): Promise<void> {
  await database.query('UPDATE pages SET outcome = NULL, finished_at = NULL, queued_at = now() WHERE id = $1', [
    pageId,
  ]);
}

/** A page whose dead letter is tried again by other hands (Bull Board) travels again from when its job starts. */
export async function reviveDeadPage(database: Queryable, pageId: string): Promise<void> {
  await database.query(
    `UPDATE pages SET outcome = NULL, finished_at = NULL, queued_at = now() WHERE id = $1 AND outcome = 'dead'`,
    [pageId],
  );
}

/** Notes a job whose page was deleted, so that its end is seen; a page that is there says itself what became of it. */
export async function noteStrayJob(database: Queryable, stage: string, pageId: string): Promise<void> {
  await database.query(
    `INSERT INTO stray_jobs (page_id, stage) SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM pages WHERE id = $1)
     ON CONFLICT (page_id, stage) DO UPDATE SET found_at = now()`,
    [pageId, stage],
  );
}

/** Pages fetched since `since` that can be run again from `stage`, oldest first, in batches after `after`. */
export async function replayablePages(
  database: Queryable,
  stage: 'extract' | 'classify',
  since: Date,
  after: string,
  limit: number,
): Promise<PageReference[]> {
  const has = stage === 'extract' ? '(body IS NOT NULL OR fetch_outcome IS NOT NULL)' : 'draft IS NOT NULL';
  const { rows } = await database.query<PageReference>(
    `SELECT id AS "pageId", revision FROM pages WHERE ${has} AND fetched_at >= $1 AND id > $2 ORDER BY id LIMIT $3`,
    [since, after, limit],
  );
  return rows;
}

/** Forgets bodies and drafts older than `days`, and polls and the keys of stories with them. The articles stay. */
export async function prunePages(
  database: Queryable,
  days: number,
): Promise<{ readonly pages: number; readonly polls: number }> {
  const pages = await database.query(
    `UPDATE pages SET body = NULL, draft = NULL, classification = NULL
     WHERE outcome IS NOT NULL AND (body IS NOT NULL OR draft IS NOT NULL) AND fetched_at < now() - make_interval(secs => $1)`,
    [days * 86_400],
  );
  const polls = await database.query('DELETE FROM polls WHERE finished_at < now() - make_interval(secs => $1)', [
    Math.max(days, 30) * 86_400,
  ]);
  await database.query('DELETE FROM stray_jobs WHERE found_at < now() - make_interval(secs => $1)', [
    Math.max(days, 30) * 86_400,
  ]);
  // A story takes no more articles by then, and new ones would look no further back.
  await database.query('DELETE FROM story_keys WHERE happened_at < now() - make_interval(secs => $1)', [
    Math.max(days, 30) * 86_400,
  ]);
  return { pages: pages.rowCount ?? 0, polls: polls.rowCount ?? 0 };
}
