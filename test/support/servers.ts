/** Real Redis and PostgreSQL for the tests that need them, on free ports, stopped by their own process ids. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const START_SECONDS = 30;
const POSTGRES_ROOT = '/usr/lib/postgresql';

export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A port that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

const has = (command: string): boolean => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

/** The folder of PostgreSQL's server programs; undefined where there is none. */
function postgresPrograms(): string | undefined {
  if (has('initdb')) return '';
  if (!existsSync(POSTGRES_ROOT)) return undefined;
  const [newest] = readdirSync(POSTGRES_ROOT)
    .filter((version) => existsSync(join(POSTGRES_ROOT, version, 'bin/initdb')))
    .sort((a, b) => Number(b) - Number(a));
  return newest && `${join(POSTGRES_ROOT, newest, 'bin')}/`;
}

export const serverAtHand = (server: 'redis-server' | 'PostgreSQL'): boolean =>
  server === 'redis-server' ? has(server) : postgresPrograms() !== undefined;

export const serversAtHand = (): boolean => serverAtHand('redis-server') && serverAtHand('PostgreSQL');

/** In CI the legs on real servers are mandatory: there a missing server is a failure, elsewhere a skip. */
export const mustHaveServers = process.env.CI === 'true';

export async function startRedis(
  port?: number,
): Promise<TestServer & { readonly port: number; kill(): Promise<void>; restart(): Promise<void> }> {
  const chosen = port ?? (await freePort());
  const directory = mkdtempSync(join(tmpdir(), 'belfry-redis-'));
  const launch = async (): Promise<ChildProcess> => {
    const child = spawn(
      'redis-server',
      [
        '--port',
        String(chosen),
        '--bind',
        '127.0.0.1',
        '--dir',
        directory,
        '--save',
        '',
        '--appendonly',
        'yes',
        '--maxmemory-policy',
        'noeviction',
      ],
      { stdio: 'ignore' },
    );
    await until(
      () =>
        spawnSync('redis-cli', ['-p', String(chosen), 'ping'])
          .stdout?.toString()
          .startsWith('PONG') === true,
      'Redis',
    );
    return child;
  };
  let child = await launch();
  const kill = () => end(child, 'SIGKILL');
  return {
    url: `redis://127.0.0.1:${chosen}`,
    port: chosen,
    kill,
    restart: async () => {
      child = await launch();
    },
    stop: async () => {
      await end(child, 'SIGTERM');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Makes an empty database on a PostgreSQL server, given the address of another one there; its own address. */
export async function emptyDatabase(url: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return url.replace(/[^/]*$/, name);
}

export async function startPostgres(): Promise<TestServer & { kill(): Promise<void>; restart(): Promise<void> }> {
  const programs = postgresPrograms();
  if (programs === undefined) throw new Error('no PostgreSQL server programs here');
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'belfry-postgres-'));
  // PostgreSQL refuses to run as root: there the package's own user owns the cluster.
  const asUser = userInfo().uid === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
  const run = (program: string, ...args: string[]) => {
    const [command, ...rest] = [...asUser, `${programs}${program}`, ...args] as [string, ...string[]];
    return { command, rest };
  };
  if (asUser.length > 0) spawnSync('chown', ['postgres', directory]);
  const init = run(
    'initdb',
    '--pgdata',
    directory,
    '--username',
    'belfry',
    '--auth',
    'trust',
    '--no-sync',
    '--encoding',
    'UTF8',
  );
  const made = spawnSync(init.command, init.rest, { encoding: 'utf8' });
  if (made.status !== 0) {
    rmSync(directory, { recursive: true, force: true });
    throw new Error(`initdb failed: ${made.stderr}`);
  }
  const launch = async (): Promise<ChildProcess> => {
    const server = run(
      'postgres',
      '-D',
      directory,
      '-p',
      String(port),
      '-h',
      '127.0.0.1',
      '-k',
      directory,
      '-c',
      'fsync=off',
      '-c',
      'max_connections=200',
    );
    const child = spawn(server.command, server.rest, { stdio: 'ignore' });
    const ready = run('pg_isready', '-h', '127.0.0.1', '-p', String(port), '-U', 'belfry', '-d', 'postgres');
    await until(() => spawnSync(ready.command, ready.rest).status === 0, 'PostgreSQL');
    return child;
  };
  let child = await launch();
  return {
    url: `postgres://belfry@127.0.0.1:${port}/postgres`,
    kill: async () => {
      spawnSync('sh', ['-c', `kill -INT $(head -1 ${directory}/postmaster.pid)`]);
      await exited(child);
    },
    restart: async () => {
      child = await launch();
    },
    stop: async () => {
      spawnSync('sh', ['-c', `kill -INT $(head -1 ${directory}/postmaster.pid)`]);
      await exited(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function until(ready: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + START_SECONDS * 1000;
  while (!ready()) {
    if (Date.now() > deadline) throw new Error(`${what} did not start within ${START_SECONDS} s`);
    await sleep(100);
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  await exited(child);
}

function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}
