/** `belfry evaluate`: the scoreboard of classification on labelled articles, by event folds, beside what it must beat. */
import Table from 'cli-table3';
import { Command } from 'commander';
import { shippedConfig } from '../paths.js';
import type { Figures, Scoreboard } from '../threats/figures.js';
import { UserError } from './failure.js';
import { readInvented, readLabelledFiles } from './labelled-files.js';

interface EvaluateOptions {
  readonly taxonomy: string;
  readonly baselines?: true;
  readonly json?: true;
}

interface Entry {
  readonly name: string;
  readonly scoreboard: Scoreboard | null;
  /** How it was measured where that differs from the others, or why it wasn't. */
  readonly remark: string;
}

/** natural looks up every word in every article: more articles or time than these add hours, not insight. */
const NATURAL = {
  bayes: { most: 600, limitSeconds: 90 },
  'logistic-regression': { most: 150, limitSeconds: 90 },
} as const;
/** With fewer labels a figure hangs on single articles. */
const LEAST_SUPPORT = 20;

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description(
      'measure classification on labelled articles, trained (with the invented ones beside the taxonomy) and judged on different events',
    )
    .argument('<data...>', 'JSON lines with id, title, text, labels and maybe lang and kind')
    .option('--baselines', 'also a keyword list and the classifiers of natural (minutes)')
    .option('--taxonomy <directory>', 'taxonomy to measure', shippedConfig('taxonomy'))
    .option('--json', 'print the scoreboards as one JSON object')
    .addHelpText('after', '\nExample:\n  $ belfry evaluate labelled.jsonl --baselines\n')
    .action(evaluate);
}

async function evaluate(files: string[], { taxonomy: directory, baselines, json }: EvaluateOptions): Promise<void> {
  const { loadTaxonomy } = await import('../threats/taxonomy.js');
  const { trainModel } = await import('../threats/train.js');
  const taxonomy = loadTaxonomy(directory);
  const articles = await readLabelledFiles(files);
  if (articles.length === 0) throw new UserError(`${files.join(', ')}: expected at least one labelled article`);
  const { report, parts } = trainModel(taxonomy, articles, await readInvented(directory));
  const entries: Entry[] = [
    { name: 'Belfry', scoreboard: report.heldOut, remark: '' },
    { name: 'its concepts alone', scoreboard: parts.conceptsAlone, remark: '' },
    { name: 'TF-IDF + logistic regression', scoreboard: parts.wordingAlone, remark: 'its wording alone' },
  ];
  if (baselines) entries.push(...(await measureBaselines(articles, taxonomy.types)));
  const method = report.method;
  if (json) {
    process.stdout.write(`${JSON.stringify({ articles: articles.length, method, entries })}\n`);
    return;
  }
  process.stdout.write(`${articles.length} articles; ${method}\n${comparison(entries)}\n`);
  process.stdout.write(`${details(report.heldOut)}\n`);
}

async function measureBaselines(
  articles: Parameters<typeof import('../threats/baselines.js').keywordBaseline>[0],
  types: readonly { readonly id: string }[],
): Promise<Entry[]> {
  const { keywordBaseline, naturalBaseline } = await import('../threats/baselines.js');
  const ids = types.map(({ id }) => id);
  const entries: Entry[] = [
    { name: 'keyword list', scoreboard: keywordBaseline(articles, ids), remark: 'title and 300 characters' },
  ];
  for (const [method, name] of [
    ['bayes', 'natural BayesClassifier'],
    ['logistic-regression', 'natural LogisticRegression'],
  ] as const) {
    const limits = NATURAL[method];
    const outcome = await naturalBaseline(method, articles, ids, limits);
    entries.push(
      outcome.kind === 'measured'
        ? {
            name,
            scoreboard: outcome.scoreboard,
            remark: `one fold, at most ${limits.most} articles of 60 words to learn from, ${outcome.seconds} s`,
          }
        : {
            name,
            scoreboard: null,
            remark: `not done after ${outcome.limitSeconds} s on ${outcome.trainedOn} articles of 60 words`,
          },
    );
  }
  return entries;
}

const shown = (figure: number | null | undefined): string => (figure == null ? '–' : figure.toFixed(3));

function comparison(entries: readonly Entry[]): string {
  const table = new Table({
    head: ['', 'micro-F1', 'precision', 'recall', 'macro-F1', 'negatives tagged', 'calibration error', ''],
    style: { head: [], border: [] },
  });
  for (const { name, scoreboard, remark } of entries) {
    if (scoreboard === null) {
      table.push([name, '–', '–', '–', '–', '–', '–', remark]);
      continue;
    }
    const { micro, macroF1, negativesTagged, calibrationError } = scoreboard;
    const negatives = Object.values(negativesTagged);
    const tagged = negatives.reduce((sum, kind) => sum + kind.tagged, 0);
    const of = negatives.reduce((sum, kind) => sum + kind.of, 0);
    table.push([
      name,
      shown(micro.f1),
      shown(micro.precision),
      shown(micro.recall),
      shown(macroF1),
      `${tagged} of ${of}`,
      shown(calibrationError),
      remark,
    ]);
  }
  return table.toString();
}

function details({ types, languages, negativesTagged }: Scoreboard): string {
  const table = new Table({
    head: ['Belfry', 'F1', 'precision', 'recall', 'labels', ''],
    style: { head: [], border: [] },
  });
  const row = (name: string, { f1, precision, recall, support }: Figures) =>
    table.push([
      name,
      shown(f1),
      shown(precision),
      shown(recall),
      support,
      support < LEAST_SUPPORT ? 'too few to carry a figure' : '',
    ]);
  for (const [type, figures] of Object.entries(types)) row(type, figures);
  for (const [language, figures] of Object.entries(languages)) row(language, figures);
  const negatives = Object.entries(negativesTagged).map(([kind, { tagged, of }]) => `${kind} ${tagged} of ${of}`);
  return `${table.toString()}\nNegatives tagged: ${negatives.join(', ') || 'there are none'}`;
}
