/** node-feedparser for everything that is not plain: it resolves vocabularies, takes broken XML and keeps what it can. */
import FeedParser from 'feedparser';
import { emptyElement, type RawElement, type RawFeed, vocabularies } from './raw.js';

/** Reads mended text; null when there is no feed in it. Whatever came before a failure is kept, with a warning. */
export function readWithFeedparser(text: string, address: string): Promise<RawFeed | null> {
  return new Promise((resolve, reject) => {
    const parser = new FeedParser({ feedurl: address, normalize: false, addmeta: false, resume_saxerror: true });
    const items: Node[] = [];
    const warnings: string[] = [];
    let settled = false;
    const settle = (): void => {
      if (settled) return;
      settled = true;
      const format = parser.meta['#type'] as RawFeed['format'] | undefined;
      if (format === undefined) {
        resolve(null);
        return;
      }
      const prefixes = prefixesOf(parser.meta['#ns']);
      const name = canonicalNames(format, prefixes);
      resolve({
        format,
        channel: toElement(parser.meta as unknown as Node, name),
        items: items.map((item) => toElement({ ...item, '@': item[`${format}:@`] }, name)),
        warnings,
      });
    };
    parser.on('readable', () => {
      for (let item = parser.read(); item !== null; item = parser.read()) items.push(item as unknown as Node);
    });
    parser.on('error', (error: Error) => {
      if (error.message !== 'Not a feed') warnings.push(`broken XML: ${firstLine(error.message)}`);
      settle();
    });
    parser.on('end', settle);
    try {
      parser.end(text);
    } catch (error) {
      reject(error);
    }
  });
}

interface Node {
  readonly '@'?: Readonly<Record<string, string>> | readonly Readonly<Record<string, string>>[];
  readonly '#'?: string;
  readonly [child: string]: unknown;
}

const firstLine = (message: string): string => message.split('\n', 1)[0] ?? '';

function prefixesOf(declared: readonly Readonly<Record<string, string>>[]): ReadonlyMap<string, string> {
  const prefixes = new Map<string, string>();
  for (const declaration of declared) {
    for (const [attribute, address] of Object.entries(declaration)) {
      const vocabulary = vocabularies[address.toLowerCase()];
      const prefix = attribute.replace(/^xmlns:?/, '');
      if (vocabulary !== undefined && prefix !== '') prefixes.set(prefix.toLowerCase(), vocabulary);
    }
  }
  return prefixes;
}

/** feedparser puts the format in front of a feed's own elements and leaves the rest as written or in its own prefix. */
function canonicalNames(format: string, prefixes: ReadonlyMap<string, string>): (name: string) => string {
  return (name) => {
    const [prefix = '', local] = name.toLowerCase().split(/:(.*)/s);
    if (local === undefined) return prefix;
    if (prefix === format) return local;
    if (prefix === 'syn') return `sy:${local}`;
    const vocabulary = prefixes.get(prefix) ?? prefix;
    if (vocabulary === '') return format === 'atom' ? local : `atom:${local}`;
    return `${vocabulary}:${local}`;
  };
}

/** Nothing that is read stands deeper in an entry. */
const MAX_ELEMENT_DEPTH = 8;

function toElement(node: unknown, name: (raw: string) => string, depth = 0): RawElement {
  if (typeof node === 'string') return { ...emptyElement, text: node };
  if (typeof node !== 'object' || node === null || depth > MAX_ELEMENT_DEPTH) return emptyElement;
  const { '@': attributes, '#': text, ...rest } = node as Node;
  const children = new Map<string, RawElement[]>();
  for (const [key, value] of Object.entries(rest)) {
    if (key.startsWith('#') || key.endsWith(':@') || value === null || value === undefined || key === 'meta') continue;
    const elements = (Array.isArray(value) ? value : [value]).map((one) => toElement(one, name, depth + 1));
    const canonical = name(key);
    children.set(canonical, [...(children.get(canonical) ?? []), ...elements]);
  }
  // A feed's own attributes come as a list of one-entry objects.
  return {
    text: text ?? '',
    attributes: Array.isArray(attributes) ? Object.assign({}, ...attributes) : (attributes ?? {}),
    children,
  };
}
