/** The one door to the store: a `pg` pool, whether on a PostgreSQL server or on the embedded one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { runMigrations } from 'bullmq';
import pg from 'pg';
import type { Settings } from '../config.js';
import { isDatabaseAway } from './away.js';
import { type EmbeddedDatabase, openEmbedded } from './embedded/open.js';
import { migrate, onlyMigrator } from './migrations.js';
import { makePatient } from './patient-pool.js';

/** Belfry's tables and those of BullMQ's PostgreSQL backend live in schemas of their own. */
const SEARCH_PATH = 'belfry, bullmq, public';
const QUEUE_SCHEMA = 'bullmq';
const POOL_MAX_CONNECTIONS = 10;
/** Each queue worker keeps a connection for LISTEN; the rest serve its short queries. */
const QUEUE_POOL_MAX_CONNECTIONS = 16;
const CONNECT_TIMEOUT_MILLISECONDS = 10_000;
/** The embedded database serves one after the other: a wait there is a queue, not an absence. */
const EMBEDDED_CONNECT_TIMEOUT_MILLISECONDS = 60_000;
/** A command's patience with queues on a server that went away under it; a service has no end of it. */
const COMMAND_PATIENCE_MILLISECONDS = 10_000;
const OWNER_POLL_MILLISECONDS = 50;
const MINIMUM_SERVER_VERSION = 140_000;

/** int8 (counts, sequence ids) as number: none of ours comes near 2^53. */
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export interface Database {
  readonly pool: pg.Pool;
  readonly embedded: boolean;
  /** Resolves with the reason when an embedded database is gone for good; never for a server. */
  readonly ended: Promise<string>;
  /** A pool for BullMQ's PostgreSQL backend, closed together with this database. */
  queuePool(): pg.Pool;
  /**
   * A pool whose queries are given up after so many seconds. A server stops them; the embedded database can't, there only the
   * wait ends. Whoever asks for it may end it; the rest is closed together with this database.
   */
  limitedPool(seconds: number): pg.Pool;
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  readonly kind: 'service' | 'command';
  readonly onPoolError: (error: Error) => void;
}

/**
 * Opens the store and brings its schema up to date.
 *
 * @throws DataDirectoryInUse see there.
 * @throws Error when the server is away, too old, or refuses.
 */
export async function openDatabase(
  settings: Pick<Settings, 'databaseUrl' | 'dataDirectory'>,
  options: OpenDatabaseOptions,
): Promise<Database> {
  const embedded = settings.databaseUrl
    ? undefined
    : await openEmbedded({ directory: settings.dataDirectory, searchPath: SEARCH_PATH, kind: options.kind });
  const config: pg.PoolConfig = {
    ...(embedded?.connection ?? {
      connectionString: settings.databaseUrl,
      options: `-c search_path=${SEARCH_PATH.replaceAll(' ', '')}`,
    }),
    connectionTimeoutMillis: embedded ? EMBEDDED_CONNECT_TIMEOUT_MILLISECONDS : CONNECT_TIMEOUT_MILLISECONDS,
    application_name: 'belfry',
  };
  let gone = false;
  void embedded?.ended.then(() => {
    gone = true;
  });
  const pools: pg.Pool[] = [];
  const makePool = (max: number, limit?: { readonly milliseconds: number }): pg.Pool => {
    const limits = embedded ? { query_timeout: limit?.milliseconds } : { statement_timeout: limit?.milliseconds };
    const pool = new pg.Pool({ ...config, ...(limit && limits), max });
    pool.on('error', options.onPoolError);
    pools.push(pool);
    return pool;
  };
  const close = async () => {
    await Promise.all(pools.filter((pool) => !pool.ending).map((pool) => pool.end()));
    await embedded?.close();
  };
  const pool = makePool(POOL_MAX_CONNECTIONS);
  try {
    await prepare(pool, embedded);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    pool,
    embedded: embedded !== undefined,
    ended: embedded?.ended ?? new Promise(() => {}),
    queuePool: () =>
      makePatient(
        makePool(QUEUE_POOL_MAX_CONNECTIONS),
        (waited) => gone || (options.kind === 'command' && waited > COMMAND_PATIENCE_MILLISECONDS),
      ),
    limitedPool: (seconds) => makePool(POOL_MAX_CONNECTIONS, { milliseconds: seconds * 1000 }),
    close,
  };
}

async function prepare(pool: pg.Pool, embedded: EmbeddedDatabase | undefined): Promise<void> {
  if (embedded?.role === 'guest') {
    // Its owner brings the schema up to date; it may only just be starting.
    await untilOwnerIsReady(pool, embedded);
    return;
  }
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ version: number }>(
      `SELECT current_setting('server_version_num')::int AS version`,
    );
    const version = rows[0]?.version ?? 0;
    if (version < MINIMUM_SERVER_VERSION) {
      throw new Error(`PostgreSQL ${Math.floor(version / 10_000)} is too old: Belfry needs 14 or newer`);
    }
    await onlyMigrator(client, async () => {
      await migrate(client);
      await runMigrations(client, QUEUE_SCHEMA);
    });
  } finally {
    client.release();
  }
}

async function untilOwnerIsReady(pool: pg.Pool, embedded: EmbeddedDatabase): Promise<void> {
  let ended: string | undefined;
  void embedded.ended.then((reason) => {
    ended = reason;
  });
  for (;;) {
    try {
      const { rows } = await pool.query<{ ready: boolean }>(
        `SELECT to_regclass('belfry.migrations') IS NOT NULL AND to_regclass('bullmq.migration') IS NOT NULL AS ready`,
      );
      if (rows[0]?.ready) return;
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
    }
    if (ended !== undefined) throw new Error(`${ended}; try again`);
    await sleep(OWNER_POLL_MILLISECONDS);
  }
}

/** Whether a query was given up because it took longer than its pool allows (see `limitedPool`). */
export function isTooSlow(error: unknown): boolean {
  // 57014 is query_canceled; the message is that of pg's own `query_timeout`.
  return (
    error instanceof Error && ((error as { code?: unknown }).code === '57014' || error.message === 'Query read timeout')
  );
}

/** Runs `work` in a transaction on one connection; rolls back when it throws. */
export async function transaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    failure = error as Error;
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release(failure && isDatabaseAway(failure) ? failure : undefined);
  }
}

/** What both a pool and a client in a transaction can do. */
export type Queryable = Pick<pg.Pool, 'query'>;
