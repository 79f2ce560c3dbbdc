/** `belfry run`: everything in one process, or one run for cron. */
import { Command } from 'commander';
import type { Settings } from '../config.js';
import type { RunSummary } from '../pipeline/run-once.js';
import type { StoredFeed } from '../store/feeds.js';
import { exitCode } from './exit-codes.js';
import { failWith, UserError } from './failure.js';
import { collect } from './options.js';
import { createProgress, printJson } from './terminal.js';

interface RunOptions {
  readonly once?: true;
  readonly all?: true;
  readonly feed?: readonly string[];
  readonly json?: true;
}

export function runCommand(): Command {
  return new Command('run')
    .description('run the pipeline and the dashboard in one process, or with --once one run that ends')
    .option('--once', 'poll what is due, drain the whole chain, print a summary and end')
    .option('--all', 'with --once: poll every feed that is not paused or retired, due or not')
    .option('--feed <feed>', 'with --once: poll just this feed (address, title or number); may be repeated', collect)
    .option('--json', 'with --once: print the summary as JSON')
    .addHelpText(
      'after',
      `
Examples:
  belfry run                      the pipeline with its dashboard on http://127.0.0.1:8080
  belfry run --once               for cron: 0 when all went well, 1 when anything failed, 75 when another run is on
  belfry run --once --feed 12`,
    )
    .action(async (options: RunOptions, command: Command) => {
      if (!options.once && (options.all || options.feed || options.json))
        command.error('error: --all, --feed and --json go with --once');
      if (options.all && options.feed) command.error('error: --all and --feed exclude each other');
      if (options.once) await once(options);
      else await (await import('./run-service.js')).runService();
    });
}

async function once(options: RunOptions): Promise<void> {
  const { loadSettings } = await import('../config.js');
  const { startStages } = await import('./stages.js');
  const { startService } = await import('../pipeline/service.js');
  const { readFeedList, syncFeedList } = await import('../pipeline/schedule.js');
  const { runOnce } = await import('../pipeline/run-once.js');
  const { createLogger } = await import('../log.js');
  const settings: Settings = loadSettings();
  const log = createLogger(process.env.LOG_LEVEL ? settings.logLevel : 'warn');
  readFeedList(settings);
  const service = await startService(settings, log, startStages(['fetch', 'extract', 'classify', 'store']), 'command');
  const progress = createProgress();
  const stop = new AbortController();
  void service.stopped.then((reason) => stop.abort(reason));
  try {
    await syncFeedList(service.runtime);
    const result = await runOnce(service.runtime, {
      feeds: options.all
        ? 'all'
        : options.feed
          ? await chosenFeeds(service.runtime.database.pool, options.feed)
          : 'due',
      signal: stop.signal,
      onProgress: ({ feedsPolled, itemsNew, articlesStored, travelling }) =>
        progress.update(
          `${feedsPolled} feeds polled, ${itemsNew} new items, ${articlesStored} stored, ${travelling} on their way`,
        ),
    });
    progress.end();
    if (!result.ran)
      throw new UserError('another run --once holds the lock; try again when it has ended', exitCode.locked);
    const { failedPolls } = await import('../store/runs.js');
    const failures = await failedPolls(service.runtime.database.pool, result.summary.window);
    report(result.summary, failures, options.json === true ? 'json' : 'text');
    if (stop.signal.aborted)
      throw new UserError(`stopped early: ${String(stop.signal.reason)}; what was under way stays queued`);
  } catch (error) {
    progress.end();
    failWith(error); // before closing, which may take its time and must not cost the exit code
  } finally {
    progress.end();
    await service.close();
  }
}

async function chosenFeeds(
  pool: Parameters<typeof import('../store/feeds.js').matchFeeds>[0],
  wanted: readonly string[],
): Promise<StoredFeed[]> {
  const { matchFeeds } = await import('../store/feeds.js');
  const feeds = new Map<number, StoredFeed>();
  for (const name of wanted) {
    const found = await matchFeeds(pool, name);
    if (found.length === 0)
      throw new UserError(`no feed ${JSON.stringify(name)}; belfry feeds list shows them`, exitCode.usage);
    for (const feed of found) feeds.set(feed.id, feed);
  }
  return [...feeds.values()];
}

function report(
  summary: RunSummary,
  failures: readonly { readonly feed: string; readonly outcome: string; readonly detail: string | null }[],
  format: 'json' | 'text',
): void {
  const failed = summary.feedsFailed + summary.pollsDead + summary.pagesDead;
  if (failed > 0) process.exitCode = exitCode.failed;
  if (format === 'json') {
    const { window: _, ...counts } = summary;
    printJson({ ...counts, failed, failures });
    return;
  }
  const { feedsPolled, itemsNew, itemsChanged, articlesStored, articlesTagged, pagesWithout } = summary;
  process.stdout.write(
    `feeds polled     ${feedsPolled}\nitems new        ${itemsNew}${itemsChanged ? ` (and ${itemsChanged} edited)` : ''}\n` +
      `articles stored  ${articlesStored}\narticles tagged  ${articlesTagged}\nwithout text     ${pagesWithout}\nfailed           ${failed}\n` +
      `seconds          ${summary.seconds.toFixed(1)}\n`,
  );
  for (const { feed, outcome, detail } of failures)
    process.stderr.write(`failed: ${feed}: ${outcome}${detail ? ` (${detail})` : ''}\n`);
  if (summary.pagesDead + summary.pollsDead > 0) process.stderr.write('dead letters: belfry dead list shows them\n');
}
