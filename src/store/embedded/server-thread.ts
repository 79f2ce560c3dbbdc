/**
 * The thread that holds the embedded PostgreSQL and serves it on a Unix socket. PGlite runs each query to its end without
 * giving way; in a thread of its own it can't hold up the workers, the dashboard or the renewal of job locks.
 */
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketHandler } from '@electric-sql/pglite-socket';
import { createSessionQueue } from './session-queue.js';
import { COMPLETE_MARK, readTemplate } from './template.js';

export interface ServerThreadData {
  readonly databaseDirectory: string;
  readonly socketPath: string;
  readonly searchPath: string;
}
export type ServerThreadMessage = { readonly type: 'ready' } | { readonly type: 'failed'; readonly message: string };

const { databaseDirectory, socketPath, searchPath } = workerData as ServerThreadData;
const parent = parentPort;
if (!parent) throw new Error('this file runs as a worker thread');

try {
  const database = await openDatabase();
  // PGlite has one session that all connections share, and the socket server drops their startup options.
  await database.exec(`SET search_path = ${searchPath}`);
  rmSync(socketPath, { force: true });
  const server = await serve(database);
  chmodSync(socketPath, 0o600);
  parent.once('message', async () => {
    await server.stop();
    await database.close();
    rmSync(socketPath, { force: true });
    parent.close();
  });
  parent.postMessage({ type: 'ready' } satisfies ServerThreadMessage);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  parent.postMessage({ type: 'failed', message } satisfies ServerThreadMessage);
  parent.close();
}

/** Opens the database; one whose making was cut off has no mark, holds nothing yet, and is made again. */
async function openDatabase(): Promise<PGlite> {
  const mark = join(databaseDirectory, COMPLETE_MARK);
  if (existsSync(mark)) return PGlite.create({ dataDir: databaseDirectory });
  rmSync(databaseDirectory, { recursive: true, force: true });
  const loadDataDir = readTemplate();
  const database = await PGlite.create({ dataDir: databaseDirectory, ...(loadDataDir && { loadDataDir }) });
  writeFileSync(mark, '');
  return database;
}

async function serve(database: PGlite): Promise<{ stop(): Promise<void> }> {
  const queue = createSessionQueue(database);
  const handlers = new Set<PGLiteSocketHandler>();
  const server = createServer((socket) => {
    // The handler is typed by a class that its package does not export; it calls what SessionQueue has.
    const handler = new PGLiteSocketHandler({ queryQueue: queue as never, closeOnDetach: true });
    handlers.add(handler);
    socket.once('close', () => handlers.delete(handler));
    void handler.attach(socket);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socketPath, resolve));
  return {
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      await Promise.all([...handlers].map((handler) => handler.detach(true)));
      await closed;
    },
  };
}
