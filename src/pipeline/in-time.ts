/** Waiting for something, but not for ever. */

export type InTime<Value> = { readonly inTime: true; readonly value: Value } | { readonly inTime: false };

/**
 * What `work` comes to, if it does so within `milliseconds`; the work itself goes on. Leaves no timer behind.
 *
 * @throws what `work` throws in that time
 */
export async function inTime<Value>(work: Promise<Value>, milliseconds: number): Promise<InTime<Value>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<InTime<Value>>((resolve) => {
    timer = setTimeout(() => resolve({ inTime: false }), milliseconds);
  });
  try {
    return await Promise.race([work.then((value): InTime<Value> => ({ inTime: true, value })), late]);
  } finally {
    clearTimeout(timer);
  }
}
