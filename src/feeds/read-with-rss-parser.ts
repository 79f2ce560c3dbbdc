/** rss-parser for what it reads well; it says so by giving text where text belongs, and null otherwise. */
import RssParser from 'rss-parser';
import { emptyElement, type RawElement, type RawFeed, vocabularies } from './raw.js';
import { rootTag } from './xml-tokens.js';

/** Elements whose children are looked at as elements; anywhere else a child element means inline markup. */
const structuredElements = ['author', 'contributor', 'skipHours', 'skipDays', 'source', 'media:group', 'dc:creator'];
const itemElements = [
  ...['title', 'link', 'guid', 'id', 'pubDate', 'published', 'updated', 'description', 'summary', 'content', 'author'],
  ...[
    'category',
    'content:encoded',
    'dc:date',
    'dc:title',
    'dc:description',
    'dc:creator',
    'dc:subject',
    'dc:language',
  ],
  ...['dc:identifier', 'dcterms:created', 'dcterms:issued', 'dcterms:modified', 'feedburner:origLink', 'atom:link'],
  ...['atom:updated', 'atom:published', 'atom:author', 'itunes:author', 'itunes:summary', 'media:group'],
  ...['media:description', 'media:title', 'comments'],
];
const feedElements = [
  ...['title', 'link', 'language', 'ttl', 'skipHours', 'skipDays', 'dc:title', 'dc:language', 'atom:link'],
  ...['sy:updatePeriod', 'sy:updateFrequency', 'dc:date', 'subtitle', 'description'],
];

type Node = string | { readonly _?: string; readonly $?: Record<string, string>; readonly [child: string]: unknown };
type Nodes = Readonly<Record<string, readonly Node[]>>;

/**
 * Whether a feed is written as rss-parser expects it: a root and prefixes it knows, no xml:base, no XHTML, no entities.
 * It looks elements up by prefix, so a feed that calls a vocabulary by another name is read past.
 */
export function isPlainFeed(text: string): boolean {
  const root = rootTag(text);
  if (
    root === null ||
    text
      .slice(0, root.start)
      .replace(/<!--|<\?/g, '')
      .includes('<!')
  )
    return false;
  const isKnownRoot =
    root.name === 'rdf:RDF' || root.name === 'feed' || (root.name === 'rss' && /\sversion\s*=/.test(root.attributes));
  if (!isKnownRoot) return false;
  if (/purl\.org\/atom\/ns#|\sxml:base\s*=|type\s*=\s*["'](?:xhtml|application\/|text\/)|\smode\s*=/.test(text))
    return false;
  for (const [, prefix, address] of text.matchAll(/\sxmlns(?::([\w.-]+))?\s*=\s*["']([^"']*)["']/g)) {
    const name = vocabularies[(address ?? '').toLowerCase()];
    if (name === undefined ? prefix === undefined : !isUsualPrefix(prefix ?? '', name)) return false;
  }
  return true;
}

const formats: Readonly<Record<string, RawFeed['format']>> = { rss: 'rss', rdf: 'rdf', feed: 'atom' };

const isUsualPrefix = (prefix: string, name: string): boolean => prefix === name || (name === '' && prefix === 'atom');

/** Reads a plain feed; null when rss-parser refuses it or hands on something other than text. */
export async function readWithRssParser(text: string): Promise<RawFeed | null> {
  const keep = (names: readonly string[]) => names.map((name) => [name, `raw ${name}`, { keepArray: true }]);
  const parser = new RssParser<Nodes, Nodes>({
    customFields: { feed: keep(feedElements) as never, item: keep(itemElements) as never },
  });
  try {
    const output = (await parser.parseString(text)) as unknown as Nodes & { items: readonly Nodes[] };
    if (output.items.length === 0 && /<(?:item|entry)[\s>]/.test(text)) return null;
    return {
      format: formats[rootTag(text)?.local ?? ''] ?? 'rss',
      channel: fromOutput(output, feedElements),
      items: output.items.map((item) => fromOutput(item, itemElements)),
      warnings: [],
    };
  } catch {
    return null;
  }
}

function fromOutput(output: Nodes, names: readonly string[]): RawElement {
  const children = new Map<string, readonly RawElement[]>();
  for (const name of names) {
    const nodes = output[`raw ${name}`];
    if (nodes)
      children.set(
        canonicalName(name),
        nodes.map((node) => toElement(node, name)),
      );
  }
  const about = output['rdf:about'];
  return { text: '', attributes: typeof about === 'string' ? { 'rdf:about': about } : {}, children };
}

function toElement(node: Node, name: string): RawElement {
  if (typeof node === 'string') return { ...emptyElement, text: node };
  const children = new Map<string, readonly RawElement[]>();
  for (const [child, nodes] of Object.entries(node)) {
    if (child === '_' || child === '$') continue;
    if (!structuredElements.includes(name)) throw new Error(`markup in <${name}>`);
    if (Array.isArray(nodes))
      children.set(
        canonicalName(child),
        nodes.map((one) => toElement(one as Node, name)),
      );
  }
  return { text: node._ ?? '', attributes: node.$ ?? {}, children };
}

const canonicalName = (name: string): string => name.toLowerCase();
