/** What the XML libraries' results are brought to before their meaning is looked at: elements by canonical name. */

/** An element: its own text, its attributes and its children by canonical name (`title`, `dc:date`, `content:encoded`). */
export interface RawElement {
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: ReadonlyMap<string, readonly RawElement[]>;
}

export interface RawFeed {
  readonly format: 'rss' | 'rdf' | 'atom';
  /** The channel or feed element without its entries. */
  readonly channel: RawElement;
  readonly items: readonly RawElement[];
  readonly warnings: readonly string[];
}

export const emptyElement: RawElement = { text: '', attributes: {}, children: new Map() };

/** The first child of a name that has text of its own; null without one. */
export function textOf(element: RawElement, ...names: readonly string[]): string | null {
  for (const name of names) {
    for (const child of element.children.get(name) ?? []) {
      const text = child.text.trim();
      if (text !== '') return text;
    }
  }
  return null;
}

export const childrenOf = (element: RawElement, ...names: readonly string[]): readonly RawElement[] =>
  names.flatMap((name) => element.children.get(name) ?? []);

/**
 * The prefix that each vocabulary's elements are known by here, whatever prefix a feed gave it.
 * The vocabularies that feeds themselves are written in have none.
 */
export const vocabularies: Readonly<Record<string, string>> = {
  'http://www.w3.org/2005/atom': '',
  'http://purl.org/atom/ns#': '',
  'http://purl.org/rss/1.0/': '',
  'http://my.netscape.com/rdf/simple/0.9/': '',
  'http://channel.netscape.com/rdf/simple/0.9/': '',
  'http://backend.userland.com/rss2': '',
  'http://purl.org/rss/1.0/modules/content/': 'content',
  'http://purl.org/dc/elements/1.1/': 'dc',
  'http://purl.org/dc/elements/1.0/': 'dc',
  'http://purl.org/dc/terms/': 'dcterms',
  'http://purl.org/rss/1.0/modules/dcterms/': 'dcterms',
  'http://rssnamespace.org/feedburner/ext/1.0': 'feedburner',
  'http://purl.org/rss/1.0/modules/syndication/': 'sy',
  'http://www.itunes.com/dtds/podcast-1.0.dtd': 'itunes',
  'http://search.yahoo.com/mrss/': 'media',
  'http://search.yahoo.com/mrss': 'media',
  'http://www.w3.org/1999/xhtml': 'xhtml',
  'http://www.w3.org/1999/02/22-rdf-syntax-ns#': 'rdf',
  'http://www.w3.org/xml/1998/namespace': 'xml',
};
