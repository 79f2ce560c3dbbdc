/**
 * The demo newsroom: four small newspapers on loopback, with feeds and full pages, so that the whole chain can be seen at
 * work without the internet. Everything is rendered once at start; dates count back from then, so it is always today's news.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { DEMO_LANGUAGES, type DemoArticle, type DemoLanguage, loadDemoArticles } from './articles.js';
import { EDITIONS, type Edition } from './editions.js';
import { type FeedEntry, feedDocument } from './feeds.js';
import {
  articlePage,
  frontPage,
  loginPage,
  type PublishedArticle,
  plainPage,
  type Site,
  sectionPage,
  sectionPath,
} from './pages.js';
import { reportPdf } from './report-pdf.js';

export interface NewsroomOptions {
  /** TCP port on 127.0.0.1; a free one unless given. */
  readonly port?: number;
  /** How many articles to publish, the languages taking turns; all unless given, and then also the pages that are none. */
  readonly items?: number;
}

/** One entry of the feeds, and what a reader of it should find. */
export interface NewsroomItem {
  readonly url: string;
  readonly language: DemoLanguage;
  readonly title: string;
  /** Threat types by the labelling guide; empty for look-alikes and for pages that are no article. */
  readonly threats: readonly string[];
  readonly page: 'article' | 'pdf' | 'login' | 'missing';
}

export interface Newsroom {
  /** Address of the front page, with a slash at its end. */
  readonly url: string;
  /** Addresses of the feeds, one a language. */
  readonly feeds: readonly string[];
  readonly items: readonly NewsroomItem[];
  /** Cuts open connections and frees the port. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** Age of the newest article, and what lies between one article and the next. */
const NEWEST_MINUTES = 5;
const MINUTES_BETWEEN_ARTICLES = 47;
/** Every third article was touched up after this long. */
const MINUTES_TO_EDIT = 18;
const MILLISECONDS_A_MINUTE = 60_000;
/** Long enough to be noticed in a progress bar, short enough for any client's time limit. */
const SLOW_PAGE_MILLISECONDS = 2_500;
/** Feeds say how long they may be kept, as real ones do. */
const FEED_MAX_AGE_SECONDS = 60;

/** Starts the newsroom. Rejects where the port is taken or `items` is not a positive whole number. */
export async function startNewsroom(options: NewsroomOptions = {}): Promise<Newsroom> {
  const { items: limit = Number.POSITIVE_INFINITY } = options;
  if (limit < 1 || (limit !== Number.POSITIVE_INFINITY && !Number.isInteger(limit)))
    throw new RangeError(`items must be a positive whole number, not ${limit}`);

  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, HOST, resolve);
  });
  const origin = `http://${HOST}:${(server.address() as AddressInfo).port}`;
  const startedAt = new Date();
  const sites = buildSites(origin, startedAt, loadDemoArticles().slice(0, limit));
  const oddEntries = limit === Number.POSITIVE_INFINITY ? oddPages(origin, startedAt) : [];
  const shelf = renderAll(origin, startedAt, sites, oddEntries);
  server.on('request', (request, response) => answer(shelf, request, response));

  return {
    url: `${origin}/`,
    feeds: sites.map((site) => `${origin}${site.edition.feed.path}`),
    items: [
      ...sites.flatMap((site) => site.published.map(itemOf)),
      ...oddEntries.map(({ language, entry, page }) => ({
        url: entry.url,
        language,
        title: entry.title,
        threats: [],
        page,
      })),
    ],
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

const itemOf = ({ article, url }: PublishedArticle): NewsroomItem => ({
  url,
  language: article.language,
  title: article.title,
  threats: article.threats,
  page: 'article',
});

function buildSites(origin: string, startedAt: Date, articles: readonly DemoArticle[]): readonly Site[] {
  const published = articles.map((article, position): PublishedArticle => {
    const edition = EDITIONS[article.language];
    const age = (NEWEST_MINUTES + position * MINUTES_BETWEEN_ARTICLES) * MILLISECONDS_A_MINUTE;
    const publishedAt = new Date(startedAt.getTime() - age);
    const editedAt = new Date(publishedAt.getTime() + MINUTES_TO_EDIT * MILLISECONDS_A_MINUTE);
    return {
      article,
      edition,
      url: `${origin}/${article.language}/${edition.folder}/${article.id}`,
      publishedAt,
      modifiedAt: position % 3 === 0 && editedAt < startedAt ? editedAt : null,
    };
  });
  return DEMO_LANGUAGES.map((language) => ({
    origin,
    edition: EDITIONS[language],
    published: published.filter((one) => one.article.language === language),
  }));
}

interface OddPage {
  readonly language: DemoLanguage;
  readonly entry: FeedEntry;
  readonly page: Exclude<NewsroomItem['page'], 'article'>;
}

/** Feed entries as every real feed has a few: a document, a page for subscribers, a page that was taken down. */
function oddPages(origin: string, startedAt: Date): readonly OddPage[] {
  const entry = (path: string, title: string, summary: string): FeedEntry => ({
    title,
    summary,
    url: `${origin}${path}`,
    author: null,
    section: 'Dossier',
    publishedAt: new Date(startedAt.getTime() - NEWEST_MINUTES * MILLISECONDS_A_MINUTE),
    modifiedAt: null,
  });
  return [
    {
      language: 'fr',
      page: 'pdf',
      entry: entry(
        REPORT_PATH,
        'Le rapport annuel du port en un document',
        'À télécharger : chiffres de trafic, effectifs et travaux.',
      ),
    },
    {
      language: 'nl',
      page: 'login',
      entry: entry(
        SUBSCRIBERS_PATH,
        'Plus: onze lange zondagslectuur over de sluiswachter',
        'Alleen voor abonnees: een jaar uit het leven aan de sluis.',
      ),
    },
    {
      language: 'de',
      page: 'missing',
      entry: entry(
        WITHDRAWN_PATH,
        'Vorabmeldung: Fährplan im Winter',
        'Die Meldung wurde zurückgezogen und später neu veröffentlicht.',
      ),
    },
  ];
}

const REPORT_PATH = '/fr/documents/rapport-annuel.pdf';
const SUBSCRIBERS_PATH = '/nl/plus/de-sluiswachter';
const WITHDRAWN_PATH = '/de/artikel/faehrplan-im-winter';

/** What the server has ready for one path. */
interface Representation {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The body compressed, for clients that take gzip; only some pages have it. */
  readonly gzipped?: Buffer;
  /** Wait between the first half of the body and the second. */
  readonly pauseMilliseconds?: number;
}

type Shelf = ReadonlyMap<string, Representation>;

function renderAll(origin: string, startedAt: Date, sites: readonly Site[], odd: readonly OddPage[]): Shelf {
  const shelf = new Map<string, Representation>();
  const html = (text: string): Representation => page(Buffer.from(text), 'text/html; charset=utf-8', startedAt);

  for (const site of sites) {
    const { edition, published } = site;
    const root = `/${edition.language}`;
    shelf.set(`${root}/`, html(frontPage(site)));
    shelf.set(`${root}/login`, html(loginPage(site)));
    shelf.set(`${root}/about`, html(plainPage(site, edition.words.about, edition.words.aboutText)));
    shelf.set(`${root}/privacy`, html(plainPage(site, edition.words.privacy, edition.words.privacyText)));
    shelf.set(`${root}/contact`, html(plainPage(site, edition.words.contact, edition.words.contactText)));
    for (const section of new Set(published.map((one) => one.article.section)))
      shelf.set(sectionPath(edition, section), html(sectionPage(site, section)));
    for (const one of published) shelf.set(new URL(one.url).pathname, renderArticle(site, one));

    const entries = [
      ...published.map(entryOf),
      ...odd.filter((o) => o.language === edition.language).map((o) => o.entry),
    ];
    const newestFirst = entries.sort((a, b) => b.publishedAt.getTime() - a.publishedAt.getTime());
    const feed = Buffer.from(feedDocument({ edition, origin, entries: newestFirst }));
    const { headers, ...rest } = page(feed, edition.feed.contentType, startedAt);
    shelf.set(edition.feed.path, {
      ...rest,
      headers: { ...headers, 'cache-control': `max-age=${FEED_MAX_AGE_SECONDS}` },
    });
  }

  shelf.set('/', html(newsstand(sites)));
  shelf.set('/robots.txt', page(Buffer.from('User-agent: *\nAllow: /\n'), 'text/plain; charset=utf-8', startedAt));
  shelf.set('/style.css', page(Buffer.from(STYLE), 'text/css; charset=utf-8', startedAt));
  shelf.set('/logo.svg', page(Buffer.from(LOGO), 'image/svg+xml', startedAt));
  if (odd.length > 0) {
    shelf.set(
      REPORT_PATH,
      page(reportPdf(['Rapport annuel du port', 'Trafic, effectifs, travaux']), 'application/pdf', startedAt),
    );
    shelf.set(SUBSCRIBERS_PATH, {
      status: 302,
      headers: { location: `/nl/login?return=${encodeURIComponent(SUBSCRIBERS_PATH)}` },
      body: Buffer.alloc(0),
    });
  }
  return shelf;
}

function renderArticle(site: Site, published: PublishedArticle): Representation {
  const lastModified = published.modifiedAt ?? published.publishedAt;
  const { served } = published.article;
  if (served === 'windows-1252') {
    // As such sites do: the charset stands in the page only, not in the HTTP header.
    return page(iconv.encode(articlePage(site, published, 'windows-1252'), 'windows-1252'), 'text/html', lastModified);
  }
  const body = Buffer.from(articlePage(site, published, 'utf-8'));
  const plain = page(body, 'text/html; charset=utf-8', lastModified);
  if (served === 'gzip') return { ...plain, gzipped: gzipSync(body) };
  if (served === 'slow') return { ...plain, pauseMilliseconds: SLOW_PAGE_MILLISECONDS };
  return plain;
}

const entryOf = ({ article, url, publishedAt, modifiedAt }: PublishedArticle): FeedEntry => ({
  title: article.title,
  summary: article.lead,
  author: article.author,
  section: article.section,
  url,
  publishedAt,
  modifiedAt,
});

const page = (body: Buffer, contentType: string, lastModified: Date): Representation => ({
  status: 200,
  headers: {
    'content-type': contentType,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    'last-modified': lastModified.toUTCString(),
  },
  body,
});

function newsstand(sites: readonly Site[]): string {
  const papers = sites.map(
    ({ edition }) =>
      `<li lang="${edition.language}"><a href="/${edition.language}/">${edition.name}</a>, ${edition.tagline} (<a href="${edition.feed.path}">${edition.feed.format.toUpperCase()}</a>)</li>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>The demo newsroom</title><link rel="stylesheet" href="/style.css"></head>
<body>
  <h1>The demo newsroom</h1>
  <p>Four invented newspapers for Belfry to read. Nothing in them is true.</p>
  <ul>
    ${papers.join('\n    ')}
  </ul>
</body>
</html>
`;
}

function answer(shelf: Shelf, request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  const target = request.url ?? '/';
  if (!target.startsWith('/') || !URL.canParse(target, `http://${HOST}`)) {
    response.writeHead(400).end();
    return;
  }
  const path = new URL(target, `http://${HOST}`).pathname;
  const representation = shelf.get(path) ?? missing(path);
  if (representation.status === 200 && isUnchanged(request, representation)) {
    const { 'content-type': _, ...headers } = representation.headers;
    response.writeHead(304, headers).end();
    return;
  }
  const gzip = representation.gzipped !== undefined && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  const body = gzip ? (representation.gzipped ?? representation.body) : representation.body;
  response.writeHead(representation.status, {
    ...representation.headers,
    ...(representation.gzipped && { vary: 'accept-encoding' }),
    ...(gzip && { 'content-encoding': 'gzip' }),
    'content-length': body.length,
  });
  if (request.method === 'HEAD') response.end();
  else if (representation.pauseMilliseconds) sendHaltingly(response, body, representation.pauseMilliseconds);
  else response.end(body);
}

function missing(path: string): Representation {
  const language = DEMO_LANGUAGES.find((one) => path.startsWith(`/${one}/`)) ?? 'en';
  const edition: Edition = EDITIONS[language];
  const text = plainPage({ origin: '', edition, published: [] }, '404', edition.words.notFound);
  return { status: 404, headers: { 'content-type': 'text/html; charset=utf-8' }, body: Buffer.from(text) };
}

/** RFC 9110, section 13.2.2: an entity tag decides where the client sends one, the date only where it does not. */
function isUnchanged(request: IncomingMessage, { headers }: Representation): boolean {
  const tags = request.headers['if-none-match'];
  if (tags !== undefined)
    return tags.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === headers.etag);
  const since = request.headers['if-modified-since'];
  return since !== undefined && Date.parse(since) >= Date.parse(headers['last-modified'] ?? '');
}

function sendHaltingly(response: ServerResponse, body: Buffer, pauseMilliseconds: number): void {
  const half = Math.floor(body.length / 2);
  response.write(body.subarray(0, half));
  const timer = setTimeout(() => response.end(body.subarray(half)), pauseMilliseconds);
  response.once('close', () => clearTimeout(timer));
}

const STYLE = `body { font: 17px/1.5 Georgia, serif; max-width: 44rem; margin: 0 auto; padding: 1rem; color: #1d1d1d; }
nav ul, .site-footer ul { display: flex; flex-wrap: wrap; gap: 1rem; list-style: none; padding: 0; }
.cookie-banner, .newsletter-box { background: #f3efe6; padding: 1rem; margin: 1rem 0; }
a { color: #1a4d7a; }
`;

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M16 3l8 8v18H8V11z" fill="#1a4d7a"/><circle cx="16" cy="16" r="4" fill="#f3efe6"/></svg>
`;
