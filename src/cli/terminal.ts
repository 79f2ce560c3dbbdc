/** How commands write for people: tables, times, and progress only where somebody watches. */
import Table from 'cli-table3';
import colors from 'picocolors';
import { printable } from '../outputs/printable.js';

const PLAIN_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Columns without borders; the first row stands out on a terminal. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = new Table({
    head: head.map((title) => colors.bold(title)),
    chars: PLAIN_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => [...row]));
  process.stdout.write(`${table.toString()}\n`);
}

export const printJson = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
};

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
];

/** `3 h`, `12 s`: one unit is enough for a glance. */
export function duration(seconds: number): string {
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? ['s', 1];
  return `${Math.round(seconds / length)} ${unit}`;
}

/** `5 min ago`, `in 2 h`, `never`. */
export function relative(date: Date | null, now = Date.now()): string {
  if (date === null) return 'never';
  const seconds = (date.getTime() - now) / 1000;
  if (Math.abs(seconds) < 1) return 'now';
  return seconds < 0 ? `${duration(-seconds)} ago` : `in ${duration(seconds)}`;
}

/** Cuts words from elsewhere to a width, says so with an ellipsis, and lets none of them steer the terminal. */
export const cut = (text: string, width: number): string =>
  printable(text.length <= width ? text : `${text.slice(0, width - 1)}…`);

export interface Progress {
  update(text: string): void;
  end(): void;
}

/** One line that renews itself on a terminal; nothing otherwise. */
export function createProgress(): Progress {
  if (!process.stderr.isTTY) return { update: () => {}, end: () => {} };
  return {
    update: (text) => process.stderr.write(`\r\u001b[2K${cut(text, (process.stderr.columns ?? 80) - 1)}`),
    end: () => process.stderr.write('\r\u001b[2K'),
  };
}
