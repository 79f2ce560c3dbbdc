/** What analysts say of articles: rows of their own beside the model's tags. The table `tags` follows them, so that they win everywhere. */
import type pg from 'pg';
import type { Queryable } from './database.js';
import { transaction } from './database.js';

export type Verdict = 'is' | 'is-not';

export interface Judgement {
  readonly id: number;
  readonly articleId: string;
  /** Id of a threat type. */
  readonly type: string;
  readonly verdict: Verdict;
  readonly by: string;
  readonly at: Date;
  readonly note: string | null;
  readonly withdrawn: { readonly by: string; readonly at: Date } | null;
  /** Whether this is the one that counts for its type. */
  readonly counts: boolean;
}

export interface JudgementToAdd {
  readonly type: string;
  readonly verdict: Verdict;
  readonly note?: string | null | undefined;
}

/** What is said of one article, where many are judged at once. */
export interface ArticleJudgement extends JudgementToAdd {
  readonly articleId: string;
}

export interface JudgingResult {
  readonly outcome: 'judged' | 'no-article';
}

/**
 * Stores what somebody says of an article. Who says the same again changes nothing; who says otherwise takes back what they
 * said of that type before. What others said stays.
 *
 * @param act under which `undoAct` takes it all back
 */
export async function addJudgements(
  pool: pg.Pool,
  articleId: string,
  by: string,
  judgements: readonly JudgementToAdd[],
  act: string | null = null,
): Promise<JudgingResult> {
  return transaction(pool, async (client) => {
    const given = judgements.map((judgement) => ({ ...judgement, articleId }));
    const { missing } = await judge(client, by, given, act);
    return { outcome: missing.includes(articleId) ? 'no-article' : 'judged' };
  });
}

/** Judges many articles at once, each as `addJudgements` does; those that are gone are left out. */
export async function judgeArticles(
  pool: pg.Pool,
  by: string,
  judgements: readonly ArticleJudgement[],
  act: string,
): Promise<void> {
  await transaction(pool, (client) => judge(client, by, judgements, act));
}

async function judge(
  client: Queryable,
  by: string,
  judgements: readonly ArticleJudgement[],
  act: string | null,
): Promise<{ readonly missing: readonly string[] }> {
  const ids = [...new Set(judgements.map(({ articleId }) => articleId))];
  const missing = await lockArticles(client, ids);
  await client.query(
    `WITH given AS (
       SELECT DISTINCT ON ("articleId", type) * FROM
         ROWS FROM (jsonb_to_recordset($1) AS ("articleId" text, type text, verdict text, note text)) WITH ORDINALITY
           AS g("articleId", type, verdict, note, place)
       WHERE "articleId" <> ALL($4) ORDER BY "articleId", type, place DESC
     ),
     fresh AS (
       SELECT * FROM given WHERE note IS NOT NULL OR NOT EXISTS (
         SELECT FROM standing_judgements s
         WHERE s.article_id = "articleId" AND s.type = given.type AND s.verdict = given.verdict AND s.judged_by = $2)
     ),
     taken_back AS (
       UPDATE judgements j SET withdrawn_at = now(), withdrawn_by = $2, ended_by_act = $3 FROM fresh
       WHERE j.article_id = "articleId" AND j.type = fresh.type AND j.judged_by = $2 AND j.withdrawn_at IS NULL
     )
     INSERT INTO judgements (article_id, type, verdict, judged_by, note, act)
     SELECT "articleId", type, verdict, $2, note, $3 FROM fresh ORDER BY "articleId", place`,
    [JSON.stringify(judgements), by, act, missing],
  );
  return { missing };
}

/**
 * Makes judgements of an article follow each other and what the store stage writes of it; before all else in a transaction and
 * always in the same order, so that no two wait for each other.
 */
async function lockArticles(client: Queryable, ids: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM articles WHERE id = ANY($1) ORDER BY id FOR UPDATE',
    [ids],
  );
  const found = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => !found.has(id));
}

/** Takes a judgement back; it stays on record. False when there is none with this id on the article that still stands. */
export async function withdrawJudgement(
  pool: pg.Pool,
  {
    articleId,
    id,
    by,
    act = null,
  }: { readonly articleId: string; readonly id: number; readonly by: string; readonly act?: string | null },
): Promise<boolean> {
  return transaction(pool, async (client) => {
    await lockArticles(client, [articleId]);
    const { rowCount } = await client.query(
      `UPDATE judgements SET withdrawn_at = now(), withdrawn_by = $3, ended_by_act = $4
       WHERE article_id = $1 AND id = $2 AND withdrawn_at IS NULL`,
      [articleId, id, by, act],
    );
    return rowCount === 1;
  });
}

/**
 * Makes it as if an act had not been: what was said in it is withdrawn, what it withdrew counts again, unless whoever it is of
 * has said something else since. Done twice it changes nothing.
 *
 * @param by only who did it undoes it
 */
export async function undoAct(pool: pg.Pool, act: string, by: string): Promise<void> {
  await transaction(pool, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `SELECT article_id AS id FROM judgements WHERE act = $1 AND judged_by = $2
       UNION SELECT article_id FROM judgements WHERE ended_by_act = $1 AND withdrawn_by = $2`,
      [act, by],
    );
    await lockArticles(
      client,
      rows.map(({ id }) => id),
    );
    await client.query(
      `UPDATE judgements SET withdrawn_at = now(), withdrawn_by = $2
       WHERE act = $1 AND judged_by = $2 AND withdrawn_at IS NULL`,
      [act, by],
    );
    await client.query(
      `UPDATE judgements j SET withdrawn_at = NULL, withdrawn_by = NULL, ended_by_act = NULL
       WHERE ended_by_act = $1 AND withdrawn_by = $2 AND NOT EXISTS (
         SELECT FROM judgements since WHERE since.article_id = j.article_id AND since.type = j.type
           AND since.judged_by = j.judged_by AND since.withdrawn_at IS NULL)`,
      [act, by],
    );
  });
}

/** What an act did, for the words that say so. */
export interface Act {
  /** How many articles it changed. */
  readonly articles: number;
  /** False once it was undone. */
  readonly stands: boolean;
  /** What was said in it, by type. */
  readonly said: readonly { readonly type: string; readonly verdict: Verdict }[];
}

/** What somebody did in an act; undefined where there is no such act of theirs, or it changed nothing. */
export async function findAct(database: Queryable, act: string, by: string): Promise<Act | undefined> {
  const { rows } = await database.query<Act>(
    `WITH said AS (SELECT * FROM judgements WHERE act = $1 AND judged_by = $2),
     ended AS (SELECT * FROM judgements WHERE ended_by_act = $1 AND withdrawn_by = $2)
     SELECT
       (SELECT count(*)::int FROM (SELECT article_id FROM said UNION SELECT article_id FROM ended) touched) AS articles,
       EXISTS (SELECT FROM said WHERE withdrawn_at IS NULL) OR EXISTS (SELECT FROM ended) AS stands,
       coalesce((SELECT jsonb_agg(each) FROM (SELECT DISTINCT type, verdict FROM said ORDER BY type) each), '[]') AS said`,
    [act, by],
  );
  return rows[0]?.articles ? rows[0] : undefined;
}

/** Article id → the types that count for it now; an article without any has no entry. */
export async function countingTypes(
  database: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await database.query<{ id: string; types: string[] }>(
    'SELECT article_id AS id, array_agg(type ORDER BY type) AS types FROM tags WHERE article_id = ANY($1) GROUP BY 1',
    [ids],
  );
  return new Map(rows.map(({ id, types }) => [id, types]));
}

/** All judgements of an article that still stand for these types, taken back at once; how many there were. */
export async function withdrawJudgementsOfTypes(
  pool: pg.Pool,
  { articleId, types, by }: { readonly articleId: string; readonly types: readonly string[]; readonly by: string },
): Promise<number> {
  return transaction(pool, async (client) => {
    await lockArticles(client, [articleId]);
    const { rowCount } = await client.query(
      `UPDATE judgements SET withdrawn_at = now(), withdrawn_by = $3
       WHERE article_id = $1 AND type = ANY($2) AND withdrawn_at IS NULL`,
      [articleId, types, by],
    );
    return rowCount ?? 0;
  });
}

/** Everything that was ever judged of an article, latest first. */
export async function judgementsOf(database: Queryable, articleId: string): Promise<Judgement[]> {
  const { rows } = await database.query<Judgement>(
    `SELECT j.id, j.article_id AS "articleId", j.type, j.verdict, j.judged_by AS "by", j.judged_at AS "at", j.note,
       CASE WHEN j.withdrawn_at IS NOT NULL
         THEN jsonb_build_object('by', j.withdrawn_by, 'at', j.withdrawn_at) END AS withdrawn,
       s.id IS NOT NULL AS counts
     FROM judgements j LEFT JOIN standing_judgements s ON s.article_id = j.article_id AND s.id = j.id
     WHERE j.article_id = $1 ORDER BY j.id DESC`,
    [articleId],
  );
  return rows.map((row) => ({
    ...row,
    withdrawn: row.withdrawn && { by: row.withdrawn.by, at: new Date(row.withdrawn.at) },
  }));
}

/** A tag as a machine gave it, whatever was judged since. */
export interface MachineTag {
  readonly type: string;
  readonly score: number;
  readonly origin: string;
}

/** The model's own tags of an article, highest score first; judgements leave them as they were. */
export async function machineTagsOf(database: Queryable, articleId: string): Promise<MachineTag[]> {
  const { rows } = await database.query<MachineTag>(
    'SELECT type, score, origin FROM machine_tags WHERE article_id = $1 ORDER BY score DESC, type',
    [articleId],
  );
  return rows;
}

/** An article that somebody judged, as training and evaluation take it. */
export interface JudgedArticle {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly language: string;
  /** Its tags as they count now: judged ones, and the model's that nobody objected to. */
  readonly labels: readonly string[];
}

/** Judged articles after the one with the id `after`, by id: pages of a list that goes through all of them. */
export async function judgedArticles(database: Queryable, after: string, limit: number): Promise<JudgedArticle[]> {
  const { rows } = await database.query<JudgedArticle>(
    `SELECT a.id, a.title, a.text, a.language,
       ARRAY(SELECT type FROM tags WHERE article_id = a.id ORDER BY type) AS labels
     FROM articles a
     WHERE a.id > $1 AND EXISTS (SELECT FROM judgements WHERE article_id = a.id AND withdrawn_at IS NULL)
     ORDER BY a.id LIMIT $2`,
    [after, limit],
  );
  return rows;
}
