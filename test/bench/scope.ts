/** All that the bench started, so that it goes again whichever way the bench ends. */

export interface Scope {
  /** Starts something; it is ended with the scope, also when that comes while it is still starting. */
  hold<Held>(start: () => Promise<Held>, end: (held: Held) => unknown): Promise<Held>;
  /** Ends all, the last one first; an end that fails does not keep the others. */
  close(): Promise<void>;
}

export function createScope(): Scope {
  const ends: (() => Promise<void>)[] = [];
  let closing: Promise<void> | undefined;
  const endAll = async (): Promise<void> => {
    for (let end = ends.pop(); end; end = ends.pop()) await end().catch(() => undefined);
  };
  return {
    hold(start, end) {
      if (closing) return Promise.reject(new Error('the bench is ending'));
      const started = start();
      ends.push(async () => {
        await end(await started);
      });
      return started;
    },
    close: () => {
      closing ??= endAll();
      return closing;
    },
  };
}
