#!/usr/bin/env node
/** The `belfry` command: one file a subcommand, each loading what it needs only when it runs. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { packageVersion } from '../paths.js';
import { articlesCommand } from './articles.js';
import { classifyCommand } from './classify.js';
import { deadCommand } from './dead.js';
import { demoCommand } from './demo.js';
import { doctorCommand } from './doctor.js';
import { evaluateCommand } from './evaluate.js';
import { exitCode, exitCodesHelp } from './exit-codes.js';
import { extractCommand } from './extract.js';
import { failWith } from './failure.js';
import { feedsCommand } from './feeds.js';
import { labelCommand } from './label.js';
import { parseFeedCommand } from './parse-feed.js';

import { replayCommand } from './replay.js';
import { runCommand } from './run.js';
import { serveCommand } from './serve.js';
import { showCommand } from './show.js';
import { statusCommand } from './status.js';
import { taxonomyCommand } from './taxonomy.js';
import { tokenCommand } from './token.js';

import { trainCommand } from './train.js';
import { workerCommand } from './worker.js';

/** The whole command line; a test walks through it. */
export const program = new Command('belfry')
  .description('Pulls news feeds and tags articles by threat type, with the words that made each tag.')
  .version(packageVersion)
  .showHelpAfterError('(belfry --help lists the commands)')
  .exitOverride((error) => {
    process.exitCode = error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    throw error;
  })
  .addHelpText(
    'after',
    `
Example:
  belfry run                      everything in one process, with a dashboard
  belfry COMMAND --help           how to use one command

${exitCodesHelp}`,
  );

const commands = [
  runCommand(),
  workerCommand(),
  serveCommand(),
  demoCommand(),
  feedsCommand(),
  articlesCommand(),
  showCommand(),
  labelCommand(),
  statusCommand(),
  deadCommand(),
  replayCommand(),
  tokenCommand(),
  doctorCommand(),
  extractCommand(),
  parseFeedCommand(),
  classifyCommand(),
  trainCommand(),
  evaluateCommand(),
  taxonomyCommand(),
];
for (const command of commands) program.addCommand(inherit(command));

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.stdout.on('error', endQuietlyWhenNobodyReads);
  try {
    await program.parseAsync();
  } catch (error) {
    failWith(error);
  }
}

/** `belfry articles | head`: the reader has what it wants. Nothing is lost, the store survives harder ends than this. */
function endQuietlyWhenNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCode.ok);
}

/** Subcommands of any depth report mistakes in the same way. */
function inherit(command: Command): Command {
  command.copyInheritedSettings(program);
  command.addHelpText('after', `\n${exitCodesHelp}`);
  for (const inner of command.commands) inherit(inner as Command);
  return command;
}
