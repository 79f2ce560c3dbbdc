/** Leaves an adviser alone for a while after failures in a row, so that a dead one never slows the chain. */
import type { ThreatType } from '../threats/taxonomy.js';
import type { ClassifyInput } from '../threats/threat.js';
import type { Adviser, Answer } from './adviser.js';

const FAILURES_IN_A_ROW = 5;
const REST_SECONDS = 60;

export interface RestingAdviser {
  readonly name: string;
  /** As an adviser's own, or `left-alone` where it was not asked. */
  ask(article: ClassifyInput, types: readonly ThreatType[]): Promise<Answer | { readonly outcome: 'left-alone' }>;
}

/**
 * The same adviser, rested after five failures in a row: for a minute nobody asks; then one question is let through, and
 * the others wait for what comes of it.
 *
 * @param onRest told each time that a rest begins
 * @param now milliseconds; only tests replace it
 */
export function restAfterFailures(
  adviser: Adviser,
  onRest: (rest: { readonly reason: string; readonly seconds: number }) => void,
  now: () => number = Date.now,
): RestingAdviser {
  let failures = 0;
  let restsUntil = 0;
  let isProbed = false;
  return {
    name: adviser.name,
    async ask(article, types) {
      const probes = failures >= FAILURES_IN_A_ROW;
      if (probes && (isProbed || now() < restsUntil)) return { outcome: 'left-alone' };
      if (probes) isProbed = true;
      const answer = await adviser.ask(article, types);
      if (probes) isProbed = false;
      if (answer.outcome === 'answered') failures = 0;
      if (answer.outcome === 'failed') {
        failures++;
        if (failures === FAILURES_IN_A_ROW || probes) {
          restsUntil = now() + REST_SECONDS * 1000;
          onRest({ reason: answer.reason, seconds: REST_SECONDS });
        }
      }
      return answer;
    },
  };
}
