/** The beginnings of articles' texts, for lists that quote the words that matter. */
import type { Queryable } from './database.js';

/** Evidence further down is rare, and a list must stay quick with articles of any length. */
const TEXT_START_MAX_CHARACTERS = 40_000;

/** Article id → the start of its text. */
export async function textStarts(database: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await database.query<{ id: string; text: string }>(
    'SELECT id, left(text, $2) AS text FROM articles WHERE id = ANY($1)',
    [ids, TEXT_START_MAX_CHARACTERS],
  );
  return new Map(rows.map(({ id, text }) => [id, text]));
}
