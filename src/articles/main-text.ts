/** The article among a page's blocks: furniture goes first, Readability votes, and what it missed is filled in. */
import { type Block, type Container, isProse, isWithin } from './blocks.js';
import { findFurniture } from './furniture.js';
import { readableBlocks } from './readable.js';

/** Readability's choice is doubted when it has less than this share of the prose that looks alike. */
const DOUBTED_SHARE = 0.35;
/** Blocks without names have no kin. */
const NO_KIN = '';
/** So many paragraphs of one name make the name that of the article's paragraphs. */
const MIN_KIN = 3;
/** Prose of an article is hardly linked; teasers are. */
const MAX_ARTICLE_LINKS = 0.2;

export interface MainText {
  /** In page order. */
  readonly blocks: readonly Block[];
  /** Whose choice it is: Readability's, or the largest group of paragraphs that are built alike. */
  readonly method: 'readability' | 'likeness';
}

/** Finds the article's among a page's blocks. Changes the document. */
export function findMainText(document: Document, blocks: readonly Block[]): MainText {
  const furniture = findFurniture(blocks);
  for (const { element } of furniture.keys()) element.remove();
  const candidates = blocks.filter((block) => !isWithin(block, (container) => furniture.has(container)));
  const votes = readableBlocks(document);
  const voted = candidates.filter((block) => votes.has(block.id));
  const rival = mostlyAlike(candidates);
  return proseOf(voted) < proseOf(rival) * DOUBTED_SHARE
    ? { blocks: fillGaps(candidates, rival), method: 'likeness' }
    : { blocks: fillGaps(candidates, voted), method: 'readability' };
}

const proseOf = (blocks: readonly Block[]): number =>
  blocks.reduce((sum, block) => sum + (isProse(block) ? block.text.length : 0), 0);

/** The innermost container that holds at least a share of the blocks' prose. */
function innermostWith(blocks: readonly Block[], share: number): Container | null {
  const prose = new Map<Container, number>();
  let total = 0;
  for (const block of blocks) {
    if (!isProse(block)) continue;
    total += block.text.length;
    for (let container: Container | null = block.container; container; container = container.parent)
      prose.set(container, (prose.get(container) ?? 0) + block.text.length);
  }
  let best: Container | null = null;
  for (const [container, amount] of prose)
    if (amount >= total * share && (best === null || container.depth > best.depth)) best = container;
  return best;
}

/** The prose that is built alike and makes up most of a page: the article's paragraphs on nearly every page. */
function mostlyAlike(blocks: readonly Block[]): readonly Block[] {
  const groups = new Map<string, Block[]>();
  for (const block of blocks) {
    if (!isProse(block) || block.linked > block.text.length * MAX_ARTICLE_LINKS) continue;
    const group = groups.get(lookOf(block));
    if (group) group.push(block);
    else groups.set(lookOf(block), [block]);
  }
  let best: readonly Block[] = [];
  for (const group of groups.values()) if (proseOf(group) > proseOf(best)) best = group;
  return best;
}

/** Adds the blocks that Readability left out although they stand among the voted ones, or look just like them. */
function fillGaps(candidates: readonly Block[], voted: readonly Block[]): readonly Block[] {
  const prose = voted.filter(isProse);
  const [firstProse] = prose;
  const lastProse = prose.at(-1);
  if (!firstProse || !lastProse) return voted;
  const scope = innermostWith(prose, 0.95);
  const isVoted = new Set(voted);
  const looks = countBy(prose, lookOf);
  const kin = countBy(prose, kinOf);
  const heading = candidates.findLast((block) => block.tag === 'h1' && block.id < firstProse.id);
  return candidates.filter((block) => {
    if (isVoted.has(block)) return true;
    if (
      kinOf(block) !== NO_KIN &&
      (kin.get(kinOf(block)) ?? 0) >= MIN_KIN &&
      block.id > (heading?.id ?? firstProse.id) &&
      block.id < lastProse.id &&
      isProse(block) &&
      block.linked <= block.text.length * MAX_ARTICLE_LINKS
    )
      return true;
    const between = block.id > firstProse.id && block.id < lastProse.id;
    const alike = (looks.get(lookOf(block)) ?? 0) >= 2;
    if (alike && between) return true;
    const near = scope?.parent?.parent ?? scope?.parent ?? scope;
    if (
      alike &&
      isProse(block) &&
      block.linked <= block.text.length * MAX_ARTICLE_LINKS &&
      isWithin(block, (container) => container === near)
    )
      return true;
    return between && isWithin(block, (container) => container === scope) && (isProse(block) || isHeading(block));
  });
}

function countBy(blocks: readonly Block[], key: (block: Block) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const block of blocks) counts.set(key(block), (counts.get(key(block)) ?? 0) + 1);
  return counts;
}

const isHeading = (block: Block): boolean => /^h[2-6]$/.test(block.tag);

/** Its tag and nearest names alone: publishers name the paragraphs of an article alike, wherever they put them. */
function kinOf(block: Block): string {
  const around = block.container.element === block.element ? block.container.parent : block.container;
  const names = block.words || around?.words;
  return names ? `${block.tag}|${names}` : NO_KIN;
}

/** How a block is built: its own tag and names and those of the two elements around it. */
function lookOf(block: Block): string {
  const around = block.container.element === block.element ? block.container.parent : block.container;
  return [block.tag, block.words, around?.tag, around?.words, around?.parent?.tag, around?.parent?.words].join('|');
}
