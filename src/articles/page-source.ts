/**
 * First pass over a page's source, before any DOM: takes out what can't be article text (scripts, styles, drawings,
 * comments), keeps the data that scripts carry, and measures how deep tags nest. Parsing what is left costs a
 * fraction of parsing the page.
 */

/** A `<script>` that holds data: JSON-LD, or the state that a web framework hydrates from. */
export interface DataScript {
  readonly kind: 'json-ld' | 'json' | 'assignment';
  readonly id: string;
  readonly text: string;
}

export interface PageSource {
  readonly html: string;
  readonly scripts: readonly DataScript[];
  /** How deep tags nest, roughly: an unclosed `<p>` or `<li>` doesn't count. */
  readonly depth: number;
}

/** Elements whose content is no prose: each goes with all that it holds. */
const DROPPED = new Set(
  'script style svg noscript iframe template object canvas math button select textarea audio video datalist'.split(' '),
);
/** Empty elements that say nothing about an article. */
const DROPPED_TAGS = new Set(['source', 'track', 'embed', 'param', 'area', 'wbr']);
/** Attributes that are read somewhere; a DOM pays for every one. */
const READ_ATTRIBUTES = new Set(
  (
    'class id role itemprop rel href src alt content name property http-equiv charset datetime lang hidden aria-hidden ' +
    'style type action colspan rowspan data-testid data-component data-module'
  ).split(' '),
);
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>`]+)))?/g;
/** Styles are read for what they hide alone. */
const HIDING_STYLE = /none|hidden/i;
/** Elements around which white space isn't shown. */
const BLOCK = new Set(
  (
    'address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption figure ' +
    'footer form h1 h2 h3 h4 h5 h6 head header hr html li link main menu meta nav ol p section summary table tbody td ' +
    'tfoot th thead title tr ul'
  ).split(' '),
);
/** Elements that a document has once. They are written anew, so that text stands where the standard puts it. */
const ROOTS = new Set(['html', 'head', 'body']);
/** What a head may hold; anything else begins the body. */
const HEAD_CONTENT = new Set('title meta link base script style noscript template basefont bgsound'.split(' '));
/** Elements that HTML lets stand unclosed, or that are empty: they say nothing about nesting. */
const UNCOUNTED = new Set(
  (
    'area base br col embed hr img input link meta param source track wbr ' +
    'p li dt dd td th tr thead tbody tfoot option optgroup colgroup rt rp html head body'
  ).split(' '),
);
/** Deepest nesting that is parsed: browsers flatten beyond 512, and both DOMs recurse. */
export const MAX_DEPTH = 800;

/** Longest data script that is worth keeping. */
const MAX_SCRIPT_CHARACTERS = 4_000_000;

/** Longest tag that is believed; some carry a whole configuration in one attribute. */
const MAX_TAG_CHARACTERS = 400_000;

const NAME = /[a-z][^\s/>]*/iy;

/** Cleans the source of a page in one pass, in time linear in its length. */
export function readPageSource(source: string): PageSource {
  const kept: string[] = [];
  const scripts: DataScript[] = [];
  const unclosed = new Set<string>();
  let root: string | null = null;
  let inBody = false;
  let depth = 0;
  let deepest = 0;
  let keptUpTo = 0;
  let at = source.indexOf('<');
  let previous = '';

  const dropTo = (end: number): void => {
    if (at > keptUpTo) kept.push(source.slice(keptUpTo, at));
    keptUpTo = end;
    at = source.indexOf('<', end);
  };

  const openBody = (): void => {
    kept.push('</head><body>');
    inBody = true;
  };

  while (at !== -1) {
    if (source.startsWith('<!--', at)) {
      dropTo(endOfComment(source, at));
      continue;
    }
    const closing = source.charCodeAt(at + 1) === 47; // '/'
    NAME.lastIndex = closing ? at + 2 : at + 1;
    const name = NAME.exec(source)?.[0].toLowerCase();
    if (source.charCodeAt(at + 1) === 33) {
      dropTo(endOfTag(source, at + 2)); // a doctype, which is written anew, or a bogus comment
      continue;
    }
    if (name === undefined) {
      at = source.indexOf('<', at + 1);
      continue;
    }
    const tagEnd = endOfTag(source, NAME.lastIndex);
    if (at > keptUpTo && (BLOCK.has(name) || BLOCK.has(previous)) && isBlank(source, keptUpTo, at)) keptUpTo = at;
    if (DROPPED_TAGS.has(name)) {
      dropTo(tagEnd);
      continue;
    }
    if (ROOTS.has(name)) {
      if (!closing && name === 'html' && root === null) root = leanTag(name, source.slice(NAME.lastIndex, tagEnd));
      const opensBody = !closing && name === 'body' && !inBody;
      dropTo(tagEnd);
      if (opensBody) openBody();
      continue;
    }
    if (!closing && !inBody && !HEAD_CONTENT.has(name)) {
      if (at > keptUpTo) kept.push(source.slice(keptUpTo, at));
      keptUpTo = at;
      openBody();
    }
    if (!closing && DROPPED.has(name) && !unclosed.has(name)) {
      const content = contentOf(source, name, tagEnd);
      if (content) {
        if (name === 'script') {
          const script = dataScript(source.slice(at, tagEnd), source.slice(tagEnd, content.end));
          if (script) scripts.push(script);
        }
        dropTo(content.after);
        continue;
      }
      unclosed.add(name);
    }
    if (!UNCOUNTED.has(name)) {
      if (closing) depth = Math.max(0, depth - 1);
      else if (source.charCodeAt(tagEnd - 2) !== 47) deepest = Math.max(deepest, ++depth);
    }
    if (closing || tagEnd - at <= name.length + 2) kept.push(source.slice(keptUpTo, tagEnd));
    else kept.push(source.slice(keptUpTo, at), leanTag(name, source.slice(NAME.lastIndex, tagEnd)));
    keptUpTo = tagEnd;
    previous = name;
    at = source.indexOf('<', tagEnd);
  }
  kept.push(source.slice(keptUpTo));
  if (!inBody) kept.unshift('</head><body>');
  const html = `<!doctype html>${root ?? '<html>'}<head>${kept.join('')}</body></html>`;
  return { html, scripts, depth: deepest };
}

function isBlank(source: string, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (source.charCodeAt(index) > 32) return false;
  return true;
}

/** A start tag with the attributes that are read. */
function leanTag(name: string, attributes: string): string {
  let tag = `<${name}`;
  for (const [whole, attribute = '', double, single, bare] of attributes.matchAll(ATTRIBUTE)) {
    const key = attribute.toLowerCase();
    if (!READ_ATTRIBUTES.has(key) || (key === 'style' && !HIDING_STYLE.test(whole))) continue;
    if (double !== undefined) tag += ` ${key}="${double}"`;
    else if (single !== undefined) tag += ` ${key}='${single}'`;
    else tag += bare === undefined ? ` ${key}` : ` ${key}="${bare}"`;
  }
  return attributes.endsWith('/>') ? `${tag} />` : `${tag}>`;
}

function endOfComment(source: string, at: number): number {
  const abrupt = /<!--(?:-?>)/y;
  abrupt.lastIndex = at;
  if (abrupt.test(source)) return abrupt.lastIndex;
  const end = source.indexOf('-->', at + 4);
  return end === -1 ? source.length : end + 3;
}

/**
 * Index after the `>` that ends a tag, with `>` in quoted attribute values skipped. A quote that never closes would
 * swallow the page (and a page of them would cost quadratic time), so values end within a bound.
 */
function endOfTag(source: string, from: number): number {
  const bound = Math.min(source.length, from + MAX_TAG_CHARACTERS);
  let quote = 0;
  let afterEquals = false;
  for (let i = from; i < bound; i++) {
    const code = source.charCodeAt(i);
    if (quote) {
      if (code === quote) quote = 0;
    } else if (code === 62) return i + 1;
    else if ((code === 34 || code === 39) && afterEquals) quote = code;
    if (code === 61) afterEquals = true;
    else if (code > 32) afterEquals = false;
  }
  const end = source.indexOf('>', from);
  return end === -1 ? source.length : end + 1;
}

/** Where an element's content ends and where the source goes on after its end tag; null when it is never closed. */
function contentOf(source: string, name: string, tagEnd: number): { end: number; after: number } | null {
  if (source.charCodeAt(tagEnd - 2) === 47 && name === 'svg') return { end: tagEnd, after: tagEnd };
  const tags = new RegExp(`<(/?)${name}(?=[\\s/>])`, 'gi');
  tags.lastIndex = tagEnd;
  const nests = name === 'svg' || name === 'object' || name === 'template';
  let open = 1;
  for (let tag = tags.exec(source); tag; tag = tags.exec(source)) {
    if (tag[1]) open--;
    else if (nests && source.charCodeAt(endOfTag(source, tags.lastIndex) - 2) !== 47) open++;
    if (open === 0) return { end: tag.index, after: endOfTag(source, tags.lastIndex) };
  }
  return name === 'script' || name === 'style' ? { end: source.length, after: source.length } : null;
}

function dataScript(tag: string, text: string): DataScript | null {
  if (text.length > MAX_SCRIPT_CHARACTERS) return null;
  const id = /\sid\s*=\s*["']?([^\s"'>]+)/i.exec(tag)?.[1] ?? '';
  const type = /\stype\s*=\s*["']?([^\s"'>;]+)/i.exec(tag)?.[1]?.toLowerCase() ?? '';
  if (type === 'application/ld+json') return { kind: 'json-ld', id, text };
  if (type === 'application/json') return { kind: 'json', id, text };
  return null;
}
