/** The two DOMs: linkedom, fast and forgiving, and jsdom, the reference that is asked when the fast one fails. */
import { createRequire } from 'node:module';
import { parseHTML } from 'linkedom';
import { MAX_DEPTH, readPageSource } from './page-source.js';

export interface PageDom {
  readonly name: 'linkedom' | 'jsdom';
  readonly document: Document;
  /** Frees what the DOM holds. */
  close(): void;
}

/** Parses with linkedom, which needs `<html>`, `<head>` and `<body>` to be written out. */
export function parseFast(html: string): PageDom {
  const document = parseHTML(html).document as unknown as Document;
  return { name: 'linkedom', document, close: () => {} };
}

/** Parses a piece of HTML, or plain text, as the body of a page; null where its tags nest too deep to be read. */
export function parseFragment(html: string): Document | null {
  if (readPageSource(html).depth > MAX_DEPTH) return null;
  return parseFast(`<html><head></head><body>${html}</body></html>`).document;
}

const require = createRequire(import.meta.url);

/** Parses with jsdom, which takes a second to load: it is loaded when the first page needs it. */
export function parseReference(html: string, url: string): PageDom {
  const { JSDOM, VirtualConsole } = require('jsdom') as typeof import('jsdom');
  const dom = new JSDOM(html, { url, contentType: 'text/html', virtualConsole: new VirtualConsole() });
  return { name: 'jsdom', document: dom.window.document, close: () => dom.window.close() };
}
