/** What articles' summaries leave out and outputs need: the text to quote from, and where the source is. */
import type { Queryable } from './database.js';

/** Evidence further down is rare; longer texts would mostly cost memory. */
const TEXT_START_MAX_CHARACTERS = 40_000;
/** Where there is some, the text goes on to the end of its sentence. */
const AFTER_EVIDENCE_CHARACTERS = 2_000;
/** However far down: nobody writes a sentence there to be quoted. */
const TEXT_MAX_CHARACTERS = 1_000_000;

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
    // Offsets count UTF-16 units, which are never fewer than the database's characters: what is cut off lies behind them.
    `SELECT a.id, left(a.text, greatest($2, least($4, $3 + (
         SELECT max((span->>'end')::int) FROM (
           SELECT evidence FROM machine_tags WHERE article_id = a.id
           UNION ALL SELECT evidence FROM second_opinions WHERE article_id = a.id) said, jsonb_array_elements(said.evidence) span
         WHERE span->>'field' = 'text')))) AS text,
       f.url AS "feedUrl", f.site AS "feedSite"
     FROM articles a JOIN feeds f ON f.id = a.feed_id WHERE a.id = ANY($1)`,
    [ids, TEXT_START_MAX_CHARACTERS, AFTER_EVIDENCE_CHARACTERS, TEXT_MAX_CHARACTERS],
  );
  return new Map(rows.map(({ id, ...details }) => [id, details]));
}
