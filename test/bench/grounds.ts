/** What measurements stand on: Redis and PostgreSQL of their own, and a site in a process of its own; each started when first needed. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { packageRoot } from '../../src/paths.js';
import { emptyDatabase, startPostgres, startRedis } from '../support/servers.js';
import type { Scope } from './scope.js';
import type { SiteMessage } from './site-process.js';

/** What Redis has without configuration. */
const REDIS_DATABASES = 16;

export interface BenchSite {
  readonly feeds: readonly string[];
  readonly itemsPerFeed: number;
}

export interface Grounds {
  readonly scope: Scope;
  /** Address of an empty Redis database. */
  redis(): Promise<string>;
  /** Address of an empty PostgreSQL database; all are on one server. */
  postgres(): Promise<string>;
  /** An empty folder. */
  folder(): Promise<string>;
  /** A site that lists `itemsPerFeed` pages in each of its feeds. */
  site(feeds: number, itemsPerFeed: number): Promise<BenchSite>;
  /** Says how far it is, where somebody watches. */
  progress(text: string): void;
}

export function createGrounds(scope: Scope, progress: (text: string) => void): Grounds {
  let redis: ReturnType<typeof startRedis> | undefined;
  let postgres: ReturnType<typeof startPostgres> | undefined;
  let redisDatabases = 0;
  let postgresDatabases = 0;
  return {
    scope,
    progress,
    async redis() {
      redis ??= scope.hold(
        () => startRedis(),
        (server) => server.stop(),
      );
      const url = `${(await redis).url}/${redisDatabases++ % REDIS_DATABASES}`;
      const connection = new Redis(url);
      await connection.flushdb();
      connection.disconnect();
      return url;
    },
    async postgres() {
      postgres ??= scope.hold(startPostgres, (server) => server.stop());
      const { url } = await postgres;
      return emptyDatabase(url, `bench_${postgresDatabases++}`);
    },
    folder: () =>
      scope.hold(
        async () => mkdtempSync(join(tmpdir(), 'belfry-bench-')),
        (directory) => rmSync(directory, { recursive: true, force: true }),
      ),
    async site(feeds, itemsPerFeed) {
      const child = await startProcess(scope, 'site-process.js', [String(feeds), String(feeds * itemsPerFeed)]);
      const message = await firstMessage<SiteMessage>(child);
      return { feeds: message.feeds, itemsPerFeed };
    },
  };
}

/** A process of the bench's own build; what it prints goes to standard error. */
export function startProcess(scope: Scope, file: string, args: readonly string[]): Promise<ChildProcess> {
  return scope.hold(
    async () => fork(join(packageRoot, 'dist/test/bench', file), [...args], { stdio: ['ignore', 2, 2, 'ipc'] }),
    (child) => endProcess(child),
  );
}

export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

/** @throws Error when the process ends without a word. */
export function firstMessage<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Message));
    child.once('exit', (code, signal) => reject(new Error(`a bench process ended early (${signal ?? code})`)));
  });
}
