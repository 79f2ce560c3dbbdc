/** What a run came to, counted in the store: right whoever did the work. */
import type { Queryable } from './database.js';
import type { PageReference } from './pages.js';

/** What a run is about: all polls of its feeds since it began, whether the run or a schedule asked for them. */
export interface RunWindow {
  readonly afterPollId: number;
  readonly feedIds: readonly number[];
}

export interface RunCounts {
  readonly feedsPolled: number;
  readonly feedsFailed: number;
  readonly itemsNew: number;
  readonly itemsChanged: number;
  readonly articlesStored: number;
  readonly articlesTagged: number;
  /** Pages that ended among the dead letters. */
  readonly pagesDead: number;
  /** Pages that ended without an article, for a named reason. */
  readonly pagesWithout: number;
  /** Pages still on their way. */
  readonly travelling: number;
}

export async function countRun(database: Queryable, window: RunWindow): Promise<RunCounts> {
  const { rows } = await database.query<RunCounts>(
    `WITH mine AS (SELECT * FROM polls WHERE id > $1 AND feed_id = ANY($2)),
     pages_of AS (SELECT id, outcome FROM pages WHERE poll_id IN (SELECT id FROM mine))
     SELECT
       (SELECT count(DISTINCT feed_id) FROM mine WHERE outcome <> 'polling')::int AS "feedsPolled",
       (SELECT count(*) FROM mine WHERE outcome NOT IN ('polling', 'new', 'unchanged'))::int AS "feedsFailed",
       (SELECT coalesce(sum(new_items), 0) FROM mine)::int AS "itemsNew",
       (SELECT coalesce(sum(changed_items), 0) FROM mine)::int AS "itemsChanged",
       (SELECT count(*) FROM pages_of WHERE outcome = 'stored')::int AS "articlesStored",
       (SELECT count(*) FROM pages_of WHERE outcome = 'stored' AND EXISTS (SELECT FROM tags WHERE article_id = pages_of.id))::int AS "articlesTagged",
       (SELECT count(*) FROM pages_of WHERE outcome = 'dead')::int AS "pagesDead",
       (SELECT count(*) FROM pages_of WHERE outcome NOT IN ('stored', 'dead'))::int AS "pagesWithout",
       (SELECT count(*) FROM pages_of WHERE outcome IS NULL)::int AS "travelling"`,
    [window.afterPollId, window.feedIds],
  );
  return rows[0] as RunCounts;
}

/** The id of the newest poll: a run begins after it. */
export async function newestPollId(database: Queryable): Promise<number> {
  const { rows } = await database.query<{ id: number }>('SELECT coalesce(max(id), 0) AS id FROM polls');
  return rows[0]?.id ?? 0;
}

/** The polls of a run that failed, each with its feed and reason. */
export async function failedPolls(
  database: Queryable,
  window: RunWindow,
): Promise<{ readonly feed: string; readonly outcome: string; readonly detail: string | null }[]> {
  const { rows } = await database.query<{ feed: string; outcome: string; detail: string | null }>(
    `SELECT feeds.url AS feed, polls.outcome, polls.detail FROM polls JOIN feeds ON feeds.id = polls.feed_id
     WHERE polls.id > $1 AND feed_id = ANY($2) AND polls.outcome NOT IN ('polling', 'new', 'unchanged') ORDER BY feeds.url`,
    [window.afterPollId, window.feedIds],
  );
  return rows;
}

/** Every page that is on its way, for handing on again what an ended process left behind. */
export async function allTravelling(database: Queryable): Promise<PageReference[]> {
  const { rows } = await database.query<PageReference>(
    'SELECT id AS "pageId", revision FROM pages WHERE outcome IS NULL',
  );
  return rows;
}

/** How many of these pages are still on their way. */
export async function countTravelling(database: Queryable, pageIds: readonly string[]): Promise<number> {
  if (pageIds.length === 0) return 0;
  const { rows } = await database.query<{ count: number }>(
    'SELECT count(*) FROM pages WHERE outcome IS NULL AND id = ANY($1)',
    [pageIds],
  );
  return rows[0]?.count ?? 0;
}
