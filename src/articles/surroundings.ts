/** The blocks just before and after an article's text, where bylines, datelines and credits stand. */
import { type Block, isProse } from './blocks.js';

export interface Surroundings {
  /** From the article's heading on, or the nearest ones above the text, with the text's own first lines, top down. */
  readonly before: readonly Block[];
  /** The nearest ones below the text, with the text's own last lines, top down. */
  readonly after: readonly Block[];
}

/** How far above the text its heading is looked for, and how far below it a signature, in blocks. */
const REACH = 30;
/** How many of the article's own first and last blocks may be its byline or dateline. */
const INNER_BLOCKS = 3;

/** Cuts them out of a page's blocks, which are in page order. */
export function surroundingsOf(blocks: readonly Block[], article: readonly Block[]): Surroundings {
  const prose = article.filter(isProse);
  const first = prose[0] ?? article[0];
  const last = prose.at(-1) ?? article.at(-1);
  if (!first || !last) return { before: blocks.slice(0, REACH), after: [] };
  const start = blocks.slice(0, first.id).findLastIndex((block) => block.tag === 'h1');
  const nearest = Math.max(0, first.id - REACH);
  return {
    before: blocks.slice(start === -1 ? nearest : Math.max(start - INNER_BLOCKS, nearest), first.id + INNER_BLOCKS),
    after: blocks.slice(Math.max(first.id + 1, last.id - INNER_BLOCKS + 1), last.id + REACH),
  };
}
