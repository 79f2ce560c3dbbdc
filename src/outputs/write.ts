/** Writes in step with the reader: a slow one slows us down instead of filling our memory. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';

export async function write(to: Writable, text: string): Promise<void> {
  if (!to.write(text)) await once(to, 'drain');
}
