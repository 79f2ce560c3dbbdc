/** A queue of requests for one host as the fetch stage keeps it: each comes back when it was told to. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Admission, createHostGate, type GateStore } from '../../src/web/politeness.js';

export interface GateQueueOptions {
  readonly requests: number;
  readonly spacingSeconds: number;
  readonly takesMilliseconds: number;
}

let hosts = 0;

/** How often each request came to the gate, how many started, and what lay between starts in milliseconds. */
export async function waitsOf(
  store: GateStore,
  { requests, spacingSeconds, takesMilliseconds }: GateQueueOptions,
): Promise<{ readonly visits: readonly number[]; readonly starts: number; readonly gaps: readonly number[] }> {
  const gate = createHostGate(store, { maxConcurrent: 2, spacingSeconds, leaseSeconds: 30, ownHosts: [] });
  const host = `queue-${++hosts}.example`;
  const starts: number[] = [];
  const visits = await Promise.all(
    Array.from({ length: requests }, async () => {
      let ticket: number | null = null;
      for (let visit = 1; ; visit++) {
        const admission: Admission = await gate.acquire(host, { ticket });
        if (admission.ok) {
          starts.push(performance.now());
          await sleep(takesMilliseconds);
          await admission.release({ kind: 'served' });
          return visit;
        }
        if (admission.held) throw new Error('the host is held');
        ({ ticket } = admission);
        await sleep(admission.waitMilliseconds);
      }
    }),
  );
  const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? Number.NaN));
  return { visits, starts: starts.length, gaps };
}
