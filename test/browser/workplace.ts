/** A whole Belfry as people use it: the service in a process of its own, on the embedded database, over sites on loopback. */
import { loadSettings } from '../../src/config.js';
import { type Newsroom, startNewsroom } from '../../src/demo/newsroom.js';
import { openDatabase } from '../../src/store/database.js';
import { type Belfry, createBelfry, eventually } from '../support/belfry.js';

/** From an empty database to the last article of the newsroom, on a busy machine. */
const READING_SECONDS = 120;

export interface Dashboard {
  /** Its address, without a slash at the end. */
  readonly url: string;
  readonly belfry: Belfry;
  close(): Promise<void>;
}

/** One that follows no feed and has no article. */
export async function openEmptyDashboard(): Promise<Dashboard> {
  const belfry = createBelfry();
  try {
    const [, url = ''] = await belfry.start(['run']).says(/Belfry is at (http:\/\/[\d.:]+)/, READING_SECONDS);
    return { url, belfry, close: () => belfry.dispose() };
  } catch (error) {
    await belfry.dispose();
    throw error;
  }
}

export interface Workplace extends Dashboard {
  readonly newsroom: Newsroom;
}

/** One that has read the demo's newsroom: every page there that is an article is stored. */
export async function openWorkplace(): Promise<Workplace> {
  const newsroom = await startNewsroom();
  const dashboard = await openEmptyDashboard().catch(async (error: unknown) => {
    await newsroom.close();
    throw error;
  });
  const close = async () => {
    await dashboard.close();
    await newsroom.close();
  };
  try {
    await follow(dashboard, newsroom.feeds);
    const expected = newsroom.items.filter(({ page }) => page === 'article').map(({ url }) => url);
    await eventually(async () => {
      const stored = new Set((await storedArticles(dashboard)).map(({ url }) => url));
      return expected.every((address) => stored.has(address));
    }, READING_SECONDS);
    return { ...dashboard, newsroom, close };
  } catch (error) {
    await close();
    throw error;
  }
}

export async function follow({ belfry }: Dashboard, feeds: readonly string[]): Promise<void> {
  const { code, stderr } = await belfry.run(['feeds', 'add', ...feeds]);
  if (code !== 0) throw new Error(stderr);
}

export async function storedArticles({
  url,
}: Dashboard): Promise<readonly { readonly id: string; readonly url: string }[]> {
  const response = await fetch(`${url}/api/v1/articles?format=ndjson`);
  const lines = (await response.text()).split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line));
}

/** What the store says about every article of a site while it refuses them. */
export const REFUSAL = 'the shelf for this site is full';

/** Makes the store refuse the articles of a site, which its jobs don't survive, until it is mended. */
export async function refuseArticles({ belfry }: Dashboard, site: string): Promise<{ mend(): Promise<void> }> {
  await change(
    belfry,
    `CREATE FUNCTION refuse_article() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '${REFUSAL}'; END $$;
     CREATE TRIGGER refuse_article BEFORE INSERT ON articles
     FOR EACH ROW WHEN (starts_with(NEW.url, '${site}/')) EXECUTE FUNCTION refuse_article()`,
  );
  return { mend: () => change(belfry, 'DROP FUNCTION refuse_article() CASCADE') };
}

async function change({ environment }: Belfry, statements: string): Promise<void> {
  const database = await openDatabase(loadSettings(environment), {
    kind: 'command',
    onPoolError: () => undefined,
  });
  try {
    await database.pool.query(statements);
  } finally {
    await database.close();
  }
}
