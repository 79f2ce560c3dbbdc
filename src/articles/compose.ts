/** Blocks → the article's plain text and its HTML. */
import type { Block } from './blocks.js';

/** One line a block; a block's own line breaks stay. */
export function composeText(blocks: readonly Block[]): string {
  return blocks.map((block) => block.text).join('\n');
}

const HEADING = /^h[1-6]$/;

/** Paragraphs, headings, lists, tables and quotations, rebuilt from the blocks' safe HTML. */
export function composeHtml(blocks: readonly Block[]): string {
  const parts: string[] = [];
  let open: Wrapper | null = null;
  for (const block of blocks) {
    const wrapper = wrapperOf(block);
    if (open && open.key !== wrapper?.key) parts.push(`</${open.tag}>`);
    if (wrapper && open?.key !== wrapper.key) parts.push(`<${wrapper.tag}>`);
    open = wrapper;
    parts.push(blockHtml(block));
  }
  if (open) parts.push(`</${open.tag}>`);
  return parts.join('\n');
}

interface Wrapper {
  readonly tag: string;
  /** The element that is shared by the blocks inside. */
  readonly key: unknown;
}

function wrapperOf(block: Block): Wrapper | null {
  if (block.tag === 'tr') return { tag: 'table', key: block.container };
  for (let container: Block['container'] | null = block.container; container; container = container.parent) {
    if (container.tag === 'ul' || container.tag === 'ol' || container.tag === 'blockquote')
      return { tag: container.tag, key: container };
  }
  return null;
}

function blockHtml(block: Block): string {
  const inner = block.html.trim();
  if (block.tag === 'tr') return inner;
  if (HEADING.test(block.tag)) {
    const tag = block.tag === 'h1' ? 'h2' : block.tag;
    return `<${tag}>${inner}</${tag}>`;
  }
  const inList = wrapperOf(block)?.tag;
  const tag = inList === 'ul' || inList === 'ol' ? 'li' : block.tag === 'pre' ? 'pre' : 'p';
  return `<${tag}>${inner}</${tag}>`;
}
