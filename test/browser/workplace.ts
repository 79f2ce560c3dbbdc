/** A whole Belfry as people use it: the service in a process of its own, on the embedded database, over the demo's newsroom. */
import { type Newsroom, startNewsroom } from '../../src/demo/newsroom.js';
import { type Belfry, createBelfry, eventually } from '../support/belfry.js';

/** From an empty database to all articles of the newsroom, on a busy machine. */
const READING_SECONDS = 120;

export interface Workplace {
  /** Where the dashboard is, without a slash at the end. */
  readonly url: string;
  readonly belfry: Belfry;
  readonly newsroom: Newsroom;
  close(): Promise<void>;
}

/** Resolves when every page of the newsroom that is an article is stored. */
export async function openWorkplace(): Promise<Workplace> {
  const newsroom = await startNewsroom();
  const belfry = createBelfry();
  const close = async () => {
    await belfry.dispose();
    await newsroom.close();
  };
  try {
    const [, url = ''] = await belfry.start(['run']).says(/Belfry is at (http:\/\/[\d.:]+)/, READING_SECONDS);
    const added = await belfry.run(['feeds', 'add', ...newsroom.feeds]);
    if (added.code !== 0) throw new Error(added.stderr);
    const expected = newsroom.items.filter(({ page }) => page === 'article').map((item) => item.url);
    await eventually(async () => {
      const stored = await storedAddresses(url);
      return expected.every((address) => stored.has(address));
    }, READING_SECONDS);
    return { url, belfry, newsroom, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function storedAddresses(url: string): Promise<ReadonlySet<string>> {
  const response = await fetch(`${url}/api/v1/articles?format=ndjson`);
  const lines = (await response.text()).split('\n').filter(Boolean);
  return new Set(lines.map((line) => (JSON.parse(line) as { readonly url: string }).url));
}
