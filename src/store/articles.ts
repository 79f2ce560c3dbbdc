/** Articles, their earlier versions and their tags. */
import type { Article } from '../articles/article.js';
import type { Classification, Evidence } from '../threats/threat.js';
import type { Queryable } from './database.js';
import type { Draft } from './pages.js';

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
  if (former === undefined) return 'added';
  return former === input.fingerprint ? 'unchanged' : 'edited';
}

/** A tag as it counts: the model's, or an analyst's judgement in its stead. */
export interface StoredTag {
  readonly type: string;
  /** 0–1; 1 where an analyst said so. */
  readonly score: number;
  /** `model:VERSION` or `analyst:NAME`. */
  readonly origin: string;
  /** What the model found; empty where only an analyst saw it. */
  readonly evidence: readonly Evidence[];
  /** Who said so and when (ISO 8601), null where nobody judged. */
  readonly judgement: { readonly by: string; readonly at: string } | null;
  /** What the model had said, kept beside the judgement; null where it gave no such tag. */
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
  readonly canonicalUrl: string | null;
  readonly section: Article['section'];
  readonly image: Article['image'];
  readonly text: string;
  readonly html: string;
  readonly method: string;
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
      'evidence', coalesce(m.evidence, '[]'),
      'judgement', CASE WHEN t.judged_by IS NOT NULL THEN jsonb_build_object('by', t.judged_by, 'at', to_json(t.judged_at)) END,
      'machine', CASE WHEN m.origin IS NOT NULL THEN jsonb_build_object('score', m.score, 'origin', m.origin) END)
    ORDER BY t.score DESC, t.type)
    FROM tags t LEFT JOIN machine_tags m ON m.article_id = t.article_id AND m.type = t.type WHERE t.article_id = a.id), '[]') AS tags`;

/** Articles that match, newest first. */
export async function listArticles(
  database: Queryable,
  filter: ArticleFilter,
  page: { readonly limit: number; readonly after?: ArticleCursor | undefined },
): Promise<ArticleSummary[]> {
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

export async function countArticles(database: Queryable, filter: ArticleFilter): Promise<number> {
  const { from, where, values } = conditions(filter);
  const { rows } = await database.query<{ count: number }>(`SELECT count(*) FROM ${from} ${where}`, values);
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
 * A list of tagged articles is read off the tags, whose indexes are in the list's order: the first page of a type touches its
 * newest tags only, however many articles there are.
 */
function conditions(
  filter: ArticleFilter,
  { after, before }: { readonly after?: ArticleCursor | undefined; readonly before?: ArticleCursor | undefined } = {},
): Conditions {
  const values: unknown[] = [];
  const use = (value: unknown): string => `$${values.push(value)}`;
  const where: string[] = [];
  const byTag = Boolean(filter.types?.length || filter.minScore !== undefined || filter.tagged);
  const [happenedAt, id] = byTag ? (['happened_at', 'article_id'] as const) : (['a.happened_at', 'a.id'] as const);
  const tag: string[] = [];
  const inOrder = byTag ? tag : where;
  if (filter.ids) inOrder.push(`${id} = ANY(${use(filter.ids)})`);
  if (filter.since) inOrder.push(`${happenedAt} >= ${use(filter.since)}`);
  if (filter.until) inOrder.push(`${happenedAt} < ${use(filter.until)}`);
  if (after) inOrder.push(`(${happenedAt}, ${id}) < (${use(after.happenedAt)}, ${use(after.id)})`);
  if (before) inOrder.push(`(${happenedAt}, ${id}) > (${use(before.happenedAt)}, ${use(before.id)})`);
  // One type alone reads its own index in order; a list of one would not.
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
  if (filter.search) {
    // Each article is indexed by the stems of its own language, so each language's articles are asked in its own stems.
    const words = use(filter.search);
    const perLanguage = Object.entries(TEXT_SEARCH_CONFIGURATIONS).map(
      ([language, configuration]) =>
        `a.language = '${language}' AND a.search @@ websearch_to_tsquery('${configuration}', ${words})`,
    );
    const stemmed = Object.keys(TEXT_SEARCH_CONFIGURATIONS).map((language) => `'${language}'`);
    perLanguage.push(
      `a.language NOT IN (${stemmed.join(', ')}) AND a.search @@ websearch_to_tsquery('simple', ${words})`,
    );
    where.push(`(${perLanguage.join(' OR ')})`);
  }
  const matching = `(SELECT DISTINCT happened_at, article_id FROM tags ${tag.length ? `WHERE ${tag.join(' AND ')}` : ''}) t`;
  const withArticle = `${matching} JOIN articles a ON a.id = t.article_id`;
  return {
    from: byTag ? (where.length ? withArticle : matching) : 'articles a',
    where: where.length ? `WHERE ${where.join(' AND ')}` : '',
    happenedAt: byTag ? 't.happened_at' : happenedAt,
    id: byTag ? 't.article_id' : id,
    values,
  };
}

/** Articles whose id begins with `prefix`; two or more mean that it is ambiguous. */
export async function findArticles(database: Queryable, prefix: string): Promise<StoredArticle[]> {
  const { rows } = await database.query<StoredArticle>(
    `SELECT ${SUMMARY_COLUMNS}, a.canonical_url AS "canonicalUrl", a.section, a.image, a.text, a.html, a.method,
       coalesce((SELECT jsonb_agg(jsonb_build_object('type', s.type, 'by', s.judged_by, 'at', to_json(s.judged_at),
           'machine', CASE WHEN m.origin IS NOT NULL THEN jsonb_build_object('score', m.score, 'origin', m.origin) END) ORDER BY s.type)
         FROM standing_judgements s LEFT JOIN machine_tags m ON m.article_id = s.article_id AND m.type = s.type
         WHERE s.article_id = a.id AND s.verdict = 'is-not'), '[]') AS rejections,
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
