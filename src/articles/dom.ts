/** The two DOMs: linkedom, fast and forgiving, and jsdom, the reference that is asked when the fast one fails. */
import { createRequire } from 'node:module';
import { parseHTML } from 'linkedom';

export interface PageDom {
  readonly name: 'linkedom' | 'jsdom';
  readonly document: Document;
  /** Frees what the DOM holds. */
  close(): void;
}

/** Parses with linkedom. Text outside `<html>` or `<body>` is put where the HTML standard puts it. */
export function parseFast(html: string): PageDom {
  const document = parseHTML(withRoot(html)).document as unknown as Document;
  return { name: 'linkedom', document, close: () => {} };
}

const require = createRequire(import.meta.url);

/** Parses with jsdom, which takes a second to load: it is loaded when the first page needs it. */
export function parseReference(html: string, url: string): PageDom {
  const { JSDOM, VirtualConsole } = require('jsdom') as typeof import('jsdom');
  const dom = new JSDOM(html, { url, contentType: 'text/html', virtualConsole: new VirtualConsole() });
  return { name: 'jsdom', document: dom.window.document, close: () => dom.window.close() };
}

/** linkedom builds the elements that it reads and no others, so a page that leaves out `<html>` or `<body>` gets them. */
function withRoot(html: string): string {
  const hasHtml = /<html[\s>]/i.test(html);
  const hasBody = /<body[\s>]/i.test(html);
  if (hasHtml && hasBody) return html.replace(/^[^<]+/, '');
  const inner = html.replace(/<!doctype[^>]*>/gi, '').replace(/<\/?html[^>]*>/gi, '');
  if (hasBody) return `<!doctype html><html>${inner}</html>`;
  const headEnd = /<\/head\s*>/i.exec(inner);
  const head = headEnd ? inner.slice(0, headEnd.index).replace(/<head[^>]*>/i, '') : '';
  const body = headEnd ? inner.slice(headEnd.index + headEnd[0].length) : inner;
  return `<!doctype html><html><head>${head}</head><body>${body}</body></html>`;
}
