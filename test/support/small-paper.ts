/** A newspaper of a few articles that a test writes itself, on loopback; each article stands in a feed of its own. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PaperArticle {
  /** Last part of its address. */
  readonly name: string;
  readonly title: string;
  /** Plain words, without anything that HTML would take for its own. */
  readonly paragraphs: readonly string[];
}

export interface SmallPaper {
  /** Address of the feed in which an article stands. */
  feedOf(name: string): string;
  close(): Promise<void>;
}

const MILLISECONDS_A_MINUTE = 60_000;

/** The first article is the newest. */
export async function startSmallPaper(articles: readonly PaperArticle[]): Promise<SmallPaper> {
  const opened = Date.now();
  let origin = '';
  const server = createServer((request, response) => {
    const [, kind, name] = /^\/(feed|article)\/([\w-]+)$/.exec(request.url ?? '') ?? [];
    const place = articles.findIndex((each) => each.name === name);
    const article = articles[place];
    if (!article) {
      response.writeHead(404).end();
      return;
    }
    const at = new Date(opened - (place + 1) * MILLISECONDS_A_MINUTE);
    if (kind === 'feed') {
      response.writeHead(200, { 'content-type': 'application/rss+xml; charset=utf-8' }).end(
        `<?xml version="1.0"?><rss version="2.0"><channel><title>Paper of ${name}</title><link>${origin}</link><item>
         <title>${article.title}</title><link>${origin}/article/${name}</link><guid>${origin}/article/${name}</guid>
         <pubDate>${at.toUTCString()}</pubDate></item></channel></rss>`,
      );
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(
      `<!doctype html><html lang="en"><head><title>${article.title}</title></head><body><main><article>
       <h1>${article.title}</h1>${article.paragraphs.map((words) => `<p>${words}</p>`).join('')}</article></main></body></html>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    feedOf: (name) => `${origin}/feed/${name}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
