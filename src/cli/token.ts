/** `belfry token`: who may use the dashboard and the API, and for what. */
import { Command, InvalidArgumentError } from 'commander';
import { type Scope, scopes } from '../store/tokens.js';
import { exitCode } from './exit-codes.js';
import { UserError } from './failure.js';
import { parseCount } from './options.js';
import { printJson, printTable, relative } from './terminal.js';

const NAME_MAX_CHARACTERS = 80;
const DAY_MILLISECONDS = 86_400_000;

interface CreateOptions {
  readonly scopes: readonly Scope[];
  readonly days?: number;
  readonly json?: true;
}

export function tokenCommand(): Command {
  const token = new Command('token').description('make, list and revoke tokens for the dashboard and the API');
  token
    .command('create')
    .description('make a token and print it, this once; while one is in use, the server asks everybody for one')
    .argument('<name>', 'whose it is; judgements made with it carry this name', parseName)
    .option('--scopes <list>', `any of ${scopes.join(', ')}, with commas between`, parseScopes, ['read'])
    .option('--days <count>', 'it runs out after so many days', parseCount)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  belfry token create an --scopes read,judge --days 90')
    .action(create);
  token
    .command('list')
    .description('show the tokens: names, scopes and uses, never the tokens themselves')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  belfry token list')
    .action(list);
  token
    .command('revoke')
    .description('end a token and all sessions opened with it, at once')
    .argument('<name>', 'as belfry token list shows it')
    .addHelpText('after', '\nExample:\n  belfry token revoke an')
    .action(revoke);
  return token;
}

async function create(name: string, options: CreateOptions): Promise<void> {
  const { withRuntime } = await import('./with-runtime.js');
  const { createToken } = await import('../store/tokens.js');
  const expiresAt = options.days === undefined ? undefined : new Date(Date.now() + options.days * DAY_MILLISECONDS);
  const made = await withRuntime(({ database }) =>
    createToken(database.pool, { name, scopes: options.scopes, expiresAt }),
  );
  if (!made)
    throw new UserError(`a token named ${JSON.stringify(name)} is in use; revoke it first or take another name`);
  if (options.json) printJson({ ...made.token, secret: made.secret });
  else {
    process.stderr.write(`${name} may ${made.token.scopes.join(', ')}. Keep the token, it is not shown again:\n`);
    process.stdout.write(`${made.secret}\n`);
  }
}

async function list(options: { readonly json?: true }): Promise<void> {
  const { withRuntime } = await import('./with-runtime.js');
  const { listTokens } = await import('../store/tokens.js');
  const tokens = await withRuntime(({ database }) => listTokens(database.pool));
  if (options.json) printJson(tokens);
  else if (tokens.length === 0)
    process.stdout.write('no tokens: on loopback everything is open, beyond it nothing is served\n');
  else {
    printTable(
      ['NAME', 'SCOPES', 'MADE', 'USED', 'STATE'],
      tokens.map(({ name, scopes, createdAt, lastUsedAt, expiresAt, revokedAt }) => [
        name,
        scopes.join(', '),
        relative(createdAt),
        relative(lastUsedAt),
        stateOf(revokedAt, expiresAt),
      ]),
    );
  }
}

function stateOf(revokedAt: Date | null, expiresAt: Date | null): string {
  if (revokedAt) return `revoked ${relative(revokedAt)}`;
  if (!expiresAt) return 'in use';
  return `${expiresAt.getTime() < Date.now() ? 'ran out' : 'runs out'} ${relative(expiresAt)}`;
}

async function revoke(name: string): Promise<void> {
  const { withRuntime } = await import('./with-runtime.js');
  const { revokeToken } = await import('../store/tokens.js');
  const revoked = await withRuntime(({ database }) => revokeToken(database.pool, name));
  if (!revoked)
    throw new UserError(
      `no token named ${JSON.stringify(name)} is in use; belfry token list shows them`,
      exitCode.failed,
    );
  process.stdout.write(`revoked ${name}\n`);
}

function parseName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > NAME_MAX_CHARACTERS || /\p{Cc}/u.test(name))
    throw new InvalidArgumentError(`Expected a name of 1 to ${NAME_MAX_CHARACTERS} characters.`);
  return name;
}

function parseScopes(text: string): readonly Scope[] {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !(scopes as readonly string[]).includes(word));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`No scope ${JSON.stringify(unknown)}; there are ${scopes.join(', ')}.`);
  return words as Scope[];
}
