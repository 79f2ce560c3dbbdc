/** Mends what is commonly broken in feeds' XML before a parser sees it, and says what it mended. */
import type { FeedFault } from './feed.js';
import { vocabularies } from './raw.js';
import { rootTag, type XmlToken, xmlTokens } from './xml-tokens.js';

export type MendedXml =
  | { readonly ok: true; readonly text: string; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly reason: FeedFault; readonly message: string };

/** XML 1.0, section 2.2: control characters other than tab, line feed and carriage return are no characters. */
const FORBIDDEN_CHARACTERS = /(?![\t\n\r])\p{Cc}(?<![\u007f-\u009f])|[\ufffe\uffff]/gu;
/** An internal entity may stand for this many characters after all entities in it are resolved. */
const MAX_ENTITY_CHARACTERS = 10_000;
/** Entities may stand in entities this deep. */
const MAX_ENTITY_DEPTH = 16;
/** A document's entities may make it grow by this much in all, in characters. */
const MAX_ENTITY_GROWTH = 1_000_000;
/** No feed nests its elements deeper; parsers take quadratic time for the depth. */
const MAX_DEPTH = 500;

/**
 * Brings broken XML into a form that a forgiving parser reads: text before the first element, entities from the document's own DTD, markup inside texts, entries and texts without an end, a file cut short, and
 * roots in a vocabulary that nobody knows.
 */
export function mendXml(original: string): MendedXml {
  const warnings: string[] = [];
  let text = original;

  const start = Math.max(text.search(/<(?=[?!A-Za-z])/), 0);
  if (text.slice(0, start).trim() !== '') warnings.push('text before the first element');
  text = text.slice(start);

  const entities = resolveEntities(text);
  if (!entities.ok) return entities;
  text = escapeAmpersands(entities.text);

  const ended = endOpenMarkup(text);
  const closed = closeElements(ended);
  if (closed.depth > MAX_DEPTH)
    return { ok: false, reason: 'unreadable', message: `elements nested over ${MAX_DEPTH} deep` };
  if (closed.isCutOff || ended !== text) warnings.push('cut off before its end');
  if (closed.unclosed > 0) warnings.push(`${closed.unclosed} elements without an end`);
  return { ok: true, text: recogniseRoot(foldMarkup(closed.text)), warnings };
}

// --------------------------------------------------------------------------------------------------------------- limits

/** Feeds hold tens of entries, archives of them thousands; what goes beyond is older still. */
const MAX_ENTRIES = 10_000;
/** Far more than so many entries have. */
const MAX_ELEMENTS = 300_000;
/** No tag of a feed is longer, in characters; parsers take quadratic time for the number of attributes. */
const MAX_TAG_CHARACTERS = 64 * 1024;
/** Shorter texts can't reach the limits in a way that costs time, in characters. */
const ALWAYS_WITHIN_LIMITS = 128 * 1024;

/** The part of a feed that is read: up to the first tag beyond the limits, with a warning when that is not all. */
export function cutToLimits(text: string): { readonly text: string; readonly warnings: readonly string[] } {
  if (text.length <= ALWAYS_WITHIN_LIMITS) return { text, warnings: [] };
  let entries = 0;
  let elements = 0;
  for (const token of xmlTokens(text)) {
    const isTag = token.kind === 'open' || token.kind === 'close';
    if (isTag && token.kind === 'open') elements++;
    if (isTag && token.kind === 'open' && entryElements.has(token.local)) entries++;
    const limit =
      entries > MAX_ENTRIES
        ? `${MAX_ENTRIES} entries`
        : elements > MAX_ELEMENTS
          ? `${MAX_ELEMENTS} elements`
          : isTag && token.attributes.length > MAX_TAG_CHARACTERS
            ? `${token.start} characters, up to an endless tag,`
            : null;
    if (limit !== null) return { text: text.slice(0, token.start), warnings: [`only the first ${limit} were read`] };
  }
  return { text, warnings: [] };
}

// ----------------------------------------------------------------------------------------------- characters, entities

/** What windows-1252 has in 80–9F, where Unicode has control characters that no text means. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** Takes out control characters, which parsers refuse or, worse, hand on. */
export function mendCharacters(text: string): { readonly text: string; readonly warnings: readonly string[] } {
  const printable = mendWindowsCharacters(text);
  const mended = printable.replace(FORBIDDEN_CHARACTERS, '');
  return { text: mended, warnings: mended.length === printable.length ? [] : ['control characters'] };
}

/** Reads C1 control characters, raw or as references, as the windows-1252 characters they were before (as HTML does). */
function mendWindowsCharacters(text: string): string {
  if (!/[\u0080-\u009f]|&#(?:1[2-5]\d|x[89][0-9a-f]);/i.test(text)) return text;
  const mended = (code: number): string => WINDOWS_1252[code - 0x80] ?? String.fromCharCode(code);
  return text
    .replace(/[\u0080-\u009f]/g, (character) => mended(character.charCodeAt(0)))
    .replace(/&#(?:(1[2-5]\d)|x([89][0-9a-f]));/gi, (reference, decimal?: string, hexadecimal?: string) => {
      const code = decimal ? Number(decimal) : Number.parseInt(hexadecimal ?? '', 16);
      return code >= 0x80 && code <= 0x9f ? mended(code) : reference;
    });
}

/** Replaces the general entities that the document declares itself and takes its DTD away; refuses entity bombs. */
function resolveEntities(text: string): { ok: true; text: string } | (MendedXml & { ok: false }) {
  const doctype = doctypeOf(text);
  if (doctype === null) return { ok: true, text };
  const body = text.slice(0, doctype.start) + text.slice(doctype.end);
  const declared = new Map<string, string>();
  for (const [, name = '', double, single] of doctype.subset.matchAll(
    /<!ENTITY\s+([\w.:-]+)\s+(?:"([^"]*)"|'([^']*)')\s*>/g,
  )) {
    if (!declared.has(name)) declared.set(name, double ?? single ?? '');
  }
  if (declared.size === 0) return { ok: true, text: body };

  const resolved = new Map<string, string>();
  const resolve = (name: string, depth: number): string => {
    const known = resolved.get(name);
    if (known !== undefined) return known;
    if (depth > MAX_ENTITY_DEPTH) throw new EntityBomb(`the entity ${name} is nested too deep or contains itself`);
    const value = replaceEntities(declared.get(name) ?? '', declared, (inner) => resolve(inner, depth + 1));
    if (value.length > MAX_ENTITY_CHARACTERS) throw new EntityBomb(`the entity ${name} is too long once resolved`);
    resolved.set(name, value);
    return value;
  };
  try {
    let growth = 0;
    const result = replaceEntities(body, declared, (name) => {
      const value = resolve(name, 0);
      growth += value.length;
      if (growth > MAX_ENTITY_GROWTH) throw new EntityBomb('the entities make the document too long');
      return value;
    });
    return { ok: true, text: result };
  } catch (error) {
    if (error instanceof EntityBomb) return { ok: false, reason: 'entity-bomb', message: error.message };
    throw error;
  }
}

class EntityBomb extends Error {}

/** The document type declaration, which has to stand before the root. */
function doctypeOf(text: string): (XmlToken & { kind: 'doctype' }) | null {
  for (const token of xmlTokens(text)) {
    if (token.kind === 'doctype') return token;
    if (token.kind === 'open') return null;
  }
  return null;
}

const replaceEntities = (
  text: string,
  declared: ReadonlyMap<string, string>,
  value: (name: string) => string,
): string => text.replace(/&([\w.:-]+);/g, (reference, name: string) => (declared.has(name) ? value(name) : reference));

/** Bare ampersands as references: forgiving parsers take what follows one, tags and all, for part of an entity's name. */
function escapeAmpersands(text: string): string {
  if (!BARE_AMPERSAND.test(text)) return text;
  const pieces: string[] = [];
  let written = 0;
  for (const token of xmlTokens(text)) {
    if (token.kind !== 'cdata' && token.kind !== 'comment') continue;
    pieces.push(text.slice(written, token.start).replace(BARE_AMPERSANDS, '&amp;'), text.slice(token.start, token.end));
    written = token.end;
  }
  pieces.push(text.slice(written).replace(BARE_AMPERSANDS, '&amp;'));
  return pieces.join('');
}

/** No entity has a longer name. */
const BARE_AMPERSAND = /&(?!#?[\w.-]{1,32};)/;
const BARE_AMPERSANDS = new RegExp(BARE_AMPERSAND, 'g');

// ----------------------------------------------------------------------------------------------------- unclosed things

/** Ends a CDATA section or comment that the document's end cuts off, and takes away half a tag. */
function endOpenMarkup(text: string): string {
  if (text.lastIndexOf('<![CDATA[') > text.lastIndexOf(']]>')) return `${text}]]>`;
  if (text.lastIndexOf('<!--') > text.lastIndexOf('-->')) return `${text}-->`;
  const lastTag = text.lastIndexOf('<');
  return lastTag > text.lastIndexOf('>') ? text.slice(0, lastTag) : text;
}

/** Elements that hold text; where one has markup in it, the markup belongs to the text. */
const textElements = new Set(
  'title summary content description encoded tagline subtitle abstract info rights copyright'.split(' '),
);
/** Elements of feeds that no HTML has: one inside a text shows that the text was left open. */
const feedElements = new Set(
  'item entry channel guid pubdate category enclosure published updated issued modified comments creator encoded origlink'.split(
    ' ',
  ),
);
const entryElements = new Set(['item', 'entry']);
const rootElements = new Set(['rss', 'rdf', 'feed', 'channel']);

/**
 * Puts in the ends that are missing: entries never nest, so the start of one ends one that was left open; an element of
 * the feed ends a text that was left open; the end of the document ends what is open then.
 */
function closeElements(text: string): { text: string; unclosed: number; isCutOff: boolean; depth: number } {
  const pieces: string[] = [];
  let written = 0;
  let unclosed = 0;
  const insert = (at: number, name: string): void => {
    pieces.push(text.slice(written, at), `</${name}>`);
    written = at;
    unclosed++;
  };
  let entry: string | null = null;
  let textName: string | null = null;
  const roots: string[] = [];
  const openByName = new Map<string, number>();
  let depth = 0;
  let deepest = 0;
  for (const token of xmlTokens(text)) {
    if (token.kind !== 'open' && token.kind !== 'close') continue;
    const name = token.name.toLowerCase();
    const openOfName = openByName.get(name) ?? 0;
    if (token.kind === 'close' && openOfName === 0) {
      // An end without a beginning: forgiving parsers look for it through all that is open, each time.
      pieces.push(text.slice(written, token.start));
      written = token.end;
      continue;
    }
    if (!token.isSelfClosing) openByName.set(name, openOfName + (token.kind === 'open' ? 1 : -1));
    depth += token.isSelfClosing ? 0 : token.kind === 'open' ? 1 : -1;
    deepest = Math.max(deepest, textName === null ? depth : 0);
    const isOwn = feedElements.has(token.local) || rootElements.has(token.local);
    if (textName !== null && isOwn && token.name !== textName) {
      insert(token.start, textName);
      textName = null;
      depth--;
    }
    if (entryElements.has(token.local)) {
      if (token.kind === 'open' && entry !== null) {
        insert(token.start, entry);
        depth--;
      }
      entry = token.kind === 'open' && !token.isSelfClosing ? token.name : null;
    } else if (rootElements.has(token.local)) {
      if (token.kind === 'open' && !token.isSelfClosing) roots.push(token.name);
      else if (token.kind === 'close') roots.pop();
    } else if (textName === null && token.kind === 'open' && !token.isSelfClosing && textElements.has(token.local)) {
      textName = token.name;
    } else if (token.kind === 'close' && token.name === textName) textName = null;
  }
  pieces.push(text.slice(written));
  const isCutOff = entry !== null || roots.length > 0;
  const open = [textName, entry, ...roots.reverse()].filter((name) => name !== null);
  return { text: pieces.join('') + open.map((name) => `</${name}>`).join(''), unclosed, isCutOff, depth: deepest };
}

/** Puts markup inside texts into CDATA, so that it stays text in its order: XHTML (RFC 4287, section 3.1.1.3) and HTML nobody escaped. */
function foldMarkup(text: string): string {
  const pieces: string[] = [];
  let written = 0;
  let open: { name: string; tag: XmlToken & { kind: 'open' | 'close' }; depth: number; hasMarkup: boolean } | null =
    null;
  for (const token of xmlTokens(text)) {
    if (token.kind !== 'open' && token.kind !== 'close') continue;
    if (open === null) {
      if (token.kind === 'open' && !token.isSelfClosing && textElements.has(token.local)) {
        open = { name: token.name, tag: token, depth: 1, hasMarkup: false };
      }
      continue;
    }
    if (token.name === open.name && !token.isSelfClosing) open.depth += token.kind === 'open' ? 1 : -1;
    if (open.depth > 0) {
      open.hasMarkup = true;
      continue;
    }
    if (open.hasMarkup) {
      const { name, tag } = open;
      const attributes = tag.attributes.replace(/\stype\s*=\s*(?:"[^"]*"|'[^']*')/, '');
      const inner = asHtml(text.slice(tag.end, token.start));
      pieces.push(text.slice(written, tag.start), `<${name}${attributes} type="html"><![CDATA[${inner}]]>`);
      written = token.start;
    }
    open = null;
  }
  pieces.push(text.slice(written));
  return pieces.join('');
}

/** Inline markup as HTML: CDATA sections escaped, XHTML's prefixes and the div that only carries the text taken away. */
function asHtml(inner: string): string {
  const flat = inner
    .replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, (_, data: string) => data.replaceAll('&', '&amp;').replaceAll('<', '&lt;'))
    .replace(/<(\/?)(?:xhtml|html|xh|h|x):/g, '<$1')
    .replaceAll(']]>', ']]&gt;')
    .trim();
  const wrapper = /^<div(?=[\s>])[^>]*>/.exec(flat);
  const isWhole =
    wrapper !== null && flat.endsWith('</div>') && flat.indexOf('</div>') === flat.length - '</div>'.length;
  const hasInnerDivs = wrapper !== null && flat.endsWith('</div>') && /xmlns/.test(wrapper[0]);
  return isWhole || hasInnerDivs ? flat.slice(wrapper[0].length, -'</div>'.length) : flat;
}

// --------------------------------------------------------------------------------------------------------------- roots

/**
 * Gives a root that the reader doesn't know the form of one it knows: CDF's channel, and Atom's feed without or with a
 * made-up vocabulary.
 */
function recogniseRoot(text: string): string {
  const root = rootTag(text);
  if (root === null) return text;
  const before = text.slice(0, root.start);
  const after = text.slice(root.end);
  if (root.local === 'channel') return `${before}<rss version="cdf">${text.slice(root.start)}</rss>`;
  if (root.local !== 'feed') return text;

  const prefix = root.name.includes(':') ? `:${root.name.split(':', 1)[0]}` : '';
  const declaration = new RegExp(`\\sxmlns${prefix}\\s*=\\s*["']([^"']*)["']`).exec(root.attributes);
  if (vocabularies[declaration?.[1]?.toLowerCase() ?? ''] === '') return text;
  const others = declaration ? root.attributes.replace(declaration[0], '') : root.attributes;
  return `${before}<${root.name} xmlns${prefix}="http://www.w3.org/2005/Atom"${others}>${after}`;
}
