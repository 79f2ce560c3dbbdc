/**
 * The little language in which a lexicon term is written:
 *
 * - `set fire to`     words in a row, compared by stem, accents and case folded
 * - `hack~` `~kartell` any ending, any beginning
 * - `=is`             this very word, neither stemmed nor part of a compound
 * - `IS` `^Base`      a word all in capitals, or after ^, is compared with its capitals
 * - `set .. ablaze`   up to three other words between; `...` up to eight
 * - `(arson|fire) at` one of several, glued to letters or to `~` where wanted: `drug(s|gang)~`
 * - `agents?` `(very)?` the letter or the group may be absent
 */
import { fold } from './words.js';

export type WordTest =
  | { readonly kind: 'stem'; readonly word: string }
  | { readonly kind: 'exact'; readonly word: string }
  | { readonly kind: 'capitals'; readonly word: string }
  | { readonly kind: 'beginning'; readonly word: string }
  | { readonly kind: 'ending'; readonly word: string };

export interface Step {
  /** Words that may stand between the step before and this one. */
  readonly gap: number;
  readonly test: WordTest;
}

export type ParsedTerm =
  | { readonly ok: true; readonly alternatives: readonly (readonly Step[])[] }
  | { readonly ok: false; readonly expected: string };

const SHORT_GAP_WORDS = 3;
const LONG_GAP_WORDS = 8;
/** A term that spreads into more is a mistake, or belongs in a rule. */
const MOST_ALTERNATIVES = 400;
/** `a~` would match half of any text. */
const LEAST_OPEN_LETTERS = 3;

const wordParts = /[\p{L}\p{N}\p{M}]+/gu;
const capitals = /^(?=.*\p{Lu})[\p{Lu}\p{N}]{2,}$/u;

const groups = /\([^()]*\)/g;
/** A group, a letter that may be absent, or a run of other characters; each `?` belongs to what stands before it. */
const pieces = /\([^()]*\)\??|[\p{L}\p{N}]\?|(?:(?![\p{L}\p{N}]\?)[^()])+/gu;

/** Reads one term; says what was expected where it isn't one. */
export function parseTerm(term: string): ParsedTerm {
  if (/[()]/.test(term.replace(groups, '')))
    return { ok: false, expected: 'each ( closed by one ), none inside another' };
  let written: string[] = [''];
  for (const [piece] of term.matchAll(pieces)) {
    const choice = readPiece(piece);
    written = written.flatMap((before) => choice.map((one) => before + one));
    if (written.length > MOST_ALTERNATIVES) {
      return { ok: false, expected: `at most ${MOST_ALTERNATIVES} alternatives in one term` };
    }
  }
  const alternatives: Step[][] = [];
  for (const text of written) {
    const steps = readSteps(text);
    if (typeof steps === 'string') return { ok: false, expected: steps };
    alternatives.push(steps);
  }
  return { ok: true, alternatives };
}

function readPiece(piece: string): string[] {
  const optional = piece.endsWith('?');
  const content = optional ? piece.slice(0, -1) : piece;
  const choice = content.startsWith('(')
    ? content
        .slice(1, -1)
        .split('|')
        .map((one) => one.trim())
    : [content];
  return optional ? ['', ...choice] : choice;
}

function readSteps(text: string): Step[] | string {
  const steps: Step[] = [];
  let gap = 0;
  for (const part of text.split(/\s+/)) {
    if (part === '') continue;
    if (part === '..' || part === '...') {
      if (steps.length === 0) return 'a word before the gap';
      gap = part === '..' ? SHORT_GAP_WORDS : LONG_GAP_WORDS;
      continue;
    }
    const words = part.match(wordParts) ?? [];
    for (const [index, word] of words.entries()) {
      const open = { beginning: part.endsWith('~'), ending: part.startsWith('~') };
      const test = testFor(word, part, {
        beginning: open.beginning && index === words.length - 1,
        ending: open.ending && index === 0,
      });
      if (typeof test === 'string') return test;
      if (test !== null) {
        steps.push({ gap, test });
        gap = 0;
      }
    }
  }
  if (gap > 0) return 'a word after the gap';
  return steps.length > 0 ? steps : 'at least one word';
}

function testFor(
  word: string,
  part: string,
  open: { readonly beginning: boolean; readonly ending: boolean },
): WordTest | null | string {
  const folded = fold(word);
  if (open.beginning && open.ending) return `~ at one end of '${part}', not at both`;
  if (open.beginning || open.ending) {
    // Fewer letters would open on half of any text; such a word of a group ('break-in|theft') is taken whole.
    if (folded.length < LEAST_OPEN_LETTERS) return { kind: 'exact', word: folded };
    return { kind: open.beginning ? 'beginning' : 'ending', word: folded };
  }
  if (part.startsWith('^')) return { kind: 'capitals', word };
  if (part.startsWith('=')) return { kind: 'exact', word: folded };
  if (capitals.test(word) && /\p{Lu}/u.test(word)) return { kind: 'capitals', word };
  // The letters that elision leaves over are no words in a text either.
  if (word.length === 1 && /['’]/.test(part)) return null;
  if (/^(qu)$/i.test(word) && /['’]/.test(part)) return null;
  return { kind: 'stem', word: folded };
}
