/** The chain in a process that does nothing else, watching its own memory: after the first feed, and after all. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openChain, type Place } from './chain.js';
import type { BenchSite } from './grounds.js';
import { median } from './median.js';

export interface MemoryMessage {
  readonly earlyBytes: number;
  readonly lateBytes: number;
}

const SAMPLES = 20;
const SAMPLE_MILLISECONDS = 50;

/** As it stands right after work, garbage and all: that is what the process occupies. */
async function residentBytes(): Promise<number> {
  const samples: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    samples.push(process.memoryUsage.rss());
    await sleep(SAMPLE_MILLISECONDS);
  }
  return median(samples);
}

process.once('disconnect', () => process.exit());
const [place, site] = process.argv.slice(2).map((arg) => JSON.parse(arg)) as [Place, BenchSite];
const chain = await openChain(place);
const [first, ...others] = site.feeds as [string, ...string[]];
await chain.run(first, site.itemsPerFeed);
const earlyBytes = await residentBytes();
for (const feed of others) await chain.run(feed, site.itemsPerFeed);
const lateBytes = await residentBytes();
await chain.close();
process.send?.({ earlyBytes, lateBytes } satisfies MemoryMessage, () => process.disconnect());
