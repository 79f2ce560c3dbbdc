/** What the store can say about itself as a whole: counts, rhythms and outcomes. Read-only. */
import type { Queryable } from './database.js';

export interface ArticleTotals {
  readonly articles: number;
  readonly tagged: number;
}

export async function articleTotals(database: Queryable): Promise<ArticleTotals> {
  const { rows } = await database.query<ArticleTotals>(
    `SELECT (SELECT count(*) FROM articles) AS articles,
       (SELECT count(*) FROM (SELECT DISTINCT article_id FROM tags) once) AS tagged`,
  );
  return rows[0] as ArticleTotals;
}

/** How many articles each type was given to, ever. */
export async function tagTotals(database: Queryable): Promise<{ readonly type: string; readonly tags: number }[]> {
  const { rows } = await database.query<{ type: string; tags: number }>(
    'SELECT type, count(*) AS tags FROM tags GROUP BY type ORDER BY type',
  );
  return rows;
}

export interface DailyCount {
  readonly type: string;
  /** Day in UTC, `2026-11-24`. */
  readonly day: string;
  readonly articles: number;
}

/** Articles a type and day (UTC) over the last `days` days, today included; days without any have no row. */
export async function articlesPerTypeAndDay(database: Queryable, days: number): Promise<DailyCount[]> {
  // Days are put in words, and the first of them is worked out, once each: for every tag that would take twice as long.
  const { rows } = await database.query<DailyCount>(
    `SELECT type, to_char(day AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, articles
     FROM (SELECT type, date_bin('1 day', happened_at, 'epoch') AS day, count(*) AS articles FROM tags
       WHERE happened_at >= (SELECT (date_trunc('day', now() AT TIME ZONE 'UTC') - make_interval(days => $1 - 1)) AT TIME ZONE 'UTC')
       GROUP BY 1, 2) counted
     ORDER BY 1, 2`,
    [days],
  );
  return rows;
}

/** The languages that articles are written in, most frequent first. */
export async function articleLanguages(
  database: Queryable,
): Promise<{ readonly language: string; readonly articles: number }[]> {
  const { rows } = await database.query<{ language: string; articles: number }>(
    'SELECT language, count(*) AS articles FROM articles GROUP BY language ORDER BY articles DESC, language',
  );
  return rows;
}

/** The languages that articles are written in, by their codes; one index lookup a language, however many articles there are. */
export async function languagesInUse(database: Queryable): Promise<readonly string[]> {
  const { rows } = await database.query<{ language: string }>(
    `WITH RECURSIVE found AS (
       (SELECT language FROM articles ORDER BY language LIMIT 1)
       UNION ALL
       SELECT (SELECT a.language FROM articles a WHERE a.language > found.language ORDER BY a.language LIMIT 1)
       FROM found WHERE found.language IS NOT NULL
     )
     SELECT language FROM found WHERE language IS NOT NULL`,
  );
  return rows.map(({ language }) => language);
}

export interface FeedYield {
  readonly feedId: number;
  readonly articles: number;
  readonly tagged: number;
  /** Articles stored in the last seven days. */
  readonly lastWeek: number;
}

/** What each feed has brought; a feed without articles has no row. */
export async function feedYields(database: Queryable): Promise<FeedYield[]> {
  const { rows } = await database.query<FeedYield>(
    // Counted by indexes alone: articles themselves are too long to be read for it.
    `SELECT feed_id AS "feedId", articles, coalesce(tagged, 0) AS tagged, "lastWeek"
     FROM (SELECT feed_id, count(*) AS articles, count(*) FILTER (WHERE stored_at >= now() - interval '7 days') AS "lastWeek"
       FROM articles GROUP BY 1) brought
     LEFT JOIN (SELECT feed_id, count(*) AS tagged FROM (SELECT DISTINCT feed_id, article_id FROM tags) once GROUP BY 1) with_tags
       USING (feed_id)`,
  );
  return rows;
}

export interface OutcomeCount {
  readonly outcome: string;
  readonly count: number;
}

/** How the polls that ended since then came out, most frequent first. */
export async function pollOutcomes(database: Queryable, since: Date): Promise<OutcomeCount[]> {
  const { rows } = await database.query<OutcomeCount>(
    'SELECT outcome, count(*) FROM polls WHERE finished_at >= $1 GROUP BY outcome ORDER BY count DESC, outcome',
    [since],
  );
  return rows;
}

export interface StageOutcomeCount extends OutcomeCount {
  readonly stage: 'fetch' | 'extract' | 'classify' | 'store';
}

/**
 * What became of the pages that feeds brought since then, by stage.
 *
 * A page that a stage has not reached counts for none of the later ones; one that ended in extraction has its end there.
 */
export async function pageOutcomes(database: Queryable, since: Date): Promise<StageOutcomeCount[]> {
  const { rows } = await database.query<StageOutcomeCount>(
    `WITH recent AS (
       SELECT id, fetch_outcome, coalesce(extract_outcome, CASE WHEN outcome NOT IN ('stored', 'dead') THEN outcome END) AS extract_outcome,
         classified_at IS NOT NULL AS classified, outcome
       FROM pages WHERE found_at >= $1
     )
     SELECT 'fetch' AS stage, fetch_outcome AS outcome, count(*) FROM recent WHERE fetch_outcome IS NOT NULL GROUP BY 2
     UNION ALL
     SELECT 'extract', extract_outcome, count(*) FROM recent WHERE extract_outcome IS NOT NULL GROUP BY 2
     UNION ALL
     SELECT 'classify', CASE WHEN EXISTS (SELECT FROM given_tags WHERE article_id = recent.id) THEN 'tagged' ELSE 'untagged' END, count(*)
     FROM recent WHERE classified AND outcome = 'stored' GROUP BY 2
     UNION ALL
     SELECT 'store', outcome, count(*) FROM recent WHERE outcome IN ('stored', 'dead') GROUP BY 2
     UNION ALL
     SELECT stage, 'page-gone', count(*) FROM stray_jobs WHERE found_at >= $1 GROUP BY 1
     ORDER BY 1, 3 DESC, 2`,
    [since],
  );
  return rows;
}

/** How many followed feeds there are by the outcome of their last poll; null before the first. */
export async function feedsByOutcome(
  database: Queryable,
): Promise<{ readonly outcome: string | null; readonly feeds: number; readonly failing: boolean }[]> {
  const { rows } = await database.query<{ outcome: string | null; feeds: number; failing: boolean }>(
    `SELECT last_outcome AS outcome, failures > 0 AS failing, count(*) AS feeds
     FROM feeds WHERE removed_at IS NULL GROUP BY 1, 2 ORDER BY 3 DESC, 1`,
  );
  return rows;
}

export interface PageSubject {
  readonly id: string;
  readonly url: string | null;
  readonly title: string | null;
  readonly feedTitle: string | null;
}

/** What pages are about, for people who look at their dead letters. */
export async function pageSubjects(database: Queryable, ids: readonly string[]): Promise<PageSubject[]> {
  const { rows } = await database.query<PageSubject>(
    `SELECT pages.id, pages.url, item->>'title' AS title, feeds.title AS "feedTitle"
     FROM pages JOIN feeds ON feeds.id = pages.feed_id WHERE pages.id = ANY($1)`,
    [ids],
  );
  return rows;
}
