/** What articles' summaries leave out and outputs need: the text to quote from, and where the source is. */
import type { Queryable } from './database.js';

/** Evidence further down is rare; longer texts would only cost memory. */
const TEXT_START_MAX_CHARACTERS = 40_000;

export interface ArticleDetails {
  /** The start of the text: quotes of evidence come from it. */
  readonly text: string;
  readonly feedUrl: string;
  /** The feed's home page, where the feed list knows it. */
  readonly feedSite: string | null;
}

/** Article id → its details; an id that is not stored is missing. */
export async function articleDetails(
  database: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ArticleDetails>> {
  const { rows } = await database.query<ArticleDetails & { id: string }>(
    `SELECT a.id, left(a.text, $2) AS text, f.url AS "feedUrl", f.site AS "feedSite"
     FROM articles a JOIN feeds f ON f.id = a.feed_id WHERE a.id = ANY($1)`,
    [ids, TEXT_START_MAX_CHARACTERS],
  );
  return new Map(rows.map(({ id, ...details }) => [id, details]));
}
