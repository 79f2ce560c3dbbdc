/** `belfry classify`: articles as JSON lines or a plain text in, threat types with evidence out. Needs no database. */
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { text as readAll } from 'node:stream/consumers';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { z } from 'zod';
import { blankBoilerplate } from '../articles/boilerplate.js';
import type { Classifier } from '../threats/classifier.js';
import type { Classification, ClassifyInput } from '../threats/threat.js';
import { loadClassifier } from './classifier-settings.js';
import { exitCode } from './exit-codes.js';
import { UserError } from './failure.js';
import { writeLine } from './ndjson.js';

interface ClassifyOptions {
  readonly format: 'ndjson' | 'text';
  readonly text?: true;
  readonly explain?: true;
  readonly taxonomy?: string;
  readonly model?: string;
}

const inputSchema = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  title: z.string().nullish(),
  text: z.string().nullish(),
  language: z.string().min(2).max(3).nullish(),
});

type InputLine =
  | { readonly ok: true; readonly id: string | number | undefined; readonly article: ClassifyInput }
  | { readonly ok: false; readonly error: string };

export function classifyCommand(): Command {
  return new Command('classify')
    .description('tag articles by threat type, with the words that made each tag')
    .argument(
      '[file]',
      'JSON lines with id, title, text and maybe language; a .txt file is one article; - is standard input',
      '-',
    )
    .addOption(new Option('--format <format>', 'how to print').choices(['ndjson', 'text']).default('ndjson'))
    .option('--text', 'the input is one article: its first line is the title, the rest the text')
    .option('--explain', 'add all that spoke for or against each type, given or not')
    .option('--taxonomy <directory>', 'another taxonomy than config/taxonomy')
    .option('--model <file>', 'other weights than config/model.json')
    .addHelpText(
      'after',
      `
Example:
  $ echo '{"id":1,"title":"Drones over air base","text":"Soldiers saw three drones."}' | belfry classify
  $ belfry classify --format text report.txt

Prints one line an input line, in order; an input that is no article becomes {"line","error"} and exit code 1.`,
    )
    .action(classify);
}

async function classify(file: string, options: ClassifyOptions): Promise<void> {
  const classifier = await loadClassifier(options);
  const input = file === '-' ? process.stdin : createReadStream(file, 'utf8');
  const show = options.format === 'text' ? showText : showLine;
  try {
    if (options.text || (file !== '-' && ['.txt', '.text', '.md'].includes(extname(file)))) {
      const article = plainArticle(await readAll(input));
      await show(classifier, undefined, article, options);
      return;
    }
    let number = 0;
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      if (line.trim() === '') continue;
      const read = readLine(line);
      if (read.ok) await show(classifier, read.id, read.article, options);
      else {
        process.exitCode = exitCode.failed;
        await writeLine({ line: number, error: read.error });
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new UserError(`${file}: ${(error as Error).message}`);
  }
}

function readLine(line: string): InputLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { ok: false, error: `not JSON: ${(error as Error).message}` };
  }
  const checked = inputSchema.safeParse(value);
  if (!checked.success) return { ok: false, error: z.prettifyError(checked.error) };
  const { id, title, text, language } = checked.data;
  return {
    ok: true,
    id,
    article: { title: title ?? '', text: text ?? '', ...(language == null ? {} : { language }) },
  };
}

/** First line the title, the rest the text; what the page's frame left in it doesn't count. */
function plainArticle(source: string): ClassifyInput {
  const content = blankBoilerplate(source.trimStart());
  const lineEnd = content.indexOf('\n');
  return lineEnd === -1
    ? { title: '', text: content }
    : { title: content.slice(0, lineEnd).trim(), text: content.slice(lineEnd + 1) };
}

async function showLine(
  classifier: Classifier,
  id: string | number | undefined,
  article: ClassifyInput,
  { explain }: ClassifyOptions,
): Promise<void> {
  const { language, threats, version } = classifier.classify(article);
  const considered = explain ? { considered: classifier.explain(article), version } : {};
  await writeLine({ ...(id === undefined ? {} : { id }), language, threats, ...considered });
}

async function showText(
  classifier: Classifier,
  id: string | number | undefined,
  article: ClassifyInput,
  { explain }: ClassifyOptions,
): Promise<void> {
  const result = classifier.classify(article);
  process.stdout.write(`${pc.bold(article.title || String(id ?? 'untitled'))} ${pc.dim(`[${result.language}]`)}\n`);
  if (result.threats.length === 0) process.stdout.write('  no threat\n');
  for (const line of tagLines(result, classifier)) process.stdout.write(`${line}\n`);
  if (explain) {
    for (const { type, score, threshold, logit, bias, wording, otherType, evidence } of classifier.explain(article)) {
      if (evidence.length === 0) continue;
      const sum = `${bias.toFixed(2)} + wording ${wording.toFixed(2)} + other type ${otherType.toFixed(2)} + spans = ${logit.toFixed(2)} → ${score.toFixed(3)}, given from ${threshold.toFixed(3)}`;
      process.stdout.write(`  ${type}: ${sum}\n`);
      for (const span of evidence) process.stdout.write(`    ${spanLine(span)}\n`);
    }
  }
  process.stdout.write('\n');
}

function* tagLines({ threats }: Classification, { types }: Classifier): Generator<string> {
  for (const { type, score, evidence } of threats) {
    const label = types.find(({ id }) => id === type)?.labels.en ?? type;
    yield `  ${pc.yellow(label)} ${score.toFixed(2)}`;
    for (const span of evidence.filter(({ weight }) => weight > 0)) yield `    ${spanLine(span)}`;
  }
}

const spanLine = (span: Classification['threats'][number]['evidence'][number]): string =>
  `${span.weight >= 0 ? '+' : ''}${span.weight.toFixed(2)} "${span.text.replace(/\s+/g, ' ')}" ${pc.dim(`${span.concept}, ${span.field} ${span.start}–${span.end}`)}`;
