/** What has been learned of each feed's rhythm; polls and pushes of one feed take turns at it. */
import type { RhythmState } from '../feeds/rhythm.js';
import type { Queryable } from './database.js';
import { POLLED } from './feeds.js';

/** Replaces a feed's rhythm by what `learn` makes of it. Needs a transaction: the feed's row stays locked until its end. */
export async function learnRhythm(
  client: Queryable,
  feedId: number,
  learn: (state: RhythmState | null) => RhythmState,
): Promise<RhythmState> {
  const { rows } = await client.query<{ rhythm: RhythmState | null }>(
    'SELECT rhythm FROM feeds WHERE id = $1 FOR UPDATE',
    [feedId],
  );
  const state = learn(rows[0]?.rhythm ?? null);
  await client.query('UPDATE feeds SET rhythm = $2 WHERE id = $1', [feedId, JSON.stringify(state)]);
  return state;
}

export interface FeedWithRhythm {
  readonly id: number;
  readonly title: string | null;
  readonly url: string;
  readonly rhythm: RhythmState;
}

/** The feeds that are polled and of whose rhythm something is known. */
export async function feedsWithRhythm(database: Queryable): Promise<FeedWithRhythm[]> {
  const { rows } = await database.query<FeedWithRhythm>(
    `SELECT id, title, url, rhythm FROM feeds WHERE ${POLLED} AND rhythm IS NOT NULL ORDER BY title, url`,
  );
  return rows;
}

/** A feed's rhythm; null while nothing is known of it. */
export async function rhythmOf(database: Queryable, feedId: number): Promise<RhythmState | null> {
  const { rows } = await database.query<{ rhythm: RhythmState | null }>('SELECT rhythm FROM feeds WHERE id = $1', [
    feedId,
  ]);
  return rows[0]?.rhythm ?? null;
}

export interface PushRecord {
  readonly outcome: string;
  readonly items: number;
  readonly bytes: number;
  readonly newItems: number;
  readonly changedItems: number;
}

/** Writes what a push brought into its row among the polls and into its feed's; when the next poll is due stays as it is. */
export async function finishPush(
  database: Queryable,
  pollId: number,
  feedId: number,
  record: PushRecord,
): Promise<void> {
  await database.query(
    `WITH done AS (
       UPDATE polls SET finished_at = now(), outcome = $2, detail = 'pushed by the hub', items = $3, bytes = $4,
         new_items = $5, changed_items = $6
       WHERE id = $1
     )
     UPDATE feeds SET last_new_at = CASE WHEN $5 > 0 THEN now() ELSE last_new_at END WHERE id = $7`,
    [pollId, record.outcome, record.items, record.bytes, record.newItems, record.changedItems, feedId],
  );
}
