/**
 * How fast extraction is and whether its memory stays flat. After `npm run build`:
 *
 *   node --expose-gc dist/test/bench/extract.js [--pages 10000] [FOLDER]
 *
 * Reads the `.html` and `.html.gz` files in FOLDER, or pages of its own making. Belfry and plain jsdom + Readability
 * take turns over the same pages in one process, so that both meet the same machine; then Belfry alone goes round
 * the pages until the given count is reached, printing memory on the way.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { Readability } from '@mozilla/readability';
import { JSDOM, VirtualConsole } from 'jsdom';
import { extractArticle } from '../../src/articles/extract.js';
import { heavyPage } from './heavy-page.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pages: { type: 'string', default: '10000' } },
});

const url = 'https://gazette.example/2026/bench';
/** Pages that are run before the clock starts, so that both sides are compiled. */
const WARM_UP_PAGES = 60;
const MADE_PAGES = 40;
/** How often memory is printed. */
const MEMORY_LINES = 10;

const pages = positionals[0] === undefined ? madePages() : pagesIn(positionals[0]);
await compareSpeed();
await watchMemory(Number(values.pages));

function madePages(): readonly Uint8Array[] {
  return Array.from({ length: MADE_PAGES }, (_, index) => Buffer.from(heavyPage(index)));
}

function pagesIn(folder: string): readonly Uint8Array[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.html(?:\.gz)?$/.test(file),
  );
  if (files.length === 0) throw new Error(`${folder} holds no .html or .html.gz files`);
  return files.sort().map((file) => {
    const bytes = readFileSync(join(folder, file));
    return file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  });
}

function withBelfry(page: Uint8Array): boolean {
  return extractArticle(page, { url }).ok;
}

/** What everybody does first. */
function withReference(page: Uint8Array): boolean {
  const dom = new JSDOM(Buffer.from(page), { url, virtualConsole: new VirtualConsole() });
  try {
    return (new Readability(dom.window.document).parse()?.textContent ?? '') !== '';
  } finally {
    dom.window.close();
  }
}

async function compareSpeed(): Promise<void> {
  const contenders = [
    { name: 'belfry', run: withBelfry, milliseconds: 0, found: 0 },
    { name: 'jsdom + Readability', run: withReference, milliseconds: 0, found: 0 },
  ];
  const warmUp = Array.from({ length: WARM_UP_PAGES }, (_, index) => pages[index % pages.length] as Uint8Array);
  const rounds = [...warmUp, ...pages];
  for (const [index, page] of rounds.entries()) {
    for (const contender of contenders) {
      const before = process.cpuUsage();
      const found = attempt(contender.run, page);
      await setImmediate(); // what a DOM leaves behind is freed between turns, and belongs to its cost
      const { user, system } = process.cpuUsage(before);
      if (index < WARM_UP_PAGES) continue;
      contender.milliseconds += (user + system) / 1000;
      if (found) contender.found++;
    }
  }
  for (const { name, milliseconds, found } of contenders)
    console.log(
      `${name}: ${(milliseconds / pages.length).toFixed(1)} CPU ms a page, ${found} of ${pages.length} pages`,
    );
  const [belfry, reference] = contenders.map(({ milliseconds }) => milliseconds);
  console.log(`ratio: ${((belfry ?? 0) / (reference ?? 1)).toFixed(3)}`);
}

/** jsdom throws on a page now and then; that page counts as not found, and its time as spent. */
function attempt(run: (page: Uint8Array) => boolean, page: Uint8Array): boolean {
  try {
    return run(page);
  } catch {
    return false;
  }
}

async function watchMemory(count: number): Promise<void> {
  const step = Math.max(1, Math.floor(count / MEMORY_LINES));
  for (let done = 1; done <= count; done++) {
    const page = pages[done % pages.length];
    if (page) withBelfry(page);
    await setImmediate();
    if (done % step !== 0) continue;
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    console.log(`${done} pages: ${megabytes(rss)} MB resident, ${megabytes(heapUsed)} MB heap`);
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}
