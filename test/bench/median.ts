/** Figures that stand on a noisy machine: medians, and pairs measured in turns. */

/** @throws RangeError when there are no values. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values have no median');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

export interface Pair {
  readonly ours: number;
  readonly other: number;
}

/**
 * Measures two things in turns, who goes first changing with each round, so that what else the machine does hits both.
 * Each side is given the round's number.
 */
export async function alternate(
  rounds: number,
  ours: (round: number) => Promise<number>,
  other: (round: number) => Promise<number>,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const first = await ours(round);
      pairs.push({ ours: first, other: await other(round) });
    } else {
      const first = await other(round);
      pairs.push({ ours: await ours(round), other: first });
    }
  }
  return pairs;
}

/** The median of the pairs' own ratios: a slow minute falls on both halves of its pair. */
export const medianRatio = (pairs: readonly Pair[]): number => median(pairs.map(({ ours, other }) => ours / other));

export const describePairs = (pairs: readonly Pair[], unit: string): string =>
  `${Math.round(median(pairs.map(({ ours }) => ours)))} to ${Math.round(median(pairs.map(({ other }) => other)))} ${unit}, ${pairs.length} pairs`;
