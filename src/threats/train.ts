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
  /** Invented articles, trained on beside the others. */
  readonly invented: number;
  readonly method: string;
  readonly settings: TrainingSettings;
  readonly calibration: Model['calibration'];
  readonly thresholds: Readonly<Record<string, number>>;
  readonly heldOut: Scoreboard;
  /** On invented articles of stories that training hadn't seen; null where there are none. */
  readonly inventedHeldOut: Scoreboard | null;
}

/**
 * Trains a model and measures it by cross-validation over events.
 *
 * @param invented articles that were made up for training, beside the taxonomy's examples
 */
export function trainModel(
  taxonomy: Taxonomy,
  articles: readonly LabelledArticle[],
  invented: readonly LabelledArticle[] = [],
  settings: TrainingSettings = defaultSettings,
): {
  readonly model: Model;
  readonly report: TrainingReport;
  /** What one half of the model does alone. */
  readonly parts: { readonly conceptsAlone: Scoreboard; readonly wordingAlone: Scoreboard };
} {
  const samples = toSamples(taxonomy, articles, settings.weightOfGiven);
  const examples = toSamples(taxonomy, [...exampleArticles(taxonomy), ...invented]);
  const { model, heldOut, inventedHeldOut, conceptsAlone, wordingAlone } = crossValidate(
    taxonomy,
    samples,
    examples,
    settings,
  );
  return {
    model,
    parts: { conceptsAlone, wordingAlone },
    report: {
      taxonomy: taxonomy.version,
      articles: articles.length,
      invented: examples.length,
      method: `${FOLDS} folds, no event and no invented story in two of them; weights, calibration and thresholds of each fold from the others`,
      settings,
      calibration: model.calibration,
      thresholds: Object.fromEntries(Object.entries(model.types).map(([type, { threshold }]) => [type, threshold])),
      heldOut,
      inventedHeldOut,
    },
  };
}
