/** How fast the pages answer from a store of 200,000 articles: on PostgreSQL, and on the embedded database by share of that. */
import type pg from 'pg';
import { loadSettings } from '../../src/config.js';
import { createLogger } from '../../src/log.js';
import { createMetrics } from '../../src/metrics.js';
import { openRuntime } from '../../src/pipeline/runtime.js';
import { startServer } from '../../src/server/server.js';
import type { Grounds } from './grounds.js';
import type { BenchKey, Measurement, Size } from './key.js';
import { RARE_WORD, seedArticles, seededFacets, seededTypes, seededWord } from './seed-articles.js';

const sizes = { quick: { articles: 10_000, rounds: 3 }, full: { articles: 200_000, rounds: 6 } } as const;

/** Whoever opens the overview finds figures that may be half a minute old; of those asked for here, the first shows what was counted when the server started, one in five counts a whole year anew. */
const kinds = ['overview', 'list', 'search', 'article', 'api'] as const;
type Kind = (typeof kinds)[number];
type Times = Readonly<Record<Kind, readonly number[]>>;

const wanted: Readonly<Record<Kind, { readonly aimMilliseconds: number; readonly what: string }>> = {
  overview: { aimMilliseconds: 300, what: 'the overview' },
  list: { aimMilliseconds: 200, what: 'filtered lists' },
  search: { aimMilliseconds: 300, what: 'full-text searches' },
  article: { aimMilliseconds: 200, what: 'article pages, alone and opened from a list or a search,' },
  api: { aimMilliseconds: 200, what: 'lists of the API, counted to the end,' },
};
const EMBEDDED_AIM = 3;

const days = (ago: number): string => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);

const [frequent, second, third, , fifth] = seededTypes;
const [rarest = '', rarer = ''] = seededTypes.toReversed();
const RARELY_READ_FEED = 55;
const [country] = seededFacets.country;
const rarestOf = (facet: keyof typeof seededFacets): string => `${facet}=${seededFacets[facet].at(-1)}`;

/** The overview as it opens, and looked at closer: lately, long ago, and so far back that the whole year is counted. */
const overviews: readonly string[] = [
  '',
  `from=${days(20)}&to=${days(10)}`,
  `to=${days(60)}`,
  `from=${days(200)}&to=${days(100)}`,
];

/** Every filter alone, and pairs and threes as an analyst would put them together: frequent with rare, both rare, nothing at all. */
const lists: readonly string[] = [
  '',
  'tagged=yes',
  'reviewed=yes',
  'reviewed=no',
  'period=24h',
  'period=90d',
  `from=${days(60)}&to=${days(50)}`,
  `to=${days(100)}`,
  'language=de',
  'language=sv',
  'feed=1',
  `feed=${RARELY_READ_FEED}`,
  'score=0.5',
  'score=0.999',
  ...seededTypes.map((type) => `type=${type}`),
  `type=${frequent}&type=${second}`,
  `type=${frequent}&type=${fifth}&type=${rarest}`,
  `type=${rarer}&type=${rarest}`,
  seededTypes.map((type) => `type=${type}`).join('&'),
  `type=${frequent}&type=${fifth}&type=${rarest}&language=nl`,
  `type=${rarer}&type=${rarest}&feed=40`,
  `type=${second}&score=0.9`,
  `type=${rarest}&score=0.99`,
  `type=${frequent}&language=de`,
  `type=${frequent}&language=sv`,
  `type=${rarer}&language=nl&period=90d`,
  `type=${frequent}&feed=${RARELY_READ_FEED}`,
  `type=${rarer}&feed=1`,
  `type=${frequent}&period=24h`,
  `type=${third}&to=${days(100)}`,
  `type=${frequent}&reviewed=yes`,
  `type=${frequent}&reviewed=no`,
  'score=0.95&language=fr',
  `score=0.95&feed=${RARELY_READ_FEED}`,
  'language=nl&period=7d',
  `language=de&feed=${RARELY_READ_FEED}`,
  'language=fr&tagged=yes',
  `feed=${RARELY_READ_FEED}&tagged=yes`,
  'feed=1&tagged=yes',
  'reviewed=no&tagged=yes',
  'reviewed=yes&tagged=yes',
  'reviewed=yes&feed=1',
  ...Object.entries(seededFacets).map(([facet, [value]]) => `${facet}=${value}`),
  rarestOf('country'),
  rarestOf('actor'),
  'country=nowhere',
  `country=${country}&stage=trial`,
  `country=${country}&${rarestOf('stage')}`,
  `${rarestOf('country')}&${rarestOf('actor')}`,
  `country=${country}&actor=russia&target=infrastructure&means=drone&stage=arrest`,
  `country=${country}&type=${frequent}`,
  `country=${country}&type=${rarest}`,
  `${rarestOf('country')}&type=${frequent}`,
  `${rarestOf('country')}&type=${rarest}`,
  `country=${country}&type=${frequent}&type=${fifth}&type=${rarest}`,
  `country=${country}&actor=russia&type=${second}`,
  `country=${country}&tagged=yes`,
  `country=${country}&score=0.95`,
  `country=${country}&reviewed=yes`,
  `country=${country}&reviewed=no`,
  `country=${country}&language=sv`,
  `country=${country}&language=nl&period=7d`,
  `country=${country}&feed=${RARELY_READ_FEED}`,
  `${rarestOf('country')}&feed=1`,
  `actor=russia&means=drone&to=${days(100)}`,
];

const frequency = (...ranks: readonly number[]): string => ranks.map(seededWord).join(' ');

/** Words from everywhere to nowhere, phrases of them, exclusions, alternatives; each in all articles and in part of them. */
const searches: readonly string[] = [
  ...[1, 2, 10, 100, 1000, 10_000].map(seededWord),
  RARE_WORD,
  'nowhereatall',
  frequency(300, 400),
  frequency(1, 2, 3, 4),
  `"${frequency(1, 2)}"`,
  `"${frequency(100, 150)}"`,
  `"${frequency(1000, 2000)}"`,
  `${seededWord(5)} -${seededWord(1)}`,
  `-${seededWord(1)}`,
  `${seededWord(300)} or ${seededWord(3)}`,
].flatMap((words) =>
  [
    '',
    `&type=${seededTypes[3]}`,
    `&type=${rarer}&type=${rarest}`,
    '&language=nl&period=30d',
    `&feed=${RARELY_READ_FEED}`,
    '&tagged=yes',
    '&reviewed=yes',
    `&country=${country}`,
    `&${rarestOf('country')}&stage=trial`,
  ].map((filter) => `q=${encodeURIComponent(words)}${filter}`),
);

/** Every so many of the lists and searches an article is opened in, and asked of the API. */
const OPENED_IN = 4;
const everyFourth = (queries: readonly string[]): readonly string[] =>
  queries.filter((_, place) => place % OPENED_IN === 0);

type Place = 'postgres' | 'embedded';

/** One measurement serves all keys of a place: filling a store takes longer than asking it. */
const measured = new Map<string, Promise<Times>>();

function timesOn(place: Place, grounds: Grounds, size: Size): Promise<Times> {
  const known = measured.get(`${place} ${size}`);
  if (known) return known;
  const times = measurePages(place, grounds, size);
  measured.set(`${place} ${size}`, times);
  return times;
}

async function measurePages(place: Place, grounds: Grounds, size: Size): Promise<Times> {
  const { articles, rounds } = sizes[size];
  const settings = loadSettings({
    BELFRY_FEEDS: 'none',
    LOG_LEVEL: 'error',
    ...(place === 'postgres'
      ? { DATABASE_URL: await grounds.postgres() }
      : { BELFRY_DATA_DIR: await grounds.folder() }),
  });
  const runtime = await grounds.scope.hold(
    () => openRuntime(settings, createLogger(settings.logLevel), 'service'),
    (held) => held.close(),
  );
  grounds.progress(`writes ${articles} articles (${place})`);
  await seedArticles(runtime.database.pool, articles);
  const times: Record<Kind, number[]> = { overview: [], list: [], search: [], article: [], api: [] };
  const articlePages = await twoArticles(runtime.database.pool);
  for (let round = 0; round < rounds; round++) {
    grounds.progress(`asks for pages, round ${round + 1} of ${rounds} (${place})`);
    // A server of its own remembers nothing of the round before: the overview counts anew.
    const server = await startServer({ runtime, metrics: createMetrics() }, { host: '127.0.0.1', port: 0 });
    try {
      for (const overview of overviews) times.overview.push(await timeOf(`${server.url}/?${overview}`));
      for (const list of lists) {
        const { milliseconds, next } = await ask(`${server.url}/articles?${list}`);
        times.list.push(milliseconds);
        if (next) times.list.push(await timeOf(`${server.url}${next}`));
      }
      for (const search of searches) times.search.push(await timeOf(`${server.url}/articles?${search}`));
      for (const article of articlePages) {
        for (const list of ['', ...everyFourth(lists), ...everyFourth(searches)]) {
          times.article.push(await timeOf(`${server.url}/articles/${article}?${list}`));
        }
      }
      for (const list of everyFourth(lists)) times.api.push(await timeOf(`${server.url}/api/v1/articles?${list}`));
      times.overview.push(await timeOf(`${server.url}/`));
    } finally {
      await server.close();
    }
  }
  return times;
}

/** Ids of one of the latest articles and of one that is older than half of them. */
async function twoArticles(pool: pg.Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `(SELECT id FROM articles ORDER BY happened_at DESC, id DESC LIMIT 1 OFFSET 100)
     UNION ALL (SELECT id FROM articles WHERE happened_at < now() - interval '60 days' ORDER BY happened_at DESC, id DESC LIMIT 1)`,
  );
  return rows.map(({ id }) => id);
}

const timeOf = async (address: string): Promise<number> => (await ask(address)).milliseconds;

async function ask(address: string): Promise<{ readonly milliseconds: number; readonly next: string | undefined }> {
  const began = performance.now();
  const response = await fetch(address);
  const text = await response.text();
  const milliseconds = performance.now() - began;
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return { milliseconds, next: /rel="next" href="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') };
}

/** By nearest rank. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

const p95 = (values: readonly number[]): number => percentile(values, 0.95);
const inWords = (values: readonly number[]): string =>
  `median ${percentile(values, 0.5).toFixed(0)} ms, 95 % ${p95(values).toFixed(0)} ms, longest ${percentile(values, 1).toFixed(0)} ms of ${values.length}`;

const onPostgres = (kind: Kind): BenchKey => ({
  key: `${kind}_p95_ms`,
  meaning: `95 % of ${wanted[kind].what} over 200,000 articles (10,000 with --quick) on PostgreSQL answered within these milliseconds`,
  aim: { atMost: wanted[kind].aimMilliseconds },
  needs: ['PostgreSQL'],
  async measure(grounds, size): Promise<Measurement> {
    const times = (await timesOn('postgres', grounds, size))[kind];
    return { value: p95(times), detail: `${sizes[size].articles} articles, ${inWords(times)}` };
  },
});

const onEmbedded = (kind: Kind): BenchKey => ({
  key: `${kind}_embedded_ratio`,
  meaning: `how many times as long 95 % of ${wanted[kind].what} take on the embedded database as on PostgreSQL`,
  aim: { atMost: EMBEDDED_AIM },
  needs: ['PostgreSQL'],
  async measure(grounds, size): Promise<Measurement> {
    const onServer = (await timesOn('postgres', grounds, size))[kind];
    const times = (await timesOn('embedded', grounds, size))[kind];
    return {
      value: p95(times) / p95(onServer),
      detail: `${sizes[size].articles} articles, ${inWords(times)}; 95 % on PostgreSQL ${p95(onServer).toFixed(0)} ms`,
    };
  },
});

export const pageSpeeds: readonly BenchKey[] = [...kinds.map(onPostgres), ...kinds.map(onEmbedded)];
