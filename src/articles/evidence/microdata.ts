/** What a page marks in its own body: microdata, `rel=author`, `<time>`. */

export interface Microdata {
  readonly headline: string | null;
  readonly authors: readonly string[];
  readonly published: string | null;
  /** The first `<time datetime>`, whatever it dates. */
  readonly time: string | null;
  /** The language that the page claims, e.g. `en-US`; empty where it claims none. */
  readonly language: string;
}

/** How many marked names are believed; more are a list of other articles' authors. */
const MAX_AUTHORS = 5;

/** Reads it, before the search for the text takes elements out of the document. */
export function readMicrodata(document: Document): Microdata {
  const marked = [...document.querySelectorAll('[itemprop~="author"] [itemprop~="name"], [rel~="author"]')]
    .map((element) => element.textContent?.trim() || element.getAttribute('content') || '')
    .filter((name) => name !== '');
  return {
    headline: document.querySelector('[itemprop~="headline"]')?.textContent ?? null,
    authors: marked.length > MAX_AUTHORS ? marked.slice(0, 1) : marked,
    published: dateOf(document.querySelector('[itemprop~="datePublished"]')),
    time: dateOf(document.querySelector('time[datetime]')),
    language: document.documentElement?.getAttribute('lang') ?? '',
  };
}

function dateOf(element: Element | null): string | null {
  return element && (element.getAttribute('datetime') || element.getAttribute('content') || element.textContent);
}
