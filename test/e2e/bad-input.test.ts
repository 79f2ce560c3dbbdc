/** Everything that can be wrong, at once, beside a good feed: each has a named end, and nothing else is lost. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Belfry, createBelfry, eventually, type Running } from '../support/belfry.js';
import {
  type HostileSite,
  pageNames,
  SUMMARY,
  startHostileSite,
  WINDOWS_1252_SENTENCE,
} from '../support/hostile-site.js';

/**
 * Short deadlines for sites: what an operator waits half a minute for need not hold up a test. A long one for extraction,
 * which a busy machine may keep waiting, and which none of these pages reaches.
 */
const SETTINGS = `
net: { totalSeconds: 5, stallSeconds: 2 }
fetch: { attempts: 2 }
extract: { timeoutSeconds: 100 }
`;

/** A start and all the deadlines take 20 seconds; a machine that is busy with other things takes longer. */
const START_MILLISECONDS = 300_000;

interface Status {
  readonly queues: readonly {
    readonly stage: string;
    readonly waiting: number;
    readonly active: number;
    readonly dead: number;
  }[];
  readonly feeds: readonly {
    readonly url: string;
    readonly lastOutcome: string | null;
    readonly lastError: string | null;
  }[];
  readonly outcomes: readonly { readonly what: string; readonly outcome: string; readonly count: number }[];
}

interface Listed {
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly source: 'page' | 'feed';
  readonly sourceReason: string | null;
}

/** A feed's file and the outcome of its poll. */
const FEEDS: readonly (readonly [file: string, outcome: string])[] = [
  ['good.xml', 'new'],
  ['bad-pages.xml', 'new'],
  ['bad-items.xml', 'new'],
  ['truncated.xml', 'new'],
  ['not-xml.xml', 'not-a-feed'],
  ['page.xml', 'html'],
  ['huge.xml', 'too-large'],
  ['bomb.xml', 'entity-bomb'],
  ['empty.xml', 'empty'],
  ['http-404.xml', 'http-404'],
  ['http-429.xml', 'http-429'],
  ['http-500.xml', 'http-500'],
  ['trickle.xml', 'timeout'],
  ['never.xml', 'stalled'],
];

/** A page and what kept it from being read; null where it gives the article itself. */
const PAGES: readonly (readonly [name: string, reason: string | null])[] = [
  ['empty', 'empty'],
  ['huge', 'too-large'],
  ['deep', 'too-deep'],
  ['windows-1252', null],
  ['pdf', 'not-html'],
  ['login-redirect', 'login'],
  ['login-form', 'login'],
  ['never', 'stalled'],
  ['trickle', 'timeout'],
  ['http-500', 'http-500'],
  ['http-410', 'http-410'],
  ['good', null],
];

describe('a Belfry that watches a hostile site', () => {
  let belfry: Belfry;
  let site: HostileSite;
  let running: Running;
  let server: string;
  let status: Status;
  let metrics: string;
  let articles: readonly Listed[];

  const statusNow = async (): Promise<Status> => JSON.parse((await belfry.run(['status', '--json'])).stdout) as Status;
  const articlesNow = (): Promise<Listed[]> => belfry.articles<Listed>();
  const addFeeds = (...files: readonly string[]) =>
    belfry.run(['feeds', 'add', '--unchecked', ...files.map((file) => site.feedUrl(file))]);
  const metricsNow = async (): Promise<string> => (await fetch(`${server}/metrics`)).text();
  const idle = async (): Promise<Status | false> => {
    const now = await statusNow();
    const polled = now.feeds.every(({ lastOutcome }) => lastOutcome !== null);
    const travelling = now.outcomes.some(({ outcome }) => outcome === 'on its way');
    return polled && !travelling && now;
  };

  beforeAll(async () => {
    site = await startHostileSite();
    belfry = createBelfry();
    const config = join(belfry.directory, 'belfry.yaml');
    writeFileSync(config, SETTINGS);
    belfry.environment.BELFRY_CONFIG = config;
    running = belfry.start(['run']);
    server = (await running.says(/Belfry is at (http:\/\/[\d.:]+)/, 120))[1] as string;
    expect(await addFeeds(...FEEDS.map(([file]) => file))).toMatchObject({ code: 0 });
    status = await eventually(idle, 150);
    metrics = await metricsNow();
    articles = await articlesNow();
  }, START_MILLISECONDS);
  afterAll(async () => {
    await belfry?.dispose();
    await site?.close();
  });

  test.each(FEEDS)('the poll of %s ends as %s, in status and in the metrics', (file, outcome) => {
    const feed = status.feeds.find(({ url }) => url.endsWith(`/${file}`));
    expect(feed).toMatchObject({ lastOutcome: outcome });
    if (outcome !== 'new') expect(feed?.lastError).toBeTruthy();
    expect(status.outcomes).toContainEqual({ what: 'poll', outcome, count: expect.any(Number) as number });
    expect(metrics).toMatch(new RegExp(`^belfry_polls_24h\\{outcome="${outcome}"\\} [1-9]`, 'm'));
  });

  test('all articles of the good feed are stored from their pages', () => {
    for (const number of [1, 2, 3, 4, 5])
      expect(articles).toContainEqual(
        expect.objectContaining({ url: `${site.url}/article/${number}`, source: 'page', sourceReason: null }),
      );
  });

  test('the good items of bad feeds are stored', () => {
    const urls = articles.map(({ url }) => url);
    for (const number of [21, 22, 31, 32]) expect(urls).toContain(`${site.url}/article/${number}`);
  });

  test('the list of bad pages here is that of the site', () => {
    expect(PAGES.map(([name]) => name).sort()).toEqual([...pageNames].sort());
  });

  test.each(PAGES)('the item behind page %s is stored, and says %s where its page gave nothing', (name, reason) => {
    const article =
      articles.find(({ title }) => title === `Page ${name}`) ??
      articles.find(({ url }) => url.endsWith(`/page/${name}`));
    expect(article).toMatchObject({ source: reason === null ? 'page' : 'feed', sourceReason: reason });
    if (reason === null) return;
    expect(status.outcomes).toContainEqual({
      what: expect.stringMatching(/fetch|extract/) as string,
      outcome: reason,
      count: expect.any(Number) as number,
    });
    expect(metrics).toMatch(
      new RegExp(`^belfry_pages_24h\\{stage="(?:fetch|extract)",outcome="${reason}"\\} [1-9]`, 'm'),
    );
  });

  test('a page in windows-1252 comes out with its own characters', async () => {
    const article = articles.find(({ url }) => url.endsWith('/page/windows-1252'));
    const shown = JSON.parse((await belfry.run(['show', article?.id ?? '', '--json'])).stdout) as { text: string };
    expect(shown.text).toContain(WINDOWS_1252_SENTENCE);
  });

  test('an item whose page can’t be had has the feed’s own words', async () => {
    const article = articles.find(({ title }) => title === 'Page pdf');
    const shown = JSON.parse((await belfry.run(['show', article?.id ?? '', '--json'])).stdout) as { text: string };
    expect(shown.text).toBe(SUMMARY);
  });

  test('a job whose page row was deleted ends as page-gone, in status and in the metrics', async () => {
    await withStore(belfry, async (store) => {
      const added = addFeeds('held.xml');
      // At once: a fetch that is held back for long stalls, and the next try finds no page to fetch.
      await site.heldAsked;
      expect(await store.query(`DELETE FROM belfry.pages WHERE url LIKE '%/page/held'`)).toMatchObject({ rowCount: 1 });
      site.release();
      await added;
    });
    const after = await eventually(async () => {
      const now = await statusNow();
      return now.outcomes.some(({ outcome }) => outcome === 'page-gone') && now;
    }, 20);
    expect(after.outcomes).toContainEqual({ what: 'page', outcome: 'page-gone', count: 1 });
    expect(await metricsNow()).toMatch(/^belfry_stage_outcomes_total\{stage="extract",outcome="page-gone"\} 1$/m);
  });

  test('a feed that is gone for good is named too', async () => {
    await addFeeds('http-410.xml');
    await eventually(
      async () => (await statusNow()).outcomes.some(({ what, outcome }) => what === 'poll' && outcome === 'http-410'),
      20,
    );
  });

  test('nothing died of it: no dead letters, and a later feed is taken as ever', async () => {
    await addFeeds('late.xml');
    await eventually(async () => {
      const urls = (await articlesNow()).map(({ url }) => url);
      return [11, 12].every((number) => urls.includes(`${site.url}/article/${number}`));
    }, 30);
    expect(JSON.parse((await belfry.run(['dead', 'list', '--json'])).stdout)).toEqual([]);
    expect(running.child.exitCode).toBeNull();
    expect((await fetch(`${server}/readyz`)).status).toBe(200);
    expect(running.output()).not.toMatch(/unhandled|heap out of memory/i);
  });
});

/** A session on the embedded database of a Belfry that runs. */
async function withStore(belfry: Belfry, work: (store: pg.Client) => Promise<void>): Promise<void> {
  const store = new pg.Client({
    host: join(belfry.directory, 'data'),
    port: 5432,
    user: 'postgres',
    database: 'postgres',
  });
  await store.connect();
  try {
    await work(store);
  } finally {
    await store.end();
  }
}
