/** A real store with articles of our own writing, for the server's tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadSettings } from '../../src/config.js';
import { createMetrics, type Metrics } from '../../src/metrics.js';
import { openQueues } from '../../src/pipeline/queues.js';
import type { Runtime } from '../../src/pipeline/runtime.js';
import { type ArticleToStore, storeArticle } from '../../src/store/articles.js';
import { openDatabase, transaction } from '../../src/store/database.js';
import { addFeeds } from '../../src/store/feeds.js';
import type { Evidence, Facet, Field, SecondOpinion, Tag } from '../../src/threats/threat.js';

export const types = [
  ['disinformation', 'Disinformation'],
  ['espionage', 'Espionage'],
  ['political-interference', 'Political interference'],
  ['cyberattack', 'Cyberattack'],
  ['sabotage', 'Sabotage'],
  ['drone-incursion', 'Drone incursion'],
  ['jihadism', 'Jihadism'],
  ['right-wing-extremism', 'Right-wing extremism'],
  ['left-wing-extremism', 'Left-wing extremism'],
  ['nihilistic-networks', 'Nihilistic networks'],
  ['organised-crime', 'Organised crime'],
].map(([id = '', en = '']) => ({ id, labels: { en } }));

export interface TestService {
  readonly runtime: Runtime;
  readonly metrics: Metrics;
  close(): Promise<void>;
}

/** A service without workers on a new embedded database. */
export async function openTestService(environment: NodeJS.ProcessEnv = {}): Promise<TestService> {
  const directory = mkdtempSync(join(tmpdir(), 'belfry-server-'));
  const settings = loadSettings({
    BELFRY_DATA_DIR: directory,
    BELFRY_FEEDS: 'none',
    LOG_LEVEL: 'silent',
    ...environment,
  });
  const log = pino({ level: 'silent' });
  const database = await openDatabase(settings, { kind: 'service', onPoolError: () => undefined });
  const queues = openQueues(settings, database, () => undefined);
  const close = async () => {
    await queues.close();
    await database.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { runtime: { settings, log, database, queues, close }, metrics: createMetrics(), close };
}

export async function addTestFeed(runtime: Runtime, url: string, title: string): Promise<number> {
  const entry = { url, title, site: null, folder: 'Newsroom', language: 'en', country: 'BE' };
  const [feed] = await addFeeds(runtime.database.pool, [entry]);
  return feed?.id ?? 0;
}

/** Evidence by its words: the offsets are those of their first occurrence. */
export function evidence(field: Field, within: string, text: string, concept: string, weight: number): Evidence {
  const start = within.indexOf(text);
  if (start === -1) throw new Error(`"${text}" is not in "${within}"`);
  return { field, start, end: start + text.length, text, concept, weight };
}

export interface TestArticle {
  readonly id: string;
  readonly feedId: number;
  readonly title: string;
  readonly text: string;
  readonly url?: string;
  readonly language?: string;
  readonly happenedAt: Date;
  readonly tags?: readonly Tag[];
  readonly facets?: readonly Facet[];
  readonly secondOpinions?: readonly SecondOpinion[];
  readonly sourceReason?: string;
  /** Of the classifier. */
  readonly version?: string;
}

/** Stores an article in a transaction, as the store stage does. */
export async function storeTestArticle(runtime: Runtime, given: TestArticle): Promise<void> {
  const { id, feedId, title, text, happenedAt } = given;
  const language = given.language ?? 'en';
  const article: ArticleToStore = {
    id,
    feedId,
    title,
    happenedAt,
    fingerprint: `${title}\n${text}`,
    draft: {
      source: given.sourceReason ? 'feed' : 'page',
      sourceReason: given.sourceReason ?? null,
      article: {
        url: given.url ?? `https://newsroom.example/${id}`,
        canonicalUrl: null,
        title,
        byline: ['An Peeters'],
        publishedAt: happenedAt.toISOString(),
        modifiedAt: null,
        language,
        section: null,
        image: null,
        text,
        html: '',
        excerpt: text.slice(0, 120),
        method: 'readability:linkedom',
        methods: {},
      },
    },
    classification: {
      language,
      threats: given.tags ?? [],
      facets: given.facets ?? [],
      ...(given.secondOpinions && { secondOpinions: given.secondOpinions }),
      version: given.version ?? 'test',
    },
  };
  await transaction(runtime.database.pool, (client) => storeArticle(client, article));
}

/** A 24-digit id from a number. */
export const testId = (number: number): string => number.toString(16).padStart(24, '0');
