/** Articles, their earlier versions and their tags. */
import type { Article } from '../articles/article.js';
import type { Classification, Evidence, Facet } from '../threats/threat.js';
import type { Queryable } from './database.js';
import type { Draft } from './pages.js';
import { SECOND_OPINIONS_OF_ARTICLE, type StoredSecondOpinion, storeSecondOpinions } from './second-opinions.js';

/** PostgreSQL's text search configuration for each language that is stemmed; all others are matched word by word. */
const TEXT_SEARCH_CONFIGURATIONS: Readonly<Record<string, string>> = {
  de: 'german',
  en: 'english',
  fr: 'french',
  nl: 'dutch',
};
/** A tsvector holds at most 1 MB; 400,000 characters of text stay below that. */
const SEARCHED_TEXT_MAX_CHARACTERS = 400_000;

const textSearchConfiguration = (language: string): string => TEXT_SEARCH_CONFIGURATIONS[language] ?? 'simple';

export interface ArticleToStore {
  readonly id: string;
  readonly feedId: number;
  readonly draft: Draft;
  readonly title: string;
  /** Changes whenever what a reader sees of the article does. */
  readonly fingerprint: string;
  readonly happenedAt: Date;
  readonly classification: Classification;
}

/**
 * Writes an article with its tags; run in a transaction. The same article again changes nothing, an edited one keeps its
 * former text as a version.
 */
export async function storeArticle(
  database: Queryable,
  input: ArticleToStore,
): Promise<'added' | 'edited' | 'unchanged'> {
  const { article, source, sourceReason } = input.draft;
  const before = await database.query<{ fingerprint: string }>(
    'SELECT fingerprint FROM articles WHERE id = $1 FOR UPDATE',
    [input.id],
  );
  const former = before.rows[0]?.fingerprint;
  if (former !== undefined && former !== input.fingerprint) {
    await database.query(
      `INSERT INTO article_versions (article_id, version, title, text, byline, published_at)
       SELECT id, version, title, text, byline, published_at FROM articles WHERE id = $1 ON CONFLICT DO NOTHING`,
      [input.id],
    );
  }
  await database.query(
    `INSERT INTO articles (id, url, canonical_url, feed_id, title, byline, published_at, modified_at, language, section, image, text,
       html, excerpt, source, source_reason, method, fingerprint, happened_at, search)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
       setweight(to_tsvector($20::regconfig, $5), 'A') || to_tsvector($20::regconfig, $21))
     ON CONFLICT (id) DO UPDATE SET
       url = excluded.url, canonical_url = excluded.canonical_url, title = excluded.title, byline = excluded.byline,
       published_at = excluded.published_at, modified_at = excluded.modified_at, language = excluded.language,
       section = excluded.section, image = excluded.image, text = excluded.text, html = excluded.html, excerpt = excluded.excerpt,
       source = excluded.source, source_reason = excluded.source_reason, method = excluded.method,
       happened_at = excluded.happened_at, search = excluded.search, fingerprint = excluded.fingerprint,
       version = articles.version + (articles.fingerprint <> excluded.fingerprint)::int,
       updated_at = CASE WHEN articles.fingerprint <> excluded.fingerprint THEN now() ELSE articles.updated_at END`,
    [
      input.id,
      article.url,
      article.canonicalUrl,
      input.feedId,
      input.title,
      article.byline,
      article.publishedAt,
      article.modifiedAt,
      input.classification.language,
      article.section,
      article.image,
      article.text,
      article.html,
      article.excerpt,
      source,
      sourceReason,
      article.method,
      input.fingerprint,
      input.happenedAt,
      textSearchConfiguration(input.classification.language),
      article.text.slice(0, SEARCHED_TEXT_MAX_CHARACTERS),
    ],
  );
  await database.query(
    `WITH given AS (SELECT * FROM jsonb_to_recordset($2) AS g(type text, score real, evidence jsonb)),
     gone AS (DELETE FROM machine_tags WHERE article_id = $1 AND type NOT IN (SELECT type FROM given))
     INSERT INTO machine_tags (article_id, type, score, evidence, origin, happened_at)
     SELECT $1, type, score, evidence, $3, $4 FROM given
     ON CONFLICT (article_id, type) DO UPDATE SET
       score = excluded.score, evidence = excluded.evidence, origin = excluded.origin, happened_at = excluded.happened_at`,
    [input.id, JSON.stringify(input.classification.threats), `model:${input.classification.version}`, input.happenedAt],
  );
  if (former !== undefined || input.classification.secondOpinions !== undefined)
    await storeSecondOpinions(database, input.id, input.classification);
  await database.query(
    `WITH given AS (SELECT * FROM jsonb_to_recordset($2) AS g(facet text, value text, score real, evidence jsonb)),
     gone AS (DELETE FROM facets WHERE article_id = $1 AND (facet, value) NOT IN (SELECT facet, value FROM given))
     INSERT INTO facets (article_id, facet, value, score, evidence, happened_at, feed_id, language)
     SELECT a.id, g.facet, g.value, g.score, g.evidence, a.happened_at, a.feed_id, a.language
     FROM given g JOIN articles a ON a.id = $1
     ON CONFLICT (article_id, facet, value) DO UPDATE SET score = excluded.score, evidence = excluded.evidence`,
    // A page that was classified before there were facets may arrive after the update.
    [input.id, JSON.stringify(input.classification.facets ?? [])],
  );
  if (former === undefined) return 'added';
  return former === input.fingerprint ? 'unchanged' : 'edited';
}

/** A tag as it counts: the model's, what a second opinion made of it, or an analyst's judgement in its stead. */
export interface StoredTag {
  readonly type: string;
  /** The model's, 0–1, also where a second opinion decided; 1 where an analyst said so. */
  readonly score: number;
  /** `model:VERSION`, `second-opinion:NAME` or `analyst:NAME`. */
  readonly origin: string;
  /** What the model found; empty where only an analyst saw it. */
  readonly evidence: readonly Evidence[];
  /** Who said so and when (ISO 8601), null where nobody judged. */
  readonly judgement: { readonly by: string; readonly at: string } | null;
  /** What the model had said, kept beside what others say; null where it gave no such tag. */
  readonly machine: { readonly score: number; readonly origin: string } | null;
}

/** A type that an analyst took off, or ruled out from the start. */
export interface Rejection {
  readonly type: string;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly machine: { readonly score: number; readonly origin: string } | null;
}

export interface ArticleSummary {
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly byline: readonly string[];
  readonly publishedAt: Date | null;
  readonly happenedAt: Date;
  readonly storedAt: Date;
  readonly updatedAt: Date;
  readonly language: string;
  readonly excerpt: string | null;
  readonly source: 'page' | 'feed';
  readonly sourceReason: string | null;
  readonly feedId: number;
  readonly feedTitle: string | null;
  readonly country: string | null;
  readonly version: number;
  /** Highest score first; without text beyond each tag's evidence. */
  readonly tags: readonly StoredTag[];
}

export interface StoredArticle extends ArticleSummary {
  /** What it tells beside its threat types, strongest first. */
  readonly facets: readonly Facet[];
  readonly canonicalUrl: string | null;
  readonly section: Article['section'];
  readonly image: Article['image'];
  readonly text: string;
  readonly html: string;
  readonly method: string;
  /** On types near their threshold, given or not, highest score first. */
  readonly secondOpinions: readonly StoredSecondOpinion[];
  /** Types that an analyst said it is not about, with what the model had said. */
  readonly rejections: readonly Rejection[];
  readonly versions: readonly {
    readonly version: number;
    readonly title: string;
    readonly text: string;
    readonly replacedAt: Date;
  }[];
}

export interface ArticleFilter {
  /** Of these articles only; all where absent. */
  readonly ids?: readonly string[] | undefined;
  /** Any of these types. */
  readonly types?: readonly string[] | undefined;
  /** Only articles with at least one tag. */
  readonly tagged?: boolean | undefined;
  /** Least score of the matching tag, 0–1. */
  readonly minScore?: number | undefined;
  /** Only articles that an analyst has judged in any way, or only those that none has. */
  readonly reviewed?: boolean | undefined;
  readonly language?: string | undefined;
  /** Each of these values, such as `russia` of the facet `actor`. */
  readonly facets?: readonly Pick<Facet, 'facet' | 'value'>[] | undefined;
  readonly feedId?: number | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  /** Web search syntax: words, "phrases", -exclusions, OR. */
  readonly search?: string | undefined;
}

/** Where a page of the list ended; the next one goes on from there, whatever was inserted meanwhile. */
export interface ArticleCursor {
  readonly happenedAt: Date;
  readonly id: string;
}

const SUMMARY_COLUMNS = `a.id, a.url, a.title, a.byline, a.published_at AS "publishedAt", a.happened_at AS "happenedAt",
  a.stored_at AS "storedAt", a.updated_at AS "updatedAt", a.language, a.excerpt, a.source, a.source_reason AS "sourceReason",
  a.feed_id AS "feedId", f.title AS "feedTitle", f.country, a.version,
  coalesce((SELECT jsonb_agg(jsonb_build_object('type', t.type, 'score', t.score, 'origin', t.origin,
      'evidence', coalesce(m.evidence, o.evidence, '[]'),
      'judgement', CASE WHEN t.judged_by IS NOT NULL THEN jsonb_build_object('by', t.judged_by, 'at', to_json(t.judged_at)) END,
      'machine', CASE WHEN m.origin IS NOT NULL THEN jsonb_build_object('score', m.score, 'origin', m.origin) END)
    ORDER BY t.score DESC, t.type)
    FROM tags t LEFT JOIN machine_tags m ON m.article_id = t.article_id AND m.type = t.type
      LEFT JOIN second_opinions o ON o.article_id = t.article_id AND o.type = t.type WHERE t.article_id = a.id), '[]') AS tags`;

/** A part of a list: the newest behind `after`, or those in front of `before` from the nearest to it upwards. */
interface ListPart {
  readonly limit: number;
  readonly after?: ArticleCursor | undefined;
  readonly before?: ArticleCursor | undefined;
}

type ListPage = Omit<ListPart, 'before'>;

/** So many of the newest articles are searched one by one before all else: a frequent word fills its page there. */
const SEARCHED_FIRST_ARTICLES = 1_000;
/** Beyond them, words that few articles contain are looked up in the text index, and what it finds is sorted. */
const LOOKED_UP_ARTICLES = 10_000;
/** Whether words stand side by side the text index doesn't know: each article has to be read for it. */
const LOOKED_UP_AND_READ_ARTICLES = 2_000;
/** For a page of frequent words that seldom stand as the search asks, so many more are read: a tenth of a second. */
const SEARCHED_FURTHER_ARTICLES = 2_000;

/** Articles that match, newest first; all of them, however long the search takes. */
export async function listArticles(
  database: Queryable,
  filter: ArticleFilter,
  page: ListPage,
): Promise<ArticleSummary[]> {
  if (filter.search === undefined) return listMatching(database, filter, page);
  const first = await searchNearest(database, filter, filter.search, page, SEARCHED_FIRST_ARTICLES);
  return isEnough(first, page) ? summaries(database, first.ids) : listMatching(database, filter, page);
}

/** A page of a list that answers in time: how much of the store it has looked through, and how many articles match. */
export interface FoundArticles {
  readonly articles: readonly ArticleSummary[];
  readonly count: { readonly known: 'exactly' | 'more-than'; readonly articles: number };
  /** Where a search that took too long has stopped: older articles may match, too. */
  readonly stopped: { readonly searched: number; readonly after: ArticleCursor } | undefined;
}

/**
 * Articles that match, newest first, in bounded time: a search for frequent words that seldom stand as it asks stops and says where.
 *
 * @param atMost counting stops there: more than so many are not told apart
 */
export async function findInTime(
  database: Queryable,
  filter: ArticleFilter,
  page: ListPage,
  atMost: number,
): Promise<FoundArticles> {
  if (filter.search === undefined) {
    const [articles, count] = await Promise.all([
      listMatching(database, filter, page),
      countArticles(database, filter, atMost + 1),
    ]);
    return { articles, count: counted(count, atMost), stopped: undefined };
  }
  const nearby = await searchNearby(database, filter, filter.search, page);
  if (nearby === 'rare') {
    const { ids, found } = await lookUp(database, filter, page);
    return { articles: await summaries(database, ids), count: counted(found, atMost), stopped: undefined };
  }
  const isWhole = nearby.isWhole && page.after === undefined;
  return {
    articles: await summaries(database, nearby.ids),
    count: isWhole ? counted(nearby.found, atMost) : { known: 'more-than', articles: Math.min(nearby.found, atMost) },
    stopped: isEnough(nearby, page) || !nearby.end ? undefined : { searched: nearby.read, after: nearby.end },
  };
}

/** Finds all that match through the text index: a page of them, and how many there are. */
async function lookUp(
  database: Queryable,
  filter: ArticleFilter,
  { limit, after }: ListPage,
): Promise<Pick<NearestSearched, 'ids' | 'found'>> {
  const { places, values } = placesOf(filter, { limit: Number.MAX_SAFE_INTEGER }, 'any');
  const use = (value: unknown): string => `$${values.push(value)}`;
  const behind = after ? `FILTER (WHERE (happened_at, id) < (${use(after.happenedAt)}, ${use(after.id)}))` : '';
  const { rows } = await database.query<Pick<NearestSearched, 'ids' | 'found'>>(
    `SELECT count(*) AS found, coalesce((array_agg(id ORDER BY happened_at DESC, id DESC) ${behind})[1:${use(limit)}::int], '{}') AS ids
     FROM (${places}) matching`,
    values,
  );
  return rows[0] ?? { ids: [], found: 0 };
}

const counted = (count: number, atMost: number): FoundArticles['count'] =>
  count > atMost ? { known: 'more-than', articles: atMost } : { known: 'exactly', articles: count };

interface NearestSearched {
  /** How many articles were read. */
  readonly read: number;
  /** These are all that the rest of the filter lets through. */
  readonly isWhole: boolean;
  /** How many of them match. */
  readonly found: number;
  /** Whether the search asks for words side by side. */
  readonly asksPhrase: boolean;
  /** The first `limit` of those. */
  readonly ids: readonly string[];
  /** The last that was read. */
  readonly end: ArticleCursor | undefined;
}

const isEnough = ({ isWhole, ids }: NearestSearched, { limit }: ListPart): boolean => isWhole || ids.length === limit;

/** Searches as far as there is time; `rare` where few articles contain the words, and all can be looked up. */
async function searchNearby(
  database: Queryable,
  filter: ArticleFilter,
  search: string,
  part: ListPart,
): Promise<NearestSearched | 'rare'> {
  const first = await searchNearest(database, filter, search, part, SEARCHED_FIRST_ARTICLES);
  if (isEnough(first, part)) return first;
  return (await areFrequent(database, filter, search, part, first))
    ? searchFurther(database, filter, search, part, first)
    : 'rare';
}

/** Searches the first articles of a part of the list, which pass the rest of the filter, one by one. */
async function searchNearest(
  database: Queryable,
  filter: ArticleFilter,
  search: string,
  part: ListPart,
  size: number,
): Promise<NearestSearched> {
  const { nearest, values } = nearestOf(filter, part, size);
  const [onwards, backwards] = part.before ? ['ASC', 'DESC'] : ['DESC', 'ASC'];
  const words = `$${values.push(search)}`;
  const { rows } = await database.query<{
    read: number;
    found: number;
    asksPhrase: boolean;
    ids: readonly string[];
    endId: string | null;
    endedAt: Date;
  }>(
    `WITH nearest AS MATERIALIZED (${nearest}), searched AS MATERIALIZED (
       SELECT nearest.happened_at, nearest.id, ${searchCondition(words)} AS matches
       FROM nearest JOIN articles a ON a.id = nearest.id),
     ends AS (SELECT happened_at, id FROM nearest ORDER BY happened_at ${backwards}, id ${backwards} LIMIT 1)
     SELECT count(*) AS read, count(*) FILTER (WHERE matches) AS found,
       websearch_to_tsquery('simple', ${words})::text ~ '${PHRASE}' AS "asksPhrase",
       coalesce((array_agg(id ORDER BY happened_at ${onwards}, id ${onwards}) FILTER (WHERE matches))[1:$${values.push(part.limit)}::int], '{}') AS ids,
       (SELECT id FROM ends) AS "endId", (SELECT happened_at FROM ends) AS "endedAt"
     FROM searched`,
    values,
  );
  const [row] = rows;
  if (!row) throw new Error('an aggregate gave no row');
  const { read, found, asksPhrase, ids, endId, endedAt } = row;
  return {
    read,
    isWhole: read < size,
    found,
    asksPhrase,
    ids,
    end: endId === null ? undefined : { happenedAt: endedAt, id: endId },
  };
}

/** Goes on where a search of the nearest articles ended; the answer says of both what it says of one. */
async function searchFurther(
  database: Queryable,
  filter: ArticleFilter,
  search: string,
  part: ListPart,
  first: NearestSearched,
): Promise<NearestSearched> {
  const rest = { limit: part.limit - first.ids.length, [part.before ? 'before' : 'after']: first.end };
  const further = await searchNearest(database, filter, search, rest, SEARCHED_FURTHER_ARTICLES);
  return {
    read: first.read + further.read,
    isWhole: further.isWhole,
    found: first.found + further.found,
    asksPhrase: first.asksPhrase,
    ids: [...first.ids, ...further.ids],
    end: further.end ?? first.end,
  };
}

/** Whether more articles contain the words than can be looked up in time, by how many of the nearest do. */
async function areFrequent(
  database: Queryable,
  filter: ArticleFilter,
  search: string,
  part: ListPart,
  { read, found, asksPhrase }: NearestSearched,
): Promise<boolean> {
  const containing = asksPhrase ? await countContaining(database, filter, search, part, read) : found;
  const articles = await estimatedArticles(database);
  return (articles * containing) / read > (asksPhrase ? LOOKED_UP_AND_READ_ARTICLES : LOOKED_UP_ARTICLES);
}

/** How many of the first articles of a part of the list contain the words of a search, wherever they stand in them. */
async function countContaining(
  database: Queryable,
  filter: ArticleFilter,
  search: string,
  part: ListPart,
  size: number,
): Promise<number> {
  const { nearest, values } = nearestOf(filter, part, size);
  const { rows } = await database.query<{ count: number }>(
    `WITH nearest AS MATERIALIZED (${nearest})
     SELECT count(*) FROM nearest JOIN articles a ON a.id = nearest.id
     WHERE ${searchCondition(`$${values.push(search)}`, withoutPhrases)}`,
    values,
  );
  return rows[0]?.count ?? 0;
}

/** How many articles there were when the table was last analysed: counting them would take longer than a page has, except in a new store. */
async function estimatedArticles(database: Queryable): Promise<number> {
  const { rows } = await database.query<{ articles: number }>(
    `SELECT CASE WHEN reltuples >= 0 THEN reltuples ELSE (SELECT count(*) FROM articles) END AS articles
     FROM pg_class WHERE oid = 'articles'::regclass`,
  );
  return rows[0]?.articles ?? 0;
}

/** How a text search query in SQL asks for words side by side: `'one' <-> 'two'`, `'one' <2> 'two'`. */
const PHRASE = '<(-|[0-9]+)>';

/** A text search query in SQL whose phrases became single words: what the text index looks up. */
const withoutPhrases = (query: string): string => `regexp_replace(${query}::text, '${PHRASE}', '&', 'g')::tsquery`;

/** The first places of a part of a list, whatever is searched for. */
function nearestOf(
  filter: ArticleFilter,
  part: ListPart,
  size: number,
): { readonly nearest: string; readonly values: unknown[] } {
  const { places, values } = placesOf({ ...filter, search: undefined }, { ...part, limit: size });
  return { nearest: places, values };
}

async function summaries(database: Queryable, ids: readonly string[]): Promise<ArticleSummary[]> {
  const { rows } = await database.query<ArticleSummary>(
    `SELECT ${SUMMARY_COLUMNS} FROM articles a JOIN feeds f ON f.id = a.feed_id WHERE a.id = ANY($1)
     ORDER BY a.happened_at DESC, a.id DESC`,
    [ids],
  );
  return rows;
}

async function listMatching(database: Queryable, filter: ArticleFilter, page: ListPage): Promise<ArticleSummary[]> {
  const { places, values } = placesOf(filter, page);
  // The page's places first, by index alone; only then all that a summary says, for these few.
  const { rows } = await database.query<ArticleSummary>(
    `SELECT ${SUMMARY_COLUMNS}
     FROM (${places}) place
     JOIN articles a ON a.id = place.id JOIN feeds f ON f.id = a.feed_id
     ORDER BY place.happened_at DESC, place.id DESC`,
    values,
  );
  return rows;
}

/** @param atMost counting stops there: more than so many are not told apart */
export async function countArticles(
  database: Queryable,
  filter: ArticleFilter,
  atMost: number = Number.MAX_SAFE_INTEGER,
): Promise<number> {
  // In the list's order the first are found by index; what a search finds would have to be sorted for it.
  const { places, values } = placesOf(filter, { limit: atMost }, filter.search === undefined ? 'as-listed' : 'any');
  const { rows } = await database.query<{ count: number }>(`SELECT count(*) FROM (${places}) counted`, values);
  return rows[0]?.count ?? 0;
}

export interface Neighbour {
  readonly id: string;
  readonly title: string;
  readonly language: string;
}

/** `not-near`: a search for frequent words that seldom stand as it asks has stopped before it found one. */
export type NoNeighbour = 'none' | 'not-near';

/** The articles of a list beside a place in it, whether or not that place's own article (still) matches; in bounded time. */
export async function neighbours(
  database: Queryable,
  filter: ArticleFilter,
  place: ArticleCursor,
): Promise<{ readonly newer: Neighbour | NoNeighbour; readonly older: Neighbour | NoNeighbour }> {
  const [newer, older] = await Promise.all([
    beside(database, filter, { limit: 1, before: place }),
    beside(database, filter, { limit: 1, after: place }),
  ]);
  return { newer, older };
}

async function beside(database: Queryable, filter: ArticleFilter, part: ListPart): Promise<Neighbour | NoNeighbour> {
  const nearby = filter.search === undefined ? 'rare' : await searchNearby(database, filter, filter.search, part);
  if (nearby !== 'rare' && nearby.ids.length === 0) return nearby.isWhole ? 'none' : 'not-near';
  const { places, values } =
    nearby === 'rare' ? placesOf(filter, part) : { places: 'SELECT $1 AS id', values: [nearby.ids[0]] };
  const { rows } = await database.query<Neighbour>(
    `SELECT a.id, a.title, a.language FROM (${places}) place JOIN articles a ON a.id = place.id`,
    values,
  );
  return rows[0] ?? 'none';
}

interface Places {
  /** A query for the places (`happened_at`, `id`) of a list. */
  readonly places: string;
  readonly values: unknown[];
}

/** `as-listed`: newest first, but from `before` upwards. */
type Order = 'as-listed' | 'any';

/**
 * A list is where other lists meet: of a facet's value, of tags, of what was judged, of what a search found; of all articles
 * where it asks for none of them. Each knows the time, feed and language of its articles, and all but the found ones are read
 * by index alone, in the list's order: the server walks one of them and looks its articles up in the others, or walks them
 * side by side. Several types are lists each, as far as the limit, and what they found put together.
 */
function placesOf(filter: ArticleFilter, { limit, after, before }: ListPart, order: Order = 'as-listed'): Places {
  const values: unknown[] = [];
  const use = (value: unknown): string => `$${values.push(value)}`;
  const found = filter.search
    ? `WITH found AS MATERIALIZED (SELECT ${PLACE_OF_ARTICLE} FROM articles a WHERE ${searchCondition(use(filter.search))})`
    : '';
  const shared: string[] = [];
  if (filter.ids) shared.push(`article_id = ANY(${use(filter.ids)})`);
  if (filter.since) shared.push(`happened_at >= ${use(filter.since)}`);
  if (filter.until) shared.push(`happened_at < ${use(filter.until)}`);
  if (after) shared.push(`(happened_at, article_id) < (${use(after.happenedAt)}, ${use(after.id)})`);
  if (before) shared.push(`(happened_at, article_id) > (${use(before.happenedAt)}, ${use(before.id)})`);
  if (filter.language) shared.push(`language = ${use(filter.language)}`);
  if (filter.feedId !== undefined) shared.push(`feed_id = ${use(filter.feedId)}`);
  const list = (source: string, ...own: readonly string[]): string =>
    `(SELECT happened_at, article_id FROM ${source} ${whereAll([...own, ...shared])})`;
  const types = [...new Set(filter.types)];
  const score = filter.minScore === undefined ? [] : [`score >= ${use(filter.minScore)}`];
  const asksAnyTag = types.length === 0 && Boolean(filter.tagged || score.length > 0);
  const lists = (filter.facets ?? []).map(({ facet, value }) =>
    list('facets', `facet = ${use(facet)}`, `value = ${use(value)}`),
  );
  if (found) lists.push(list('found'));
  if (filter.reviewed) lists.push(list('judged_articles'));
  const conditions: string[] = [];
  // An article has several tags, but one of a type: of any type they are looked up, unless there is nothing else to walk.
  const walksAnyTag = asksAnyTag && lists.length === 0;
  if (asksAnyTag && !walksAnyTag) {
    conditions.push(
      `EXISTS (SELECT FROM tags t WHERE ${['t.article_id = walked.article_id', ...score].join(' AND ')})`,
    );
  }
  if (filter.reviewed === false) {
    conditions.push('NOT EXISTS (SELECT FROM judged_articles j WHERE j.article_id = walked.article_id)');
  }
  const direction = before ? 'ASC' : 'DESC';
  const inOrder = order === 'any' ? '' : `ORDER BY 1 ${direction}, 2 ${direction}`;
  const upTo = `${inOrder} LIMIT ${use(limit)}`;
  const walk = ([walked, ...met]: readonly string[], select = 'SELECT'): string => {
    const meeting = met.map((each, number) => ` JOIN ${each} met_${number} USING (happened_at, article_id)`).join('');
    return `${select} happened_at, article_id AS id FROM ${walked} walked${meeting} ${whereAll(conditions)} ${upTo}`;
  };
  const walkAlone = (): string =>
    walksAnyTag
      ? walk([list('tags', ...score)], 'SELECT DISTINCT')
      : walk(lists.length > 0 ? lists : [list(`(SELECT ${PLACE_OF_ARTICLE} FROM articles a) article`)]);
  const walks = types.map((type) => walk([list('tags', `type = ${use(type)}`, ...score), ...lists]));
  const places =
    walks.length > 1
      ? `SELECT DISTINCT happened_at, id FROM (${walks.map((each) => `(${each})`).join(' UNION ALL ')}) walked ${upTo}`
      : (walks[0] ?? walkAlone());
  return { places: `${found} ${places}`, values };
}

const whereAll = (conditions: readonly string[]): string =>
  conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';

const PLACE_OF_ARTICLE = 'id AS article_id, happened_at, feed_id, language';

/**
 * Each article is indexed by the stems of its own language, so each language's articles are asked in its own stems.
 *
 * @param words the placeholder that stands for the search
 * @param changed what becomes of each language's query, in SQL
 */
function searchCondition(words: string, changed = (query: string): string => query): string {
  const matching = (configuration: string) =>
    `a.search @@ ${changed(`websearch_to_tsquery('${configuration}', ${words})`)}`;
  const perLanguage = Object.entries(TEXT_SEARCH_CONFIGURATIONS).map(
    ([language, configuration]) => `a.language = '${language}' AND ${matching(configuration)}`,
  );
  const stemmed = Object.keys(TEXT_SEARCH_CONFIGURATIONS).map((language) => `'${language}'`);
  perLanguage.push(`a.language NOT IN (${stemmed.join(', ')}) AND ${matching('simple')}`);
  return `(${perLanguage.join(' OR ')})`;
}

/** Articles whose id begins with `prefix`; two or more mean that it is ambiguous. */
export async function findArticles(database: Queryable, prefix: string): Promise<StoredArticle[]> {
  const { rows } = await database.query<StoredArticle>(
    `SELECT ${SUMMARY_COLUMNS}, a.canonical_url AS "canonicalUrl", a.section, a.image, a.text, a.html, a.method,
       coalesce((SELECT jsonb_agg(jsonb_build_object('facet', x.facet, 'value', x.value, 'score', x.score, 'evidence', x.evidence)
           ORDER BY x.score DESC, x.facet, x.value) FROM facets x WHERE x.article_id = a.id), '[]') AS facets,
       coalesce((SELECT jsonb_agg(jsonb_build_object('type', s.type, 'by', s.judged_by, 'at', to_json(s.judged_at),
           'machine', CASE WHEN m.origin IS NOT NULL THEN jsonb_build_object('score', m.score, 'origin', m.origin) END) ORDER BY s.type)
         FROM standing_judgements s LEFT JOIN machine_tags m ON m.article_id = s.article_id AND m.type = s.type
         WHERE s.article_id = a.id AND s.verdict = 'is-not'), '[]') AS rejections,
       ${SECOND_OPINIONS_OF_ARTICLE} AS "secondOpinions",
       coalesce((SELECT jsonb_agg(jsonb_build_object('version', version, 'title', title, 'text', text, 'replacedAt', replaced_at) ORDER BY version DESC)
         FROM article_versions WHERE article_id = a.id), '[]') AS versions
     FROM articles a JOIN feeds f ON f.id = a.feed_id
     WHERE a.id >= $1 AND a.id < $1 || 'g' ORDER BY a.id LIMIT 2`,
    [prefix],
  );
  // Dates within JSON come as text.
  return rows.map((row) => ({
    ...row,
    versions: row.versions.map((version) => ({ ...version, replacedAt: new Date(version.replacedAt) })),
  }));
}
