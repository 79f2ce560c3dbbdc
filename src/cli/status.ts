/** `belfry status`: queues, feeds and outcomes at a glance. */
import { Command } from 'commander';
import colors from 'picocolors';
import { cut, duration, printJson, printTable, relative } from './terminal.js';

const SHOWN_FAILING_FEEDS = 20;

export function statusCommand(): Command {
  return new Command('status')
    .description('show queue depths, the oldest job, feed health and the outcomes of the last 24 hours')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  belfry status --json')
    .action(status);
}

async function status(options: { readonly json?: true }): Promise<void> {
  const { withRuntime } = await import('./with-runtime.js');
  const { queueStatus } = await import('../pipeline/status.js');
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
    return { queuesOn: runtime.queues.on, queues, feeds, outcomes, totals };
  });
  if (options.json) {
    printJson(found);
    return;
  }
  const { queues, feeds, outcomes, totals } = found;
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
  const failing = feeds.filter(({ failures }) => failures > 0);
  const never = feeds.filter(({ lastPollAt }) => lastPollAt === null).length;
  process.stdout.write(
    `\n${totals.articles} articles, ${totals.tagged} tagged\n` +
      `${feeds.length} feeds: ${feeds.length - failing.length - never} well, ${failing.length} failing, ${never} not polled yet\n`,
  );
  for (const feed of failing.slice(0, SHOWN_FAILING_FEEDS)) {
    process.stdout.write(
      `  ${colors.red(String(feed.lastOutcome))} ${feed.url} since ${relative(feed.lastSuccessAt)}, next try ${relative(feed.nextPollAt)}: ${cut(feed.lastError ?? '', 100)}\n`,
    );
  }
  if (outcomes.length > 0) {
    process.stdout.write('\n');
    printTable(
      ['LAST 24 H', 'OUTCOME', 'COUNT'],
      outcomes.map(({ what, outcome, count }) => [what, outcome, String(count)]),
    );
  }
}
