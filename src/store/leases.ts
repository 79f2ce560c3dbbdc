/** Leases: locks between processes that end by themselves when their holder dies. */
import type { Queryable } from './database.js';

/** Takes or renews a lease; false when somebody else holds it. */
export async function holdLease(database: Queryable, name: string, holder: string, seconds: number): Promise<boolean> {
  const { rowCount } = await database.query(
    `INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3))
     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
     WHERE leases.holder = excluded.holder OR leases.expires_at < now()`,
    [name, holder, seconds],
  );
  return rowCount === 1;
}

export async function releaseLease(database: Queryable, name: string, holder: string): Promise<void> {
  await database.query('DELETE FROM leases WHERE name = $1 AND holder = $2', [name, holder]);
}
