/** What a page says about its article in JSON-LD (schema.org), read as publishers write it: graphs, arrays, broken JSON. */
import { parseLenientJson } from './lenient-json.js';

export interface LinkedArticle {
  readonly types: readonly string[];
  /** False for a page, a video or another thing that stands in where no article is described. */
  readonly isArticle: boolean;
  readonly publisher: string | null;
  readonly headline: string | null;
  readonly authors: readonly string[];
  readonly published: string | null;
  readonly modified: string | null;
  readonly section: string | null;
  readonly image: string | null;
  readonly description: string | null;
  /** `articleBody`, as given: plain text, or HTML on some sites. */
  readonly body: string | null;
}

/** How deep nodes are looked for inside nodes. */
const MAX_DEPTH = 8;
/** Types that are an article; the order doesn't matter. */
const ARTICLE_TYPE = /(?:Article|BlogPosting|Report|SocialMediaPosting|LiveBlogPosting|Review|AnalysisNewsArticle)$/;
/** Types that carry an article's metadata on pages without an article node. */
const PAGE_TYPE = /^(?:WebPage|ItemPage|VideoObject|CreativeWork|MediaObject)$/;

type Node = Readonly<Record<string, unknown>>;

/**
 * The node that describes this page's article, from all of its JSON-LD scripts.
 *
 * @param texts the scripts' contents
 * @param url address of the page: among several articles, the one with this address is meant
 */
export function readLinkedArticle(texts: readonly string[], url: string): LinkedArticle | null {
  const nodes = texts.flatMap((text) => nodesIn(parseLenientJson(text), 0));
  const byId = new Map(
    nodes.flatMap((node) => (typeof node['@id'] === 'string' ? [[node['@id'], node] as const] : [])),
  );
  const articles = nodes.filter((node) => typesOf(node).some((type) => ARTICLE_TYPE.test(type)) && hasSubstance(node));
  const pages = nodes.filter((node) => typesOf(node).some((type) => PAGE_TYPE.test(type)) && hasSubstance(node));
  const node = best(articles, url) ?? best(pages, url);
  return node ? linkedArticle(node, byId) : null;
}

function nodesIn(value: unknown, depth: number): Node[] {
  if (depth > MAX_DEPTH || value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap((entry) => nodesIn(entry, depth + 1));
  const node = value as Node;
  const inner = Object.entries(node).flatMap(([key, entry]) => (NESTED_KEYS.has(key) ? nodesIn(entry, depth + 1) : []));
  return [node, ...inner];
}

const NESTED_KEYS = new Set([
  '@graph',
  'mainEntity',
  'mainEntityOfPage',
  'author',
  'creator',
  'itemListElement',
  'item',
]);

const hasSubstance = (node: Node): boolean =>
  ['headline', 'datePublished', 'author', 'articleBody'].some((key) => node[key] !== undefined);

function best(nodes: readonly Node[], url: string): Node | undefined {
  const path = pathOf(url);
  const score = (node: Node): number =>
    (addressesOf(node).some((address) => pathOf(address) === path) ? 4 : 0) +
    (node.headline !== undefined ? 2 : 0) +
    (node.datePublished !== undefined ? 1 : 0) +
    (node.author !== undefined ? 1 : 0) +
    (node.articleBody !== undefined ? 1 : 0);
  return nodes.reduce<Node | undefined>((top, node) => (top && score(top) >= score(node) ? top : node), undefined);
}

function addressesOf(node: Node): string[] {
  return [node.url, node['@id'], node.mainEntityOfPage].flatMap((value) => {
    if (typeof value === 'string') return [value];
    const id = (value as Node | undefined)?.['@id'];
    return typeof id === 'string' ? [id] : [];
  });
}

function pathOf(address: string): string {
  try {
    return new URL(address, 'https://page.invalid/').pathname.replace(/\/+$/, '');
  } catch {
    return address;
  }
}

function typesOf(node: Node): string[] {
  const type = node['@type'];
  const list = Array.isArray(type) ? type : [type];
  return list
    .filter((entry): entry is string => typeof entry === 'string')
    .map((entry) => entry.replace(/^.*[/#:]/, ''));
}

function linkedArticle(node: Node, byId: ReadonlyMap<string, Node>): LinkedArticle {
  return {
    types: typesOf(node),
    isArticle: typesOf(node).some((type) => ARTICLE_TYPE.test(type)),
    publisher: namesOf(node.publisher, byId)[0] ?? null,
    headline: textOf(node.headline) ?? textOf(node.name),
    authors: namesOf(node.author ?? node.creator, byId),
    published: textOf(node.datePublished) ?? textOf(node.dateCreated) ?? textOf(node.uploadDate),
    modified: textOf(node.dateModified),
    section: textOf(node.articleSection),
    image: addressOf(node.image) ?? addressOf(node.thumbnailUrl),
    description: textOf(node.description),
    body: textOf(node.articleBody),
  };
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() || null;
  if (Array.isArray(value)) return textOf(value[0]);
  if (value !== null && typeof value === 'object') return textOf((value as Node)['@value'] ?? (value as Node)['@list']);
  return null;
}

/** Names of the people and organisations that an author property holds. */
function namesOf(value: unknown, byId: ReadonlyMap<string, Node>): string[] {
  const entries = (Array.isArray(value) ? value.flat() : [value]).map((entry) => resolved(entry, byId));
  return entries.flatMap(nameOf);
}

function resolved(entry: unknown, byId: ReadonlyMap<string, Node>): unknown {
  const id = (entry as Node | null | undefined)?.['@id'];
  const hasName = (entry as Node | null | undefined)?.name !== undefined;
  return typeof id === 'string' && !hasName ? (byId.get(id) ?? entry) : entry;
}

function nameOf(entry: unknown): string[] {
  if (typeof entry === 'string') return entry.trim() ? [entry.trim()] : [];
  if (entry === null || typeof entry !== 'object') return [];
  const { name, givenName, familyName } = entry as Node;
  if (Array.isArray(name)) return name.flatMap(nameOf);
  const full = textOf(name) ?? [textOf(givenName), textOf(familyName)].filter(Boolean).join(' ');
  return full ? [full] : [];
}

function addressOf(value: unknown): string | null {
  if (Array.isArray(value)) return addressOf(value[0]);
  if (typeof value === 'string') return value.trim() || null;
  if (value !== null && typeof value === 'object')
    return textOf((value as Node).url) ?? textOf((value as Node).contentUrl) ?? null;
  return null;
}
