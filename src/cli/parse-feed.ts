/** `belfry parse-feed`: reads feed files of any format and prints what is in them, one line an input. */
import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import type { Feed, Origin } from '../feeds/feed.js';
import { exitCode } from './exit-codes.js';
import { readFileOrigins, writeLine } from './ndjson.js';

interface Options {
  readonly format: 'text' | 'ndjson';
  readonly meta?: string;
}

/** Where a file is taken to come from when `--meta` doesn't say; relative links stay recognisable. */
const UNKNOWN_ADDRESS = 'http://unknown.invalid/';

export function parseFeedCommand(): Command {
  return new Command('parse-feed')
    .description('read feed files (RSS, Atom, RDF, JSON Feed, sitemap) and print their entries')
    .argument('<file...>', 'feed files')
    .addOption(new Option('--format <format>', 'output form').choices(['text', 'ndjson']).default('text'))
    .option('--meta <file>', 'JSON: {"FILE": {"url", "contentType"}}, where each file came from')
    .addHelpText(
      'after',
      `
Prints one line an input with --format ndjson:
  {"file","title","items":[{"id","title","link","publishedAt","updatedAt","summary","content"}]} or {"file","error"}
Exits with 1 when a file could not be read.

Example:
  belfry parse-feed --format ndjson --meta origins.json feeds/*.xml`,
    )
    .action(parseFeeds);
}

async function parseFeeds(files: readonly string[], options: Options): Promise<void> {
  const origins = readFileOrigins(options.meta);
  for (const file of files) {
    const result = await parseFile(file, { ...origins[file], url: origins[file]?.url ?? UNKNOWN_ADDRESS });
    if ('error' in result) process.exitCode = exitCode.failed;
    if (options.format === 'ndjson') await writeLine(asLine(file, result));
    else process.stdout.write('error' in result ? `${file}: ${result.error}\n\n` : asText(file, result.feed));
  }
}

async function parseFile(file: string, origin: Origin): Promise<{ feed: Feed } | { error: string }> {
  const { readFeed } = await import('../feeds/read.js');
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return { error: (error as Error).message };
  }
  const result = await readFeed(bytes, origin);
  return result.ok ? { feed: result.feed } : { error: `${result.reason}: ${result.message}` };
}

function asLine(file: string, result: { feed: Feed } | { error: string }): unknown {
  if ('error' in result) return { file, error: result.error };
  const items = result.feed.items.map(({ id, title, link, publishedAt, updatedAt, summary, content }) => ({
    ...{ id, title, link, publishedAt, updatedAt, summary, content },
  }));
  return { file, title: result.feed.title, items };
}

function asText(file: string, feed: Feed): string {
  const head = `${feed.title ?? '(no title)'}  [${feed.format}, ${feed.items.length} entries]  ${file}`;
  const items = feed.items.map((item) => {
    const date = (item.publishedAt ?? item.updatedAt)?.slice(0, 16).replace('T', ' ') ?? '(no date)'.padEnd(16);
    return `  ${date}  ${item.title ?? '(no title)'}\n                    ${item.link ?? '(no link)'}`;
  });
  const warnings = feed.warnings.map((warning) => `  ! ${warning}`);
  return `${[head, ...warnings, ...items].join('\n')}\n\n`;
}
