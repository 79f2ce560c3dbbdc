/** `belfry feeds`: the list of feeds. */
import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { exitCode } from './exit-codes.js';
import { UserError } from './failure.js';
import { createProgress, cut, printJson, printTable, relative } from './terminal.js';

const CHECK_CONCURRENCY = 16;

export function feedsCommand(): Command {
  const feeds = new Command('feeds').description('add, list, remove, import, export and check feeds');

  feeds
    .command('add')
    .argument('<url...>', 'addresses of feeds')
    .description('follow feeds; each is polled at once')
    .option('--title <title>', 'how to call it (default: what the feed says)')
    .option('--folder <folder>', 'group it under this name')
    .option('--language <code>', 'ISO 639-1, when the feed does not say')
    .option('--country <code>', 'ISO 3166-1 alpha-2, EU or INT')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  belfry feeds add https://www.vrt.be/vrtnws/nl.rss.articles.xml --folder Belgium --language nl',
    )
    .action(add);

  feeds
    .command('list')
    .description('show the feeds with the health of each')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  belfry feeds list --json')
    .action(list);

  feeds
    .command('remove')
    .argument('<feed...>', 'address, title or number of a feed')
    .description('stop following feeds; their articles stay')
    .addHelpText('after', '\nExample:\n  belfry feeds remove 12')
    .action(remove);

  feeds
    .command('import')
    .argument('<file>', 'an OPML file, - for standard input')
    .description('follow all feeds of an OPML file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  belfry feeds import subscriptions.opml')
    .action(importOpml);

  feeds
    .command('export')
    .argument('[file]', 'where to write; - or nothing for standard output', '-')
    .description('write the followed feeds as OPML')
    .addHelpText('after', '\nExample:\n  belfry feeds export > backup.opml')
    .action(exportOpml);

  feeds
    .command('check')
    .argument('[url...]', 'addresses; all followed feeds when none is given')
    .description('fetch feeds once and say which answer, without storing anything; 1 when any does not')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  belfry feeds check\n  belfry feeds check https://example.org/feed.xml')
    .action(check);

  return feeds;
}

interface AddOptions {
  readonly title?: string;
  readonly folder?: string;
  readonly language?: string;
  readonly country?: string;
  readonly json?: true;
}

async function add(urls: string[], options: AddOptions): Promise<void> {
  for (const url of urls) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new UserError(`${url}: expected an http or https address`, exitCode.usage);
    }
  }
  const entries = urls.map((url) => ({
    url: new URL(url).href,
    title: options.title ?? null,
    site: null,
    folder: options.folder ?? null,
    language: options.language?.toLowerCase() ?? null,
    country: options.country?.toUpperCase() ?? null,
  }));
  const added = await follow(entries);
  if (options.json) printJson(added);
  else
    for (const { id, url, already } of added)
      process.stdout.write(`${already ? 'followed already' : 'added'}: ${url} (${id})\n`);
}

async function follow(entries: Parameters<typeof import('../store/feeds.js').addFeeds>[1]) {
  const { withRuntime } = await import('./with-runtime.js');
  const { addFeeds } = await import('../store/feeds.js');
  const { scheduleFeed } = await import('../pipeline/schedule.js');
  return withRuntime(async ({ database, queues, settings }) => {
    const added = await addFeeds(database.pool, entries);
    for (const feed of added) {
      if (!feed.already) await scheduleFeed(queues, feed, settings.feeds.pollMinutes * 60_000);
    }
    return added;
  });
}

async function list(options: { readonly json?: true }): Promise<void> {
  const { withRuntime } = await import('./with-runtime.js');
  const { listFeeds } = await import('../store/feeds.js');
  const found = await withRuntime(({ database }) => listFeeds(database.pool));
  if (options.json) {
    printJson(found);
    return;
  }
  if (found.length === 0) process.stdout.write('no feeds yet; belfry feeds add URL, or belfry feeds import FILE\n');
  else {
    printTable(
      ['NO', 'TITLE', 'LANG', 'LAST POLL', 'OUTCOME', 'NEXT', 'ADDRESS'],
      found.map((feed) => [
        String(feed.id),
        cut(feed.title ?? '', 32),
        feed.language ?? '',
        relative(feed.lastPollAt),
        feed.failures > 0 ? `${feed.lastOutcome} (${feed.failures}×)` : (feed.lastOutcome ?? ''),
        relative(feed.nextPollAt),
        feed.url,
      ]),
    );
  }
}

async function remove(names: string[]): Promise<void> {
  const { withRuntime } = await import('./with-runtime.js');
  const { matchFeeds, removeFeed } = await import('../store/feeds.js');
  const { unscheduleFeed } = await import('../pipeline/schedule.js');
  await withRuntime(async ({ database, queues }) => {
    for (const name of names) {
      const found = await matchFeeds(database.pool, name);
      if (found.length === 0) throw new UserError(`no feed ${JSON.stringify(name)}; belfry feeds list shows them`);
      if (found.length > 1)
        throw new UserError(
          `${JSON.stringify(name)} is the title of ${found.length} feeds; give the number or the address`,
        );
      for (const feed of found) {
        await removeFeed(database.pool, feed.id);
        await unscheduleFeed(queues, feed.id);
        process.stdout.write(`removed: ${feed.url}\n`);
      }
    }
  });
}

async function importOpml(file: string, options: { readonly json?: true }): Promise<void> {
  const { readOpml } = await import('../feeds/opml.js');
  const { feeds, faults } = readOpml(readInput(file));
  for (const { line, message } of faults) process.stderr.write(`${file}:${line}: ${message}\n`);
  const added = feeds.length > 0 ? await follow(feeds) : [];
  const fresh = added.filter(({ already }) => !already).length;
  if (options.json) printJson({ added: fresh, already: added.length - fresh, faults });
  else process.stdout.write(`${fresh} added, ${added.length - fresh} followed already, ${faults.length} faulty\n`);
  if (faults.length > 0) process.exitCode = exitCode.failed;
}

function readInput(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new UserError(`${file}: can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

async function exportOpml(file: string): Promise<void> {
  const { withRuntime } = await import('./with-runtime.js');
  const { listFeeds } = await import('../store/feeds.js');
  const { writeOpml } = await import('../feeds/opml.js');
  const text = writeOpml('Belfry', await withRuntime(({ database }) => listFeeds(database.pool)));
  if (file === '-') process.stdout.write(text);
  else writeFileSync(file, text);
}

interface CheckedFeed {
  readonly url: string;
  readonly outcome: string;
  readonly items: number;
  readonly detail: string | null;
}

async function check(urls: string[], options: { readonly json?: true }): Promise<void> {
  const { loadSettings } = await import('../config.js');
  const { createWebClient } = await import('../web/client.js');
  const { webSettings } = await import('../pipeline/web-settings.js');
  const settings = loadSettings();
  const wanted = urls.length > 0 ? urls : await followedUrls();
  const web = createWebClient(webSettings(settings));
  const progress = createProgress();
  const results: CheckedFeed[] = new Array(wanted.length);
  let next = 0;
  let done = 0;
  try {
    await Promise.all(
      Array.from({ length: Math.min(CHECK_CONCURRENCY, wanted.length) }, async () => {
        for (let index = next++; index < wanted.length; index = next++) {
          results[index] = await checkFeed(web, wanted[index] as string, settings.net.maxFeedMegabytes << 20);
          progress.update(`${++done} of ${wanted.length} feeds checked`);
        }
      }),
    );
  } finally {
    progress.end();
    await web.close();
  }
  if (options.json) printJson(results);
  else
    printTable(
      ['OUTCOME', 'ITEMS', 'ADDRESS', ''],
      results.map(({ url, outcome, items, detail }) => [outcome, String(items), url, cut(detail ?? '', 80)]),
    );
  const failed = results.filter(({ outcome }) => outcome !== 'ok').length;
  if (!options.json) process.stderr.write(`${results.length - failed} of ${results.length} answer\n`);
  if (failed > 0) process.exitCode = exitCode.failed;
}

async function followedUrls(): Promise<string[]> {
  const { withRuntime } = await import('./with-runtime.js');
  const { listFeeds } = await import('../store/feeds.js');
  const { syncFeedList } = await import('../pipeline/schedule.js');
  return withRuntime(async (runtime) => {
    await syncFeedList(runtime);
    return (await listFeeds(runtime.database.pool)).map(({ url }) => url);
  });
}

async function checkFeed(
  web: import('../web/client.js').WebClient,
  url: string,
  maxBytes: number,
): Promise<CheckedFeed> {
  const { readFeed } = await import('../feeds/read.js');
  const { failureName } = await import('../web/client.js');
  const response = await web.get(url, { maxBytes });
  if (!response.ok) {
    return {
      url,
      outcome: failureName(response),
      items: 0,
      detail: response.message,
    };
  }
  const read = await readFeed(response.body ?? new Uint8Array(), {
    url: response.url,
    contentType: response.headers.contentType ?? undefined,
  });
  if (!read.ok) return { url, outcome: read.reason, items: 0, detail: read.message };
  return { url, outcome: 'ok', items: read.feed.items.length, detail: read.feed.warnings[0] ?? null };
}
