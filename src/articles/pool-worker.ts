/** What runs in each thread of the extraction pool. */
import { setImmediate } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import type { ExtractResult } from './article.js';
import { extractArticle, type PageOrigin } from './extract.js';

export interface ExtractTask {
  /** Number of the task in its pool. */
  readonly task: number;
  readonly bytes: Uint8Array;
  readonly origin: PageOrigin;
}

/** Tells the pool that the page's time begins: before, the thread was starting. */
export interface TaskTaken {
  readonly task: number;
}

export default async function extractTask({ task, bytes, origin }: ExtractTask): Promise<ExtractResult> {
  parentPort?.postMessage({ task } satisfies TaskTaken);
  const result = extractArticle(bytes, origin);
  // A DOM is freed only after a turn of the event loop; without it memory grows to gigabytes.
  await setImmediate();
  return result;
}
