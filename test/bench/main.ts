/**
 * `npm run bench`: figures of one run on this machine, as ratios where a machine's speed would drown the meaning.
 * A new figure is one file with a `BenchKey`, and its place in the list below.
 */
import { createProgress } from '../../src/cli/terminal.js';
import { serverAtHand } from '../support/servers.js';
import { chainVsBareBullmq } from './chain-vs-bare-bullmq.js';
import { chainVsBusyLoop, chainVsLoop } from './chain-vs-loop.js';
import { classifySpeeds } from './classify-speed.js';
import { embeddedVsRedis } from './embedded-vs-redis.js';
import { exportRssGrowth } from './export-rss-growth.js';
import { extractVsJsdom } from './extract-vs-jsdom.js';
import { type Flags, readFlags } from './flags.js';
import { createGrounds } from './grounds.js';
import type { BenchKey, Server } from './key.js';
import { pageSpeeds } from './page-speeds.js';
import { pollingDelay } from './polling-delay.js';
import { redisBytesPerItem } from './redis-bytes-per-item.js';
import { jsonOf, type Measured, meetsAim, type Result, tableOf } from './report.js';
import { rssGrowth } from './rss-growth.js';
import { createScope, type Scope } from './scope.js';

const keys: readonly BenchKey[] = [
  chainVsLoop,
  chainVsBusyLoop,
  chainVsBareBullmq,
  embeddedVsRedis,
  redisBytesPerItem,
  rssGrowth,
  exportRssGrowth,
  extractVsJsdom,
  ...classifySpeeds,
  pollingDelay,
  ...pageSpeeds,
];

/** EX_USAGE of sysexits.h. */
const USAGE_EXIT_CODE = 64;
/** As shells count the end by a signal: 128 and its number. */
const signalExitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

const read = readFlags(
  process.argv.slice(2),
  keys.map(({ key }) => key),
);
if (read.ok) process.exitCode = await bench(read.flags);
else if (read.reason === 'help') process.stdout.write(`${read.message}\n`);
else {
  process.stderr.write(`${read.message}\n`);
  process.exitCode = USAGE_EXIT_CODE;
}

async function bench(flags: Flags): Promise<number> {
  const progress = createProgress();
  const scope = createScope();
  // The first signal cleans up, also while a measurement runs; what that then says is about servers that are gone.
  let stopping: Promise<never> | undefined;
  for (const [signal, code] of Object.entries(signalExitCodes)) {
    process.once(signal, () => {
      stopping = scope.close().then(() => process.exit(code));
    });
  }
  const measured: Measured[] = [];
  const chosen = keys.filter(({ key }) => flags.keys.includes(key));
  for (const [place, bench] of chosen.entries()) {
    const { key, meaning, aim } = bench;
    const says = (text: string): void => progress.update(`${place + 1} of ${chosen.length}: ${key} ${text}`);
    says('');
    measured.push({ key, meaning, ...(aim && { aim }), result: await measure(bench, flags, scope, says) });
  }
  await stopping;
  await scope.close();
  progress.end();
  process.stdout.write(
    `${flags.format === 'json' ? JSON.stringify(jsonOf(measured, flags.size), null, 2) : tableOf(measured)}\n`,
  );
  return flags.aims === 'enforced' && !measured.every(meetsAim) ? 1 : 0;
}

async function measure(key: BenchKey, flags: Flags, all: Scope, progress: (text: string) => void): Promise<Result> {
  const missing = key.needs.filter((server: Server) => !serverAtHand(server));
  if (missing.length > 0) return { state: 'skipped', reason: `needs ${missing.join(' and ')}` };
  const began = performance.now();
  const scope = await all.hold(
    async () => createScope(),
    (held) => held.close(),
  );
  try {
    const { value, detail } = await key.measure(createGrounds(scope, progress), flags.size);
    return { state: 'measured', value, detail, seconds: Math.round((performance.now() - began) / 1000) };
  } catch (error) {
    return { state: 'failed', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    await scope.close();
  }
}
