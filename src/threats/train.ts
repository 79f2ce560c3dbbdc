/** Labelled articles in, model and report out. */
import { crossValidate, FOLDS } from './cross-validation.js';
import type { Scoreboard } from './figures.js';
import type { LabelledArticle } from './labelled.js';
import type { Model } from './model.js';
import type { Taxonomy } from './taxonomy.js';
import { defaultSettings, exampleArticles, type TrainingSettings, toSamples } from './training.js';

export interface TrainingReport {
  readonly taxonomy: string;
  readonly articles: number;
  /** Invented articles of the taxonomy, trained on and not measured. */
  readonly examples: number;
  readonly method: string;
  readonly settings: TrainingSettings;
  readonly calibration: Model['calibration'];
  readonly thresholds: Readonly<Record<string, number>>;
  readonly heldOut: Scoreboard;
}

/** An example is short and to the point, and there is no doubt about its label. */
const EXAMPLE_WEIGHT = 1;

/** Trains a model and measures it by cross-validation over events. */
export function trainModel(
  taxonomy: Taxonomy,
  articles: readonly LabelledArticle[],
  settings: TrainingSettings = defaultSettings,
): { readonly model: Model; readonly report: TrainingReport } {
  const samples = toSamples(taxonomy, articles);
  const examples = toSamples(taxonomy, exampleArticles(taxonomy, EXAMPLE_WEIGHT));
  const { model, heldOut } = crossValidate(taxonomy, samples, examples, settings);
  return {
    model,
    report: {
      taxonomy: taxonomy.version,
      articles: articles.length,
      examples: examples.length,
      method: `${FOLDS} folds, no event in two of them; weights, calibration and thresholds of each fold from the others`,
      settings,
      calibration: model.calibration,
      thresholds: Object.fromEntries(Object.entries(model.types).map(([type, { threshold }]) => [type, threshold])),
      heldOut,
    },
  };
}
