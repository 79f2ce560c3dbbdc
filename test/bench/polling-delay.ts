/** How much sooner entries arrive in the simulated week (`polling.ts`) than under the better of the two rules beside it. */
import type { BenchKey } from './key.js';
import { reportedSeeds, simulatePolling } from './polling.js';

export const pollingDelay: BenchKey = {
  key: 'polling_delay_vs_rules',
  meaning: 'mean delay of entries by share of the better of Miniflux’s rule and a fixed half hour; less is better',
  aim: { atMost: 1 },
  needs: [],
  async measure(_grounds, size) {
    const [belfry, ...rules] = simulatePolling(size === 'quick' ? reportedSeeds.slice(0, 1) : reportedSeeds);
    if (!belfry) throw new Error('the simulated week gave no figures');
    const better = Math.min(...rules.map(({ meanDelay }) => meanDelay));
    const detail = [belfry, ...rules]
      .map((rule) => `${rule.policy}: ${rule.meanDelay.toFixed(1)} min, ${Math.round(rule.requests)} requests`)
      .join('; ');
    return { value: belfry.meanDelay / better, detail };
  },
};
