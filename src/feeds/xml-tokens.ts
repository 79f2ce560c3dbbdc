/** The outline of XML text, however broken: where tags, comments, CDATA sections and the DTD stand. Linear in its length. */

export type XmlToken =
  | {
      readonly kind: 'open' | 'close';
      /** As written, prefix and all. */
      readonly name: string;
      /** Local name in lower case. */
      readonly local: string;
      /** What stands between the name and the end of the tag. */
      readonly attributes: string;
      readonly isSelfClosing: boolean;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: 'cdata' | 'comment' | 'instruction'; readonly start: number; readonly end: number }
  | { readonly kind: 'doctype'; readonly subset: string; readonly start: number; readonly end: number };

const TAG_NAME = /<(\/?)((?:[\w.-]+:)?([A-Za-z_][\w.-]*))/y;

/** Walks through a document's markup in order; text between tokens is left out. A token cut off at the end ends there. */
export function* xmlTokens(text: string): Generator<XmlToken> {
  for (let at = text.indexOf('<'); at >= 0; ) {
    const token = tokenAt(text, at);
    if (token) yield token;
    at = text.indexOf('<', token ? token.end : at + 1);
  }
}

/** The first element of a document; null where it has none. */
export function rootTag(text: string): (XmlToken & { kind: 'open' | 'close' }) | null {
  for (const token of xmlTokens(text)) if (token.kind === 'open') return token;
  return null;
}

function tokenAt(text: string, start: number): XmlToken | null {
  if (text.startsWith('<![CDATA[', start)) return { kind: 'cdata', start, end: endAfter(text, ']]>', start + 9) };
  if (text.startsWith('<!--', start)) return { kind: 'comment', start, end: endAfter(text, '-->', start + 4) };
  if (text.startsWith('<?', start)) return { kind: 'instruction', start, end: endAfter(text, '>', start + 2) };
  if (/^<!doctype/i.test(text.slice(start, start + 9))) return doctypeAt(text, start);

  TAG_NAME.lastIndex = start;
  const match = TAG_NAME.exec(text);
  if (!match) return null;
  const [head, slash, name = '', local = ''] = match;
  const end = tagEnd(text, start + head.length);
  const isSelfClosing = text[end - 2] === '/';
  const attributes = text.slice(start + head.length, end - (isSelfClosing ? 2 : 1));
  return { kind: slash ? 'close' : 'open', name, local: local.toLowerCase(), attributes, isSelfClosing, start, end };
}

function endAfter(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + mark.length;
}

/** A tag ends at the first `>` outside of quotes; a quote that never closes is a slip and ends at the first one. */
function tagEnd(text: string, from: number): number {
  const nextTag = text.indexOf('<', from);
  const limit = nextTag < 0 ? text.length : nextTag;
  const first = text.indexOf('>', from);
  if (first < 0) return text.length;
  let quote = '';
  for (let at = from; at < limit; at++) {
    const character = text[at] as string;
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return at + 1;
  }
  return first + 1;
}

function doctypeAt(text: string, start: number): XmlToken {
  const close = text.indexOf('>', start);
  const bracket = text.indexOf('[', start);
  if (close < 0) return { kind: 'doctype', subset: '', start, end: text.length };
  if (bracket < 0 || bracket > close) return { kind: 'doctype', subset: '', start, end: close + 1 };
  const subsetEnd = text.indexOf(']', bracket);
  if (subsetEnd < 0) return { kind: 'doctype', subset: text.slice(bracket + 1), start, end: text.length };
  return { kind: 'doctype', subset: text.slice(bracket + 1, subsetEnd), start, end: endAfter(text, '>', subsetEnd) };
}
