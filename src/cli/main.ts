#!/usr/bin/env node
/** The `belfry` command: one file a subcommand, each loading what it needs only when it runs. */
import { Command } from 'commander';
import { packageVersion } from '../paths.js';
import { articlesCommand } from './articles.js';
import { classifyCommand } from './classify.js';
import { deadCommand } from './dead.js';
import { demoCommand } from './demo.js';
import { doctorCommand } from './doctor.js';
import { evaluateCommand } from './evaluate.js';
import { exitCode } from './exit-codes.js';
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

const program = new Command('belfry')
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
Exit codes:
  0   all went well
  1   something that was asked for failed; the output says what
  3   several feeds to choose from; the output lists them
  64  the command line is wrong
  69  a server that is needed is away
  75  another run holds the lock; try again later
  78  a setting, the taxonomy or the feed list is wrong`,
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

try {
  await program.parseAsync();
} catch (error) {
  failWith(error);
}

/** Subcommands of any depth report mistakes in the same way. */
function inherit(command: Command): Command {
  command.copyInheritedSettings(program);
  for (const inner of command.commands) inherit(inner as Command);
  return command;
}
