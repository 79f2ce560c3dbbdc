/** What an edit changed: two wordings of a text, told paragraph by paragraph and word by word. */
import { diffArrays, diffWordsWithSpace } from 'diff';

/** Texts that differ in more paragraphs than this were written anew; the search for what they share grows with the square. */
const PARAGRAPHS_MAX_EDITS = 200;
/** The same for the words of one paragraph. */
const WORDS_MAX_EDITS = 150;
/** Paragraphs that share less than this of their words are two, not one that was edited. */
const SAME_PARAGRAPH_SHARE = 0.5;
/** How many new paragraphs are tried for one that went, nearest first. */
const LOOK_AHEAD = 5;

export interface Piece {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

export type Difference =
  | Piece
  /** One paragraph that was edited within. */
  | { readonly kind: 'edited'; readonly pieces: readonly Piece[] };

/** How a text became another, in the order of reading; blank lines count for nothing. */
export function differencesOf(before: string, after: string): readonly Difference[] {
  const former = paragraphsOf(before);
  const latter = paragraphsOf(after);
  const changes = diffArrays(former, latter, { maxEditLength: PARAGRAPHS_MAX_EDITS });
  if (changes === undefined) return [...as('removed', former), ...as('added', latter)];
  return changes.flatMap(({ added, removed, value }, place) => {
    const previous = changes[place - 1];
    const next = changes[place + 1];
    if (removed && next?.added) return settle(value, next.value);
    if (added && previous?.removed) return [];
    return as(removed ? 'removed' : added ? 'added' : 'same', value);
  });
}

/** How one line became another, word by word; what shares too little is shown as gone and come. */
export function wordDifferences(before: string, after: string): readonly Piece[] {
  if (before === after) return [{ kind: 'same', text: after }];
  return (
    editedWords(before, after) ?? [
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ]
  );
}

const paragraphsOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

const as = (kind: 'same' | 'removed' | 'added', texts: readonly string[]): Difference[] =>
  texts.map((text) => ({ kind, text }));

/** Paragraphs that stand in place of others: finds those that are the same one edited, in order. */
function settle(gone: readonly string[], come: readonly string[]): Difference[] {
  const result: Difference[] = [];
  let next = 0;
  for (const paragraph of gone) {
    const candidates = come.slice(next, next + LOOK_AHEAD);
    let pieces: readonly Piece[] | undefined;
    const found = candidates.findIndex((candidate) => {
      pieces = editedWords(paragraph, candidate);
      return pieces !== undefined;
    });
    if (pieces === undefined) {
      result.push({ kind: 'removed', text: paragraph });
      continue;
    }
    result.push(...as('added', candidates.slice(0, found)), { kind: 'edited', pieces });
    next += found + 1;
  }
  return [...result, ...as('added', come.slice(next))];
}

/** Undefined where the two share too little to be one. */
function editedWords(before: string, after: string): readonly Piece[] | undefined {
  if (!couldBeOne(before, after)) return undefined;
  const changes = diffWordsWithSpace(before, after, { maxEditLength: WORDS_MAX_EDITS });
  if (changes === undefined) return undefined;
  const pieces = changes.map(({ added, removed, value }): Piece => {
    return { kind: added ? 'added' : removed ? 'removed' : 'same', text: value };
  });
  const shared = pieces.reduce((sum, { kind, text }) => sum + (kind === 'same' ? text.trim().length : 0), 0);
  return shared >= SAME_PARAGRAPH_SHARE * Math.max(before.length, after.length) ? pieces : undefined;
}

/** Whether lengths and words leave room for the share that the same paragraph has: cheaper than to compare. */
function couldBeOne(before: string, after: string): boolean {
  return (
    Math.min(before.length, after.length) >= SAME_PARAGRAPH_SHARE * Math.max(before.length, after.length) &&
    sharedWords(before, after) >= SAME_PARAGRAPH_SHARE
  );
}

/** Which share of the words that one has the other has too, wherever they stand. */
function sharedWords(before: string, after: string): number {
  const words = new Set(before.split(/\s+/));
  const others = new Set(after.split(/\s+/));
  const shared = [...words].filter((word) => others.has(word)).length;
  return shared / Math.max(1, Math.min(words.size, others.size));
}
