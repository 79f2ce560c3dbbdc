/** What other models said of types near their threshold: rows of their own beside the classifier's tags, which they decide. */
import type { Classification, SecondOpinion } from '../threats/threat.js';
import type { Queryable } from './database.js';

/** An opinion as it is stored, with the first one that it was asked about. */
export interface StoredSecondOpinion extends Pick<SecondOpinion, 'type' | 'verdict' | 'by' | 'quote' | 'probability'> {
  /** ISO 8601. */
  readonly at: string;
  /** What the classifier had said; `origin` is `model:VERSION`. */
  readonly first: { readonly score: number; readonly threshold: number; readonly origin: string };
}

/** All that stand for the article `a`, as JSON. */
export const SECOND_OPINIONS_OF_ARTICLE = `coalesce((SELECT jsonb_agg(jsonb_build_object('type', o.type, 'verdict', o.verdict,
    'by', o.said_by, 'at', to_json(o.said_at), 'quote', o.quote, 'probability', o.probability,
    'first', jsonb_build_object('score', o.score, 'threshold', o.threshold, 'origin', o.origin)) ORDER BY o.score DESC, o.type)
  FROM second_opinions o WHERE o.article_id = a.id), '[]')`;

/** Makes an article's opinions those of its classification; one that is as before keeps its time. Run in its transaction. */
export async function storeSecondOpinions(
  database: Queryable,
  articleId: string,
  { secondOpinions = [], version }: Classification,
): Promise<void> {
  await database.query(
    `WITH given AS (
       SELECT * FROM jsonb_to_recordset($2) AS g(type text, verdict text, by text, quote text, probability real, first jsonb, question text)
     ),
     gone AS (DELETE FROM second_opinions WHERE article_id = $1 AND type NOT IN (SELECT type FROM given))
     INSERT INTO second_opinions AS o
       (article_id, type, verdict, said_by, quote, probability, score, threshold, origin, evidence, question)
     SELECT $1, type, verdict, by, quote, probability, (first->>'score')::real, (first->>'threshold')::real, $3,
       first->'evidence', question FROM given
     ON CONFLICT (article_id, type) DO UPDATE SET
       verdict = excluded.verdict, said_by = excluded.said_by, said_at = now(), quote = excluded.quote,
       probability = excluded.probability, score = excluded.score, threshold = excluded.threshold,
       origin = excluded.origin, evidence = excluded.evidence, question = excluded.question
     WHERE (o.question, o.verdict, o.quote, o.probability) IS DISTINCT FROM
       (excluded.question, excluded.verdict, excluded.quote, excluded.probability)`,
    [articleId, JSON.stringify(secondOpinions), `model:${version}`],
  );
}

/** What was answered before to the very same question. */
export async function knownOpinions(
  database: Queryable,
  articleId: string,
  question: string,
): Promise<readonly Pick<SecondOpinion, 'type' | 'verdict' | 'quote' | 'probability'>[]> {
  const { rows } = await database.query<Pick<SecondOpinion, 'type' | 'verdict' | 'quote' | 'probability'>>(
    'SELECT type, verdict, quote, probability FROM second_opinions WHERE article_id = $1 AND question = $2',
    [articleId, question],
  );
  return rows;
}
