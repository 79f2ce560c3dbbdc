/** Opens the data directory: as its owner, or through the socket of the process that owns it. */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { PoolConfig } from 'pg';
import { packageRoot } from '../../paths.js';
import { lockDataDirectory, type OwnerInfo } from './owner-lock.js';
import type { ServerThreadData, ServerThreadMessage } from './server-thread.js';
import { COMPLETE_MARK } from './template.js';

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, with the final zero. */
const SOCKET_PATH_MAX_BYTES = 103;
/** The longest name that this directory gets: `owner-4194304-01234567.sock`. */
const LONGEST_SOCKET_NAME = 'owner-4194304-01234567.sock';
/** PostgreSQL clients derive the socket's file name from a port. */
const SOCKET_PORT = 5432;
const COMMAND_OWNER_WAIT_SECONDS = 60;
const COMMAND_OWNER_POLL_MILLISECONDS = 100;
/** How soon an owner notices that its directory was removed: what it writes after that is lost. */
const DIRECTORY_CHECK_MILLISECONDS = 1_000;

export interface EmbeddedDatabase {
  readonly role: 'owner' | 'guest';
  readonly connection: PoolConfig;
  /** Resolves when the database is gone for good: as a guest when the owner ends, as owner when its thread dies. */
  readonly ended: Promise<string>;
  close(): Promise<void>;
}

/** Another service already runs on this data directory. */
export class DataDirectoryInUse extends Error {
  override readonly name = 'DataDirectoryInUse';
  readonly owner: OwnerInfo;

  constructor(directory: string, owner: OwnerInfo) {
    super(
      `Belfry already runs on ${directory} (process ${owner.pid}). ` +
        'Use its dashboard and commands, stop it first, or set BELFRY_DATA_DIR to another directory.',
    );
    this.owner = owner;
  }
}

export interface OpenEmbeddedOptions {
  readonly directory: string;
  readonly searchPath: string;
  /**
   * `service`: has to own the directory, since it outlives commands; waits for a command that owns it now.
   * `command`: takes what it gets.
   */
  readonly kind: OwnerInfo['kind'];
}

/**
 * @throws DataDirectoryInUse when a service is asked for where one runs already.
 * @throws Error when the directory can't be made, its path is too long for a socket, or the database can't be opened.
 */
export async function openEmbedded(options: OpenEmbeddedOptions): Promise<EmbeddedDatabase> {
  const directory = resolve(options.directory);
  const longest = Buffer.byteLength(join(directory, LONGEST_SOCKET_NAME));
  if (longest > SOCKET_PATH_MAX_BYTES) {
    throw new Error(
      `the data directory's path is ${longest - SOCKET_PATH_MAX_BYTES} bytes too long for a Unix socket: ${directory}; ` +
        'set BELFRY_DATA_DIR to a shorter one',
    );
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const connection: PoolConfig = { host: directory, port: SOCKET_PORT, user: 'postgres', database: 'postgres' };

  const deadline = Date.now() + COMMAND_OWNER_WAIT_SECONDS * 1000;
  for (;;) {
    const lock = await lockDataDirectory(directory, options.kind);
    if (lock.role === 'owner') {
      const thread = await startServerThread({
        databaseDirectory: join(directory, 'postgres'),
        socketPath: join(directory, `.s.PGSQL.${SOCKET_PORT}`),
        searchPath: options.searchPath,
      }).catch(async (error: unknown) => {
        await lock.ownership.release();
        throw error;
      });
      const watch = watchDirectory(
        () => lock.ownership.stands() && existsSync(join(directory, 'postgres', COMPLETE_MARK)),
        `the data directory ${directory} was removed while Belfry ran on it`,
      );
      const close = async () => {
        watch.stop();
        if (options.kind === 'command') await untilGuestsLeave(lock.ownership.guests);
        await thread.close();
        await lock.ownership.release();
      };
      return { role: 'owner', connection, ended: Promise.race([thread.ended, watch.removed]), close };
    }
    const { guest } = lock;
    if (options.kind === 'command') {
      return {
        role: 'guest',
        connection,
        ended: guest.ended.then(() => `process ${guest.owner.pid}, which owned ${directory}, has ended`),
        close: async () => guest.leave(),
      };
    }
    guest.leave(); // at once: a command waits for its guests before it ends
    if (guest.owner.kind === 'service' || Date.now() > deadline) throw new DataDirectoryInUse(directory, guest.owner);
    await sleep(COMMAND_OWNER_POLL_MILLISECONDS);
  }
}

async function untilGuestsLeave(guests: () => number): Promise<void> {
  const deadline = Date.now() + COMMAND_OWNER_WAIT_SECONDS * 1000;
  while (guests() > 0 && Date.now() < deadline) await sleep(COMMAND_OWNER_POLL_MILLISECONDS);
}

/** Looks again and again whether what the owner stands on is there. */
function watchDirectory(isThere: () => boolean, reason: string): { readonly removed: Promise<string>; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const removed = new Promise<string>((resolveRemoved) => {
    timer = setInterval(() => {
      if (isThere()) return;
      clearInterval(timer);
      resolveRemoved(reason);
    }, DIRECTORY_CHECK_MILLISECONDS).unref();
  });
  return { removed, stop: () => clearInterval(timer) };
}

interface ServerThread {
  readonly ended: Promise<string>;
  close(): Promise<void>;
}

async function startServerThread(workerData: ServerThreadData): Promise<ServerThread> {
  // The compiled file, also when the caller runs from source under vitest: threads don't go through its transforms.
  const thread = new Worker(join(packageRoot, 'dist/src/store/embedded/server-thread.js'), { workerData });
  let failure = '';
  const ended = new Promise<string>((resolveEnded) => {
    thread.on('error', (error) => {
      failure ||= error.message;
    });
    thread.on('exit', () => resolveEnded(`the embedded database stopped${failure && `: ${failure}`}`));
  });
  await new Promise<void>((resolveReady, reject) => {
    thread.once('message', (message: ServerThreadMessage) => {
      if (message.type === 'ready') resolveReady();
      else
        reject(
          new Error(`the embedded database in ${workerData.databaseDirectory} can't be opened: ${message.message}`),
        );
    });
    void ended.then((reason) => reject(new Error(reason)));
  });
  thread.unref();
  return {
    ended,
    close: async () => {
      thread.ref();
      thread.postMessage('close');
      await ended;
    },
  };
}
