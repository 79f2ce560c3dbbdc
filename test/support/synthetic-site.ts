/**
 * A news site of any size for load and chaos tests: N distinct article pages and the feeds that list them, on loopback.
 * Pages are written when asked for, from a seed, so thousands of them cost neither memory nor much of the processor;
 * requests are counted by path, so a test can see what was fetched twice.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SyntheticSiteOptions {
  readonly items: number;
  /** Items are dealt out among the feeds in turn; one feed unless given. */
  readonly feeds?: number;
  /** Wait before each answer; none unless given. */
  readonly latencyMilliseconds?: number;
  /** TCP port on 127.0.0.1; a free one unless given. */
  readonly port?: number;
}

export interface SyntheticItem {
  readonly url: string;
  readonly title: string;
  /** Id of the threat type that one paragraph tells of; null for most items. */
  readonly threat: string | null;
}

export interface SyntheticSite {
  /** Address of the site, without a slash at its end. */
  readonly url: string;
  readonly feeds: readonly string[];
  readonly items: readonly SyntheticItem[];
  /** How often each path was asked for since the start, article pages and feeds alike. */
  requests(): ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** Every so manieth article tells of a threat. */
const ARTICLES_A_THREAT = 5;
const PARAGRAPHS_LEAST = 7;
const PARAGRAPHS_MOST = 12;
const SENTENCES_A_PARAGRAPH = 4;
const OWN_WORDS = 90;
/** Every so manieth article is retold. */
const ARTICLES_A_RETELLING = 6;
const MINUTES_BETWEEN_ITEMS = 1;
const FIRST_PUBLISHED = Date.UTC(2026, 0, 5, 6);

/** Starts the site. The same options give the same pages, except for the port in their addresses. */
export async function startSyntheticSite(options: SyntheticSiteOptions): Promise<SyntheticSite> {
  const { items: itemCount, feeds: feedCount = 1, latencyMilliseconds = 0, port = 0 } = options;
  const counts = new Map<string, number>();
  const timers = new Set<NodeJS.Timeout>();
  let origin = '';

  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    counts.set(path, (counts.get(path) ?? 0) + 1);
    if (latencyMilliseconds === 0) {
      answer(path, response);
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      answer(path, response);
    }, latencyMilliseconds);
    timers.add(timer);
  });

  function answer(path: string, response: ServerResponse): void {
    const article = /^\/article\/(\d+)$/.exec(path);
    if (article && Number(article[1]) < itemCount) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(articlePage(Number(article[1])));
      return;
    }
    const feed = /^\/feed\/(\d+)\.xml$/.exec(path);
    if (feed && Number(feed[1]) < feedCount) {
      response
        .writeHead(200, { 'content-type': 'application/rss+xml; charset=utf-8' })
        .end(feedDocument(origin, itemCount, feedCount, Number(feed[1])));
      return;
    }
    response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url: origin,
    feeds: Array.from({ length: feedCount }, (_, index) => `${origin}/feed/${index}.xml`),
    items: Array.from({ length: itemCount }, (_, index) => ({
      url: `${origin}/article/${index}`,
      title: titleOf(index),
      threat: threatOf(index)?.type ?? null,
    })),
    requests: () => counts,
    close: () =>
      new Promise((resolve, reject) => {
        for (const timer of timers) clearTimeout(timer);
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

function feedDocument(origin: string, itemCount: number, feedCount: number, feedIndex: number): string {
  const items: string[] = [];
  for (let index = feedIndex; index < itemCount; index += feedCount) {
    const url = `${origin}/article/${index}`;
    items.push(
      `<item><title>${titleOf(index)}</title><link>${url}</link><guid>${url}</guid><pubDate>${publishedAt(index).toUTCString()}</pubDate></item>`,
    );
  }
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Synthetic feed ${feedIndex}</title><link>${origin}/</link><description>Pages for load tests</description>
${items.join('\n')}
</channel></rss>
`;
}

/** The page of one item, as the site serves it. */
export function articlePage(index: number): string {
  const published = publishedAt(index).toISOString();
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${titleOf(index)}</title>
<meta property="article:published_time" content="${published}"><meta name="author" content="${pick(NAMES, index, 1)} ${pick(SURNAMES, index, 2)}"></head>
<body>
<nav><ul><li><a href="/article/0">Home</a></li><li><a href="/article/1">Region</a></li><li><a href="/article/2">Sport</a></li></ul></nav>
<article><h1>${titleOf(index)}</h1><time datetime="${published}">${published}</time>
${paragraphsOf(index)
  .map((paragraph) => `<p>${paragraph}</p>`)
  .join('\n')}
</article>
<footer>All rights reserved. Get updates in your mailbox.</footer>
</body></html>
`;
}

const publishedAt = (index: number): Date => new Date(FIRST_PUBLISHED + index * MINUTES_BETWEEN_ITEMS * 60_000);

/** The number keeps titles distinct however many there are. */
const titleOf = (index: number): string =>
  threatOf(index)?.headline.concat(` (${index})`) ??
  `${pick(PLACES, index, 3)} ${pick(VERBS, index, 4)} ${pick(THINGS, index, 5)} (${index})`;

/** Each story has people, places and things of its own: news that shares all its words would be one story. */
function paragraphsOf(index: number): string[] {
  const random = randomFrom(index);
  const count = PARAGRAPHS_LEAST + Math.floor(random() * (PARAGRAPHS_MOST - PARAGRAPHS_LEAST + 1));
  const any = (words: readonly string[]): string => words[Math.floor(random() * words.length)] ?? '';
  const ofStory = randomFrom(storyOf(index));
  const syllable = (): string => SYLLABLES[Math.floor(ofStory() * SYLLABLES.length)] ?? '';
  const own = Array.from({ length: OWN_WORDS }, () => syllable() + syllable() + syllable());
  const named = (): string => any(own).replace(/^./, (letter) => letter.toUpperCase());
  const circumstances = [any(CIRCUMSTANCES), any(CIRCUMSTANCES)];
  const sentence = (): string =>
    `${any(OPENINGS)} ${any(NAMES)} ${named()} of ${named()} ${any(VERBS)} the ${any(own)} of ${named()} ${any(circumstances)}.`;
  const paragraphs = Array.from({ length: count }, () =>
    Array.from({ length: SENTENCES_A_PARAGRAPH }, sentence).join(' '),
  );
  const threat = threatOf(index);
  if (threat) paragraphs.splice(1, 0, threat.paragraph);
  return paragraphs;
}

/** Now and then an article tells what the one before it told. */
const storyOf = (index: number): number => (index % ARTICLES_A_RETELLING === 0 ? Math.max(0, index - 1) : index);

const threatOf = (index: number): (typeof THREATS)[number] | undefined =>
  index % ARTICLES_A_THREAT === 0 ? THREATS[(index / ARTICLES_A_THREAT) % THREATS.length] : undefined;

/** A word that depends on nothing but the item and the place where it stands. */
const pick = (words: readonly string[], index: number, place: number): string =>
  words[Math.floor(randomFrom(index * 31 + place)() * words.length)] ?? '';

/** mulberry32: small, fast, and the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = (seed + 1) * 0x9e3779b1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const OPENINGS = ['On the quay', 'Before noon', 'In the town hall', 'At the market', 'After the rain', 'Near the lock'];
const NAMES = ['Ada', 'Bram', 'Chloé', 'Dirk', 'Elif', 'Femke', 'Goran', 'Hanna', 'Ines', 'Joris', 'Karim', 'Lotte'];
const SYLLABLES =
  'ba be bo da der dor fa fen gal hel hov ka kel lan lem lo mar mel mon na nim or pel pra ra rin ros sa sel sten ta ter til tor va vel ven wa wer wit zan'.split(
    ' ',
  );
const SURNAMES = ['Aerts', 'Bakker', 'Claes', 'Dupont', 'Engel', 'Franck', 'Goossens', 'Huber', 'Jansen', 'Keller'];
const PLACES = [
  'Westervaart',
  'Kerkdam',
  'Noordhaven',
  'Vaucroix',
  'Valmorin',
  'Halmstedt',
  'Grünhaven',
  'Port Averil',
];
const VERBS = [
  'opened',
  'repaired',
  'painted',
  'counted',
  'measured',
  'discussed',
  'planted',
  'sold',
  'praised',
  'moved',
];
const THINGS = [
  'the old footbridge',
  'a row of lime trees',
  'the school library',
  'two hundred chairs',
  'the summer timetable',
  'a bakery with four ovens',
  'the swimming pool roof',
  'the parish newsletter',
];
const CIRCUMSTANCES = [
  'for the first time since the spring',
  'while a brass band was playing',
  'at a cost that nobody wished to name',
  'with the help of the neighbours',
  'to the relief of the committee',
  'although the weather had other plans',
];

const THREATS = [
  {
    type: 'cyberattack',
    headline: 'Hospital servers encrypted by ransomware gang',
    paragraph:
      'Hackers broke into the network of the hospital through an unpatched vulnerability and encrypted its servers with ransomware. The gang demands a ransom and threatens to publish stolen patient data on the dark web.',
  },
  {
    type: 'espionage',
    headline: 'Diplomats expelled over spying at the port',
    paragraph:
      'The government expelled four diplomats who worked as intelligence officers under cover. They are accused of espionage: of recruiting a dock engineer and stealing secret drawings for a foreign intelligence service.',
  },
  {
    type: 'sabotage',
    headline: 'Arson attack on railway cables was sabotage',
    paragraph:
      'Police treat the arson attack on the signal cables of the railway as sabotage. The perpetrators set fire to the cable duct in three places to disrupt transport, and are said to have been hired for money online.',
  },
  {
    type: 'drone-incursion',
    headline: 'Airport closed after unidentified drones',
    paragraph:
      'The airport was closed for an hour after unidentified drones were sighted above the runway. Similar drones had flown over the nearby air base the night before, where soldiers used a jammer without success.',
  },
  {
    type: 'jihadism',
    headline: 'Teenager tried for plotting Islamic State attack',
    paragraph:
      'A teenager who had pledged allegiance to Islamic State stood trial for plotting a terrorist attack on a Christmas market. He was radicalised by jihadist propaganda and in contact with a recruiter of the terror group.',
  },
  {
    type: 'organised-crime',
    headline: 'Cocaine gang threatened dock workers',
    paragraph:
      'Customs seized two tonnes of cocaine in a container. A drug trafficking gang had bribed a customs officer and threatened dock workers; a grenade was thrown at the house of a rival, investigators of organised crime said.',
  },
] as const;
