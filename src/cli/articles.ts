/** `belfry articles`: stored articles by filter, for people and machines. */
import { Command, Option } from 'commander';
import type { Settings } from '../config.js';
import type { OutputContext } from '../outputs/format.js';
import { type OutputName, outputFormats, outputNames } from '../outputs/formats.js';
import { FILTER_FACETS } from '../outputs/list-name.js';
import type { ArticleFilter } from '../store/articles.js';
import type { Taxonomy } from '../threats/taxonomy.js';
import { exitCode } from './exit-codes.js';
import { UserError } from './failure.js';
import { collect, parseCount, parseScore, parseSince } from './options.js';

const TABLE_LIMIT = 50;

interface ArticlesOptions extends Partial<Record<(typeof FILTER_FACETS)[number], string>> {
  readonly threat?: readonly string[];
  readonly minScore?: number;
  readonly tagged?: true;
  readonly language?: string;
  readonly source?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly text?: string;
  readonly limit?: number;
  readonly format: OutputName;
}

export function articlesCommand(): Command {
  return new Command('articles')
    .description('list stored articles, newest first')
    .option('--threat <type>', 'only articles tagged with this type; may be repeated (any of them)', collect)
    .option('--min-score <score>', 'only tags at least this certain, 0 to 1', parseScore)
    .option('--tagged', 'only articles with a tag')
    .option('--language <code>', 'only this language, e.g. nl')
    .option('--country <id>', 'only those that tell of this country, e.g. belgium')
    .option('--actor <id>', 'only those with this actor, e.g. russia')
    .option('--target <id>', 'only those with this target, e.g. infrastructure')
    .option('--means <id>', 'only those with this means, e.g. drone')
    .option('--stage <id>', 'only those at this stage, e.g. trial')
    .option('--source <feed>', 'only this feed (address, title or number)')
    .option('--since <when>', 'only from then on: 7d, 12h, or a date', parseSince)
    .option('--until <when>', 'only before then', parseSince)
    .option('--text <words>', 'full-text search: words, "a phrase", -without, or')
    .option('--limit <count>', `at most so many (default: ${TABLE_LIMIT} in a table, all otherwise)`, parseCount)
    .addOption(new Option('--format <format>', 'how to print').choices(outputNames).default('table'))
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      "\nExamples:\n  belfry articles --threat sabotage --since 7d\n  belfry articles --language fr --text 'drone -salon' --format csv > drones.csv\n  belfry articles --threat sabotage --since 7d --format stix > sabotage.stix.json",
    )
    .action(async (options: ArticlesOptions & { readonly json?: true }) =>
      list({ ...options, format: options.json ? 'json' : options.format }),
    );
}

async function list(options: ArticlesOptions): Promise<void> {
  const { withRuntime } = await import('./with-runtime.js');
  const { loadTaxonomy } = await import('../threats/taxonomy.js');
  const { writeArticles } = await import('../outputs/read-articles.js');
  const { ReaderGone } = await import('../outputs/write.js');
  await withRuntime(async ({ database, settings }) => {
    const format = outputFormats[options.format];
    // Summaries name types by their ids; reading the whole taxonomy for them would only make the command slow.
    const namesAny = options.threat !== undefined || FILTER_FACETS.some((facet) => options[facet] !== undefined);
    const taxonomy =
      namesAny || format.reads === 'details' ? loadTaxonomy(settings.taxonomy.directory) : { types: [], facets: [] };
    const filter = await toFilter(options, database.pool, taxonomy);
    const limit = options.limit ?? (format.name === 'table' ? TABLE_LIMIT : undefined);
    const context = await toContext(options, filter, settings, taxonomy);
    try {
      await writeArticles(format, { database: database.pool, filter, range: { limit } }, process.stdout, context);
    } catch (error) {
      // `belfry articles --format ndjson | head` has what it wanted.
      if (!(error instanceof ReaderGone)) throw error;
    }
  });
}

/** What the output says of itself; the list as a page stands on the dashboard. */
async function toContext(
  options: ArticlesOptions,
  { feedId }: ArticleFilter,
  { server, outputs }: Settings,
  taxonomy: Pick<Taxonomy, 'types' | 'facets'>,
): Promise<OutputContext> {
  const { canonicalFilter, listAddress, listTitle } = await import('../outputs/list-name.js');
  const parameters = new URLSearchParams();
  const add = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) parameters.append(name, String(value));
  };
  for (const type of options.threat ?? []) add('type', type);
  add('score', options.minScore);
  add('tagged', options.tagged && 'yes');
  add('language', options.language);
  for (const facet of FILTER_FACETS) add(facet, options[facet]);
  add('feed', feedId);
  add('from', options.since?.toISOString().slice(0, 10));
  add('to', options.until?.toISOString().slice(0, 10));
  add('q', options.text);
  const filter = canonicalFilter(parameters);
  const host = server.host.includes(':') ? `[${server.host}]` : server.host;
  const dashboard = server.publicUrl ?? `http://${host}:${server.port}`;
  return {
    ...outputs,
    types: taxonomy.types,
    title: listTitle(filter, taxonomy, options.source),
    listId: filter.toString(),
    address: null,
    pageAddress: listAddress(dashboard, filter),
  };
}

async function toFilter(
  options: ArticlesOptions,
  pool: Parameters<typeof import('../store/feeds.js').matchFeeds>[0],
  { types, facets }: Pick<Taxonomy, 'types' | 'facets'>,
): Promise<ArticleFilter> {
  if (options.threat) {
    const known = types.map(({ id }) => id);
    const unknown = options.threat.find((type) => !known.includes(type));
    if (unknown)
      throw new UserError(`no threat type ${JSON.stringify(unknown)}; there are ${known.join(', ')}`, exitCode.usage);
  }
  const asked = FILTER_FACETS.flatMap((facet) => {
    const value = options[facet];
    return value === undefined ? [] : [{ facet, value }];
  });
  for (const { facet, value } of asked) {
    const known = facets.find(({ id }) => id === facet)?.values.map(({ id }) => id) ?? [];
    if (!known.includes(value)) {
      throw new UserError(`no ${facet} ${JSON.stringify(value)}; there are ${known.join(', ')}`, exitCode.usage);
    }
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
    facets: asked,
    feedId,
    since: options.since,
    until: options.until,
    search: options.text,
  };
}
