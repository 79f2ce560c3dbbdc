/**
 * A page cut into blocks: the paragraphs, headings, list items and table rows that a reader sees, in order, each with
 * the containers around it. Every later decision is about which blocks are the article.
 */
import { foldSpace } from './plain-text.js';
import { safeNodeHtml } from './safe-html.js';

/** An element that holds blocks. */
export interface Container {
  readonly tag: string;
  /** Words of class, id, role and test hooks, lower case, split at hyphens and humps, one space between. */
  readonly words: string;
  readonly parent: Container | null;
  readonly depth: number;
  readonly element: Element;
  /** True inside a link that holds blocks, as teasers are. */
  readonly isLinked: boolean;
  /** Characters of prose inside. */
  prose: number;
  /** Characters of text inside, and of those in links. */
  text: number;
  linked: number;
}

export interface Block {
  readonly id: number;
  /** Tag of the element that makes the block, lower case: `p`, `h2`, `li`, `tr`, `div`, … */
  readonly tag: string;
  readonly words: string;
  readonly text: string;
  /** Safe HTML of the content, without the block's own tag. */
  readonly html: string;
  /** Characters of the text that are links. */
  readonly linked: number;
  /** Characters of the text that are bold, italic or the like. */
  readonly stressed: number;
  readonly container: Container;
  /** The block's own element, also where only a part of its content is the block. */
  readonly element: Element;
}

/** The attribute that carries a block's id through Readability. */
export const BLOCK_MARK = 'data-belfry-block';
/** Prose is a block of at least this many characters, mostly outside links. */
const PROSE_CHARACTERS = 80;
const MAX_PROSE_LINKS = 0.4;

const BLOCK_TAGS = new Set(
  (
    'ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY CAPTION CENTER DD DETAILS DIALOG DIV DL DT FIELDSET FIGCAPTION FIGURE FOOTER ' +
    'FORM H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN MENU NAV OL P PRE SECTION SUMMARY TABLE TBODY TFOOT THEAD TR TD TH UL'
  ).split(' '),
);
/** Elements whose content nobody reads as text. */
const SKIPPED_TAGS = new Set(
  (
    'SCRIPT STYLE NOSCRIPT TEMPLATE SVG MATH IFRAME OBJECT EMBED CANVAS AUDIO VIDEO BUTTON SELECT TEXTAREA INPUT ' +
    'OPTION PROGRESS METER HEAD'
  ).split(' '),
);
const STRESS_TAGS = new Set(['B', 'STRONG', 'EM', 'I', 'U']);

/** True for prose: long enough, and not a list of links. */
export function isProse(block: Block): boolean {
  return block.text.length >= PROSE_CHARACTERS && block.linked <= block.text.length * MAX_PROSE_LINKS;
}

/**
 * Cuts a document's body into blocks and marks them in the document, wrapping loose runs of text.
 *
 * @param url base of relative links
 */
export function segment(document: Document, url: string): readonly Block[] {
  const body = document.body;
  if (!body) return [];
  const holdsBlocks = elementsAroundBlocks(body);
  const blocks: Block[] = [];

  const visit = (element: Element, parent: Container | null): void => {
    const container: Container = {
      tag: element.nodeName.toLowerCase(),
      words: wordsOf(element),
      parent,
      depth: parent ? parent.depth + 1 : 0,
      element,
      isLinked: element.nodeName.toUpperCase() === 'A' || parent?.isLinked === true,
      prose: 0,
      text: 0,
      linked: 0,
    };
    let run: Node[] = [];
    const flush = (isWhole: boolean): void => {
      for (const part of splitAtBreaks(run)) addBlock(part, element, container, isWhole && part.length === run.length);
      run = [];
    };
    let next: ChildNode | null;
    let blocksInside = false;
    for (let child = element.firstChild; child; child = next) {
      next = child.nextSibling;
      if (child.nodeType === 3) run.push(child);
      else if (child.nodeType === 1) {
        const tag = child.nodeName.toUpperCase();
        if (SKIPPED_TAGS.has(tag)) continue;
        if (BLOCK_TAGS.has(tag) || holdsBlocks.has(child as Element)) {
          blocksInside = true;
          flush(false);
          if (tag === 'TR' && !holdsMoreThanCells(child as Element, holdsBlocks)) addRow(child as Element, container);
          else visit(child as Element, container);
        } else run.push(child);
      }
    }
    flush(!blocksInside);
    if (parent) {
      parent.prose += container.prose;
      parent.text += container.text;
      parent.linked += container.linked;
    }
  };

  const addRow = (row: Element, container: Container): void => add(row, row, [row], container);

  const addBlock = (nodes: readonly Node[], element: Element, container: Container, isWhole: boolean): void => {
    if (!nodes.some((node) => /\S/.test(node.textContent ?? ''))) return;
    let marked = element;
    if (!isWhole) {
      marked = document.createElement('span');
      element.insertBefore(marked, nodes[0] ?? null);
      for (const node of nodes) marked.appendChild(node);
    }
    add(marked, element, nodes, container);
  };

  const add = (marked: Element, element: Element, nodes: readonly Node[], container: Container): void => {
    const counts = { linked: 0, stressed: 0 };
    const raw = nodes.map((node) => textOf(node, counts)).join('');
    const text = raw.split('\n').map(foldSpace).filter(Boolean).join('\n');
    if (text === '') return;
    marked.setAttribute(BLOCK_MARK, String(blocks.length));
    const block: Block = {
      id: blocks.length,
      tag: element.nodeName.toLowerCase(),
      words: container.element === element ? container.words : wordsOf(element),
      text,
      html: nodes.map((node) => safeNodeHtml(node, url)).join(''),
      linked: container.isLinked ? text.length : counts.linked,
      stressed: counts.stressed,
      container,
      element,
    };
    blocks.push(block);
    container.text += text.length;
    container.linked += Math.min(block.linked, text.length);
    if (isProse(block)) container.prose += text.length;
  };

  visit(body, null);
  return blocks;
}

/** Whether a block's container, or one around it, passes a test. */
export function isWithin(block: Block, test: (container: Container) => boolean): boolean {
  for (let container: Container | null = block.container; container; container = container.parent)
    if (test(container)) return true;
  return false;
}

/** Every element that has a block somewhere inside. Walked by hand: linkedom finds nothing by the tag name `*`. */
function elementsAroundBlocks(body: Element): ReadonlySet<Element> {
  const around = new Set<Element>();
  const visit = (element: Element): boolean => {
    let holds = false;
    for (let child = element.firstElementChild; child; child = child.nextElementSibling)
      if (!SKIPPED_TAGS.has(child.nodeName.toUpperCase())) holds = visit(child) || holds;
    if (holds) around.add(element);
    return holds || BLOCK_TAGS.has(element.nodeName.toUpperCase());
  };
  visit(body);
  return around;
}

function holdsMoreThanCells(row: Element, holdsBlocks: ReadonlySet<Element>): boolean {
  return [...row.children].some((cell) => holdsBlocks.has(cell));
}

/** Parts of a run between double line breaks; breaks themselves belong to no part. */
function splitAtBreaks(run: readonly Node[]): Node[][] {
  const parts: Node[][] = [];
  let part: Node[] = [];
  let breaks: Node[] = [];
  for (const node of run) {
    if (node.nodeName.toUpperCase() === 'BR') breaks.push(node);
    else if (breaks.length > 0 && node.nodeType === 3 && !/\S/.test(node.nodeValue ?? '')) breaks.push(node);
    else {
      if (breaks.filter((entry) => entry.nodeType === 1).length > 1) {
        if (part.length > 0) parts.push(part);
        part = [];
      } else part.push(...breaks);
      breaks = [];
      part.push(node);
    }
  }
  if (part.length > 0) parts.push(parts.length === 0 ? [...part, ...breaks] : part);
  return parts;
}

function textOf(node: Node, counts: { linked: number; stressed: number }): string {
  if (node.nodeType === 3) return (node.nodeValue ?? '').replace(/\s+/g, ' ');
  if (node.nodeType !== 1) return '';
  const tag = node.nodeName.toUpperCase();
  if (tag === 'BR') return '\n';
  if (SKIPPED_TAGS.has(tag)) return '';
  let text = '';
  for (let child = node.firstChild; child; child = child.nextSibling) text += textOf(child, counts);
  if (tag === 'A') counts.linked += text.trim().length;
  else if (STRESS_TAGS.has(tag)) counts.stressed += text.trim().length;
  else if (tag === 'TD' || tag === 'TH') text += ' ';
  return text;
}

/** The words of an element's names: `ArticleBody--wide` → `article body wide`. */
export function wordsOf(element: Element): string {
  const names = NAMING_ATTRIBUTES.map((attribute) => element.getAttribute(attribute)).filter(Boolean);
  if (names.length === 0) return '';
  return withoutVariants(names.join(' ').slice(0, MAX_NAME_CHARACTERS))
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

const NAMING_ATTRIBUTES = ['class', 'id', 'role', 'itemprop', 'data-testid', 'data-component', 'data-module'];
const MAX_NAME_CHARACTERS = 600;
/** A utility class that holds on some screens or on paper only: `md:flex`, `print:hidden`. */
const VARIANT = /(?:^|\s)[^\s:]+:\S+/g;
const SHOWN_ON_SOME = /:(?:block|flex|grid|inline)/;

/** Leaves out utility classes for single screens; `hidden md:block` isn't hidden where it matters. */
function withoutVariants(names: string): string {
  if (!names.includes(':')) return names;
  const rest = names.replace(VARIANT, ' ');
  return SHOWN_ON_SOME.test(names) ? rest.replace(/(?:^|\s)hidden(?=\s|$)/g, ' ') : rest;
}
