/** Trains the weights of wordings: TF-IDF and one logistic regression a threat type. Deterministic: same data, same weights. */
import { PIECES, RARITY_STEP, type Wording, type WordingModel, weighted } from './wording.js';

export interface WordingSample {
  readonly wording: Wording;
  readonly labels: readonly string[];
  /** How much it counts. */
  readonly weight: number;
}

const ROUNDS = 20;
/** How dear a wrong answer is against large weights (the C of liblinear). */
const COST = 100;
/** Right tags are rarer than wrong ones; this much more does each weigh. */
const POSITIVE_WEIGHT = 4;
/** Weights are kept in steps from −127 to 127. */
const MOST_STEPS = 127;
/** Of an article with its bias: a vector of length 1 and one more 1. */
const SQUARED_LENGTH = 2;
/** Steps of Newton's method for one article; it is near after three. */
const NEWTON_STEPS = 4;

/**
 * Trains all types on the same samples, by coordinate descent on the dual problem (Yu, Huang and Lin 2011): each article has one
 * number a type, how hard it pulls, and the weights are the sum of what all articles pull.
 */
export function trainWording(samples: readonly WordingSample[], types: readonly string[]): WordingModel {
  const rarity = rarities(samples);
  const width = types.length;
  const rows = samples.map(({ wording, labels, weight }) => ({
    pieces: wording.pieces,
    values: weighted(wording, rarity),
    signs: types.map((type) => (labels.includes(type) ? 1 : -1)),
    costs: types.map((type) => weight * COST * (labels.includes(type) ? POSITIVE_WEIGHT : 1)),
    pulls: new Float64Array(width),
    /** Logit of pull ÷ cost, where Newton's method starts the next time. */
    turns: new Float64Array(width).fill(-3),
  }));
  // Piece by piece, all types side by side: one row touches few stretches of memory.
  const weights = new Float32Array(PIECES * width);
  const bias = new Float64Array(width);
  const sums = new Float64Array(width);
  const shuffle = shuffler();
  const order = rows.map((_, index) => index);
  for (let round = 0; round < ROUNDS; round++) {
    shuffle(order);
    for (const index of order) {
      const { pieces, values, signs, costs, pulls, turns } = rows[index] as (typeof rows)[number];
      sums.set(bias);
      for (let at = 0; at < pieces.length; at++) {
        const value = values[at] as number;
        const start = (pieces[at] as number) * width;
        for (let type = 0; type < width; type++) {
          sums[type] = (sums[type] as number) + value * (weights[start + type] as number);
        }
      }
      for (let type = 0; type < width; type++) {
        const sign = signs[type] as number;
        const cost = costs[type] as number;
        const before = pulls[type] as number;
        const margin = sign * (sums[type] as number);
        let turn = turns[type] as number;
        for (let step = 0; step < NEWTON_STEPS; step++) {
          const share = 1 / (1 + Math.exp(-turn));
          const slope = 1 + SQUARED_LENGTH * cost * share * (1 - share);
          turn -= (turn + margin + SQUARED_LENGTH * (cost * share - before)) / slope;
        }
        const pull = cost / (1 + Math.exp(-turn));
        turns[type] = turn;
        pulls[type] = pull;
        const change = sign * (pull - before);
        sums[type] = change;
        bias[type] = (bias[type] as number) + change;
      }
      for (let at = 0; at < pieces.length; at++) {
        const value = values[at] as number;
        const start = (pieces[at] as number) * width;
        for (let type = 0; type < width; type++) {
          weights[start + type] = (weights[start + type] as number) + value * (sums[type] as number);
        }
      }
    }
  }
  return {
    rarity,
    types: Object.fromEntries(types.map((type, at) => [type, quantised(weights, width, at, bias[at] as number)])),
  };
}

function rarities(samples: readonly WordingSample[]): Uint8Array {
  const articles = new Float64Array(PIECES);
  let all = 0;
  for (const { wording } of samples) {
    all++;
    for (const piece of wording.pieces) articles[piece] = (articles[piece] as number) + 1;
  }
  // A piece that no article has says nothing: its weight is zero whatever its rarity.
  return Uint8Array.from(articles, (count) => Math.round((Math.log((1 + all) / (1 + count)) + 1) / RARITY_STEP));
}

function quantised(all: Float32Array, width: number, at: number, bias: number): WordingModel['types'][string] {
  let largest = 0;
  for (let piece = 0; piece < PIECES; piece++) largest = Math.max(largest, Math.abs(all[piece * width + at] as number));
  const step = Number((largest / MOST_STEPS).toPrecision(6)) || 1;
  const weights = new Int8Array(PIECES);
  for (let piece = 0; piece < PIECES; piece++) weights[piece] = Math.round((all[piece * width + at] as number) / step);
  return { bias: Number(bias.toFixed(4)), step, weights };
}

/** Brings a list into an order of its own each time, the same in every run (mulberry32). */
function shuffler(): (list: number[]) => void {
  let state = 0x9e3779b9;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return (list) => {
    for (let last = list.length - 1; last > 0; last--) {
      const other = Math.floor(random() * (last + 1));
      [list[last], list[other]] = [list[other] as number, list[last] as number];
    }
  };
}
