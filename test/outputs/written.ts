/** Articles of our own writing, and what a format makes of them. */
import { PassThrough, type Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { DetailedArticle, NamedThreatType, OutputContext, OutputFormat } from '../../src/outputs/format.js';
import type { Evidence, Field } from '../../src/threats/threat.js';

export const types: readonly NamedThreatType[] = [
  {
    id: 'sabotage',
    labels: { en: 'Sabotage', nl: 'Sabotage' },
    misp: ['rsit:availability="sabotage"', 'enisa:physical-attack="sabotage"'],
    galaxies: ['rsit'],
  },
  {
    id: 'right-wing-extremism',
    labels: { en: 'Right-wing extremism' },
    misp: ['political-spectrum:left-right-spectrum="far-right"', 'shop:sells="drugs"', 'shop:sells="weapons"'],
    galaxies: ['canada-listed-terrorist-entities="The Base"', 'canada-listed-terrorist-entities="Combat 18 (C18)"'],
  },
];

export const context: OutputContext = {
  title: 'Belfry: Sabotage',
  listId: 'type=sabotage',
  address: 'https://belfry.example/feeds/articles?type=sabotage&q=a%20b',
  pageAddress: 'https://belfry.example/articles?type=sabotage',
  types,
  organisation: 'Harbour CERT',
  trafficLight: 'amber+strict',
};

/** Evidence by its words: the offsets are those of their first occurrence. */
export function evidence(field: Field, within: string, words: string, concept: string, weight: number): Evidence {
  const start = within.indexOf(words);
  if (start === -1) throw new Error(`"${words}" is not in "${within}"`);
  return { field, start, end: start + words.length, text: words, concept, weight };
}

const TITLE = 'Rail depot burns';
const TEXT = 'It was a quiet night.\n\nArson at a rail depot near Ghent is called sabotage. Police found a leaflet.';

/** A tag of the model's that nobody has judged. */
function tag(type: string, score: number, found: readonly Evidence[]) {
  return { type, score, origin: 'model:test', evidence: found, judgement: null, machine: null };
}

/** The article that most tests write: two tags, evidence in title and text. */
export function article(changes: Partial<DetailedArticle> = {}): DetailedArticle {
  return {
    id: '0123456789abcdef01234567',
    url: 'https://newsroom.example/rail-depot?a=1&b=2',
    title: TITLE,
    byline: ['An Peeters', 'Jan De Smet'],
    publishedAt: new Date('2026-11-24T08:00:00Z'),
    happenedAt: new Date('2026-11-24T08:00:00Z'),
    storedAt: new Date('2026-11-24T08:05:00Z'),
    updatedAt: new Date('2026-11-24T09:30:00.250Z'),
    language: 'en',
    excerpt: 'A depot burnt down.',
    source: 'page',
    sourceReason: null,
    feedId: 1,
    feedTitle: 'The Newsroom',
    country: 'BE',
    version: 2,
    tags: [
      tag('sabotage', 0.9, [
        evidence('text', TEXT, 'Arson at a rail', 'act.arson', 0.9),
        evidence('text', TEXT, 'rail depot', 'target.rail', 0.3),
        evidence('title', TITLE, 'burns', 'act.fire', 0.2),
      ]),
      tag('right-wing-extremism', 0.55, [evidence('text', TEXT, 'leaflet', 'claim.leaflet', 0.4)]),
    ],
    details: {
      text: TEXT,
      feedUrl: 'https://newsroom.example/rss',
      feedSite: 'https://newsroom.example/',
    },
    ...changes,
  };
}

/** An article whose every text tries to break out of the format that carries it. */
export const HOSTILE_TEXT = `]]></title><script>alert("x")</script>&amp; 'quoted' \u0000\u0007\uffff\ud800 =1+1 "end"`;

export const hostileArticle = (): DetailedArticle =>
  article({
    id: 'ffffffffffffffffffffffff',
    url: 'javascript:alert(1)',
    title: HOSTILE_TEXT,
    byline: [HOSTILE_TEXT, ' '],
    publishedAt: null,
    language: 'und',
    excerpt: HOSTILE_TEXT,
    feedTitle: HOSTILE_TEXT,
    country: 'Belgium',
    tags: [tag('sabotage', 1, [evidence('text', HOSTILE_TEXT, '<script>', 'act.arson', 0.9)])],
    details: { text: HOSTILE_TEXT, feedUrl: 'https://newsroom.example/rss', feedSite: 'ftp://newsroom.example/' },
  });

async function* inTurn<Value>(values: Iterable<Value>): AsyncGenerator<Value> {
  yield* values;
}

/** All that a format writes. */
export async function written(
  format: OutputFormat,
  articles: Iterable<DetailedArticle>,
  changes: Partial<OutputContext> = {},
): Promise<string> {
  const to = new PassThrough();
  const [result] = await Promise.all([text(to), writeThenEnd(format, articles, to, { ...context, ...changes })]);
  return result;
}

async function writeThenEnd(
  format: OutputFormat,
  articles: Iterable<DetailedArticle>,
  to: Writable,
  context: OutputContext,
): Promise<void> {
  await format.write(inTurn(articles), to, context);
  to.end();
}
