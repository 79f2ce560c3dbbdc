/** What a process of Belfry holds open: settings, log, store and queues; opened together, closed together. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../config.js';
import type { Logger } from '../log.js';
import { isDatabaseAway } from '../store/away.js';
import { type Database, openDatabase } from '../store/database.js';
import { inTime } from './in-time.js';
import { openQueues, type Queues } from './queues.js';

const RETRY_SECONDS = 3;
const COMMAND_REDIS_WAIT_MILLISECONDS = 5_000;
/** The same complaint about a server that is away is logged once in this time. */
const REPEAT_COMPLAINT_SECONDS = 10;

export interface Runtime {
  readonly settings: Settings;
  readonly log: Logger;
  readonly database: Database;
  readonly queues: Queues;
  close(): Promise<void>;
}

/** A server that is needed is away: which, and what to do. */
export class ServerAway extends Error {
  override readonly name = 'ServerAway';
}

/**
 * Opens store and queues.
 *
 * A service waits for servers that are away, saying so; a command gives up.
 *
 * @throws ServerAway when a command can't reach a server.
 * @throws DataDirectoryInUse when a service finds another on the embedded database.
 */
export async function openRuntime(settings: Settings, log: Logger, kind: 'service' | 'command'): Promise<Runtime> {
  const complain = createComplaint(log);
  const database = await openStore(settings, log, kind, complain);
  const queues = openQueues(settings, database, complain);
  const close = async () => {
    await queues.close();
    await database.close();
  };
  if (queues.redis && kind === 'command') {
    const ping = queues.redis.ping().catch((error: Error) => error);
    const answer = await inTime(ping, COMMAND_REDIS_WAIT_MILLISECONDS);
    if (!answer.inTime || answer.value !== 'PONG') {
      const reason =
        answer.inTime && answer.value instanceof Error
          ? answer.value.message
          : `no answer within ${COMMAND_REDIS_WAIT_MILLISECONDS / 1000} s`;
      await close();
      throw new ServerAway(
        `Redis at ${withoutPassword(settings.redisUrl)} is away (${reason}); start it or correct REDIS_URL`,
      );
    }
  }
  return { settings, log, database, queues, close };
}

async function openStore(
  settings: Settings,
  log: Logger,
  kind: 'service' | 'command',
  onPoolError: (error: Error) => void,
): Promise<Database> {
  for (;;) {
    try {
      return await openDatabase(settings, { kind, onPoolError });
    } catch (error) {
      if (!settings.databaseUrl || !isDatabaseAway(error)) throw error;
      const message = `PostgreSQL at ${withoutPassword(settings.databaseUrl)} is away (${describe(error)})`;
      if (kind === 'command') throw new ServerAway(`${message}; start it or correct DATABASE_URL`);
      log.warn(`${message}; trying again in ${RETRY_SECONDS} s`);
      await sleep(RETRY_SECONDS * 1000);
    }
  }
}

/** Logs connection errors, but not the same one hundreds of times while a server is away. */
function createComplaint(log: Logger): (error: Error) => void {
  const last = new Map<string, number>();
  return (error) => {
    const message = describe(error);
    const now = Date.now();
    if (now - (last.get(message) ?? 0) < REPEAT_COMPLAINT_SECONDS * 1000) return;
    if (last.size > 100) last.clear();
    last.set(message, now);
    log.warn({ error: message }, 'connection trouble');
  };
}

/** An AggregateError (all addresses of a host refused) has an empty message of its own. */
export function describe(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return error.errors.map(describe).join('; ');
  return error instanceof Error ? error.message || error.name : String(error);
}

function withoutPassword(url: string | undefined): string {
  return (url ?? '').replace(/\/\/([^:@/]*):[^@/]*@/, '//$1:…@');
}
