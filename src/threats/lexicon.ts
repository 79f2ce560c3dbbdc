/**
 * Finds every term of one language's lexicon in one pass over the words. The cost of a word doesn't depend on the number of
 * terms: it is looked up in hash tables (and its answer kept), then moves a handful of half-matched terms one step on.
 */
import { areFormsOfOneWord, stem, writesCompounds } from './stems.js';
import type { Step } from './terms.js';
import { fold, type Words } from './words.js';

/** One way to say a concept. */
export interface LexiconTerm {
  readonly steps: readonly Step[];
  /** Index of the concept that it expresses. */
  readonly concept: number;
  /** Index of the written term, for reports. */
  readonly term: number;
}

/** A term found: words `first` to `last`, both included. */
export interface Match {
  readonly concept: number;
  readonly term: number;
  readonly first: number;
  readonly last: number;
}

export interface Lexicon {
  readonly language: string;
  /** All matches, overlapping ones too, by their last word. */
  find(words: Words): Match[];
}

interface State {
  /** Reached by the word right after. */
  readonly next: Map<number, State>;
  /** Reached by a word after a gap: word → state for each allowed gap. */
  readonly later: { readonly gap: number; readonly branch: Map<number, State> }[];
  readonly ends: { readonly concept: number; readonly term: number }[];
  /** The widest gap in `later`. */
  widest: number;
}

interface Walker {
  readonly state: State;
  readonly first: number;
  readonly last: number;
}

/** Words of a text stay in memory for the next; more distinct words than these and the memory starts anew. */
const MOST_REMEMBERED_WORDS = 60_000;
/** Parts of a compound: a shorter one would be found in too many words by chance. */
const LEAST_COMPOUND_PART = 5;
const LEAST_COMPOUND_REST = 3;
/** Longer 'words' are addresses or noise. */
const LONGEST_WORD = 50;

const newState = (): State => ({ next: new Map(), later: [], ends: [], widest: 0 });

function branchAfter({ later }: State, gap: number): Map<number, State> {
  const known = later.find((one) => one.gap === gap);
  if (known !== undefined) return known.branch;
  const branch = new Map<number, State>();
  later.push({ gap, branch });
  return branch;
}

/** Builds the lexicon of one language. */
export function buildLexicon(language: string, terms: Iterable<LexiconTerm>): Lexicon {
  const byStem = new Map<string, { readonly word: string; readonly id: number }[]>();
  const byKind = {
    stem: new Map<string, number>(),
    exact: new Map<string, number>(),
    capitals: new Map<string, number>(),
    beginning: new Map<string, number>(),
    ending: new Map<string, number>(),
  };
  let wordTests = 0;
  const compoundParts = new Map<string, number>();
  const root = newState();
  let longestOpen = 0;

  for (const { steps, concept, term } of terms) {
    let state = root;
    for (const { gap, test } of steps) {
      const key = test.word;
      let id = byKind[test.kind].get(key);
      if (id === undefined) {
        id = wordTests++;
        byKind[test.kind].set(key, id);
        if (test.kind === 'stem') {
          const stemmed = stem(key, language);
          byStem.set(stemmed, [...(byStem.get(stemmed) ?? []), { word: key, id }]);
        }
      }
      if (test.kind === 'beginning' || test.kind === 'ending') longestOpen = Math.max(longestOpen, key.length);
      if (test.kind === 'stem' && steps.length === 1) {
        const part = stem(key, language);
        if (part.length >= LEAST_COMPOUND_PART) compoundParts.set(part, id);
      }
      let branch = state.next;
      if (gap > 0) {
        branch = branchAfter(state, gap);
        state.widest = Math.max(state.widest, gap);
      }
      let following = branch.get(id);
      if (following === undefined) {
        following = newState();
        branch.set(id, following);
      }
      state = following;
    }
    state.ends.push({ concept, term });
  }

  const compounds = writesCompounds(language);
  const remembered = new Map<string, readonly number[]>();

  function testsPassedBy(raw: string): readonly number[] {
    const known = remembered.get(raw);
    if (known !== undefined) return known;
    if (remembered.size >= MOST_REMEMBERED_WORDS) remembered.clear();
    const passed = raw.length > LONGEST_WORD ? [] : lookUp(raw);
    remembered.set(raw, passed);
    return passed;
  }

  function lookUp(raw: string): readonly number[] {
    const passed = new Set<number>();
    const add = (id: number | undefined): boolean => {
      if (id !== undefined) passed.add(id);
      return id !== undefined;
    };
    const folded = fold(raw);
    const stemmed = stem(folded, language);
    add(byKind.capitals.get(raw));
    let knownWord = add(byKind.exact.get(folded));
    for (const { word, id } of byStem.get(stemmed) ?? []) {
      if (areFormsOfOneWord(folded, word, language)) knownWord = add(id);
    }
    for (let length = 3; length <= Math.min(folded.length, longestOpen); length++) {
      add(byKind.beginning.get(folded.slice(0, length)));
      add(byKind.ending.get(folded.slice(-length)));
    }
    if (compounds && !knownWord && folded.length >= LEAST_COMPOUND_PART + LEAST_COMPOUND_REST) {
      for (let cut = LEAST_COMPOUND_REST; cut <= stemmed.length - LEAST_COMPOUND_PART; cut++) {
        if (add(compoundParts.get(stemmed.slice(cut)))) break;
      }
      for (let cut = folded.length - LEAST_COMPOUND_REST; cut >= LEAST_COMPOUND_PART; cut--) {
        if (add(compoundParts.get(folded.slice(0, cut)))) break;
      }
    }
    return [...passed];
  }

  function find(words: Words): Match[] {
    const matches: Match[] = [];
    let walkers: Walker[] = [];
    for (let at = 0; at < words.raw.length; at++) {
      const passed = testsPassedBy(words.raw[at] as string);
      if (passed.length === 0 && walkers.length === 0) continue;
      const going: Walker[] = [];
      const sentence = words.sentence[at];
      for (const walker of walkers) {
        if (words.sentence[walker.last] !== sentence) continue;
        const between = at - walker.last - 1;
        const { state } = walker;
        for (let index = 0; index < passed.length; index++) {
          const id = passed[index] as number;
          if (between === 0) step(state.next.get(id), walker.first, at, going, matches);
          for (let later = 0; later < state.later.length; later++) {
            const { gap, branch } = state.later[later] as State['later'][number];
            if (between <= gap) step(branch.get(id), walker.first, at, going, matches);
          }
        }
        if (between < walker.state.widest) going.push(walker);
      }
      for (const id of passed) step(root.next.get(id), at, at, going, matches);
      walkers = going;
    }
    return matches;
  }

  function step(state: State | undefined, first: number, last: number, going: Walker[], matches: Match[]): void {
    if (state === undefined) return;
    for (const { concept, term } of state.ends) matches.push({ concept, term, first, last });
    if (state.next.size > 0 || state.widest > 0) going.push({ state, first, last });
  }

  return { language, find };
}
