/** What extraction takes of the time that plain jsdom with Readability takes over the same self-made pages. */
import { setImmediate as turn } from 'node:timers/promises';
import { Readability } from '@mozilla/readability';
import { JSDOM, VirtualConsole } from 'jsdom';
import { extractArticle } from '../../src/articles/extract.js';
import { heavyPage } from './heavy-page.js';
import type { BenchKey } from './key.js';
import { alternate, median, medianRatio } from './median.js';

const sizes = { quick: { rounds: 3, pages: 4 }, full: { rounds: 7, pages: 30 } } as const;
const WARM_PAGES = 4;
const URL_OF_PAGES = 'https://news.example/article';

export const extractVsJsdom: BenchKey = {
  key: 'extract_vs_jsdom',
  meaning: 'time a page over that of jsdom with Readability, one process (less is better)',
  needs: [],
  async measure(_grounds, size) {
    const { rounds, pages: count } = sizes[size];
    const pages = Array.from({ length: count }, (_, index) => Buffer.from(heavyPage(index)));
    await timeEach(pages.slice(0, WARM_PAGES), ours);
    await timeEach(pages.slice(0, WARM_PAGES), plain);
    const pairs = await alternate(
      rounds,
      () => timeEach(pages, ours),
      () => timeEach(pages, plain),
    );
    const [own, other] = [median(pairs.map((pair) => pair.ours)), median(pairs.map((pair) => pair.other))];
    return { value: medianRatio(pairs), detail: `${own.toFixed(1)} to ${other.toFixed(1)} ms a page, ${rounds} pairs` };
  },
};

function ours(bytes: Buffer): number {
  const result = extractArticle(bytes, { url: URL_OF_PAGES, contentType: 'text/html; charset=utf-8' });
  return result.ok ? result.article.text.length : 0;
}

function plain(bytes: Buffer): number {
  const dom = new JSDOM(bytes.toString(), { url: URL_OF_PAGES, virtualConsole: new VirtualConsole() });
  const length = new Readability(dom.window.document).parse()?.textContent?.length ?? 0;
  dom.window.close();
  return length;
}

/** @returns milliseconds a page. */
async function timeEach(pages: readonly Buffer[], extract: (bytes: Buffer) => number): Promise<number> {
  const began = performance.now();
  for (const page of pages) {
    if (extract(page) === 0) throw new Error('a page of the bench gave no text');
    // A DOM is freed only after a turn of the event loop.
    await turn();
  }
  return (performance.now() - began) / pages.length;
}
