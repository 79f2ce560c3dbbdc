/** The real `belfry` command as a process, with an environment of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../src/paths.js';

const MAIN = join(packageRoot, 'dist/src/cli/main.js');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** What it wrote so far, both streams. */
  output(): string;
  /** Resolves when the output matches. */
  says(pattern: RegExp, seconds?: number): Promise<RegExpExecArray>;
  /** Sends the signal and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<Finished>;
}

export interface Belfry {
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  run(args: readonly string[], input?: string): Promise<Finished>;
  /** What `belfry articles` lists, filtered by more arguments of it. */
  articles<Listed = { readonly url: string }>(...filters: readonly string[]): Promise<Listed[]>;
  start(args: readonly string[], extra?: NodeJS.ProcessEnv): Running;
  /** Another entry point of the build, e.g. `workers/fetch.js`. */
  startFile(file: string, extra?: NodeJS.ProcessEnv): Running;
  /** Ends what still runs and removes the data. */
  dispose(): Promise<void>;
}

/** An installation with nothing in it: no list of feeds, loopback allowed and without limits, a data directory of its own. */
export function createBelfry(extra: NodeJS.ProcessEnv = {}): Belfry {
  const directory = mkdtempSync(join(tmpdir(), 'belfry-test-'));
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    BELFRY_DATA_DIR: join(directory, 'data'),
    BELFRY_FEEDS: 'none',
    BELFRY_NET_ALLOW: '127.0.0.1',
    BELFRY_OWN_HOSTS: '127.0.0.1',
    PORT: '0',
    NO_COLOR: '1',
    ...extra,
  };
  const running = new Set<Running>();
  const launch = (file: string, args: readonly string[], env: NodeJS.ProcessEnv): Running => {
    const started = follow(
      spawn(process.execPath, [file, ...args], { env, cwd: directory, stdio: ['pipe', 'pipe', 'pipe'] }),
    );
    running.add(started);
    started.child.once('exit', () => running.delete(started));
    return started;
  };
  const run: Belfry['run'] = async (args, input) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: environment,
      cwd: directory,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const started = follow(child);
    child.stdin?.on('error', () => {});
    child.stdin?.end(input ?? '');
    return finished(started);
  };
  return {
    directory,
    environment,
    run,
    articles: async <Listed>(...filters: readonly string[]) =>
      (await run(['articles', '--format', 'ndjson', ...filters])).stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Listed),
    start: (args, more) => launch(MAIN, args, { ...environment, ...more }),
    startFile: (file, more) => launch(join(packageRoot, 'dist', file), [], { ...environment, ...more }),
    dispose: async () => {
      await Promise.all([...running].map((process) => process.end('SIGKILL')));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const streams = new WeakMap<ChildProcess, { stdout: string; stderr: string }>();

function follow(child: ChildProcess): Running {
  const text = { stdout: '', stderr: '' };
  streams.set(child, text);
  child.stdout?.setEncoding('utf8').on('data', (data: string) => {
    text.stdout += data;
  });
  child.stderr?.setEncoding('utf8').on('data', (data: string) => {
    text.stderr += data;
  });
  const output = () => text.stdout + text.stderr;
  const self: Running = {
    child,
    output,
    says: async (pattern, seconds = 30) => {
      const deadline = Date.now() + seconds * 1000;
      for (;;) {
        const match = pattern.exec(output());
        if (match) return match;
        if (child.exitCode !== null || Date.now() > deadline)
          throw new Error(`never said ${pattern}, but:\n${output()}`);
        await sleep(50);
      }
    },
    end: (signal = 'SIGTERM') => {
      child.kill(signal);
      return finished(self);
    },
  };
  return self;
}

function finished({ child }: Running): Promise<Finished> {
  const text = streams.get(child) ?? { stdout: '', stderr: '' };
  const result = (): Finished => ({ code: child.exitCode, ...text });
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(result());
  return new Promise((resolve) => child.once('close', () => resolve(result())));
}

/** Waits until `check` gives something, or says what it gave last. */
export async function eventually<Value>(check: () => Promise<Value | undefined | false>, seconds = 30): Promise<Value> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`did not happen within ${seconds} s`);
    await sleep(200);
  }
}
