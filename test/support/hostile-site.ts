/** A loopback server with everything that can be wrong with a feed or a page, each at an address of its own. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

const MEGABYTE = 1 << 20;
const TRICKLE_MILLISECONDS = 200;
const NESTING = 100_000;

const SENTENCE =
  'The harbour council of Oosterlo voted on Tuesday to close the northern quay, after divers had found damage to two cables.';
/** What a feed says of an item whose page can't be had: long enough to be an article by itself. */
export const SUMMARY = `In short: ${SENTENCE} It asked the navy for help and the neighbours for patience until Friday.`;
/** Ends in characters that windows-1252 has between 0x80 and 0x9f and no other charset reads as these. */
export const WINDOWS_1252_SENTENCE = `“Café œuvre” – the price was 5 € – said the mayor. ${SENTENCE}`;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface HostileSite {
  readonly url: string;
  feedUrl(file: string): string;
  /** Settles once somebody has asked for `/page/held`. */
  readonly heldAsked: Promise<void>;
  /** Holds `/page/held` back until it is called. */
  release(): void;
  close(): Promise<void>;
}

/** Pages by path, each with what it does; the feed `/feed/bad-pages.xml` links to all of them. */
const pages: Readonly<Record<string, Answer>> = {
  empty: html(''),
  huge: (_request, response) => sendMegabytes(response, 'text/html', 30),
  deep: html(`<!doctype html><title>Deep</title>${'<div>'.repeat(NESTING)}${SENTENCE}${'</div>'.repeat(NESTING)}`),
  'windows-1252': (_request, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html; charset=windows-1252' })
      .end(windows1252(articlePage('In another charset', WINDOWS_1252_SENTENCE))),
  pdf: (_request, response) =>
    response.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n'),
  'login-redirect': (_request, response) => response.writeHead(302, { location: '/login?return=/page' }).end(),
  'login-form': html(
    `<!doctype html><title>Subscribers | Gazette</title><div class="cookies"><p>${SENTENCE} ${SENTENCE}</p></div>
     <main><h1>Subscribers</h1><form action="/session"><input type="email"><input type="password"></form></main>`,
  ),
  never: () => {},
  trickle,
  'http-500': (_request, response) => response.writeHead(500).end('no'),
  'http-410': (_request, response) => response.writeHead(410).end('gone'),
  good: html(articlePage('A good page among bad ones', SENTENCE)),
};
export const pageNames = Object.keys(pages);

export async function startHostileSite(): Promise<HostileSite> {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let noteHeldAsked = () => {};
  const heldAsked = new Promise<void>((resolve) => {
    noteHeldAsked = resolve;
  });
  const answerHeld: Answer = (request, response) => {
    noteHeldAsked();
    void held.then(() => html(articlePage('Held back', SENTENCE))(request, response));
  };
  let origin = '';
  let slowOrigin = '';
  const answer: Answer = (request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    const page = pages[path.replace('/page/', '')];
    const feed = feeds(origin, slowOrigin)[path.replace('/feed/', '')];
    if (path.startsWith('/page/') && page) page(request, response);
    else if (path.startsWith('/feed/') && feed) feed(request, response);
    else if (path === '/page/held') answerHeld(request, response);
    else if (path === '/login') html(`<title>Welcome</title><p>${SENTENCE}</p><p>${SENTENCE}</p>`)(request, response);
    else if (/^\/article\/\d+$/.test(path)) html(articlePage(`Article ${path.slice(9)}`, SENTENCE))(request, response);
    else response.writeHead(404).end('not found\n');
  };
  // What never answers keeps its connections: on a port of its own it keeps none that others wait for.
  const servers = [createServer(answer), createServer(answer)] as const;
  [origin, slowOrigin] = (await Promise.all(servers.map(listen))) as [string, string];
  return {
    url: origin,
    feedUrl: (file) => `${slowNames.includes(file) ? slowOrigin : origin}/feed/${file}`,
    heldAsked,
    release: () => release(),
    close: async () => {
      await Promise.all(
        servers.map(
          (server) =>
            new Promise<void>((resolve) => {
              server.close(() => resolve());
              server.closeAllConnections();
            }),
        ),
      );
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const slowNames = ['never', 'trickle', 'never.xml', 'trickle.xml'];

const feeds = (origin: string, slowOrigin: string): Readonly<Record<string, Answer>> => ({
  'good.xml': rss([1, 2, 3, 4, 5].map((number) => item(`Article ${number}`, `${origin}/article/${number}`))),
  'late.xml': rss([11, 12].map((number) => item(`Article ${number}`, `${origin}/article/${number}`))),
  'held.xml': rss([item('Held back', `${origin}/page/held`)]),
  'bad-pages.xml': rss(
    pageNames.map((name) => item(`Page ${name}`, `${slowNames.includes(name) ? slowOrigin : origin}/page/${name}`)),
  ),
  'bad-items.xml': rss([
    item('Article 21', `${origin}/article/21`),
    '<item><title>A date from nowhere</title><link>http://[bad</link><pubDate>the day after</pubDate></item>',
    `<item><description>${SUMMARY}</description></item>`,
    '<item></item>',
    item('Article 22 &nbsp; & an entity that XML lacks', `${origin}/article/22`),
  ]),
  'truncated.xml': rss(
    [item('Article 31', `${origin}/article/31`), item('Article 32', `${origin}/article/32`), '<item><title>Cut'],
    '',
  ),
  'not-xml.xml': text('these are not the feeds you are looking for'),
  'page.xml': html('<!doctype html><html><body><p>Not found, but with 200.</p></body></html>'),
  'huge.xml': (_request, response) => sendMegabytes(response, 'application/rss+xml', 50),
  'bomb.xml': text(
    `<?xml version="1.0"?>
<!DOCTYPE rss [<!ENTITY l0 "lol">${Array.from({ length: 12 }, (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`).join('')}]>
<rss version="2.0"><channel><title>&l12;</title><item><title>&l12;</title></item></channel></rss>`,
  ),
  'empty.xml': text(''),
  'http-404.xml': (_request, response) => response.writeHead(404).end(),
  'http-410.xml': (_request, response) => response.writeHead(410).end(),
  'http-429.xml': (_request, response) => response.writeHead(429, { 'retry-after': '600' }).end(),
  'http-500.xml': (_request, response) => response.writeHead(500).end(),
  'trickle.xml': trickle,
  'never.xml': () => {},
});

function rss(items: readonly string[], end = '</channel></rss>'): Answer {
  return text(
    `<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>A feed</title>${items.join('\n')}${end}`,
  );
}

const item = (title: string, link: string): string =>
  `<item><title>${title}</title><link>${link}</link><guid>${link}</guid><description>${SUMMARY}</description></item>`;

function articlePage(title: string, sentence: string): string {
  const paragraphs = [1, 2, 3, 4, 5].map((number) => `<p>Part ${number}. ${sentence}</p>`).join('');
  return `<!doctype html><html lang="en"><head><title>${title}</title></head>
<body><main><article><h1>${title}</h1>${paragraphs}</article></main></body></html>`;
}

function html(body: string): Answer {
  return (_request, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(body);
}

function text(body: string): Answer {
  return (_request, response) =>
    response.writeHead(200, { 'content-type': 'application/rss+xml; charset=utf-8' }).end(body);
}

/** Never lets a second pass without a byte, and never ends. */
function trickle(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html' }).write('<!doctype html>');
  const timer = setInterval(() => response.write(' '), TRICKLE_MILLISECONDS);
  response.on('close', () => clearInterval(timer));
}

/** Announces no length, so that the reader has to count. */
function sendMegabytes(response: ServerResponse, contentType: string, megabytes: number): void {
  response.writeHead(200, { 'content-type': contentType });
  const chunk = Buffer.alloc(MEGABYTE, 'word ');
  Readable.from(Array.from({ length: megabytes }, () => chunk))
    .on('error', () => {})
    .pipe(response)
    .on('error', () => {});
}

/** Only the characters of `WINDOWS_1252_SENTENCE` differ from Latin-1. */
function windows1252(page: string): Buffer {
  const bytes: Readonly<Record<string, string>> = { '“': '\x93', '”': '\x94', '–': '\x96', '€': '\x80', œ: '\x9c' };
  return Buffer.from(
    page.replace(/[“”–€œ]/g, (character) => bytes[character] ?? ''),
    'latin1',
  );
}
