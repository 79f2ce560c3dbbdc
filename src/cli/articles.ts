/** `belfry articles`: stored articles by filter, for people and machines. */
import { Command, Option } from 'commander';
import type { ArticleCursor, ArticleFilter, ArticleSummary } from '../store/articles.js';
import { exitCode } from './exit-codes.js';
import { UserError } from './failure.js';
import { collect, parseCount, parseScore, parseSince } from './options.js';

/** Rows read from the store at a time: memory stays flat however many are asked for. */
const BATCH = 500;
const TABLE_LIMIT = 50;

interface ArticlesOptions {
  readonly threat?: readonly string[];
  readonly minScore?: number;
  readonly tagged?: true;
  readonly language?: string;
  readonly source?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly text?: string;
  readonly limit?: number;
  readonly format: 'table' | 'json' | 'ndjson' | 'csv';
}

export function articlesCommand(): Command {
  return new Command('articles')
    .description('list stored articles, newest first')
    .option('--threat <type>', 'only articles tagged with this type; may be repeated (any of them)', collect)
    .option('--min-score <score>', 'only tags at least this certain, 0 to 1', parseScore)
    .option('--tagged', 'only articles with a tag')
    .option('--language <code>', 'only this language, e.g. nl')
    .option('--source <feed>', 'only this feed (address, title or number)')
    .option('--since <when>', 'only from then on: 7d, 12h, or a date', parseSince)
    .option('--until <when>', 'only before then', parseSince)
    .option('--text <words>', 'full-text search: words, "a phrase", -without, or')
    .option('--limit <count>', `at most so many (default: ${TABLE_LIMIT} in a table, all otherwise)`, parseCount)
    .addOption(
      new Option('--format <format>', 'how to print').choices(['table', 'json', 'ndjson', 'csv']).default('table'),
    )
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      "\nExamples:\n  belfry articles --threat sabotage --since 7d\n  belfry articles --language fr --text 'drone -salon' --format csv > drones.csv",
    )
    .action(async (options: ArticlesOptions & { readonly json?: true }) =>
      list({ ...options, format: options.json ? 'json' : options.format }),
    );
}

async function list(options: ArticlesOptions): Promise<void> {
  const { withRuntime } = await import('./with-runtime.js');
  const { listArticles } = await import('../store/articles.js');
  await withRuntime(async ({ database, settings }) => {
    const filter = await toFilter(options, database.pool, settings.taxonomy.directory);
    const limit = options.limit ?? (options.format === 'table' ? TABLE_LIMIT : Number.POSITIVE_INFINITY);
    async function* matching(): AsyncGenerator<ArticleSummary> {
      let after: ArticleCursor | undefined;
      for (let left = limit; left > 0; ) {
        const batch = await listArticles(database.pool, filter, { limit: Math.min(BATCH, left), after });
        yield* batch;
        after = batch.at(-1);
        if (batch.length < BATCH) return;
        left -= batch.length;
      }
    }
    const { articleWriters } = await import('../outputs/articles.js');
    await articleWriters[options.format](matching(), process.stdout);
  });
}

async function toFilter(
  options: ArticlesOptions,
  pool: Parameters<typeof import('../store/feeds.js').matchFeeds>[0],
  taxonomyDirectory: string,
): Promise<ArticleFilter> {
  if (options.threat) {
    const { loadTaxonomy } = await import('../threats/taxonomy.js');
    const known = loadTaxonomy(taxonomyDirectory).types.map(({ id }) => id);
    const unknown = options.threat.find((type) => !known.includes(type));
    if (unknown)
      throw new UserError(`no threat type ${JSON.stringify(unknown)}; there are ${known.join(', ')}`, exitCode.usage);
  }
  let feedId: number | undefined;
  if (options.source) {
    const { matchFeeds } = await import('../store/feeds.js');
    const [feed] = await matchFeeds(pool, options.source);
    if (!feed)
      throw new UserError(`no feed ${JSON.stringify(options.source)}; belfry feeds list shows them`, exitCode.usage);
    feedId = feed.id;
  }
  return {
    types: options.threat,
    minScore: options.minScore,
    tagged: options.tagged,
    language: options.language,
    feedId,
    since: options.since,
    until: options.until,
    search: options.text,
  };
}
