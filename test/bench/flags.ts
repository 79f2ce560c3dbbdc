/** The bench's command line. */
import { parseArgs } from 'node:util';
import type { Size } from './key.js';

export interface Flags {
  readonly size: Size;
  readonly format: 'table' | 'json';
  /** `enforced`: a key that falls short of its aim ends the bench with exit code 1. */
  readonly aims: 'shown' | 'enforced';
  /** The keys that were asked for. */
  readonly keys: readonly string[];
}

export type ReadFlags =
  | { readonly ok: true; readonly flags: Flags }
  | { readonly ok: false; readonly reason: 'help' | 'usage'; readonly message: string };

/** @param known all keys, in the order in which they are measured. */
export function readFlags(args: readonly string[], known: readonly string[]): ReadFlags {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return { ok: false, reason: 'usage', message: (error as Error).message };
  }
  const { values } = parsed;
  if (values.help) return { ok: false, reason: 'help', message: usage(known) };
  const wanted = values.only?.flatMap((list) => list.split(',')) ?? known;
  const unknown = wanted.filter((key) => !known.includes(key));
  if (unknown.length > 0)
    return { ok: false, reason: 'usage', message: `no such key: ${unknown.join(', ')}; there are ${known.join(', ')}` };
  return {
    ok: true,
    flags: {
      size: values.quick ? 'quick' : 'full',
      format: values.json ? 'json' : 'table',
      aims: values.check ? 'enforced' : 'shown',
      keys: known.filter((key) => wanted.includes(key)),
    },
  };
}

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean' },
      json: { type: 'boolean' },
      check: { type: 'boolean' },
      only: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h' },
    },
  });

const usage = (known: readonly string[]): string => `npm run bench -- [--quick] [--json] [--check] [--only KEY,...]

  --quick  measure less of everything: about a minute
  --json   one JSON object on standard output and nothing else there
  --check  exit with 1 when a key falls short of its aim
  --only   measure just these keys: ${known.join(', ')}

Example: npm run bench -- --quick --only chain_vs_loop`;
