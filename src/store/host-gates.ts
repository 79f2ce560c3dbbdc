/** Host politeness in PostgreSQL: a row a host, no session locks, so it works over poolers and over one shared session too. */
import { FORGET_MILLISECONDS, type GateStore, MAX_SLOWDOWN } from '../web/politeness.js';
import type { Queryable } from './database.js';

export function createPostgresGateStore(database: Queryable): GateStore {
  return {
    async take(host, lease, { lane, ticket }, limits) {
      const { rows } = await database.query<{ wait: number; promised: number; held: boolean }>(
        'SELECT wait, promised, held FROM host_gate_take($1, $2, $3, $4, $5, $6, $7, $8, $9)',
        [
          host,
          lease,
          lane,
          ticket ?? 0,
          limits.spacingMilliseconds,
          limits.marginMilliseconds,
          limits.leaseMilliseconds,
          limits.maxConcurrent,
          limits.longestWaitMilliseconds,
        ],
      );
      const { wait, promised, held } = rows[0] as { wait: number; promised: number; held: boolean };
      return { waitMilliseconds: Math.ceil(wait), ticket: promised > 0 ? promised : null, held };
    },
    async giveBack(host, lease, { slowdown, holdMilliseconds, durationMilliseconds }) {
      await database.query(
        `UPDATE host_gates SET
           leases = leases - $2::text,
           slowdown = least($5::double precision, greatest(1, slowdown * $3::double precision)),
           next_start = greatest(next_start, CASE WHEN $4::double precision > 0
             THEN extract(epoch FROM clock_timestamp()) * 1000 + $4::double precision ELSE 0 END),
           mean_duration = CASE WHEN $6::double precision = 0 THEN mean_duration WHEN mean_duration = 0 THEN $6::double precision
             ELSE mean_duration * 0.7 + $6::double precision * 0.3 END
         WHERE host = $1`,
        [host, lease, slowdown, holdMilliseconds, MAX_SLOWDOWN, durationMilliseconds],
      );
    },
  };
}

/** Forgets hosts that nothing was asked of for a while. */
export async function pruneHostGates(database: Queryable): Promise<void> {
  await database.query(
    `DELETE FROM host_gates
     WHERE greatest(next_start, ordinary_tail, express_tail) < extract(epoch FROM clock_timestamp()) * 1000 - $1::double precision`,
    [FORGET_MILLISECONDS],
  );
}
