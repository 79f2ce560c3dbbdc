/**
 * Trains the model: per type a logistic regression over concepts and rules that starts from the taxonomy's weights and moves away
 * from them only as far as the data pay for (a Gaussian prior around the taxonomy). Deterministic: same data, same weights.
 */
import type { LabelledArticle } from './labelled.js';
import {
  type Calibration,
  calibrated,
  combined,
  type OwnWords,
  probability,
  type Said,
  UNTRAINED_BIAS,
  untrainedModel,
} from './model.js';
import { createReader, type Feature } from './reading.js';
import type { Taxonomy, ThreatType } from './taxonomy.js';
import { createWordingReader, type Wording } from './wording.js';

/** An article as the model sees it. */
export interface Sample {
  readonly article: LabelledArticle;
  readonly features: readonly Feature[];
  readonly wording: Wording;
  /** How much it counts in training. */
  readonly weight: number;
}

export interface TrainingSettings {
  /** How hard weights are held to the taxonomy's: 1 / variance of the prior, per sample. */
  readonly pull: number;
  /** The same for features that the taxonomy gives the type no weight. */
  readonly pullOfOthers: number;
  /** A feature seen in fewer articles keeps the taxonomy's weight. */
  readonly leastArticles: number;
  /** An article that was given counts as much as so many invented ones: it is what the model is for, and there are far fewer. */
  readonly weightOfGiven: number;
}

export const defaultSettings: TrainingSettings = { pull: 0.5, pullOfOthers: 1.5, leastArticles: 3, weightOfGiven: 8 };

const STEPS = 400;
const STEP_LENGTH = 0.08;
/** Adam's decay rates (Kingma and Ba 2015). */
const MOMENTUM = 0.9;
const SCALE_DECAY = 0.99;
/** Weights are written with so many decimals; a smaller change is none. */
const DECIMALS = 3;

/** Reads articles into samples, each in its own language. */
export function toSamples(taxonomy: Taxonomy, articles: readonly LabelledArticle[], weight = 1): Sample[] {
  const read = createReader(taxonomy);
  const readWording = createWordingReader();
  return articles.map((article) => {
    const language = taxonomy.languages.includes(article.language) ? article.language : 'en';
    const { features, words } = read(article, language);
    return { article, features, wording: readWording(words), weight };
  });
}

/** Examples stand in groups of four languages, which may tell the same. */
const EXAMPLES_OF_A_STORY = 4;

/** The taxonomy's own examples as labelled articles. */
export function exampleArticles(taxonomy: Taxonomy): LabelledArticle[] {
  return taxonomy.examples.map(({ language, title, text, types }, index) => ({
    id: `example-${index + 1}`,
    language,
    title,
    text,
    labels: types,
    kind: types.length > 0 ? 'positive' : 'hard',
    story: `example-${Math.floor(index / EXAMPLES_OF_A_STORY)}`,
  }));
}

export type TypeWeights = { readonly bias: number; readonly learned: Record<string, number> };

/** Trains all types; thresholds and calibration are chosen apart, on articles that weren't trained on. */
export function trainTypes(
  taxonomy: Taxonomy,
  samples: readonly Sample[],
  settings: TrainingSettings = defaultSettings,
): Record<string, TypeWeights> {
  const seen = new Map<string, number>();
  for (const { features } of samples) for (const { id } of features) seen.set(id, (seen.get(id) ?? 0) + 1);
  const ids = [...seen]
    .filter(([, count]) => count >= settings.leastArticles)
    .map(([id]) => id)
    .sort();
  const columns = new Map(ids.map((id, column) => [id, column]));
  return Object.fromEntries(taxonomy.types.map((type) => [type.id, trainType(type, samples, ids, columns, settings)]));
}

function trainType(
  type: ThreatType,
  samples: readonly Sample[],
  ids: readonly string[],
  columns: ReadonlyMap<string, number>,
  settings: TrainingSettings,
): TypeWeights {
  const rows = samples.map(({ article, features, weight }) => {
    const known = features.filter(({ id }) => columns.has(id));
    return {
      columns: known.map(({ id }) => columns.get(id) as number),
      values: known.map(({ value }) => value),
      /** What features too rare to learn add by the taxonomy alone. */
      fixed: features
        .filter(({ id }) => !columns.has(id))
        .reduce((sum, { id, value }) => sum + value * (type.weights[id] ?? 0), 0),
      target: article.labels.includes(type.id) ? 1 : 0,
      weight,
    };
  });
  const prior = ids.map((id) => type.weights[id] ?? 0);
  const pull = ids.map((id) => (id in type.weights ? settings.pull : settings.pullOfOthers));
  const change = new Float64Array(ids.length + 1);
  const gradient = new Float64Array(ids.length + 1);
  const momentum = new Float64Array(ids.length + 1);
  const scale = new Float64Array(ids.length + 1);
  const biasAt = ids.length;
  for (let step = 1; step <= STEPS; step++) {
    for (let column = 0; column < ids.length; column++)
      gradient[column] = (pull[column] as number) * (change[column] as number);
    gradient[biasAt] = 0;
    for (const row of rows) {
      let logit = UNTRAINED_BIAS + (change[biasAt] as number) + row.fixed;
      for (let i = 0; i < row.columns.length; i++) {
        const column = row.columns[i] as number;
        logit += (row.values[i] as number) * ((prior[column] as number) + (change[column] as number));
      }
      const error = row.weight * (1 / (1 + Math.exp(-logit)) - row.target);
      for (let i = 0; i < row.columns.length; i++) {
        const column = row.columns[i] as number;
        gradient[column] = (gradient[column] as number) + error * (row.values[i] as number);
      }
      gradient[biasAt] = (gradient[biasAt] as number) + error;
    }
    const length = STEP_LENGTH * (1 - step / (STEPS + 1));
    for (let at = 0; at <= biasAt; at++) {
      const slope = gradient[at] as number;
      momentum[at] = MOMENTUM * (momentum[at] as number) + (1 - MOMENTUM) * slope;
      scale[at] = SCALE_DECAY * (scale[at] as number) + (1 - SCALE_DECAY) * slope * slope;
      const mean = (momentum[at] as number) / (1 - MOMENTUM ** step);
      const spread = Math.sqrt((scale[at] as number) / (1 - SCALE_DECAY ** step));
      change[at] = (change[at] as number) - (length * mean) / (spread + 1e-8);
    }
  }
  const learned: Record<string, number> = {};
  for (const [column, id] of ids.entries()) {
    const rounded = round(change[column] as number);
    if (rounded !== 0) learned[id] = rounded;
  }
  return { bias: round(UNTRAINED_BIAS + (change[biasAt] as number)), learned };
}

const round = (value: number): number => Number(value.toFixed(DECIMALS));

/** What was said of an article by a model that wasn't trained on it, beside the truth. */
export interface HeldOutScore extends OwnWords {
  readonly type: string;
  readonly truth: boolean;
  /** How much it weighs in calibration and in the choice of thresholds. */
  readonly weight: number;
}

const NEWTON_STEPS = 25;
/** Keeps the numbers finite where the data tell truth and untruth apart without a mistake. */
const CALIBRATION_PULL = 0.5;
/** The offset is free; this keeps the equations solvable. */
const OFFSET_PULL = 1e-6;
/** Logits from here on may become tags: there a score has to be right; how improbable the others are is nobody's question. */
const LEAST_LOGIT_OF_A_TAG = -1.5;

/**
 * How much concepts and wording count, so that held-out probabilities are as right as they claim to be: a logistic regression
 * over what was said (Platt 1999 for one number), all types together, then a second over its logits where tags are given, which
 * the mass of plain negatives would pull too steep.
 */
export function calibrate(scores: readonly (HeldOutScore & Said)[]): Calibration {
  const start = untrainedModel.calibration;
  const names = Object.keys(start) as (keyof Calibration)[];
  const first = fitLogistic(
    scores.map((score) => {
      const said = calibrated(score);
      return { said: names.map((name) => said[name]), truth: score.truth, weight: score.weight };
    }),
    names.map((name) => ({ from: start[name], pull: name === 'offset' ? OFFSET_PULL : CALIBRATION_PULL })),
  );
  const steep = Object.fromEntries(names.map((name, at) => [name, first[at]])) as Calibration;
  const [stretch, shift] = fitLogistic(
    scores
      .map((score) => ({ said: [combined(score, steep), 1], truth: score.truth, weight: score.weight }))
      .filter(({ said: [logit = 0] }) => logit > LEAST_LOGIT_OF_A_TAG),
    [
      { from: 1, pull: CALIBRATION_PULL },
      { from: 0, pull: OFFSET_PULL },
    ],
  ) as [number, number];
  return {
    concepts: round(stretch * steep.concepts),
    wording: round(stretch * steep.wording),
    wordingOfAll: round(stretch * steep.wordingOfAll),
    loudestOther: round(stretch * steep.loudestOther),
    offset: round(stretch * steep.offset + shift),
  };
}

/** Coefficients of a logistic regression by Newton's method, each held to where it starts from by its pull. */
function fitLogistic(
  rows: readonly { readonly said: readonly number[]; readonly truth: boolean; readonly weight: number }[],
  priors: readonly { readonly from: number; readonly pull: number }[],
): number[] {
  let at = priors.map(({ from }) => from);
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const slope = priors.map(({ from, pull }, i) => pull * ((at[i] as number) - from));
    const bend = priors.map(({ pull }, i) => priors.map((_, j) => (i === j ? pull : 0)));
    for (const { said, truth, weight } of rows) {
      const chance = probability(said.reduce((sum, value, i) => sum + value * (at[i] as number), 0));
      const error = weight * (chance - (truth ? 1 : 0));
      const spread = weight * chance * (1 - chance);
      for (const [i, value] of said.entries()) {
        const row = bend[i] as number[];
        slope[i] = (slope[i] as number) + error * value;
        for (const [j, other] of said.entries()) row[j] = (row[j] as number) + spread * value * other;
      }
    }
    const move = solve(bend, slope);
    at = at.map((value, i) => value - (move[i] as number));
  }
  return at;
}

/** Gauss's elimination; the matrix is symmetric and positive definite, so that no pivot is zero. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  const width = rows.length;
  for (const [pivot, pivotRow] of rows.entries()) {
    for (const [index, row] of rows.entries()) {
      if (index === pivot) continue;
      const times = (row[pivot] as number) / (pivotRow[pivot] as number);
      for (let column = pivot; column <= width; column++) {
        row[column] = (row[column] as number) - times * (pivotRow[column] as number);
      }
    }
  }
  return rows.map((row, i) => (row[width] as number) / (row[i] as number));
}

/** Below 1, precision counts more than recall: positives are rarer in a stream of news than in labelled data. */
const BETA_SQUARED = 0.4;
/** A type whose positives weigh less shares the threshold that is best for all: its own would be chance. */
const LEAST_POSITIVES = 200;
const LEAST_THRESHOLD = 0.2;
const GREATEST_THRESHOLD = 0.9;

/** For each type with enough positives the threshold that is best for it, for the others the one that is best for all together. */
export function chooseThresholds(
  scores: readonly (Judgement & { readonly type: string })[],
  types: readonly string[],
): Record<string, number> {
  const common = bestThreshold(scores);
  return Object.fromEntries(
    types.map((type) => {
      const own = scores.filter((score) => score.type === type);
      const positives = own.reduce((sum, { truth, weight }) => sum + (truth ? weight : 0), 0);
      const enough = positives >= LEAST_POSITIVES;
      return [type, round(enough ? bestThreshold(own) : common)];
    }),
  );
}

interface Judgement {
  readonly probability: number;
  readonly truth: boolean;
  readonly weight: number;
}

function bestThreshold(scores: readonly Judgement[]): number {
  let best = 0.5;
  let bestScore = -1;
  for (let threshold = LEAST_THRESHOLD; threshold <= GREATEST_THRESHOLD; threshold += 0.01) {
    let right = 0;
    let given = 0;
    let wanted = 0;
    for (const { probability, truth, weight } of scores) {
      if (truth) wanted += weight;
      if (probability >= threshold) {
        given += weight;
        if (truth) right += weight;
      }
    }
    const score = right === 0 ? 0 : ((1 + BETA_SQUARED) * right) / (BETA_SQUARED * wanted + given);
    if (score > bestScore + 1e-9) {
      best = threshold;
      bestScore = score;
    }
  }
  return best;
}
