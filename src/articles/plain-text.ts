/** An element's text as a reader sees it: one line a block, white space folded. */

const BLOCK = new Set(
  (
    'ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY CAPTION CENTER DD DETAILS DIV DL DT FIELDSET FIGCAPTION FIGURE FOOTER FORM ' +
    'H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN MENU NAV OL P PRE SECTION SUMMARY TABLE TBODY TFOOT THEAD TR UL'
  ).split(' '),
);
const CELL = new Set(['TD', 'TH']);
const SKIPPED = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'SVG', 'IFRAME', 'SELECT', 'TEXTAREA', 'HEAD']);

/** Plain text of an element; blocks and `<br>` end a line, empty lines are left out. */
export function plainText(root: Node): string {
  const parts: string[] = [];
  append(root, parts);
  return parts
    .join('')
    .split('\n')
    .map((line) => foldSpace(line))
    .filter((line) => line !== '')
    .join('\n');
}

/** White space of any kind and length becomes one space; zero-width marks and soft hyphens go. */
export function foldSpace(text: string): string {
  return text
    .replace(/[\u00ad\u200b\u2060\ufeff]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function append(node: Node, parts: string[]): void {
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.nodeType === 3) parts.push((child.nodeValue ?? '').replace(/\s+/g, ' '));
    else if (child.nodeType === 1) {
      const name = child.nodeName.toUpperCase();
      if (SKIPPED.has(name)) continue;
      if (name === 'BR') parts.push('\n');
      else if (BLOCK.has(name)) {
        parts.push('\n');
        append(child, parts);
        parts.push('\n');
      } else {
        append(child, parts);
        if (CELL.has(name)) parts.push(' ');
      }
    }
  }
}
