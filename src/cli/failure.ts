/** How a command says that it failed: one clear line on standard error and an exit code, a stack only with DEBUG. */
import { CommanderError } from 'commander';
import { type ExitCode, exitCode } from './exit-codes.js';

/** An error whose message is meant for the person at the terminal: what, where, and what to do. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly exitCode: ExitCode;

  constructor(message: string, code: ExitCode = exitCode.failed) {
    super(message);
    this.exitCode = code;
  }
}

/** Exit codes of the errors that the rest of Belfry throws for people to read. */
const CODES: Readonly<Record<string, ExitCode>> = {
  SettingsError: exitCode.config,
  FeedListError: exitCode.config,
  TaxonomyError: exitCode.config,
  ModelError: exitCode.config,
  SecondOpinionError: exitCode.config,
  ServerAway: exitCode.unavailable,
  CannotListen: exitCode.unavailable,
  DataDirectoryInUse: exitCode.locked,
};

/** Prints the error and sets the exit code; never throws. */
export function failWith(error: unknown): void {
  if (error instanceof CommanderError) return; // commander has printed it and exitOverride has set the code
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`belfry: ${message}\n`);
  if (process.env.DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  const byName = error instanceof Error ? CODES[error.name] : undefined;
  process.exitCode = error instanceof UserError ? error.exitCode : (byName ?? exitCode.failed);
}
