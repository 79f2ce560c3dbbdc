/** Articles that tell the same story, put together as they are stored. */
import { createHash } from 'node:crypto';
import { type StorySignature, storySignature, storySimilarity } from '../articles/story-signature.js';
import { hostName } from '../web/identity.js';
import type { Queryable } from './database.js';

/** News of the same happening comes within days; the same words later are another happening. */
const STORY_DAYS = 4;
/** From here on two articles tell the same story (see storySimilarity); chosen on invented rewrites. */
export const SAME_STORY = 0.24;
/** What is looked at for one article, whatever there is: thousands of equal texts cost no more than twenty. */
const CANDIDATES_A_KEY = 20;
const CANDIDATES_COMPARED = 24;
/** A story of more is no news but a text that a site repeats; what comes after founds another. */
const STORY_MAX_ARTICLES = 500;
/** Stories are found by one article after the other: `pg_advisory_xact_lock` on "STOR" in ASCII. */
const STORY_LOCK = 0x53544f52;
const DAY_MILLISECONDS = 86_400_000;
const ID_HEX_DIGITS = 24;

export interface ArticleToPlace {
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly text: string;
  readonly language: string;
  readonly happenedAt: Date;
}

interface Candidate {
  readonly id: string;
  readonly words: readonly number[];
  readonly storyId: string | null;
  readonly storyIsOpen: boolean;
}

/**
 * Finds the story of a stored article; run in the transaction that stores it. The same article again changes nothing; an
 * edited one stays in its story while it still resembles one of its articles.
 */
export async function placeInStory(database: Queryable, article: ArticleToPlace): Promise<void> {
  const { id, language, happenedAt } = article;
  const signature = storySignature(article.title, article.text, language);
  const { rows } = await database.query<FormerSignature>(
    'SELECT words, keys, happened_at AS "happenedAt" FROM story_signatures WHERE article_id = $1',
    [id],
  );
  const [former] = rows;
  if (former && signature && isSame(former, signature, happenedAt)) return;
  const formerStory = former ? await leave(database, id, former) : null;
  if (signature) {
    await database.query(
      // Keys of an article that was deleted are still there when it comes back.
      `WITH keys AS (INSERT INTO story_keys (key, happened_at, article_id) SELECT unnest($6::integer[]), $4::timestamptz, $1
         ON CONFLICT DO NOTHING)
       INSERT INTO story_signatures (article_id, host, language, happened_at, words, keys) VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, hostName(article.url), language, happenedAt, signature.words, signature.keys],
    );
  }
  // What is read from here on must hold what others have placed meanwhile; the lock goes with the transaction.
  if (signature) await waitForTurn(database);
  const joined = signature && (await join(database, id, signature, happenedAt, formerStory));
  if (joined) await recount(database, joined);
  if (formerStory && formerStory !== joined) await recount(database, formerStory);
}

const waitForTurn = (database: Queryable) => database.query('SELECT pg_advisory_xact_lock($1)', [STORY_LOCK]);

interface FormerSignature {
  readonly words: readonly number[];
  readonly keys: readonly number[];
  readonly happenedAt: Date;
}

/**
 * Takes a signature away. In its turn only: whoever has theirs may be about to write that very row.
 *
 * @returns the story that it was in, as others have left it
 */
async function leave(database: Queryable, id: string, { keys, happenedAt }: FormerSignature): Promise<string | null> {
  await waitForTurn(database);
  await database.query('DELETE FROM story_keys WHERE key = ANY($1) AND happened_at = $2 AND article_id = $3', [
    keys,
    happenedAt,
    id,
  ]);
  const { rows } = await database.query<{ storyId: string | null }>(
    'DELETE FROM story_signatures WHERE article_id = $1 RETURNING story_id AS "storyId"',
    [id],
  );
  return rows[0]?.storyId ?? null;
}

const isSame = (former: FormerSignature, now: StorySignature, at: Date) =>
  former.happenedAt.getTime() === at.getTime() &&
  former.words.length === now.words.length &&
  former.words.every((word, place) => word === now.words[place]);

/**
 * Joins the story of the article that resembles it most; those alone that resemble it come along.
 *
 * @returns the story, whose figures are still those of before; null where nothing else tells it
 */
async function join(
  database: Queryable,
  id: string,
  { words, keys }: StorySignature,
  happenedAt: Date,
  formerStory: string | null,
): Promise<string | null> {
  const similar = (await candidates(database, id, keys, happenedAt))
    .map((candidate) => ({ ...candidate, similarity: storySimilarity(words, candidate.words) }))
    .filter(({ similarity }) => similarity >= SAME_STORY)
    .sort((a, b) => b.similarity - a.similarity || (a.id < b.id ? -1 : 1));
  const [closest] = similar;
  if (closest === undefined) return null;
  const open = similar.filter(({ storyId, storyIsOpen }) => storyId !== null && storyIsOpen);
  const story = (open.find(({ storyId }) => storyId === formerStory) ?? open[0])?.storyId ?? null;
  const alone = similar.filter(({ storyId }) => storyId === null).map((each) => each.id);
  if (story === null && alone.length === 0) return null;
  const storyId = story ?? identityOf(alone[0] as string, id);
  if (story === null) {
    // The id was given before where both had met, parted and met again.
    await database.query(
      `INSERT INTO stories (id, language, began_at, latest_at, articles, sources)
       SELECT $1, language, happened_at, happened_at, 0, 0 FROM story_signatures WHERE article_id = $2
       ON CONFLICT (id) DO NOTHING`,
      [storyId, id],
    );
  }
  await database.query('UPDATE story_signatures SET story_id = $1 WHERE article_id = ANY($2)', [
    storyId,
    [id, ...alone],
  ]);
  return storyId;
}

async function candidates(
  database: Queryable,
  id: string,
  keys: readonly number[],
  happenedAt: Date,
): Promise<readonly Candidate[]> {
  const reach = STORY_DAYS * DAY_MILLISECONDS;
  const earliest = new Date(happenedAt.getTime() - reach);
  const latest = new Date(happenedAt.getTime() + reach);
  const { rows } = await database.query<Candidate>(
    `WITH met AS (
       SELECT found.article_id, count(*) AS keys
       FROM unnest($1::integer[]) AS key CROSS JOIN LATERAL (
         SELECT k.article_id FROM story_keys k
         WHERE k.key = key.key AND k.happened_at BETWEEN $2 AND $3 ORDER BY k.happened_at DESC, k.article_id LIMIT $5
       ) found
       WHERE found.article_id <> $4 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $6
     )
     SELECT s.article_id AS id, s.words, s.story_id AS "storyId",
       coalesce(t.articles < $7 AND t.began_at >= $2 AND t.latest_at <= $3, false) AS "storyIsOpen"
     FROM met JOIN story_signatures s ON s.article_id = met.article_id LEFT JOIN stories t ON t.id = s.story_id`,
    [keys, earliest, latest, id, CANDIDATES_A_KEY, CANDIDATES_COMPARED, STORY_MAX_ARTICLES],
  );
  return rows;
}

/** Brings a story's figures up to date; one article alone is no story. */
async function recount(database: Queryable, storyId: string): Promise<void> {
  const { rows } = await database.query<{ articles: number }>(
    `UPDATE stories SET articles = now.articles, sources = now.sources,
       began_at = coalesce(now.began_at, stories.began_at), latest_at = coalesce(now.latest_at, stories.latest_at)
     FROM (SELECT count(*)::int AS articles, count(DISTINCT host)::int AS sources, min(happened_at) AS began_at, max(happened_at) AS latest_at
       FROM story_signatures WHERE story_id = $1) now
     WHERE id = $1 RETURNING stories.articles`,
    [storyId],
  );
  if ((rows[0]?.articles ?? 0) > 1) return;
  await database.query('UPDATE story_signatures SET story_id = NULL WHERE story_id = $1', [storyId]);
  await database.query('DELETE FROM stories WHERE id = $1', [storyId]);
}

const identityOf = (first: string, second: string): string =>
  createHash('sha256').update(`${first} ${second}`).digest('hex').slice(0, ID_HEX_DIGITS);

export interface Story {
  readonly id: string;
  readonly language: string;
  readonly foundedAt: Date;
  readonly beganAt: Date;
  readonly latestAt: Date;
  readonly articles: number;
  /** Different hosts. */
  readonly sources: number;
}

const STORY_COLUMNS = `t.id, t.language, t.founded_at AS "foundedAt", t.began_at AS "beganAt", t.latest_at AS "latestAt",
  t.articles, t.sources`;

/** Article id → its story; an article that nothing else tells has no entry. */
export async function storiesOf(
  database: Queryable,
  articleIds: readonly string[],
): Promise<ReadonlyMap<string, Story>> {
  const { rows } = await database.query<Story & { articleId: string }>(
    `SELECT s.article_id AS "articleId", ${STORY_COLUMNS}
     FROM story_signatures s JOIN stories t ON t.id = s.story_id WHERE s.article_id = ANY($1)`,
    [articleIds],
  );
  return new Map(rows.map(({ articleId, ...story }) => [articleId, story]));
}

export interface StoryMember {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly language: string;
  readonly feedTitle: string | null;
  readonly happenedAt: Date;
}

/** A story's articles in the order in which they happened, at most `limit`. */
export async function storyMembers(
  database: Queryable,
  storyId: string,
  limit: number,
): Promise<readonly StoryMember[]> {
  const { rows } = await database.query<StoryMember>(
    `SELECT a.id, a.title, a.url, a.language, f.title AS "feedTitle", a.happened_at AS "happenedAt"
     FROM story_signatures s JOIN articles a ON a.id = s.article_id JOIN feeds f ON f.id = a.feed_id
     WHERE s.story_id = $1 ORDER BY s.happened_at, s.article_id LIMIT $2`,
    [storyId, limit],
  );
  return rows;
}

/** Where a page of the list of stories ended. */
export interface StoryCursor {
  readonly foundedAt: Date;
  readonly id: string;
}

/** Stories that at least so many sources tell, latest founded first: an order that later articles don't change. */
export async function listStories(
  database: Queryable,
  {
    sources,
    limit,
    after,
  }: { readonly sources: number; readonly limit: number; readonly after?: StoryCursor | undefined },
): Promise<Story[]> {
  const { rows } = await database.query<Story>(
    `SELECT ${STORY_COLUMNS} FROM stories t
     WHERE t.sources >= $1 AND ($3::timestamptz IS NULL OR (t.founded_at, t.id) < ($3, $4))
     ORDER BY t.founded_at DESC, t.id DESC LIMIT $2`,
    [sources, limit, after?.foundedAt ?? null, after?.id ?? null],
  );
  return rows;
}

export async function findStory(database: Queryable, id: string): Promise<Story | undefined> {
  const { rows } = await database.query<Story>(`SELECT ${STORY_COLUMNS} FROM stories t WHERE t.id = $1`, [id]);
  return rows[0];
}
