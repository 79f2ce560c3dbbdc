/** `belfry label ID +sabotage -jihadism`: what an analyst says of an article; it wins over the model in every output. */
import { userInfo } from 'node:os';
import { Command } from 'commander';
import type pg from 'pg';
import type { Judgement, JudgementToAdd } from '../store/judgements.js';
import { exitCode } from './exit-codes.js';
import { UserError } from './failure.js';
import { collect } from './options.js';
import { printJson, printTable, relative } from './terminal.js';

/** Rows read from the store at a time: the export's memory stays flat. */
const BATCH = 200;
const NAME_MAX_CHARACTERS = 80;

interface LabelOptions {
  readonly by?: string;
  readonly note?: string;
  readonly none?: true;
  readonly withdraw?: readonly string[];
  readonly export?: true;
  readonly json?: true;
}

export function labelCommand(): Command {
  return (
    new Command('label')
      .description('say which threat types an article is and is not about; your word wins over the model’s everywhere')
      .argument('[id]', 'the article, or the first characters of its id')
      .argument('[judgements...]', '+TYPE (it is about this) and -TYPE (it is not)')
      .option('--by <name>', 'who says so (default: your login name)')
      .option('--note <text>', 'why')
      .option('--none', 'it is about none of the types')
      .option('--withdraw <type>', 'take back what was judged of this type; may be repeated', collect)
      .option('--export', 'print all judged articles as training lines (NDJSON) instead')
      .option('--json', 'print JSON')
      // `-TYPE` is no option, and a type may begin with any letter: `-h` too.
      .allowUnknownOption()
      .helpOption('--help', 'display help for command')
      .addHelpText(
        'after',
        `
Examples:
  belfry label 3fa4c1d2e0 +sabotage -jihadism --by an --note "claimed by nobody"
  belfry label 3fa4c1d2e0 --none
  belfry label 3fa4c1d2e0 --withdraw sabotage
  belfry label 3fa4c1d2e0                        what was judged so far
  belfry label --export > judged.jsonl           for belfry train and evaluate`,
      )
      .action(label)
  );
}

async function label(
  prefix: string | undefined,
  words: readonly string[],
  options: LabelOptions,
  command: Command,
): Promise<void> {
  const { withRuntime } = await import('./with-runtime.js');
  if (options.export) {
    if (prefix !== undefined) command.error('error: --export takes no article');
    await withRuntime(({ database }) => exportJudged(database.pool));
    return;
  }
  if (prefix === undefined) command.error('error: give an article, or --export');
  const { loadSettings } = await import('../config.js');
  const { loadTaxonomy } = await import('../threats/taxonomy.js');
  const settings = loadSettings();
  const known = loadTaxonomy(settings.taxonomy.directory).types.map(({ id }) => id);
  const judgements = readJudgements(words, known, options);
  const by = nameOf(options.by);
  await withRuntime(async ({ database: { pool } }) => {
    const { addJudgements, judgementsOf, withdrawJudgementsOfTypes } = await import('../store/judgements.js');
    const id = await wholeId(pool, prefix);
    if (options.withdraw) {
      const withdrawn = await withdrawJudgementsOfTypes(pool, { articleId: id, types: options.withdraw, by });
      if (withdrawn === 0) throw new UserError(`nothing is judged of ${options.withdraw.join(', ')} on ${id}`);
    }
    if (judgements.length > 0) await addJudgements(pool, id, by, judgements);
    print(id, await judgementsOf(pool, id), options.json ? 'json' : 'table');
  }, settings);
}

/**
 * What the words of a command line say: `+TYPE` and `-TYPE`.
 *
 * @throws UserError naming the word that is no judgement, and the types that there are.
 */
export function readJudgements(
  words: readonly string[],
  known: readonly string[],
  { none, note }: Pick<LabelOptions, 'none' | 'note'> = {},
): JudgementToAdd[] {
  if (none && words.length > 0) throw new UserError('give either --none or judgements', exitCode.usage);
  if (none) return known.map((type) => ({ type, verdict: 'is-not', note }));
  const judgements = words.map((word): JudgementToAdd => {
    const [, sign, type = ''] = /^([+-])(.*)$/.exec(word) ?? [];
    if (sign === undefined || type.startsWith('-'))
      throw new UserError(
        `${JSON.stringify(word)} is no judgement: +TYPE or -TYPE; types are ${known.join(', ')}`,
        exitCode.usage,
      );
    if (!known.includes(type))
      throw new UserError(`no threat type ${JSON.stringify(type)}; there are ${known.join(', ')}`, exitCode.usage);
    return { type, verdict: sign === '+' ? 'is' : 'is-not', note };
  });
  const types = judgements.map(({ type }) => type);
  const twice = types.find((type, place) => types.indexOf(type) !== place);
  if (twice) throw new UserError(`${twice} is judged twice`, exitCode.usage);
  return judgements;
}

function nameOf(given: string | undefined): string {
  const name = (given ?? userInfo().username).trim();
  if (name === '' || name.length > NAME_MAX_CHARACTERS || /\p{Cc}/u.test(name))
    throw new UserError(`--by takes a name of 1 to ${NAME_MAX_CHARACTERS} characters`, exitCode.usage);
  return name;
}

async function wholeId(pool: pg.Pool, prefix: string): Promise<string> {
  if (!/^[0-9a-f]{1,24}$/.test(prefix))
    throw new UserError(`${JSON.stringify(prefix)} is not an article's id; belfry articles shows them`, exitCode.usage);
  const { findArticles } = await import('../store/articles.js');
  const [article, another] = await findArticles(pool, prefix);
  if (!article) throw new UserError(`no article ${prefix}; belfry articles shows them`);
  if (another) throw new UserError(`more than one article begins with ${prefix}; give more of the id`);
  return article.id;
}

async function exportJudged(pool: pg.Pool): Promise<void> {
  const { judgedArticles } = await import('../store/judgements.js');
  const { writeLine } = await import('./ndjson.js');
  let after = '';
  for (;;) {
    const batch = await judgedArticles(pool, after, BATCH);
    for (const article of batch) await writeLine(article);
    const last = batch.at(-1);
    if (!last || batch.length < BATCH) return;
    after = last.id;
  }
}

function print(id: string, judgements: readonly Judgement[], format: 'json' | 'table'): void {
  if (format === 'json') printJson(judgements);
  else if (judgements.length === 0) process.stdout.write(`nobody has judged ${id}\n`);
  else {
    printTable(
      ['VERDICT', 'BY', 'WHEN', 'STATE', 'NOTE'],
      judgements.map(({ type, verdict, by, at, withdrawn, counts, note }) => [
        `${verdict === 'is' ? '+' : '-'}${type}`,
        by,
        relative(at),
        withdrawn ? `withdrawn by ${withdrawn.by}` : counts ? 'counts' : 'overruled by a later one',
        note ?? '',
      ]),
    );
  }
}
