/**
 * The wording of an article as hashed pieces of words. It knows nothing of meaning, but it catches what the lexicon has no term
 * for; a tag still needs a concept that speaks for it.
 */
import { fold } from './words.js';

/** How often each piece occurs in an article, dampened. */
export interface Wording {
  readonly pieces: Uint32Array;
  readonly values: Float32Array;
}

/** Weights of pieces for one threat type after another, quantised: logit of a type = bias + Σ value × rarity × weight. */
export interface WordingModel {
  /** Piece → how rare it is (inverse document frequency), in steps of `RARITY_STEP`. */
  readonly rarity: Uint8Array;
  /** Type → its bias, the size of one weight step, and a weight for each piece. */
  readonly types: Readonly<
    Record<string, { readonly bias: number; readonly step: number; readonly weights: Int8Array }>
  >;
}

/** Different pieces share a bucket now and then; fewer buckets would blur rare words. */
export const PIECES = 1 << 16;
/** Rarity 0–12 in a byte. */
export const RARITY_STEP = 0.05;
/** Lengths of the pieces that a word, with a blank at both ends, is cut into. */
const SHORTEST_PIECE = 3;
const LONGEST_PIECE = 5;
/** The wording of an article's opening tells what it is about; the rest repeats it. */
const MOST_WORDS = 500;
/** A title says more about the subject than a sentence of the text does. */
const TITLE_WEIGHT = 2;
/** Words of a text stay in memory for the next; more distinct words than these and the memory starts anew. */
const MOST_REMEMBERED_WORDS = 60_000;
/** Longer 'words' are addresses or noise. */
const LONGEST_WORD = 50;

/** FNV-1a's start and multiplier for 32 bits (Fowler, Noll, Vo). */
const HASH_START = 0x811c9dc5;
const HASH_MULTIPLIER = 0x01000193;

/** Makes a reader of wordings, given the words of title and text; it remembers words between articles. */
export function createWordingReader(): (article: {
  readonly title: readonly string[];
  readonly text: readonly string[];
}) => Wording {
  const remembered = new Map<string, Uint32Array>();
  const counts = new Float32Array(PIECES);
  const seen = new Uint32Array(PIECES);

  function piecesOf(raw: string): Uint32Array {
    const known = remembered.get(raw);
    if (known !== undefined) return known;
    if (remembered.size >= MOST_REMEMBERED_WORDS) remembered.clear();
    const made = cut(` ${fold(raw).slice(0, LONGEST_WORD)} `);
    remembered.set(raw, made);
    return made;
  }

  return ({ title, text }) => {
    let met = 0;
    const count = (words: readonly string[], weight: number) => {
      for (let at = 0; at < Math.min(words.length, MOST_WORDS); at++) {
        const pieces = piecesOf(words[at] as string);
        for (let index = 0; index < pieces.length; index++) {
          const piece = pieces[index] as number;
          if (counts[piece] === 0) seen[met++] = piece;
          counts[piece] = (counts[piece] as number) + weight;
        }
      }
    };
    count(title, TITLE_WEIGHT);
    count(text, 1);
    const pieces = seen.slice(0, met);
    const values = new Float32Array(met);
    for (let index = 0; index < met; index++) {
      const piece = pieces[index] as number;
      values[index] = 1 + Math.log(counts[piece] as number);
      counts[piece] = 0;
    }
    return { pieces, values };
  };
}

function cut(word: string): Uint32Array {
  const pieces = new Set<number>();
  for (let start = 0; start < word.length; start++) {
    let hash = HASH_START;
    const last = Math.min(LONGEST_PIECE, word.length - start);
    for (let length = 1; length <= last; length++) {
      hash = Math.imul(hash ^ word.charCodeAt(start + length - 1), HASH_MULTIPLIER);
      if (length >= SHORTEST_PIECE) pieces.add(bucket(hash));
    }
  }
  // The whole word besides, which tells apart long words with like pieces.
  let hash = HASH_START;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), HASH_MULTIPLIER);
  pieces.add(bucket(hash));
  return Uint32Array.from(pieces);
}

const bucket = (hash: number): number => ((hash ^ (hash >>> 15)) >>> 0) % PIECES;

/** The wording's values times their pieces' rarity, brought to length 1 as a vector. */
export function weighted({ pieces, values }: Wording, rarity: Uint8Array): Float32Array {
  const weightedValues = new Float32Array(values.length);
  let squares = 0;
  for (let index = 0; index < values.length; index++) {
    const value = (values[index] as number) * (rarity[pieces[index] as number] as number) * RARITY_STEP;
    weightedValues[index] = value;
    squares += value * value;
  }
  const length = Math.sqrt(squares) || 1;
  for (let index = 0; index < weightedValues.length; index++) {
    weightedValues[index] = (weightedValues[index] as number) / length;
  }
  return weightedValues;
}

/** What a wording says, in logits before calibration. */
export interface WordingLogits {
  readonly types: ReadonlyMap<string, number>;
  /** Mean over the types. */
  readonly ofAll: number;
}

/** Makes the judge of wordings by a model. */
export function createWordingJudge({ rarity, types }: WordingModel): (wording: Wording) => WordingLogits {
  const ofTypes = Object.entries(types);
  const width = ofTypes.length;
  // Piece by piece, all types side by side: a piece touches one stretch of memory, not one a type.
  const weights = new Int8Array(PIECES * width);
  for (const [at, [, type]] of ofTypes.entries()) {
    for (let piece = 0; piece < PIECES; piece++) weights[piece * width + at] = type.weights[piece] as number;
  }
  const sums = new Float64Array(width);

  return (wording) => {
    const values = weighted(wording, rarity);
    sums.fill(0);
    for (let index = 0; index < values.length; index++) {
      const value = values[index] as number;
      const start = (wording.pieces[index] as number) * width;
      for (let at = 0; at < width; at++) sums[at] = (sums[at] as number) + value * (weights[start + at] as number);
    }
    const logits = ofTypes.map(([, { bias, step }], at) => bias + (sums[at] as number) * step);
    return {
      types: new Map(ofTypes.map(([type], at) => [type, logits[at] as number])),
      ofAll: logits.reduce((sum, logit) => sum + logit, 0) / Math.max(1, width),
    };
  };
}
