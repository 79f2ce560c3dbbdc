/** An element as HTML that is safe to show anywhere: an allow-list of elements and attributes, rebuilt from the tree. */

/** Elements that are kept, with the attributes that each keeps. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  abbr: [],
  b: [],
  blockquote: [],
  br: [],
  caption: [],
  cite: [],
  code: [],
  dd: [],
  del: [],
  dl: [],
  dt: [],
  em: [],
  figcaption: [],
  figure: [],
  h2: [],
  h3: [],
  h4: [],
  h5: [],
  h6: [],
  hr: [],
  i: [],
  img: ['src', 'alt'],
  ins: [],
  li: [],
  mark: [],
  ol: [],
  p: [],
  pre: [],
  q: [],
  s: [],
  small: [],
  strong: [],
  sub: [],
  sup: [],
  table: [],
  tbody: [],
  td: ['colspan', 'rowspan'],
  tfoot: [],
  th: ['colspan', 'rowspan'],
  thead: [],
  time: ['datetime'],
  tr: [],
  u: [],
  ul: [],
};
const VOID = new Set(['br', 'hr', 'img']);
const RENAMED: Readonly<Record<string, string>> = { h1: 'h2', strike: 's' };
/** Elements that go with all that they hold; others that aren't allowed leave their content. */
const DROPPED = new Set(
  'script style noscript template svg math iframe object embed form input button select textarea video audio head title'.split(
    ' ',
  ),
);
const BLOCK = new Set('div section article main header footer aside center address'.split(' '));

/**
 * Rebuilds an element's content as safe HTML.
 *
 * @param baseUrl address against which links are made absolute; links other than http(s) and mailto are dropped
 */
export function safeHtml(root: Node, baseUrl: string): string {
  const parts: string[] = [];
  append(root, baseUrl, parts);
  return parts
    .join('')
    .replace(/(?:\s*\n\s*)+/g, '\n')
    .trim();
}

/** One node, with its own tag, as safe HTML. */
export function safeNodeHtml(node: Node, baseUrl: string): string {
  const parts: string[] = [];
  appendNode(node, baseUrl, parts);
  return parts.join('');
}

/** Escapes text for use in HTML content and in double-quoted attribute values. */
export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

function append(node: Node, baseUrl: string, parts: string[]): void {
  for (let child = node.firstChild; child; child = child.nextSibling) appendNode(child, baseUrl, parts);
}

function appendNode(node: Node, baseUrl: string, parts: string[]): void {
  if (node.nodeType === 3) parts.push(escapeHtml((node.nodeValue ?? '').replace(/\s+/g, ' ')));
  else if (node.nodeType === 1) appendElement(node as Element, baseUrl, parts);
}

function appendElement(element: Element, baseUrl: string, parts: string[]): void {
  const original = element.nodeName.toLowerCase();
  if (DROPPED.has(original)) return;
  const name = RENAMED[original] ?? original;
  const attributes = ALLOWED[name];
  if (!attributes) {
    if (BLOCK.has(name)) parts.push('\n');
    append(element, baseUrl, parts);
    if (BLOCK.has(name)) parts.push('\n');
    return;
  }
  const written = attributes.flatMap((attribute) => writeAttribute(element, attribute, baseUrl));
  if (name === 'img' && !written.some((attribute) => attribute.startsWith(' src='))) return;
  parts.push(`<${name}${written.join('')}>`);
  if (VOID.has(name)) return;
  append(element, baseUrl, parts);
  parts.push(`</${name}>`);
}

function writeAttribute(element: Element, name: string, baseUrl: string): string[] {
  const value = element.getAttribute(name);
  if (value === null || value === '') return [];
  const safe = name === 'href' || name === 'src' ? safeAddress(value, baseUrl) : value;
  return safe === null ? [] : [` ${name}="${escapeHtml(safe)}"`];
}

/** The absolute address, or null where it isn't one that a reader may follow. */
export function safeAddress(address: string, baseUrl: string): string | null {
  try {
    const url = new URL(address.trim(), baseUrl);
    return /^(?:https?|mailto):$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
