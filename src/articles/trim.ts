/** Takes out of an article's blocks what isn't the article: boilerplate lines, lone links, teasers, repetitions. */
import { type Block, isProse } from './blocks.js';
import { boilerplateOf, isProfileHeading } from './boilerplate.js';
import { isPrintedByline } from './byline.js';
import { readPrintedDate } from './printed-date.js';
import { squash } from './site-names.js';

/** A short block that is a link from end to end, but for a word or a mark, points elsewhere. */
const LONE_LINK_SHARE = 0.85;
const MAX_LONE_LINK_CHARACTERS = 220;
/** A repetition is told by this much of its begin; shorter lines may well be said twice. */
const REPEATED_CHARACTERS = 80;
/** A line as short as this that holds a date is one. */
const MAX_DATE_CHARACTERS = 40;
/** A publisher's profile stands in the last part of an article. */
const PROFILE_FROM = 0.6;

/**
 * @param blocks the article's, in page order
 * @param title of the article, which pages repeat above its text
 */
export function trimBlocks(blocks: readonly Block[], title: string | null): readonly Block[] {
  const seen = new Set<string>();
  const named = squash(title ?? '');
  const firstProse = blocks.find(isProse)?.id ?? 0;
  const kept = blocks.filter((block) => {
    if (block.id < firstProse && (block.tag === 'h1' || squash(block.text) === named || isByline(block))) return false;
    if (isLoneLink(block) || boilerplateOf(block.text) !== null) return false;
    if (block.text.length < REPEATED_CHARACTERS) return true;
    const begin = block.text.slice(0, REPEATED_CHARACTERS);
    if (seen.has(begin)) return false;
    seen.add(begin);
    return true;
  });
  const profile = kept.findIndex((block, index) => index >= kept.length * PROFILE_FROM && isProfileHeading(block.text));
  return withoutIdleHeadings(profile === -1 ? kept : kept.slice(0, profile));
}

/** Authors and dates have fields of their own. */
function isByline({ text }: Block): boolean {
  return isPrintedByline(text) || (text.length <= MAX_DATE_CHARACTERS && readPrintedDate(text, '') !== null);
}

function isLoneLink(block: Block): boolean {
  return (
    block.text.length <= MAX_LONE_LINK_CHARACTERS &&
    block.linked >= block.text.length * LONE_LINK_SHARE &&
    !SENTENCE_END.test(block.text)
  );
}

/** A link that ends as a sentence does is a sentence of the article; teasers' titles have no full stop. */
const SENTENCE_END = /\p{Ll}{2}\.["”’»“]?$/u;

const HEADING = /^h[1-6]$/;

/** Leaves out headings with nothing below them: those of lists that are gone, and teasers' titles. Numbered ones are a list. */
function withoutIdleHeadings(blocks: readonly Block[]): readonly Block[] {
  return blocks.filter((block, index) => {
    const next = blocks[index + 1];
    return !HEADING.test(block.tag) || /^\d/.test(block.text) || (next !== undefined && next.tag !== block.tag);
  });
}
