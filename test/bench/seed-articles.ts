/**
 * Fills a store with invented articles, by SQL alone: about 2 KB of text each, put together of paragraphs whose words are as
 * unevenly frequent as those of a language; types, feeds and days are unevenly frequent too.
 */
import type pg from 'pg';
import { vacuumTables } from '../../src/store/upkeep.js';

/** Days over which the articles are spread, today included; half of them fall in the last thirty. */
const SEEDED_DAYS = 120;
const SEEDED_FEEDS = 60;
/** Most frequent first: each is about two thirds as frequent as the one before. */
export const seededTypes = [
  'cyberattack',
  'organised-crime',
  'espionage',
  'disinformation',
  'sabotage',
  'political-interference',
  'drone-incursion',
  'right-wing-extremism',
  'jihadism',
  'left-wing-extremism',
  'nihilistic-networks',
] as const;

/** Values of each facet that lists are filtered by, most frequent first, each about two thirds as frequent as the one before. */
export const seededFacets = {
  country: ['belgium', 'germany', 'france', 'netherlands', 'united-kingdom', 'poland', 'ukraine', 'sweden', 'malta'],
  actor: ['russia', 'mafia', 'china', 'far-right-group', 'iran', 'north-korea', 'belarus'],
  target: ['infrastructure', 'government', 'military', 'transport', 'port', 'school'],
  means: ['malware', 'drone', 'explosive', 'arson', 'knife', 'cable-cutting'],
  stage: ['investigation', 'arrest', 'trial', 'conviction', 'foiled'],
} as const;

const BATCH = 20_000;
const PARAGRAPHS_PER_LANGUAGE = 500;
const PARAGRAPH_WORDS = 75;
/** Word number n is about as frequent as 1 / (n + 50): words that everybody uses are no search terms. */
const WORDS = 20_000;
const WORDS_OFFSET = 50;

const WORD_STEM = 'kor';

/** A word of the invented language by its rank: 1 stands in more than half of all articles. */
export const seededWord = (rank: number): string => `${WORD_STEM}${rank}`;

/** In the title of one article in two thousand, and nowhere else. */
export const RARE_WORD = 'zeldenaar';

export async function seedArticles(pool: pg.Pool, articles: number): Promise<void> {
  await pool.query('SELECT setseed(0.5)');
  await pool.query(
    `INSERT INTO feeds (url, title, folder, language, country, origin)
     SELECT 'https://feed-' || n || '.example/rss', 'Feed ' || n, 'Folder ' || n % 6, (ARRAY['nl','fr','de','en'])[1 + n % 4],
       (ARRAY['BE','FR','DE','GB'])[1 + n % 4], 'added'
     FROM generate_series(1, $1::int) n`,
    [SEEDED_FEEDS],
  );
  await pool.query(
    `CREATE TABLE bench_paragraphs AS
     SELECT language, number, text, to_tsvector(configuration::regconfig, text) AS search
     FROM (SELECT language, configuration, number, string_agg('${WORD_STEM}' ||
         floor(exp(random() * ln(${(WORDS + WORDS_OFFSET) / WORDS_OFFSET}.0)) * ${WORDS_OFFSET} - ${WORDS_OFFSET - 1})::int, ' ') AS text
       FROM (VALUES ('nl', 'dutch'), ('fr', 'french'), ('de', 'german'), ('en', 'english')) l(language, configuration),
         generate_series(0, ${PARAGRAPHS_PER_LANGUAGE - 1}) number, generate_series(1, ${PARAGRAPH_WORDS}) word
       GROUP BY 1, 2, 3) written`,
  );
  await pool.query('CREATE INDEX ON bench_paragraphs (language, number)');
  // One build at the end instead of one change a word.
  await pool.query('DROP INDEX articles_search');
  for (let from = 0; from < articles; from += BATCH) {
    await pool.query(ARTICLES, [from, Math.min(from + BATCH, articles) - 1, SEEDED_FEEDS]);
  }
  await pool.query('CREATE INDEX articles_search ON articles USING gin (search)');
  await pool.query('DROP TABLE bench_paragraphs');
  for (let from = 0; from < articles; from += BATCH) await pool.query(TAGS, [from, from + BATCH - 1, seededTypes]);
  for (const [facet, values] of Object.entries(seededFacets)) {
    for (let from = 0; from < articles; from += BATCH) {
      await pool.query(FACETS, [from, Math.min(from + BATCH, articles) - 1, facet, values]);
    }
  }
  await pool.query(JUDGEMENTS, [articles]);
  await vacuumTables(pool);
}

const idOf = (number: string): string => `md5(${number}::text)`;

const ARTICLES = `
  INSERT INTO articles (id, url, feed_id, title, published_at, language, text, html, excerpt, source, method, fingerprint,
    stored_at, updated_at, happened_at, search)
  SELECT ${idOf('n')}, 'https://site.example/' || n, feed.id, drawn.title, at, feed.language, p.text, '', left(p.text, 200), 'page',
    'bench', ${idOf('n')}, at, at, at, setweight(to_tsvector('simple', drawn.title), 'A') || p.search
  FROM (SELECT n, 1 + floor($3::int * random() ^ 2)::int AS feed_id, floor(random() * ${PARAGRAPHS_PER_LANGUAGE})::int AS paragraph,
      'Title ${WORD_STEM}' || n % 1000 || CASE WHEN n % 2000 = 0 THEN ' ${RARE_WORD}' ELSE '' END AS title,
      now() - make_interval(secs => ${SEEDED_DAYS * 86_400} * random() ^ 2) AS at
    FROM generate_series($1::int, $2::int) n) drawn
  JOIN feeds feed ON feed.id = drawn.feed_id
  CROSS JOIN LATERAL (SELECT string_agg(text, E'\\n\\n') AS text,
      (array_agg(search))[1] || coalesce((array_agg(search))[2], '') || coalesce((array_agg(search))[3], '') || coalesce((array_agg(search))[4], '') AS search
    FROM bench_paragraphs b WHERE b.language = feed.language AND b.number IN (paragraph, (paragraph * 7 + 1) % ${PARAGRAPHS_PER_LANGUAGE},
      (paragraph * 13 + n) % ${PARAGRAPHS_PER_LANGUAGE}, (paragraph * 31 + n * 3) % ${PARAGRAPHS_PER_LANGUAGE})) p`;

/** A third of the articles carry a tag, some two. */
const TAGS = `
  INSERT INTO machine_tags (article_id, type, score, evidence, origin, happened_at)
  SELECT a.id, ($3::text[])[1 + least(floor(ln(1 - random()) / ln(0.66)), array_length($3::text[], 1) - 1)::int], 0.3 + 0.7 * random(),
    jsonb_build_array(jsonb_build_object('field', 'text', 'start', 0, 'end', 12, 'text', left(a.text, 12), 'concept', 'bench.concept', 'weight', 1.5)),
    'model:bench', a.happened_at
  FROM generate_series($1::int, $2::int) n JOIN articles a ON a.id = ${idOf('n')}, generate_series(1, 2) again
  WHERE n % 3 = 0 AND (again = 1 OR n % 12 = 0)
  ON CONFLICT DO NOTHING`;

/** Two articles in three show a value of a facet, some two. */
const FACETS = `
  INSERT INTO facets (article_id, facet, value, score, evidence, happened_at, feed_id, language)
  SELECT a.id, $3, ($4::text[])[1 + least(floor(ln(1 - random()) / ln(0.66)), array_length($4::text[], 1) - 1)::int], 0.3 + 0.7 * random(),
    jsonb_build_array(jsonb_build_object('field', 'text', 'start', 0, 'end', 12, 'text', left(a.text, 12), 'concept', 'bench.concept')),
    a.happened_at, a.feed_id, a.language
  FROM generate_series($1::int, $2::int) n JOIN articles a ON a.id = ${idOf('n')}, generate_series(1, 2) again
  WHERE random() < 0.4
  ON CONFLICT DO NOTHING`;

/** One article in a hundred was judged. */
const JUDGEMENTS = `
  INSERT INTO judgements (article_id, type, verdict, judged_by)
  SELECT ${idOf('n')}, 'sabotage', CASE WHEN n % 200 = 0 THEN 'is' ELSE 'is-not' END, 'bench'
  FROM generate_series(0, $1::int - 1, 100) n`;
