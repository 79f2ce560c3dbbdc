/** `belfry replay`: kept pages through new code or a new taxonomy. */
import { Command, Option } from 'commander';
import type { ReplayStage } from '../pipeline/replay.js';
import { parseSince } from './options.js';
import { createProgress } from './terminal.js';

export function replayCommand(): Command {
  return new Command('replay')
    .description('queue kept pages for a stage again; running workers, or the next belfry run, do the work')
    .addOption(new Option('--stage <stage>', 'where to begin').choices(['extract', 'classify']).makeOptionMandatory())
    .requiredOption('--since <when>', 'pages fetched from then on: 7d, 12h, or a date', parseSince)
    .addHelpText('after', '\nExample:\n  belfry replay --stage classify --since 7d     after a change of the taxonomy')
    .action(async ({ stage, since }: { readonly stage: ReplayStage; readonly since: Date }) => {
      const { withRuntime } = await import('./with-runtime.js');
      const { replay } = await import('../pipeline/replay.js');
      const progress = createProgress();
      const queued = await withRuntime((runtime) =>
        replay(runtime, stage, since, (count) => progress.update(`${count} pages queued`)),
      );
      progress.end();
      process.stdout.write(`${queued} pages queued for ${stage}\n`);
    });
}
