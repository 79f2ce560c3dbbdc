/** NDJSON for the commands that work on many inputs in a stream: one line an input, in order, whatever the input. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { write } from '../outputs/write.js';
import { exitCode } from './exit-codes.js';
import { UserError } from './failure.js';

/** Writes one line and waits for the reader when it is slower than we are. */
export async function writeLine(value: unknown): Promise<void> {
  await write(process.stdout, `${JSON.stringify(value)}\n`);
}

const metaSchema = z.record(z.string(), z.object({ url: z.string().optional(), contentType: z.string().optional() }));

export type FileOrigins = z.infer<typeof metaSchema>;

/**
 * Reads a `--meta` file: file path as given on the command line → where the file came from.
 *
 * @throws UserError when the file can't be read or has another form.
 */
export function readFileOrigins(path: string | undefined): FileOrigins {
  if (path === undefined) return {};
  try {
    return metaSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const detail = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new UserError(`--meta ${path}: expected {"FILE": {"url", "contentType"}}: ${detail}`, exitCode.usage);
  }
}
