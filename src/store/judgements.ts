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

export type JudgingResult =
  | { readonly outcome: 'judged'; readonly judgements: readonly Judgement[] }
  | { readonly outcome: 'no-article' };

/**
 * Stores what somebody says of an article. Who says the same again changes nothing; who says otherwise takes back what they
 * said of that type before. What others said stays.
 */
export async function addJudgements(
  pool: pg.Pool,
  articleId: string,
  by: string,
  judgements: readonly JudgementToAdd[],
): Promise<JudgingResult> {
  return transaction(pool, async (client) => {
    // The lock makes two judgements of one article follow each other.
    const { rowCount } = await client.query('SELECT FROM articles WHERE id = $1 FOR UPDATE', [articleId]);
    if (rowCount === 0) return { outcome: 'no-article' };
    for (const { type, verdict, note } of judgements) {
      const values = [articleId, type, verdict, by];
      const { rowCount: same } = await client.query(
        `SELECT FROM standing_judgements
         WHERE article_id = $1 AND type = $2 AND verdict = $3 AND judged_by = $4 AND $5::text IS NULL`,
        [...values, note ?? null],
      );
      if (same) continue;
      await client.query(
        `UPDATE judgements SET withdrawn_at = now(), withdrawn_by = $3
         WHERE article_id = $1 AND type = $2 AND judged_by = $3 AND withdrawn_at IS NULL`,
        [articleId, type, by],
      );
      await client.query(
        'INSERT INTO judgements (article_id, type, verdict, judged_by, note) VALUES ($1, $2, $3, $4, $5)',
        [...values, note ?? null],
      );
    }
    return { outcome: 'judged', judgements: await judgementsOf(client, articleId) };
  });
}

/** Takes a judgement back; it stays on record. False when there is none with this id on the article that still stands. */
export async function withdrawJudgement(
  database: Queryable,
  { articleId, id, by }: { readonly articleId: string; readonly id: number; readonly by: string },
): Promise<boolean> {
  const { rowCount } = await database.query(
    `UPDATE judgements SET withdrawn_at = now(), withdrawn_by = $3
     WHERE article_id = $1 AND id = $2 AND withdrawn_at IS NULL`,
    [articleId, id, by],
  );
  return rowCount === 1;
}

/** All judgements of an article that still stand for these types, taken back at once; how many there were. */
export async function withdrawJudgementsOfTypes(
  database: Queryable,
  { articleId, types, by }: { readonly articleId: string; readonly types: readonly string[]; readonly by: string },
): Promise<number> {
  const { rowCount } = await database.query(
    `UPDATE judgements SET withdrawn_at = now(), withdrawn_by = $3
     WHERE article_id = $1 AND type = ANY($2) AND withdrawn_at IS NULL`,
    [articleId, types, by],
  );
  return rowCount ?? 0;
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
