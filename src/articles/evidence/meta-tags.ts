/** A page's `<meta>` and `<link>` elements: OpenGraph, Dublin Core, Parsely, Sailthru and the like. */

export interface MetaTags {
  /** First non-empty content among the names, which are tried in order. */
  first(...names: readonly string[]): string | null;
  /** Every content of one name, in page order. */
  all(name: string): readonly string[];
  /** Absolute address of `<link rel=…>`. */
  link(rel: string): string | null;
}

/** Reads them once; names are matched without regard to case and to how their parts are joined (`:`, `.`, `_`, `-`). */
export function readMetaTags(document: Document): MetaTags {
  const contents = new Map<string, string[]>();
  for (const meta of document.querySelectorAll('meta[content]')) {
    const content = meta.getAttribute('content')?.trim();
    if (!content) continue;
    for (const attribute of ['property', 'name', 'itemprop', 'http-equiv']) {
      const names = meta.getAttribute(attribute)?.trim();
      if (!names) continue;
      for (const name of new Set([names, ...names.split(/\s+/)].map(keyOf))) {
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
        const content = contents.get(keyOf(name))?.[0];
        if (content) return content;
      }
      return null;
    },
    all: (name) => contents.get(keyOf(name)) ?? [],
    link: (rel) => links.get(rel) || null,
  };
}

const keyOf = (name: string): string => name.toLowerCase().replace(/[-_:.\s]+/g, '.');
