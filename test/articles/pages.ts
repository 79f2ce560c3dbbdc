/** Pages that the tests of `articles/` read; all of their text is our own. */

/** A sentence that is long enough to count as prose. */
export const SENTENCE =
  'The harbour council of Oosterlo voted on Tuesday to close the northern quay, after divers had found damage to two cables, and asked the navy for help.';

export interface PageParts {
  readonly head?: string;
  readonly before?: string;
  readonly paragraphs?: readonly string[];
  readonly after?: string;
}

/** An article page with enough prose for any extractor. */
export function articlePage({ head = '', before = '', paragraphs = [], after = '' }: PageParts = {}): string {
  const prose = paragraphs.length > 0 ? paragraphs : [1, 2, 3, 4].map((number) => `Part ${number}. ${SENTENCE}`);
  return `<!doctype html><html lang="en"><head><title>Quay closed</title>${head}</head><body>
<header><nav><a href="/">Home</a> <a href="/news">News</a></nav></header>
<main><article><h1>Quay closed</h1>${before}${prose.map((text) => `<p>${text}</p>`).join('\n')}${after}</article></main>
<footer>Oosterlo Gazette, all rights reserved</footer></body></html>`;
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
