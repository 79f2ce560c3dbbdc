/** Which threat types bring more articles than they used to: the last week beside the four weeks before it. */
import type { DailyCount } from '../store/statistics.js';

export const RISING_DAYS = 7;
export const BASELINE_DAYS = 28;
/** Fewer articles in the week say nothing, however few there were before. */
const LEAST_ARTICLES = 5;
/** By chance one type in a hundred gets on the list in a week; of eleven types, one in about nine weeks. */
const LEAST_PROBABILITY = 0.01;

export interface RisingType {
  readonly type: string;
  /** In the last seven days, today included. */
  readonly articles: number;
  /** What a week of the four before it had on average. */
  readonly baseline: number;
  /** How likely it is that a week has so many by chance, while nothing has changed. */
  readonly probability: number;
}

/**
 * The most surprising first. Two Poisson counts are compared by the exact conditional test (Przyborowski and Wilenski, 1940):
 * with nothing changed, each article of the five weeks falls in the last one with the probability 7/35. Unlike a test against
 * the average alone it knows that a baseline of a few articles is itself uncertain. A store that is younger than its baseline
 * gives none: everything would seem to rise.
 *
 * @param daily over at least `RISING_DAYS + BASELINE_DAYS` days and one more, which shows that the store is old enough
 * @param today in UTC, `2026-11-24`
 */
export function risingTypes(daily: readonly DailyCount[], today: string): readonly RisingType[] {
  const midnight = Date.parse(`${today}T00:00:00Z`);
  const daysAgo = (day: string): number => Math.round((midnight - Date.parse(`${day}T00:00:00Z`)) / 86_400_000);
  const oldest = Math.max(0, ...daily.map(({ day }) => daysAgo(day)));
  if (oldest < RISING_DAYS + BASELINE_DAYS) return [];
  const types = [...new Set(daily.map(({ type }) => type))];
  return types
    .map((type) => {
      const own = daily.filter((row) => row.type === type);
      const between = (from: number, to: number): number =>
        own.reduce((sum, { day, articles }) => (daysAgo(day) >= from && daysAgo(day) < to ? sum + articles : sum), 0);
      const articles = between(0, RISING_DAYS);
      const before = between(RISING_DAYS, RISING_DAYS + BASELINE_DAYS);
      return {
        type,
        articles,
        baseline: (before * RISING_DAYS) / BASELINE_DAYS,
        probability: binomialTail(articles, articles + before, RISING_DAYS / (RISING_DAYS + BASELINE_DAYS)),
      };
    })
    .filter(({ articles, probability }) => articles >= LEAST_ARTICLES && probability < LEAST_PROBABILITY)
    .sort((one, other) => one.probability - other.probability);
}

/** The probability of `least` or more successes in `tries`, each with the probability `share`. */
function binomialTail(least: number, tries: number, share: number): number {
  let logTerm = tries * Math.log1p(-share);
  let tail = least <= 0 ? Math.exp(logTerm) : 0;
  for (let successes = 1; successes <= tries; successes++) {
    logTerm += Math.log((tries - successes + 1) / successes) + Math.log(share) - Math.log1p(-share);
    if (successes >= least) tail += Math.exp(logTerm);
  }
  return Math.min(1, tail);
}
