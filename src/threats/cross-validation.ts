/** Measures how well training does on events that it hasn't seen. */
import { logitOf } from './classifier.js';
import { type Judged, type Scoreboard, scoreboard } from './figures.js';
import { foldsByEvent, foldsByStory } from './folds.js';
import type { LabelledArticle } from './labelled.js';
import { combined, compared, type Model, probability, type Said, typeModel, untrainedModel } from './model.js';
import type { Taxonomy } from './taxonomy.js';
import {
  calibrate,
  chooseThresholds,
  type HeldOutScore,
  type Sample,
  type TrainingSettings,
  trainTypes,
} from './training.js';
import { createWordingJudge } from './wording.js';
import { trainWording, type WordingSample } from './wording-training.js';

export const FOLDS = 5;
/** All invented articles together weigh this much of all given ones when calibration and thresholds are chosen. */
const INVENTED_SHARE = 0.7;

export interface Trained {
  readonly model: Model;
  /** On articles of events that the weights weren't trained on. */
  readonly heldOut: Scoreboard;
  /** On invented articles of stories that the weights weren't trained on; null where there are none. */
  readonly inventedHeldOut: Scoreboard | null;
  /** The folds of `heldOut` judged by one half of the model alone, each with a calibration and thresholds of its own. */
  readonly conceptsAlone: Scoreboard;
  readonly wordingAlone: Scoreboard;
}

/**
 * Trains on all samples, and measures by cross-validation. Each fold's articles are judged by weights, calibration and thresholds
 * that come from the other folds alone; the calibration and thresholds of the final model come from all held-out scores.
 *
 * @param news folded by event
 * @param invented folded by story
 */
export function crossValidate(
  taxonomy: Taxonomy,
  news: readonly Sample[],
  invented: readonly Sample[],
  settings: TrainingSettings,
): Trained {
  const types = taxonomy.types.map(({ id }) => id);
  const samples = [...news, ...invented];
  const newsFolds = foldsByEvent(
    news.map(({ article }) => article),
    FOLDS,
  );
  const inventedFolds = foldsByStory(
    invented.map(({ article }) => article),
    FOLDS,
  );
  const fold = [...newsFolds, ...inventedFolds];
  const ofInvented = news.length === 0 ? 1 : (INVENTED_SHARE * news.length) / invented.length;
  const heldOut = samples.map((): HeldOutScore[] => []);
  for (let held = 0; held < FOLDS; held++) {
    const training = samples.filter((_, index) => fold[index] !== held);
    const weights = trainTypes(taxonomy, training, settings);
    const models = taxonomy.types.map((type) =>
      typeModel(type, { ...untrainedModel, types: withThreshold(weights, {}) }),
    );
    const judgeWording = createWordingJudge(trainWording(toWordingSamples(training), types));
    for (const [index, { article, features, wording }] of samples.entries()) {
      if (fold[index] !== held) continue;
      const ofWording = judgeWording(wording);
      heldOut[index] = models.map((model) => ({
        type: model.id,
        concepts: logitOf(features, model),
        wording: ofWording.types.get(model.id) as number,
        wordingOfAll: ofWording.ofAll,
        truth: article.labels.includes(model.id),
        weight: index < news.length ? 1 : ofInvented,
      }));
    }
  }
  const judgedBy = (part: (score: HeldOutScore) => HeldOutScore): Judged[] => {
    const judged: Judged[] = [];
    for (let held = 0; held < FOLDS; held++) {
      const others = heldOut.filter((_, index) => fold[index] !== held);
      const { calibration, thresholds } = decide(
        others.flatMap((scores) => compared(scores.map(part))),
        types,
      );
      for (const [index, { article }] of samples.entries()) {
        if (fold[index] !== held) continue;
        judged[index] = judge(article, compared((heldOut[index] as HeldOutScore[]).map(part)), calibration, thresholds);
      }
    }
    return judged;
  };
  const ofNews = (judged: readonly Judged[]): Scoreboard => scoreboard(judged.slice(0, news.length), types);
  const whole = judgedBy((score) => score);
  const { calibration, thresholds } = decide(heldOut.flatMap(compared), types);
  return {
    model: {
      format: 4,
      calibration,
      types: withThreshold(trainTypes(taxonomy, samples, settings), thresholds),
      wording: trainWording(toWordingSamples(samples), types),
    },
    heldOut: ofNews(whole),
    inventedHeldOut: invented.length === 0 ? null : scoreboard(whole.slice(news.length), types),
    conceptsAlone: ofNews(judgedBy((score) => ({ ...score, wording: 0, wordingOfAll: 0 }))),
    wordingAlone: ofNews(judgedBy((score) => ({ ...score, concepts: 0 }))),
  };
}

function decide(scores: readonly (HeldOutScore & Said)[], types: readonly string[]) {
  const calibration = calibrate(scores);
  const probabilities = scores.map((score) => ({ ...score, probability: probability(combined(score, calibration)) }));
  return { calibration, thresholds: chooseThresholds(probabilities, types) };
}

function judge(
  { language, kind, labels }: LabelledArticle,
  scores: readonly (HeldOutScore & Said)[],
  calibration: Model['calibration'],
  thresholds: Readonly<Record<string, number>>,
): Judged {
  const tags = scores
    .map((score) => ({ type: score.type, score: probability(combined(score, calibration)) }))
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
  samples.map(({ article: { labels }, wording, weight }) => ({ wording, labels, weight }));
