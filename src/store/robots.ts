/** robots.txt of each site, kept for all processes. */
import type { RobotsCache, RobotsRecord } from '../web/robots.js';
import type { Queryable } from './database.js';

export function createStoredRobotsCache(database: Queryable): RobotsCache {
  return {
    async read(origin) {
      const { rows } = await database.query<{ kind: RobotsRecord['kind']; text: string; fetched: Date; expires: Date }>(
        'SELECT kind, rules AS text, fetched_at AS fetched, expires_at AS expires FROM robots WHERE origin = $1',
        [origin],
      );
      const [row] = rows;
      if (row === undefined) return null;
      return { kind: row.kind, text: row.text, fetchedAt: row.fetched.getTime(), expiresAt: row.expires.getTime() };
    },
    async write(origin, { kind, text, fetchedAt, expiresAt }) {
      await database.query(
        `INSERT INTO robots (origin, kind, rules, fetched_at, expires_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (origin) DO UPDATE SET
           kind = excluded.kind, rules = excluded.rules, fetched_at = excluded.fetched_at, expires_at = excluded.expires_at`,
        // PostgreSQL's text holds no NUL.
        [origin, kind, text.replaceAll('\0', ''), new Date(fetchedAt), new Date(expiresAt)],
      );
    },
  };
}

/** Forgets what was said so long ago that it decides nothing any more. */
export async function pruneRobots(database: Queryable): Promise<void> {
  await database.query("DELETE FROM robots WHERE expires_at < now() - interval '31 days'");
}
