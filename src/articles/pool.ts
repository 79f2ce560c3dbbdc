/**
 * Extraction in a pool of worker threads, so that a pathological page can't stop the event loop. A page over its time
 * or memory is stopped with the thread it runs in; its neighbours go on and a fresh thread takes its place.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { packageRoot } from '../paths.js';
import type { ExtractResult } from './article.js';
import type { PageOrigin } from './extract.js';
import type { ExtractTask, TaskTaken } from './pool-worker.js';

/** How long a thread without work is kept: starting one costs a third of a second. */
const IDLE_MILLISECONDS = 60_000;

/** Longest that a thread may take to start and load its code, which on a busy machine is many times its third of a second. */
const START_MILLISECONDS = 60_000;

export interface ExtractPoolOptions {
  /** Worker threads, each working on one page at a time. */
  readonly threads: number;
  /** Longest that one page may take, counted from when a thread takes it up. */
  readonly timeoutSeconds: number;
  /** Heap of one thread. A page needs about 100 MB at most; jsdom's own code takes 60. */
  readonly memoryMegabytes: number;
}

export interface ExtractPool {
  /** Extracts one page; waits for a free thread. Every page ends in a result, none in a rejection. */
  extract(bytes: Uint8Array, origin: PageOrigin): Promise<ExtractResult>;
  /** Waits for pages in work and stops the threads. */
  close(): Promise<void>;
}

/** Starts a pool; threads start when pages come. */
export function createExtractPool(options: ExtractPoolOptions): ExtractPool {
  const piscina = new Piscina<ExtractTask, ExtractResult>({
    filename: workerFile(),
    minThreads: 1,
    maxThreads: options.threads,
    concurrentTasksPerWorker: 1,
    idleTimeout: IDLE_MILLISECONDS,
    resourceLimits: { maxOldGenerationSizeMb: options.memoryMegabytes },
  });
  piscina.on('error', () => {}); // a thread's death is reported through the page that caused it
  const clocks = new Map<number, () => void>();
  piscina.on('message', (taken: TaskTaken) => clocks.get(taken.task)?.());
  let tasks = 0;
  const gate = createGate(options.threads);

  return {
    extract: (bytes, origin) =>
      // A task that waits in Piscina's own queue would lose its time waiting, so it waits here.
      gate(async () => {
        const task = ++tasks;
        const overtime = new AbortController();
        const stop = () => overtime.abort();
        let clock = setTimeout(stop, START_MILLISECONDS);
        clocks.set(task, () => {
          clearTimeout(clock);
          clock = setTimeout(stop, options.timeoutSeconds * 1000);
        });
        try {
          return await piscina.run({ task, bytes, origin }, { signal: overtime.signal });
        } catch (error) {
          return faultOf(error, options);
        } finally {
          clocks.delete(task);
          clearTimeout(clock);
        }
      }),
    close: () => piscina.close(),
  };
}

/** The compiled worker, also when this file runs from source under a test runner. */
function workerFile(): string {
  const here = fileURLToPath(import.meta.url);
  return here.endsWith('.ts')
    ? join(packageRoot, 'dist', 'src', 'articles', 'pool-worker.js')
    : fileURLToPath(new URL('./pool-worker.js', import.meta.url));
}

function faultOf(error: unknown, { timeoutSeconds, memoryMegabytes }: ExtractPoolOptions): ExtractResult {
  const { name, code, message } = error as Error & { code?: string };
  if (name === 'AbortError' || name === 'TimeoutError')
    return { ok: false, reason: 'timeout', message: `took longer than ${timeoutSeconds} s` };
  if (code === 'ERR_WORKER_OUT_OF_MEMORY')
    return { ok: false, reason: 'out-of-memory', message: `took more than ${memoryMegabytes} MB` };
  return { ok: false, reason: 'failed', message };
}

/** Lets `places` calls in at a time; the others wait their turn. */
function createGate(places: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: Array<() => void> = [];
  let free = places;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
