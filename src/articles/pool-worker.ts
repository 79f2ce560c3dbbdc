/** What runs in each thread of the extraction pool. */
import { setImmediate } from 'node:timers/promises';
import type { ExtractResult } from './article.js';
import { extractArticle, type PageOrigin } from './extract.js';

export interface ExtractTask {
  readonly bytes: Uint8Array;
  readonly origin: PageOrigin;
}

export default async function extractTask({ bytes, origin }: ExtractTask): Promise<ExtractResult> {
  const result = extractArticle(bytes, origin);
  // A DOM is freed only after a turn of the event loop; without it memory grows to gigabytes.
  await setImmediate();
  return result;
}
