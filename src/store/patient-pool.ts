/** A pool that waits for a server that is away, as a Redis client does, instead of failing. */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { isDatabaseAway } from './away.js';

const RETRY_MILLISECONDS = 500;

/**
 * Makes `pool` try again until a connection stands.
 *
 * BullMQ's PostgreSQL backend (6.7) keeps a first connection that failed for good: its workers then turn in circles without
 * ever pausing, and take the whole process with them. A pool that doesn't fail spares them that.
 *
 * @param givesUp asked after each failure: true passes it on.
 */
export function makePatient(pool: pg.Pool, givesUp: (waitedMilliseconds: number) => boolean): pg.Pool {
  const connect: () => Promise<pg.PoolClient> = pool.connect.bind(pool);
  const untilConnected = async (): Promise<pg.PoolClient> => {
    const began = Date.now();
    for (;;) {
      try {
        return await connect();
      } catch (error) {
        if (!isDatabaseAway(error) || pool.ending || givesUp(Date.now() - began)) throw error;
        pool.emit('error', error as Error, undefined as never); // whoever watches hears that it takes longer
        await sleep(RETRY_MILLISECONDS);
      }
    }
  };
  // Both forms that pg has: `pool.query` uses the one with a callback.
  const patient = (
    callback?: (error: Error | undefined, client: pg.PoolClient | undefined, release: pg.PoolClient['release']) => void,
  ): Promise<pg.PoolClient> | undefined => {
    if (!callback) return untilConnected();
    untilConnected().then(
      (client) => callback(undefined, client, client.release),
      (error: Error) => callback(error, undefined, () => {}),
    );
    return undefined;
  };
  pool.connect = patient as pg.Pool['connect'];
  return pool;
}
