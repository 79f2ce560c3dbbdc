/** `belfry dead`: the dead letters. */
import { Command } from 'commander';
import type { DeadLetter } from '../pipeline/dead-letters.js';
import { exitCode } from './exit-codes.js';
import { UserError } from './failure.js';
import { cut, printJson, printTable, relative } from './terminal.js';

export function deadCommand(): Command {
  const dead = new Command('dead').description('list, retry or drop dead letters: jobs that failed to the end');

  dead
    .command('list')
    .description('show the dead letters with their reasons')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  belfry dead list')
    .action(list);

  for (const [name, description] of [
    ['retry', 'put dead letters back into their queues'],
    ['drop', 'forget dead letters'],
  ] as const) {
    dead
      .command(name)
      .argument('[id...]', 'ids as belfry dead list shows them, or their beginnings')
      .option('--all', 'all of them')
      .description(description)
      .addHelpText('after', `\nExample:\n  belfry dead ${name} --all`)
      .action((ids: string[], options: { readonly all?: true }) => act(name, ids, options));
  }
  return dead;
}

async function list(options: { readonly json?: true }): Promise<void> {
  const { withRuntime } = await import('./with-runtime.js');
  const { listDeadLetters } = await import('../pipeline/dead-letters.js');
  const letters = await withRuntime((runtime) => listDeadLetters(runtime));
  if (options.json) printJson(letters);
  else if (letters.length === 0) process.stdout.write('no dead letters\n');
  else {
    printTable(
      ['STAGE', 'ID', 'TRIES', 'FAILED', 'REASON'],
      letters.map(({ stage, id, attempts, failedAt, reason }) => [
        stage,
        id,
        String(attempts),
        relative(failedAt),
        cut(reason, 90),
      ]),
    );
  }
}

async function act(verb: 'retry' | 'drop', ids: readonly string[], options: { readonly all?: true }): Promise<void> {
  if (ids.length > 0 === (options.all === true))
    throw new UserError(`give ids or --all: belfry dead ${verb} --help`, exitCode.usage);
  const { withRuntime } = await import('./with-runtime.js');
  const { listDeadLetters, settleDeadLetters } = await import('../pipeline/dead-letters.js');
  await withRuntime(async (runtime) => {
    const letters = await listDeadLetters(runtime);
    const chosen = options.all ? letters : ids.map((id) => pick(letters, id));
    const done = await settleDeadLetters(runtime, verb, chosen);
    process.stdout.write(verb === 'retry' ? `${done} put back; a running worker takes them up\n` : `${done} dropped\n`);
  });
}

function pick(letters: readonly DeadLetter[], id: string): DeadLetter {
  const matches = letters.filter((letter) => letter.id.startsWith(id));
  const [letter] = matches;
  if (!letter) throw new UserError(`no dead letter ${id}; belfry dead list shows them`);
  if (matches.length > 1) throw new UserError(`${matches.length} dead letters begin with ${id}; give more of the id`);
  return letter;
}
