/** WebSub subscriptions: one a feed at most, with what was asked of its hub and what the hub has said. */
import type { Queryable } from './database.js';
import { POLLED } from './feeds.js';

/**
 * `asked`: the hub has not asked back yet; `active`: verified; `denied`: the hub won't; `failed`: the hub could not be asked;
 * `leaving`: the feed names no hub any more, which its hub has still to be told; `ending`: the hub was told that nobody listens.
 */
export type SubscriptionState = 'new' | 'asked' | 'active' | 'denied' | 'failed' | 'leaving' | 'ending';

export interface Subscription {
  readonly id: number;
  readonly feedId: number;
  readonly hub: string;
  readonly topic: string;
  /** The last part of the callback's address: who knows it may speak as the hub, so it is never shown. */
  readonly token: string;
  readonly callback: string;
  readonly secret: string;
  readonly state: SubscriptionState;
  /** What the hub may ask back for at the moment. */
  readonly pendingIntent: 'subscribe' | 'unsubscribe' | null;
  readonly leaseEndsAt: Date | null;
  readonly lastPushAt: Date | null;
  readonly attempts: number;
}

/** What may be shown of a subscription. */
export interface FeedHub extends Pick<Subscription, 'hub' | 'state' | 'leaseEndsAt' | 'lastPushAt'> {
  /** Why the hub denied or could not be asked. */
  readonly detail: string | null;
}

export type NewSubscription = Pick<Subscription, 'feedId' | 'hub' | 'topic' | 'token' | 'callback' | 'secret'>;

const COLUMNS = `id, feed_id AS "feedId", hub, topic, token, callback, secret, state, pending_intent AS "pendingIntent",
  lease_ends_at AS "leaseEndsAt", last_push_at AS "lastPushAt", attempts`;

/**
 * Makes a subscription the feed's, due at once. One to the same hub, topic and public address stays as it is; one to another
 * gives way, and its callback's address is nobody's from then on.
 *
 * @returns whether a new one was made
 */
export async function keepSubscription(
  database: Queryable,
  publicUrl: string,
  wanted: NewSubscription,
): Promise<boolean> {
  const { rowCount } = await database.query(
    `INSERT INTO subscriptions AS kept (feed_id, hub, topic, token, callback, secret) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (feed_id) DO UPDATE SET
       hub = excluded.hub, topic = excluded.topic, token = excluded.token, callback = excluded.callback,
       secret = excluded.secret, state = 'new', pending_intent = NULL, lease_ends_at = NULL, verified_at = NULL,
       last_push_at = NULL, missed_at = NULL, attempts = 0, detail = NULL, next_ask_at = now()
     WHERE kept.hub <> excluded.hub OR kept.topic <> excluded.topic OR NOT starts_with(kept.callback, $7)
       OR kept.state IN ('leaving', 'ending')`,
    [wanted.feedId, wanted.hub, wanted.topic, wanted.token, wanted.callback, wanted.secret, publicUrl],
  );
  return (rowCount ?? 0) > 0;
}

/** Lets a feed's subscription go, for the feed names no hub any more: its hub is told when hubs are asked next. */
export async function leaveHub(database: Queryable, feedId: number): Promise<void> {
  await database.query(
    `UPDATE subscriptions SET state = 'leaving', pending_intent = NULL, next_ask_at = now(),
       lease_ends_at = CASE WHEN state = 'active' THEN lease_ends_at END
     WHERE feed_id = $1 AND state NOT IN ('leaving', 'ending')`,
    [feedId],
  );
}

export async function subscriptionByToken(database: Queryable, token: string): Promise<Subscription | undefined> {
  const { rows } = await database.query<Subscription>(`SELECT ${COLUMNS} FROM subscriptions WHERE token = $1`, [token]);
  return rows[0];
}

/**
 * Takes subscriptions whose hub has to be asked now: new ones, leases that end, failures whose wait is over, and those of
 * feeds that are not polled any more. What is taken is not due again for `claimMinutes`, whoever asks.
 */
export async function takeDueSubscriptions(
  database: Queryable,
  limit: number,
  claimMinutes: number,
): Promise<(Subscription & { readonly isWanted: boolean })[]> {
  const { rows } = await database.query<Subscription & { isWanted: boolean }>(
    `UPDATE subscriptions SET next_ask_at = now() + make_interval(mins => $2)
     WHERE id IN (
       SELECT subscriptions.id FROM subscriptions JOIN feeds ON feeds.id = feed_id
       WHERE next_ask_at <= now() OR (state <> 'ending' AND NOT ${POLLED})
       ORDER BY next_ask_at LIMIT $1 FOR UPDATE OF subscriptions SKIP LOCKED
     )
     RETURNING ${COLUMNS},
       state NOT IN ('leaving', 'ending') AND EXISTS (SELECT FROM feeds WHERE feeds.id = feed_id AND ${POLLED}) AS "isWanted"`,
    [limit, claimMinutes],
  );
  return rows;
}

/** Says before the request goes out what the hub may ask back for: a fast hub asks before it has answered. */
export async function expectIntent(
  database: Queryable,
  id: number,
  intent: 'subscribe' | 'unsubscribe',
): Promise<void> {
  await database.query(
    `UPDATE subscriptions SET pending_intent = $2, asked_at = now(),
       state = CASE WHEN $2 = 'unsubscribe' THEN 'ending' WHEN state = 'active' THEN state ELSE 'asked' END
     WHERE id = $1`,
    [id, intent],
  );
}

/** The hub could not be asked, or refused at once. An active subscription stays so until its lease ends. */
export async function noteAskFailed(database: Queryable, id: number, detail: string, nextAskAt: Date): Promise<void> {
  await database.query(
    `UPDATE subscriptions SET attempts = attempts + 1, detail = $2, next_ask_at = $3, pending_intent = NULL,
       state = CASE WHEN state = 'asked' THEN 'failed' ELSE state END
     WHERE id = $1`,
    [id, detail, nextAskAt],
  );
}

/** The hub has taken the request; it is asked again at `nextAskAt` when it does not ask back until then. */
export async function noteAsked(database: Queryable, id: number, nextAskAt: Date): Promise<void> {
  await database.query(
    `UPDATE subscriptions SET next_ask_at = $2, detail = NULL WHERE id = $1 AND pending_intent IS NOT NULL`,
    [id, nextAskAt],
  );
}

export async function noteVerified(
  database: Queryable,
  id: number,
  lease: { readonly endsAt: Date; readonly renewAt: Date },
): Promise<void> {
  await database.query(
    `UPDATE subscriptions SET state = 'active', pending_intent = NULL, verified_at = now(), attempts = 0, detail = NULL,
       lease_ends_at = $2, next_ask_at = $3
     WHERE id = $1`,
    [id, lease.endsAt, lease.renewAt],
  );
}

export async function noteDenied(
  database: Queryable,
  id: number,
  detail: string | null,
  nextAskAt: Date,
): Promise<void> {
  await database.query(
    `UPDATE subscriptions SET state = 'denied', pending_intent = NULL, lease_ends_at = NULL, detail = $2, next_ask_at = $3
     WHERE id = $1`,
    [id, detail, nextAskAt],
  );
}

export async function notePush(database: Queryable, id: number): Promise<void> {
  await database.query('UPDATE subscriptions SET last_push_at = now() WHERE id = $1', [id]);
}

/** A poll found entries that a push should have brought: until the next push the feed is polled as if there were no hub. */
export async function noteMissedPush(database: Queryable, feedId: number): Promise<void> {
  await database.query('UPDATE subscriptions SET missed_at = now() WHERE feed_id = $1', [feedId]);
}

export async function removeSubscription(database: Queryable, id: number): Promise<void> {
  await database.query('DELETE FROM subscriptions WHERE id = $1', [id]);
}

/** The pushes that polls may rely on: of a lease that runs, and that missed nothing since the last one came. */
export async function reliablePushes(
  database: Queryable,
  feedId: number,
): Promise<{ readonly lastAt: Date; readonly leaseEndsAt: Date } | null> {
  const { rows } = await database.query<{ lastAt: Date; leaseEndsAt: Date }>(
    `SELECT last_push_at AS "lastAt", lease_ends_at AS "leaseEndsAt" FROM subscriptions
     WHERE feed_id = $1 AND state = 'active' AND lease_ends_at > now() AND last_push_at > coalesce(missed_at, '-infinity')`,
    [feedId],
  );
  return rows[0] ?? null;
}

/** How each feed that names a hub stands with it, by the feed's id. */
export async function hubsOfFeeds(database: Queryable): Promise<ReadonlyMap<number, FeedHub>> {
  const { rows } = await database.query<FeedHub & { feedId: number }>(
    `SELECT feed_id AS "feedId", hub, state, detail, lease_ends_at AS "leaseEndsAt", last_push_at AS "lastPushAt"
     FROM subscriptions`,
  );
  return new Map(rows.map(({ feedId, ...hub }) => [feedId, hub]));
}

/** How many subscriptions there are in each state, for the metrics. */
export async function subscriptionStates(
  database: Queryable,
): Promise<{ readonly state: SubscriptionState; readonly count: number }[]> {
  const { rows } = await database.query<{ state: SubscriptionState; count: number }>(
    'SELECT state, count(*)::int AS count FROM subscriptions GROUP BY state ORDER BY state',
  );
  return rows;
}
