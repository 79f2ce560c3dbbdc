/** One week of the benchmark (test/bench/polling.ts), on a seed that nothing was chosen by. */
import { expect, it } from 'vitest';
import { simulatePolling } from '../bench/polling.js';

it('polling by rhythm brings entries sooner than a fixed half hour and Miniflux’s rule, with fewer requests', () => {
  const [belfry, halfHour, miniflux] = simulatePolling([201]);
  if (!belfry || !halfHour || !miniflux) throw new Error('a policy is missing');
  expect(belfry.entries).toBeGreaterThan(10_000);
  for (const other of [halfHour, miniflux]) {
    expect(belfry.requests).toBeLessThan(other.requests);
    expect(belfry.medianDelay).toBeLessThan(other.medianDelay);
    expect(belfry.p90Delay).toBeLessThan(other.p90Delay);
    expect(belfry.meanDelay).toBeLessThan(other.meanDelay);
  }
});

it('the same seed gives the same week', () => {
  expect(simulatePolling([7], 'bursty')).toEqual(simulatePolling([7], 'bursty'));
});
