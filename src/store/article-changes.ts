/**
 * What happened to articles, in an order in which nothing is missed: by transaction, and only those before which none is open.
 * By number alone a change would be passed over whose transaction ends after that of a later number.
 */
import type { Queryable } from './database.js';

/** Who comes back later than this loads the list anew: well below what is kept, however long a transaction took. */
const RESUMABLE_HOURS = 12;
const RESUMABLE_MILLISECONDS = RESUMABLE_HOURS * 3_600_000;

export type ArticleChangeKind = 'added' | 'edited' | 'judged';

/** A place in the order of changes: all up to it are known. */
export interface ChangePosition {
  /** Of a transaction (xid8; a cluster would need thousands of years to reach 2^53). */
  readonly xid: number;
  /** Of a change within it; 0 stands before all of them. */
  readonly id: number;
  /** When it was current. */
  readonly at: Date;
}

export interface ArticleChange {
  readonly articleId: string;
  readonly kind: ArticleChangeKind;
  readonly position: ChangePosition;
}

/** The end of what is settled: every transaction before it has ended, and what those that are open change comes after it. */
export async function settledPosition(database: Queryable): Promise<ChangePosition> {
  const { rows } = await database.query<{ xid: number; at: Date }>(
    'SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xid, now() AS at',
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the store did not say where its transactions stand');
  return { ...row, id: 0 };
}

/** Whether a position can be gone on from: not so old that changes after it may have been pruned, and of this store. */
export const isResumable = (position: ChangePosition, settled: ChangePosition): boolean =>
  position.xid <= settled.xid && Math.abs(settled.at.getTime() - position.at.getTime()) <= RESUMABLE_MILLISECONDS;

/**
 * Changes after one position and before another, in their order.
 *
 * @param until from `settledPosition`
 */
export async function changesBetween(
  database: Queryable,
  after: ChangePosition,
  until: ChangePosition,
  limit: number,
): Promise<ArticleChange[]> {
  const { rows } = await database.query<{
    articleId: string;
    kind: ArticleChangeKind;
    xid: number;
    id: number;
    at: Date;
  }>(
    `SELECT article_id AS "articleId", kind, xid::text::bigint AS xid, id, at FROM article_changes
     WHERE (xid, id) > ($1::text::xid8, $2::bigint) AND xid < $3::text::xid8
     ORDER BY xid, id LIMIT $4`,
    [String(after.xid), after.id, String(until.xid), limit],
  );
  return rows.map(({ articleId, kind, ...position }) => ({ articleId, kind, position }));
}

/** A position as a word: what an event's `id` says. */
export const encodePosition = ({ xid, id, at }: ChangePosition): string =>
  `${xid}-${id}-${Math.floor(at.getTime() / 1000)}`;

/** Undefined for anything that `encodePosition` doesn't make. */
export function decodePosition(word: string): ChangePosition | undefined {
  const match = /^(\d{1,15})-(\d{1,15})-(\d{1,11})$/.exec(word);
  return match ? { xid: Number(match[1]), id: Number(match[2]), at: new Date(Number(match[3]) * 1000) } : undefined;
}

/** Forgets what nobody can go on from any more. */
export async function pruneArticleChanges(database: Queryable): Promise<void> {
  await database.query("DELETE FROM article_changes WHERE at < now() - interval '1 day'");
}
