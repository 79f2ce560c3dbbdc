/** `belfry extract`: articles out of saved pages and of addresses, with no database. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { Command, Option } from 'commander';
import type { Article, ExtractResult } from '../articles/article.js';
import type { PageOrigin } from '../articles/extract.js';
import type { ExtractPool } from '../articles/pool.js';
import { printable } from '../outputs/printable.js';
import type { WebClient } from '../web/client.js';
import { exitCode } from './exit-codes.js';
import { type FileOrigins, readFileOrigins, writeLine } from './ndjson.js';

/** Longest that one page may take. */
const PAGE_SECONDS = 10;
const PAGE_MEGABYTES = 768;
/** A thread compiles for about a second before it is as quick as the others: it takes so many pages to be worth it. */
const PAGES_PER_THREAD = 500;
/** Largest file that is read: a page beyond it is no page. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

interface ExtractCommandOptions {
  readonly format: 'ndjson' | 'text';
  readonly meta?: string;
  readonly url?: string;
  readonly explain?: true;
}

/** What an input holds, or why it can't be had: a fetch failure's name for an address, else `unreadable`. */
type InputResult =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly origin: PageOrigin }
  | { readonly ok: false; readonly reason: string; readonly message: string };

interface InputOutcome {
  /** A file or an address, as given. */
  readonly file: string;
  readonly result: ExtractResult | Extract<InputResult, { ok: false }>;
}

/** What every input is read with. */
interface Sources {
  readonly origins: FileOrigins;
  readonly url: string | undefined;
  /** Null where no input is an address, so that saved pages need no settings. */
  readonly web: Web | null;
}

interface Web {
  readonly client: WebClient;
  readonly maxBytes: number;
}

export function extractCommand(): Command {
  return new Command('extract')
    .description('extract the articles from saved web pages, or from their addresses')
    .argument('<file-or-url...>', 'HTML files, http or https addresses; - is standard input')
    .addOption(new Option('--format <format>', 'what to print').choices(['ndjson', 'text']).default('text'))
    .option('--meta <file.json>', 'where the files came from: {"FILE": {"url", "contentType"}}')
    .option('--url <url>', 'address of the page, for a single file')
    .option('--explain', 'say which method gave each field')
    .addHelpText(
      'after',
      `
Examples:
  belfry extract page.html
  belfry extract --explain https://example.org/news/1
  belfry extract --format ndjson --meta origins.json pages/*.html
  curl -s https://example.org/news/1 | belfry extract --url https://example.org/news/1 --explain -

Exits with 1 when any file gave no article.`,
    )
    .action(extractInputs);
}

async function extractInputs(inputs: readonly string[], options: ExtractCommandOptions): Promise<void> {
  const { createExtractPool } = await import('../articles/pool.js');
  const origins = readFileOrigins(options.meta);
  const web = inputs.some(isAddress) ? await openWeb() : null;
  const sources: Sources = { origins, url: options.url, web };
  const threads = Math.min(availableParallelism(), Math.ceil(inputs.length / PAGES_PER_THREAD));
  const pool = createExtractPool({ threads, timeoutSeconds: PAGE_SECONDS, memoryMegabytes: PAGE_MEGABYTES });
  try {
    for await (const outcome of inOrder(inputs, threads + 1, (input) => extractInput(input, pool, sources))) {
      await print(outcome, options);
      if (!outcome.result.ok) process.exitCode = exitCode.failed;
    }
  } finally {
    await pool.close();
    await web?.client.close();
  }
}

const isAddress = (input: string): boolean => /^https?:\/\//i.test(input);

/** The client that the settings describe, behind the address guard. */
async function openWeb(): Promise<Web> {
  const { loadSettings } = await import('../config.js');
  const { createWebClient } = await import('../web/client.js');
  const { webSettings } = await import('../pipeline/web-settings.js');
  const settings = loadSettings();
  return { client: createWebClient(webSettings(settings)), maxBytes: settings.net.maxPageMegabytes << 20 };
}

/** Works on a few inputs at a time and gives the results in the inputs' order. */
async function* inOrder<In, Out>(
  inputs: readonly In[],
  ahead: number,
  work: (input: In) => Promise<Out>,
): AsyncGenerator<Out> {
  const running: Promise<Out>[] = [];
  for (const input of inputs) {
    running.push(work(input));
    if (running.length >= ahead) yield (await running.shift()) as Out;
  }
  yield* running;
}

async function extractInput(input: string, pool: ExtractPool, sources: Sources): Promise<InputOutcome> {
  const { web } = sources;
  const read = web && isAddress(input) ? await fetchInput(input, web) : await readSaved(input, sources);
  return { file: input, result: read.ok ? await pool.extract(read.bytes, read.origin) : read };
}

/** Fetches an address; the article's is the one that answered, after redirects. */
async function fetchInput(address: string, { client, maxBytes }: Web): Promise<InputResult> {
  const { failureName, PAGE_ACCEPT } = await import('../web/client.js');
  const answer = await client.get(address, { maxBytes, accept: PAGE_ACCEPT });
  if (!answer.ok) return { ok: false, reason: failureName(answer), message: answer.message };
  const { contentType } = answer.headers;
  return {
    ok: true,
    bytes: answer.body ?? new Uint8Array(),
    origin: { url: answer.url, ...(contentType !== null && { contentType }) },
  };
}

async function readSaved(file: string, { origins, url }: Sources): Promise<InputResult> {
  const origin = origins[file];
  const contentType = origin?.contentType;
  try {
    const bytes = await readInput(file);
    const address = origin?.url ?? url ?? (file === '-' ? 'about:blank' : pathToFileURL(file).href);
    return { ok: true, bytes, origin: { url: address, ...(contentType !== undefined && { contentType }) } };
  } catch (error) {
    return { ok: false, reason: 'unreadable', message: (error as Error).message };
  }
}

async function readInput(file: string): Promise<Uint8Array> {
  if (file !== '-') {
    const entry = await stat(file);
    if (!entry.isFile()) throw new Error(`${file} is not a file`);
    if (entry.size > MAX_FILE_BYTES) throw new Error(`${file} is larger than ${MAX_FILE_BYTES / 1024 / 1024} MB`);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of file === '-' ? process.stdin : createReadStream(file)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function print({ file, result }: InputOutcome, options: ExtractCommandOptions): Promise<void> {
  if (options.format === 'ndjson') {
    await writeLine(result.ok ? articleLine(file, result.article, options) : { file, error: errorOf(result) });
  } else if (result.ok) {
    process.stdout.write(printable(articleText(result.article, options)));
  } else {
    process.stderr.write(`belfry: ${file}: ${errorOf(result)}\n`);
  }
}

const errorOf = ({ reason, message }: { reason: string; message: string }): string => `${reason}: ${message}`;

function articleLine(file: string, article: Article, { explain }: ExtractCommandOptions): object {
  const { url, title, byline, publishedAt, language, text, excerpt, method, methods } = article;
  return { file, url, title, byline, publishedAt, language, text, excerpt, method, ...(explain && { methods }) };
}

function articleText(article: Article, { explain }: ExtractCommandOptions): string {
  const { canonicalUrl, section, image } = article;
  const address = canonicalUrl ?? article.url;
  const facts = [article.byline.join(', '), article.publishedAt, article.language, section, address].filter(Boolean);
  const lines = [
    article.title ?? '(no title)',
    facts.join(' · '),
    ...(image ? [image] : []),
    '',
    article.text.replaceAll('\n', '\n\n'),
    '',
  ];
  if (explain) {
    lines.push('How it was found:', ...explanation(article), '');
  }
  return `${lines.join('\n')}\n`;
}

/** Why each method is believed, for `--explain`. */
const REASONS: Readonly<Record<string, string>> = {
  'readability:linkedom': "Readability's choice over the fast DOM, gaps filled with paragraphs built alike",
  'readability:jsdom': "Readability's choice over the reference DOM, since the fast one gave no article",
  'likeness:linkedom': 'the largest group of paragraphs built alike; Readability found far less',
  'likeness:jsdom': 'paragraphs built alike, over the reference DOM, since the fast one gave no article',
  'stated:json-ld': "the body that the page's JSON-LD states; its markup holds less than half of it",
  feed: 'the feed item itself',
  'json-ld': "the page's JSON-LD describes this article",
  og: 'OpenGraph',
  meta: 'a meta element',
  link: 'a link element',
  heading: 'the heading is about the same story as the other titles',
  title: "the tab's title without the site's name; nothing better was given",
  microdata: 'marked up in the body',
  time: 'the first time element; the page states no date elsewhere',
  hydration: 'the state that the page hydrates from',
  address: "a day in the page's address; no date was stated",
  printed: "read from the lines around the text; the page's data has none",
  text: 'told by the text itself',
};

function explanation({ method, methods }: Article): readonly string[] {
  return Object.entries({ text: method, ...methods }).map(
    ([field, name]) => `  ${field}: ${name}${REASONS[name] ? ` (${REASONS[name]})` : ''}`,
  );
}
