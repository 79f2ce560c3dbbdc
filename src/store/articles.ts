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
     INSERT INTO facets (article_id, facet, value, score, evidence)
     SELECT $1, facet, value, score, evidence FROM given
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

interface ListPage {
  readonly limit: number;
  readonly after?: ArticleCursor | undefined;
}

/** So many of the newest articles are searched one by one before all else: a frequent word fills its page there. */
const SEARCHED_FIRST_ARTICLES = 1_000;
/** Beyond them, words that few articles contain are looked up in the text index, and what it finds is sorted. */
const SAMPLED_ARTICLES = 200;
/** Of the sampled articles, so many contain frequent words: reading all that the text index has of them would take seconds. */
const FREQUENT_IN_SAMPLE = 10;
/** For a page of frequent words that seldom stand as the search asks, so many more are read: a tenth of a second. */
const SEARCHED_FURTHER_ARTICLES = 2_000;

/** Articles that match, newest first; all of them, however long the search takes. */
export async function listArticles(
  database: Queryable,
  filter: ArticleFilter,
  page: ListPage,
): Promise<ArticleSummary[]> {
  if (filter.search === undefined) return listMatching(database, filter, page);
  const first = await searchNewest(database, filter, filter.search, page, SEARCHED_FIRST_ARTICLES);
  return first.isWhole || first.ids.length === page.limit
    ? summaries(database, first.ids)
    : listMatching(database, filter, page);
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
  const inFull = async (): Promise<FoundArticles> => {
    const [articles, count] = await Promise.all([
      listMatching(database, filter, page),
      countArticles(database, filter, atMost + 1),
    ]);
    return { articles, count: counted(count, atMost), stopped: undefined };
  };
  if (filter.search === undefined) return inFull();
  const first = await searchNewest(database, filter, filter.search, page, SEARCHED_FIRST_ARTICLES);
  const isEnough = first.isWhole || first.ids.length === page.limit;
  if (!isEnough && !(await areFrequent(database, filter, filter.search, page))) return inFull();
  const last = isEnough ? first : await searchFurther(database, filter, filter.search, page, first);
  const isWhole = last.isWhole && page.after === undefined;
  return {
    articles: await summaries(database, last.ids),
    count: isWhole ? counted(last.found, atMost) : { known: 'more-than', articles: Math.min(last.found, atMost) },
    stopped:
      last.isWhole || last.ids.length === page.limit || !last.end
        ? undefined
        : { searched: last.read, after: last.end },
  };
}

const counted = (count: number, atMost: number): FoundArticles['count'] =>
  count > atMost ? { known: 'more-than', articles: atMost } : { known: 'exactly', articles: count };

interface NewestSearched {
  /** How many articles were read. */
  readonly read: number;
  /** These are all that the rest of the filter lets through. */
  readonly isWhole: boolean;
  /** How many of them match. */
  readonly found: number;
  /** The first page of those. */
  readonly ids: readonly string[];
  /** The oldest that was read. */
  readonly end: ArticleCursor | undefined;
}

/** Searches the newest articles that pass the rest of the filter, one by one. */
async function searchNewest(
  database: Queryable,
  filter: ArticleFilter,
  search: string,
  page: ListPage,
  size: number,
): Promise<NewestSearched> {
  const { newest, values } = newestOf(filter, page, size);
  const { rows } = await database.query<{
    read: number;
    found: number;
    ids: readonly string[];
    endId: string | null;
    endedAt: Date;
  }>(
    `WITH newest AS MATERIALIZED (${newest}), searched AS MATERIALIZED (
       SELECT newest.happened_at, newest.id, ${searchCondition(`$${values.push(search)}`)} AS matches
       FROM newest JOIN articles a ON a.id = newest.id)
     SELECT count(*) AS read, count(*) FILTER (WHERE matches) AS found,
       coalesce((array_agg(id ORDER BY happened_at DESC, id DESC) FILTER (WHERE matches))[1:$${values.push(page.limit)}::int], '{}') AS ids,
       (array_agg(id ORDER BY happened_at, id))[1] AS "endId", min(happened_at) AS "endedAt"
     FROM searched`,
    values,
  );
  const [row] = rows;
  if (!row) throw new Error('an aggregate gave no row');
  const { read, found, ids, endId, endedAt } = row;
  return {
    read,
    isWhole: read < size,
    found,
    ids,
    end: endId === null ? undefined : { happenedAt: endedAt, id: endId },
  };
}

/** Goes on where a search of the newest articles ended; the answer says of both what it says of one. */
async function searchFurther(
  database: Queryable,
  filter: ArticleFilter,
  search: string,
  page: ListPage,
  first: NewestSearched,
): Promise<NewestSearched> {
  const rest = { limit: page.limit - first.ids.length, after: first.end };
  const further = await searchNewest(database, filter, search, rest, SEARCHED_FURTHER_ARTICLES);
  return {
    read: first.read + further.read,
    isWhole: further.isWhole,
    found: first.found + further.found,
    ids: [...first.ids, ...further.ids],
    end: further.end ?? first.end,
  };
}

/** Whether many articles contain the words of a search, wherever they stand in them. */
async function areFrequent(
  database: Queryable,
  filter: ArticleFilter,
  search: string,
  page: ListPage,
): Promise<boolean> {
  const { newest, values } = newestOf(filter, page, SAMPLED_ARTICLES);
  const { rows } = await database.query<{ count: number }>(
    `WITH newest AS MATERIALIZED (${newest})
     SELECT count(*) FROM newest JOIN articles a ON a.id = newest.id
     WHERE ${searchCondition(`$${values.push(search)}`, withoutPhrases)}`,
    values,
  );
  return (rows[0]?.count ?? 0) >= FREQUENT_IN_SAMPLE;
}

/** A text search query in SQL whose phrases (`'one' <-> 'two'`, `'one' <2> 'two'`) became single words: what the text index looks up. */
const withoutPhrases = (query: string): string => `regexp_replace(${query}::text, '<(-|[0-9]+)>', '&', 'g')::tsquery`;

/** The places of the newest articles in a list, whatever is searched for. */
function newestOf(
  filter: ArticleFilter,
  page: ListPage,
  size: number,
): { readonly newest: string; readonly values: unknown[] } {
  const { from, where, happenedAt, id, values } = conditions({ ...filter, search: undefined }, page);
  return {
    newest: `SELECT ${happenedAt} AS happened_at, ${id} AS id FROM ${from} ${where} ORDER BY 1 DESC, 2 DESC LIMIT ${size}`,
    values,
  };
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
  const { from, where, happenedAt, id, values } = conditions(filter, page);
  // The page's places first, by index alone; only then all that a summary says, for these few.
  const { rows } = await database.query<ArticleSummary>(
    `SELECT ${SUMMARY_COLUMNS}
     FROM (SELECT ${happenedAt} AS happened_at, ${id} AS id FROM ${from} ${where}
       ORDER BY 1 DESC, 2 DESC LIMIT $${values.push(page.limit)}) place
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
  const { from, where, happenedAt, id, values } = conditions(filter);
  // In the list's order the first are found by index; what a search finds would have to be sorted for it.
  const order = filter.search === undefined ? `ORDER BY ${happenedAt} DESC, ${id} DESC` : '';
  const { rows } = await database.query<{ count: number }>(
    `SELECT count(*) FROM (SELECT FROM ${from} ${where} ${order} LIMIT $${values.push(atMost)}) counted`,
    values,
  );
  return rows[0]?.count ?? 0;
}

export interface Neighbour {
  readonly id: string;
  readonly title: string;
  readonly language: string;
}

/** The articles of a list beside a place in it, whether or not that place's own article (still) matches. */
export async function neighbours(
  database: Queryable,
  filter: ArticleFilter,
  place: ArticleCursor,
): Promise<{ readonly newer: Neighbour | undefined; readonly older: Neighbour | undefined }> {
  const beside = async (side: 'before' | 'after', order: 'ASC' | 'DESC'): Promise<Neighbour | undefined> => {
    const { from, where, happenedAt, id, values } = conditions(filter, { [side]: place });
    const { rows } = await database.query<Neighbour>(
      `SELECT a.id, a.title, a.language
       FROM (SELECT ${happenedAt} AS happened_at, ${id} AS id FROM ${from} ${where} ORDER BY 1 ${order}, 2 ${order} LIMIT 1) place
       JOIN articles a ON a.id = place.id`,
      values,
    );
    return rows[0];
  };
  const [newer, older] = await Promise.all([beside('before', 'ASC'), beside('after', 'DESC')]);
  return { newer, older };
}

interface Conditions {
  readonly from: string;
  readonly where: string;
  /** The columns that the list is ordered by, both downwards. */
  readonly happenedAt: string;
  readonly id: string;
  readonly values: unknown[];
}

/**
 * A list of one type is read off the tags, whose index is in the list's order: its first page touches the newest tags only,
 * however many articles there are. All other lists are read off the articles, looking up each one's tags.
 */
function conditions(
  filter: ArticleFilter,
  { after, before }: { readonly after?: ArticleCursor | undefined; readonly before?: ArticleCursor | undefined } = {},
): Conditions {
  const values: unknown[] = [];
  const use = (value: unknown): string => `$${values.push(value)}`;
  const where: string[] = [];
  const isTagged = Boolean(filter.types?.length || filter.minScore !== undefined || filter.tagged);
  const byTag = filter.types?.length === 1;
  const [happenedAt, id] = byTag ? (['happened_at', 'article_id'] as const) : (['a.happened_at', 'a.id'] as const);
  const tag: string[] = [];
  const inOrder = byTag ? tag : where;
  if (filter.ids) inOrder.push(`${id} = ANY(${use(filter.ids)})`);
  if (filter.since) inOrder.push(`${happenedAt} >= ${use(filter.since)}`);
  if (filter.until) inOrder.push(`${happenedAt} < ${use(filter.until)}`);
  if (after) inOrder.push(`(${happenedAt}, ${id}) < (${use(after.happenedAt)}, ${use(after.id)})`);
  if (before) inOrder.push(`(${happenedAt}, ${id}) > (${use(before.happenedAt)}, ${use(before.id)})`);
  if (filter.types?.length === 1) tag.push(`type = ${use(filter.types[0])}`);
  else if (filter.types?.length) tag.push(`type = ANY(${use(filter.types)})`);
  if (filter.minScore !== undefined) tag.push(`score >= ${use(filter.minScore)}`);
  if (filter.reviewed !== undefined) {
    where.push(
      `${filter.reviewed ? '' : 'NOT '}EXISTS (SELECT FROM judgements WHERE article_id = a.id AND withdrawn_at IS NULL)`,
    );
  }
  if (filter.language) where.push(`a.language = ${use(filter.language)}`);
  if (filter.feedId !== undefined) where.push(`a.feed_id = ${use(filter.feedId)}`);
  // OFFSET 0 keeps the planner from reading all articles in the list's order when it takes a word for more frequent than it is.
  const articles = filter.search
    ? `(SELECT * FROM articles a WHERE ${searchCondition(use(filter.search))} OFFSET 0) a`
    : 'articles a';
  if (isTagged && !byTag) where.push(`EXISTS (SELECT FROM tags WHERE ${['article_id = a.id', ...tag].join(' AND ')})`);
  const asksArticles = where.length > 0 || Boolean(filter.search);
  const matching = `(SELECT happened_at, article_id FROM tags WHERE ${tag.join(' AND ')}) t`;
  return {
    from: byTag ? (asksArticles ? `${matching} JOIN ${articles} ON a.id = t.article_id` : matching) : articles,
    where: where.length ? `WHERE ${where.join(' AND ')}` : '',
    happenedAt: byTag ? 't.happened_at' : happenedAt,
    id: byTag ? 't.article_id' : id,
    values,
  };
}

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
