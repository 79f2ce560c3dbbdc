/** Writes in step with the reader: a slow one slows us down instead of filling our memory. */
import type { Writable } from 'node:stream';

/** The reader went away before all was written: a closed connection, or a pipe into `head`. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

/**
 * Hands text over and waits while the reader's buffer is full.
 *
 * @throws ReaderGone when nobody reads any more; without it a closed stream would be waited on for ever.
 */
export async function write(to: Writable, text: string): Promise<void> {
  if (to.destroyed) throw new ReaderGone('nobody reads any more');
  if (to.write(text)) return;
  await new Promise<void>((resolve, reject) => {
    const settle = (done: () => void) => () => {
      to.off('drain', drained).off('close', closed).off('error', closed);
      done();
    };
    const drained = settle(resolve);
    const closed = settle(() => reject(new ReaderGone('nobody reads any more')));
    to.on('drain', drained).on('close', closed).on('error', closed);
  });
}
