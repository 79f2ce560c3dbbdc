/** What `--help` promises: every command explains itself, shows an example and says how it ends. */
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { exitCode } from '../../src/cli/exit-codes.js';
import { program } from '../../src/cli/main.js';

/** Commands that do something, by their full name. */
function leavesOf(command: Command, path: readonly string[] = []): (readonly [name: string, command: Command])[] {
  const own = [...path, command.name()];
  if (command.commands.length === 0) return [[own.join(' '), command]];
  return command.commands.flatMap((inner) => leavesOf(inner as Command, own));
}

/** As `--help` prints it, with what stands before and after. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

const commands = leavesOf(program);

test('the command line has all that an operator needs', () => {
  const names = commands.map(([name]) => name);
  for (const name of ['run', 'worker', 'serve', 'feeds add', 'feeds check', 'articles', 'show', 'dead retry', 'doctor'])
    expect(names).toContain(`belfry ${name}`);
});

test.each(commands)('%s says what it does, explains each option and argument, and has an example', (name, command) => {
  expect(command.description(), 'description').not.toBe('');
  for (const { flags, description } of command.options) expect([flags, description]).not.toEqual([flags, '']);
  for (const argument of command.registeredArguments)
    expect([argument.name(), argument.description]).not.toEqual([argument.name(), '']);
  const help = helpOf(command);
  expect(help).toMatch(/^Examples?:\n +\S/m);
  expect(help.slice(help.search(/^Examples?:/m))).toMatch(
    new RegExp(`${name}( |$)|npm run ${name.split(' ').slice(1).join(' ')}`, 'm'),
  );
  expect(documentedCodes(help)).toEqual(Object.values(exitCode).sort((a, b) => a - b));
});

test('belfry --help documents exactly the exit codes that there are', () => {
  expect(documentedCodes(helpOf(program))).toEqual(Object.values(exitCode).sort((a, b) => a - b));
});

function documentedCodes(help: string): number[] {
  const section = help.slice(help.indexOf('\nExit codes:'));
  return [...section.matchAll(/^ {2}(\d+) +\S/gm)].map(([, code]) => Number(code));
}
