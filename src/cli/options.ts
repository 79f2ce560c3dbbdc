/** Values on the command line that several commands take. */
import { InvalidArgumentError } from 'commander';

const UNIT_MILLISECONDS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `7d`, `12h`, `30m`, `2w` back from now, or an ISO 8601 date. */
export function parseSince(text: string): Date {
  const span = /^(\d+)\s*([mhdw])$/.exec(text);
  if (span) return new Date(Date.now() - Number(span[1]) * (UNIT_MILLISECONDS[span[2] ?? ''] ?? 0));
  const date = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : undefined;
  if (!date || Number.isNaN(date.getTime()))
    throw new InvalidArgumentError('Expected a span such as 7d, 12h or 30m, or a date such as 2026-11-01.');
  return date;
}

export function parseScore(text: string): number {
  const score = Number(text);
  if (text.trim() === '' || !(score >= 0 && score <= 1))
    throw new InvalidArgumentError('Expected a number from 0 to 1.');
  return score;
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Expected a whole number from 1.');
  return count;
}

export const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];
