/** `belfry status`: queues, feeds and outcomes at a glance. */
import { Command } from 'commander';
import colors from 'picocolors';
import type { FeedHealth } from '../pipeline/status.js';
import type { StoredFeed } from '../store/feeds.js';
import { cut, duration, printJson, printTable, relative } from './terminal.js';

/** Of each kind; the rest is counted. */
const SHOWN_FEEDS = 20;

export function statusCommand(): Command {
  return new Command('status')
    .description('show queue depths, the oldest job, feed health and the outcomes of the last 24 hours')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  belfry status --json')
    .action(status);
}

async function status(options: { readonly json?: true }): Promise<void> {
  const { withRuntime } = await import('./with-runtime.js');
  const { feedHealth, queueStatus } = await import('../pipeline/status.js');
  const { listFeeds } = await import('../store/feeds.js');
  const { recentOutcomes } = await import('../store/outcomes.js');
  const { articleTotals } = await import('../store/statistics.js');
  const found = await withRuntime(async (runtime) => {
    const { pool } = runtime.database;
    const [queues, feeds, outcomes, totals] = [
      await queueStatus(runtime),
      await listFeeds(pool),
      await recentOutcomes(pool),
      await articleTotals(pool),
    ];
    return { queuesOn: runtime.queues.on, queues, feeds, health: feedHealth(feeds), outcomes, totals };
  });
  if (options.json) {
    printJson({ ...found, health: addressesIn(found.health) });
    return;
  }
  const { queues, feeds, health, outcomes, totals } = found;
  printTable(
    ['STAGE', 'WAITING', 'ACTIVE', 'LATER', 'DEAD', 'OLDEST'],
    queues.map(({ stage, waiting, active, delayed, dead, oldestWaitingSeconds }) => [
      stage,
      String(waiting),
      String(active),
      String(delayed),
      dead > 0 ? colors.red(String(dead)) : '0',
      oldestWaitingSeconds === null ? '' : duration(oldestWaitingSeconds),
    ]),
  );
  process.stdout.write(
    `\n${totals.articles} articles, ${totals.tagged} tagged\n` +
      `${feeds.length} feeds: ${health.well} well, ${health.failing.length} failing, ${health.retired.length} retired, ` +
      `${health.paused.length} paused, ${health.waiting} not polled yet\n`,
  );
  tell(health.failing, (feed) => [
    colors.red(String(feed.lastOutcome)),
    `since ${relative(feed.lastSuccessAt)}, next try ${relative(feed.nextPollAt)}: ${cut(feed.lastError ?? '', 100)}`,
  ]);
  tell(health.retired, (feed) => [
    colors.red('retired'),
    `${relative(feed.retiredAt)}: ${cut(feed.retiredReason ?? '', 100)}; belfry feeds add revives it`,
  ]);
  tell(health.paused, (feed) => ['paused', `${relative(feed.pausedAt)}; belfry feeds resume ends it`]);
  tell(health.distrusted, () => [
    colors.yellow('validators lie'),
    'said "not modified" and had new entries; asked in full each time',
  ]);
  if (outcomes.length > 0) {
    process.stdout.write('\n');
    printTable(
      ['LAST 24 H', 'OUTCOME', 'COUNT'],
      outcomes.map(({ what, outcome, count }) => [what, outcome, String(count)]),
    );
  }
}

/** Each feed with its state before and its story behind the address. */
function tell(feeds: readonly StoredFeed[], words: (feed: StoredFeed) => readonly [string, string]): void {
  for (const feed of feeds.slice(0, SHOWN_FEEDS)) {
    const [state, story] = words(feed);
    process.stdout.write(`  ${state} ${feed.url} ${story}\n`);
  }
  if (feeds.length > SHOWN_FEEDS)
    process.stdout.write(`  … and ${feeds.length - SHOWN_FEEDS} more, see belfry feeds list\n`);
}

/** The feeds themselves stand beside. */
function addressesIn({ well, waiting, ...lists }: FeedHealth<StoredFeed>) {
  const addresses = Object.entries(lists).map(([state, feeds]) => [state, feeds.map(({ url }) => url)]);
  return { well, waiting, ...Object.fromEntries(addresses) };
}
