/** What the bench prints: a table for people, one JSON object for machines. */
import type { Aim, BenchKey, Size } from './key.js';

export type Result =
  | { readonly state: 'measured'; readonly value: number; readonly detail: string; readonly seconds: number }
  | { readonly state: 'skipped'; readonly reason: string }
  | { readonly state: 'failed'; readonly reason: string };

export type Measured = Pick<BenchKey, 'key' | 'meaning' | 'aim'> & { readonly result: Result };

/** A key without an aim meets it; one that failed does not. */
export function meetsAim({ aim, result }: Measured): boolean {
  if (result.state === 'skipped') return true;
  if (result.state === 'failed') return false;
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = aim ?? {};
  return result.value >= atLeast && result.value <= atMost;
}

/** Three digits are what such a measurement can carry. */
export const round = (value: number): number =>
  Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));

export function tableOf(measured: readonly Measured[]): string {
  const rows = measured.map((one) => {
    const { result } = one;
    const mark = meetsAim(one) ? '' : result.state === 'failed' ? 'FAILED' : 'SHORT';
    return result.state === 'measured'
      ? [one.key, String(round(result.value)), aimText(one.aim), mark, `${one.meaning}; ${result.detail}`]
      : [
          one.key,
          '-',
          aimText(one.aim),
          mark,
          result.state === 'skipped' ? `skipped: ${result.reason}` : result.reason,
        ];
  });
  const table = [['key', 'value', 'aim', '', 'meaning'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function aimText(aim: Aim | undefined): string {
  if (aim?.atLeast !== undefined) return `>= ${aim.atLeast}`;
  return aim?.atMost === undefined ? '' : `<= ${aim.atMost}`;
}

/** Every key with its number, or null; what is behind it, or why there is none, stands under `details`. */
export function jsonOf(measured: readonly Measured[], size: Size): Record<string, unknown> {
  return {
    size,
    ...Object.fromEntries(
      measured.map(({ key, result }) => [key, result.state === 'measured' ? round(result.value) : null]),
    ),
    details: Object.fromEntries(
      measured.map((one) => [
        one.key,
        {
          meaning: one.meaning,
          ...(one.aim && { aim: one.aim, met: one.result.state === 'measured' ? meetsAim(one) : null }),
          ...one.result,
        },
      ]),
    ),
  };
}
