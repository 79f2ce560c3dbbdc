/** Measures how well training does on events that it hasn't seen. */
import { classifierFor, logitOf } from './classifier.js';
import { type Judged, type Scoreboard, scoreboard } from './figures.js';
import { foldsByEvent } from './folds.js';
import type { LabelledArticle } from './labelled.js';
import { combined, type Model, probability, typeModel, untrainedModel } from './model.js';
import type { Taxonomy } from './taxonomy.js';
import {
  calibrate,
  chooseThresholds,
  type HeldOutScore,
  type Sample,
  type TrainingSettings,
  trainTypes,
} from './training.js';
import { wordingLogits } from './wording.js';
import { trainWording, type WordingSample } from './wording-training.js';

export const FOLDS = 5;

export interface Trained {
  readonly model: Model;
  /** On articles of events that the weights weren't trained on. */
  readonly heldOut: Scoreboard;
  /** The same folds judged by one half of the model alone, each with a calibration and thresholds of its own. */
  readonly conceptsAlone: Scoreboard;
  readonly wordingAlone: Scoreboard;
}

/**
 * Trains on all samples, and measures by cross-validation. Each fold's articles are judged by weights, calibration and thresholds
 * that come from the other folds alone; the calibration and thresholds of the final model come from all held-out scores.
 *
 * @param examples invented articles that are always trained on and never measured
 */
export function crossValidate(
  taxonomy: Taxonomy,
  samples: readonly Sample[],
  examples: readonly Sample[],
  settings: TrainingSettings,
): Trained {
  const types = taxonomy.types.map(({ id }) => id);
  const fold = foldsByEvent(
    samples.map(({ article }) => article),
    FOLDS,
  );
  const heldOut = samples.map((): HeldOutScore[] => []);
  for (let held = 0; held < FOLDS; held++) {
    const training = samples.filter((_, index) => fold[index] !== held);
    const weights = trainTypes(taxonomy, [...training, ...examples], settings);
    const models = taxonomy.types.map((type) =>
      typeModel(type, { ...untrainedModel, types: withThreshold(weights, {}) }),
    );
    const wordingModel = trainWording(toWordingSamples([...training, ...examples]), types);
    for (const [index, { article, features, wording }] of samples.entries()) {
      if (fold[index] !== held) continue;
      const ofWording = wordingLogits(wording, wordingModel);
      heldOut[index] = models.map((model) => ({
        type: model.id,
        concepts: logitOf(features, model),
        wording: ofWording.get(model.id) as number,
        truth: article.labels.includes(model.id),
      }));
    }
  }
  const judgedBy = (part: (score: HeldOutScore) => HeldOutScore): Scoreboard => {
    const judged: Judged[] = [];
    for (let held = 0; held < FOLDS; held++) {
      const others = heldOut.filter((_, index) => fold[index] !== held).flat();
      const { calibration, thresholds } = decide(others.map(part), types);
      for (const [index, { article }] of samples.entries()) {
        if (fold[index] !== held) continue;
        judged.push(judge(article, (heldOut[index] as HeldOutScore[]).map(part), calibration, thresholds));
      }
    }
    return scoreboard(judged, types);
  };
  const { calibration, thresholds } = decide(heldOut.flat(), types);
  const weights = trainTypes(taxonomy, [...samples, ...examples], settings);
  return {
    model: {
      format: 2,
      calibration,
      types: withThreshold(weights, thresholds),
      wording: trainWording(toWordingSamples([...samples, ...examples]), types),
    },
    heldOut: judgedBy((score) => score),
    conceptsAlone: judgedBy((score) => ({ ...score, wording: 0 })),
    wordingAlone: judgedBy((score) => ({ ...score, concepts: 0 })),
  };
}

function decide(scores: readonly HeldOutScore[], types: readonly string[]) {
  const calibration = calibrate(scores);
  const probabilities = scores.map(({ type, truth, ...said }) => ({
    type,
    truth,
    probability: probability(combined(said, calibration)),
  }));
  return { calibration, thresholds: chooseThresholds(probabilities, types) };
}

function judge(
  { language, kind, labels }: LabelledArticle,
  scores: readonly HeldOutScore[],
  calibration: Model['calibration'],
  thresholds: Readonly<Record<string, number>>,
): Judged {
  const tags = scores
    .map(({ type, ...said }) => ({ type, score: probability(combined(said, calibration)) }))
    .filter(({ type, score }) => score >= (thresholds[type] as number));
  return { language, kind, labels, tags };
}

const withThreshold = (
  weights: ReturnType<typeof trainTypes>,
  thresholds: Readonly<Record<string, number>>,
): Model['types'] =>
  Object.fromEntries(
    Object.entries(weights).map(([type, { bias, learned }]) => [
      type,
      { bias, threshold: thresholds[type] ?? 0.5, learned },
    ]),
  );

const toWordingSamples = (samples: readonly Sample[]): WordingSample[] =>
  samples.map(({ article: { labels, weight }, wording }) => ({ wording, labels, weight }));

/** How a model does on labelled articles, through the same classifier that tags the news. */
export function measure(taxonomy: Taxonomy, model: Model, articles: readonly LabelledArticle[]): Scoreboard {
  const classifier = classifierFor(
    taxonomy,
    taxonomy.types.map((type) => typeModel(type, model)),
    { calibration: model.calibration, wording: model.wording, version: 'measured' },
  );
  const judged = articles.map(({ title, text, language, kind, labels }) => ({
    language,
    kind,
    labels,
    tags: classifier.classify({ title, text }).threats,
  }));
  return scoreboard(
    judged,
    taxonomy.types.map(({ id }) => id),
  );
}
