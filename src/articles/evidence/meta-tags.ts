/** A page's `<meta>` and `<link>` elements: OpenGraph, Dublin Core, Parsely, Sailthru and the like. */

export interface MetaTags {
  /** First non-empty content among the names, which are tried in order. */
  first(...names: readonly string[]): string | null;
  /** Every content of one name, in page order. */
  all(name: string): readonly string[];
  /** Absolute address of `<link rel=…>`. */
  link(rel: string): string | null;
}

/** Reads them once; names are matched without regard to case. */
export function readMetaTags(document: Document): MetaTags {
  const contents = new Map<string, string[]>();
  for (const meta of document.querySelectorAll('meta[content]')) {
    const content = meta.getAttribute('content')?.trim();
    if (!content) continue;
    for (const attribute of ['property', 'name', 'itemprop', 'http-equiv']) {
      for (const name of meta.getAttribute(attribute)?.toLowerCase().split(/\s+/) ?? []) {
        if (!name) continue;
        const list = contents.get(name);
        if (list) list.push(content);
        else contents.set(name, [content]);
      }
    }
  }
  const links = new Map<string, string>();
  for (const link of document.querySelectorAll('link[rel][href]')) {
    const rel = link.getAttribute('rel')?.toLowerCase() ?? '';
    if (!links.has(rel)) links.set(rel, link.getAttribute('href') ?? '');
  }
  return {
    first: (...names) => {
      for (const name of names) {
        const content = contents.get(name)?.[0];
        if (content) return content;
      }
      return null;
    },
    all: (name) => contents.get(name) ?? [],
    link: (rel) => links.get(rel) || null,
  };
}
