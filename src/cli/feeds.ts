/** `belfry feeds`: the list of feeds. */
import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import type { DiscoveredFeed } from '../feeds/discover.js';
import { shortInterval } from '../pipeline/interval.js';
import type { Queryable } from '../store/database.js';
import type { PollPlan, StoredFeed } from '../store/feeds.js';
import { webAddress } from '../web/identity.js';
import { exitCode } from './exit-codes.js';
import { UserError } from './failure.js';
import { createProgress, cut, printJson, printTable, relative } from './terminal.js';

const CHECK_CONCURRENCY = 16;

export function feedsCommand(): Command {
  const feeds = new Command('feeds').description('add, list, pause, remove, import, export and check feeds');

  feeds
    .command('add')
    .argument('<url...>', 'addresses of feeds, or of pages that name them')
    .description('follow feeds; each is polled at once, and a retired one is revived')
    .option('--all', 'follow all feeds of a page instead of asking which')
    .option('--unchecked', 'follow the addresses as they are, without looking what is there')
    .option('--title <title>', 'how to call it (default: what the feed says)')
    .option('--folder <folder>', 'group it under this name')
    .option('--language <code>', 'ISO 639-1, when the feed does not say')
    .option('--country <code>', 'ISO 3166-1 alpha-2, EU or INT')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  belfry feeds add https://www.vrt.be/vrtnws/nl.rss.articles.xml --folder Belgium --language nl
  belfry feeds add https://site.example/         finds the feeds of the site and asks which
  belfry feeds add https://site.example/ --all

Ends with 3 and a list when a page has several feeds and there is no terminal to ask at.`,
    )
    .action(add);

  feeds
    .command('list')
    .description('show the feeds with the health of each')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  belfry feeds list --json')
    .action(list);

  feeds
    .command('set')
    .argument('<feed...>', 'address, title or number of a feed')
    .description('say when feeds are polled')
    .option('--every <time>', 'at a fixed interval: 90s, 15m, 6h, 1d')
    .option('--cron <expression>', "by a cron expression in UTC: '0 6 * * *'")
    .option('--adaptive', 'as the feed itself brings news (the default)')
    .addHelpText(
      'after',
      "\nExamples:\n  belfry feeds set 12 --every 15m\n  belfry feeds set 12 --cron '0 6,18 * * 1-5'",
    )
    .action(setPlan);

  feeds
    .command('remove')
    .argument('<feed...>', 'address, title or number of a feed')
    .description('stop following feeds; their articles stay')
    .addHelpText('after', '\nExample:\n  belfry feeds remove 12')
    .action((names: string[]) => change(names, 'unfollow'));

  feeds
    .command('pause')
    .argument('<feed...>', 'address, title or number of a feed')
    .description('let feeds rest: not polled, but kept in the list')
    .addHelpText('after', '\nExample:\n  belfry feeds pause 12')
    .action((names: string[]) => change(names, 'pause'));

  feeds
    .command('resume')
    .argument('<feed...>', 'address, title or number of a feed')
    .description('poll feeds again that rested, at once')
    .addHelpText('after', '\nExample:\n  belfry feeds resume 12')
    .action((names: string[]) => change(names, 'resume'));

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
    .description('fetch feeds once and say which answer, without storing what they bring; 1 when any does not')
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
  readonly all?: true;
  readonly unchecked?: true;
  readonly json?: true;
}

async function add(urls: string[], options: AddOptions): Promise<void> {
  const addresses = urls.map((url) => {
    const address = webAddress(url.trim());
    if (address === undefined) throw new UserError(`${url}: expected an http or https address`, exitCode.usage);
    return address;
  });
  const chosen = options.unchecked ? addresses : await findAddresses(addresses, options);
  if (chosen === 'undecided') {
    process.exitCode = exitCode.choose;
    return;
  }
  const entries = chosen.map((url) => ({
    url,
    title: options.title ?? null,
    site: addresses.includes(url) ? null : (addresses[0] ?? null),
    folder: options.folder ?? null,
    language: options.language?.toLowerCase() ?? null,
    country: options.country?.toUpperCase() ?? null,
  }));
  const { withRuntime } = await import('./with-runtime.js');
  const { follow } = await import('../pipeline/feed-list.js');
  const added = await withRuntime((runtime) => follow(runtime, entries));
  if (options.json) printJson(added);
  else
    for (const { id, url, already } of added)
      process.stdout.write(`${already ? 'followed already' : 'added'}: ${url} (${id})\n`);
}

/** The feeds behind the addresses; `undecided` when there are several behind one, they are listed, and nobody chose. */
async function findAddresses(addresses: readonly string[], options: AddOptions): Promise<string[] | 'undecided'> {
  const { loadSettings } = await import('../config.js');
  const { searchFeeds } = await import('../pipeline/feed-list.js');
  const settings = loadSettings();
  const chosen: string[] = [];
  for (const address of addresses) {
    const found = await searchFeeds(settings, address);
    switch (found.kind) {
      case 'feed':
        chosen.push(found.url);
        break;
      case 'none':
        throw new UserError(`${address}: ${found.message}; give the feed's own address`);
      case 'unreachable':
        process.stderr.write(
          `${address}: followed unseen, for it can't be had now: ${found.reason} (${found.message})\n`,
        );
        chosen.push(address);
        break;
      case 'page': {
        const some =
          options.all || found.feeds.length === 1 ? found.feeds : await chooseFeeds(address, found.feeds, options);
        if (some === 'undecided') return some;
        chosen.push(...some.map(({ url }) => url));
      }
    }
  }
  return [...new Set(chosen)];
}

async function chooseFeeds(
  address: string,
  feeds: readonly DiscoveredFeed[],
  { json }: AddOptions,
): Promise<readonly DiscoveredFeed[] | 'undecided'> {
  if (json) printJson({ choose: feeds });
  else {
    process.stdout.write(`${address} names ${feeds.length} feeds:\n`);
    for (const [index, { url, title }] of feeds.entries())
      process.stdout.write(`  ${index + 1}  ${url}${title ? `  ${title}` : ''}\n`);
  }
  if (json || !process.stdin.isTTY || !process.stdout.isTTY) {
    process.stderr.write('nothing added: add one by its address, or all with --all\n');
    return 'undecided';
  }
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    for (;;) {
      const answer = await terminal.question('Which? (numbers, a for all, nothing for none) ');
      const numbers = readChoice(answer, feeds.length);
      if (numbers !== null) return feeds.filter((_, index) => numbers.includes(index + 1));
    }
  } finally {
    terminal.close();
  }
}

/** Numbers of what was chosen, from 1; null for an answer that says nothing. */
export function readChoice(answer: string, count: number): readonly number[] | null {
  const words = answer
    .trim()
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  if (words.length === 1 && /^a(?:ll)?$/.test(words[0] ?? ''))
    return Array.from({ length: count }, (_, index) => index + 1);
  const numbers = words.map(Number);
  return numbers.every((number) => Number.isInteger(number) && number >= 1 && number <= count) ? numbers : null;
}

interface PlanOptions {
  readonly every?: string;
  readonly cron?: string;
  readonly adaptive?: true;
}

async function setPlan(names: string[], options: PlanOptions): Promise<void> {
  const { readPlan, setPlan: set } = await import('../pipeline/feed-list.js');
  const { withRuntime } = await import('./with-runtime.js');
  if ([options.every, options.cron, options.adaptive].filter((each) => each !== undefined).length !== 1)
    throw new UserError('give one of --every, --cron and --adaptive', exitCode.usage);
  const read = readPlan(options, new Date());
  if (!read.ok)
    throw new UserError(`--${read.about} ${JSON.stringify(options[read.about])}: ${read.message}`, exitCode.usage);
  await withRuntime(async (runtime) => {
    for (const feed of await namedFeeds(runtime.database.pool, names)) {
      await set(runtime, feed, read);
      process.stdout.write(`${feed.url}: polled ${planWords(read.plan)}\n`);
    }
  });
}

const planWords = ({ pollMinutes, pollCron }: PollPlan): string =>
  pollMinutes !== null
    ? `every ${shortInterval(pollMinutes)}`
    : pollCron !== null
      ? `at "${pollCron}" UTC`
      : 'adaptively';

/** @throws UserError for a name of no feed, or of several */
async function namedFeeds(database: Queryable, names: readonly string[]): Promise<StoredFeed[]> {
  const { matchFeeds } = await import('../store/feeds.js');
  const feeds: StoredFeed[] = [];
  for (const name of names) {
    const [found, another] = await matchFeeds(database, name);
    if (!found) throw new UserError(`no feed ${JSON.stringify(name)}; belfry feeds list shows them`);
    if (another) throw new UserError(`${JSON.stringify(name)} names several feeds; give the number or the address`);
    feeds.push(found);
  }
  return feeds;
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
      ['NO', 'TITLE', 'LANG', 'LAST POLL', 'OUTCOME', 'NEXT', 'POLLED', 'ADDRESS'],
      found.map((feed) => [
        String(feed.id),
        cut(feed.title ?? '', 32),
        feed.language ?? '',
        relative(feed.lastPollAt),
        cut(healthOf(feed), 48),
        feed.retiredAt || feed.pausedAt ? 'never' : relative(feed.nextPollAt),
        planWords(feed),
        feed.url,
      ]),
    );
  }
}

/** What stands in the way of a feed, or what is unusual about it. */
function healthOf(feed: StoredFeed): string {
  if (feed.retiredAt) return `retired: ${feed.retiredReason}`;
  if (feed.pausedAt) return `paused ${relative(feed.pausedAt)}`;
  const outcome = feed.failures > 0 ? `${feed.lastOutcome} (${feed.failures}×)` : (feed.lastOutcome ?? '');
  const remarks = [
    ...(feed.validatorsTrusted ? [] : ['validators lie']),
    ...(feed.movedTo ? [`moving (${feed.movedSeen}×)`] : []),
    ...(feed.formerUrl ? ['moved'] : []),
  ];
  return [outcome, ...remarks].join(', ');
}

type Change = 'unfollow' | 'pause' | 'resume';

const changed: Readonly<Record<Change, string>> = { unfollow: 'removed', pause: 'paused', resume: 'resumed' };

async function change(names: readonly string[], verb: Change): Promise<void> {
  const { withRuntime } = await import('./with-runtime.js');
  const feedList = await import('../pipeline/feed-list.js');
  await withRuntime(async (runtime) => {
    for (const feed of await namedFeeds(runtime.database.pool, names)) {
      await feedList[verb](runtime, feed);
      process.stdout.write(`${changed[verb]}: ${feed.url}\n`);
    }
  });
}

async function importOpml(file: string, options: { readonly json?: true }): Promise<void> {
  const { withRuntime } = await import('./with-runtime.js');
  const { importList } = await import('../pipeline/feed-list.js');
  const opml = readInput(file);
  const { added, already, faults } = await withRuntime((runtime) => importList(runtime, opml));
  for (const { line, message } of faults) process.stderr.write(`${file}:${line}: ${message}\n`);
  if (options.json) printJson({ added, already, faults });
  else process.stdout.write(`${added} added, ${already} followed already, ${faults.length} faulty\n`);
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
  const { exportList } = await import('../pipeline/feed-list.js');
  const text = await withRuntime(({ database }) => exportList(database.pool));
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
