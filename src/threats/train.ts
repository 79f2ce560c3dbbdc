/** Labelled articles in, model and report out. */
import { crossValidate, FOLDS, measure } from './cross-validation.js';
import type { Scoreboard } from './figures.js';
import type { LabelledArticle } from './labelled.js';
import type { Model } from './model.js';
import type { Taxonomy } from './taxonomy.js';
import { defaultSettings, exampleArticles, type TrainingSettings, toSamples } from './training.js';

export interface TrainingReport {
  readonly taxonomy: string;
  readonly articles: number;
  /** Invented articles, trained on and not measured. */
  readonly examples: number;
  readonly method: string;
  readonly settings: TrainingSettings;
  readonly calibration: Model['calibration'];
  readonly thresholds: Readonly<Record<string, number>>;
  readonly heldOut: Scoreboard;
  /** On invented articles that were kept from training; null where there are none. */
  readonly inventedCheck: Scoreboard | null;
}

/** An invented article is short and to the point, and there is no doubt about its label. */
const INVENTED_WEIGHT = 2;

/**
 * Trains a model and measures it by cross-validation over events.
 *
 * @param invented articles that were made up for training or, where `use` is `check`, for measuring on another kind of text
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
  const samples = toSamples(taxonomy, articles);
  const examples = toSamples(taxonomy, [
    ...exampleArticles(taxonomy, INVENTED_WEIGHT),
    ...invented.filter(({ use }) => use === 'training').map((article) => ({ ...article, weight: INVENTED_WEIGHT })),
  ]);
  const check = invented.filter(({ use }) => use === 'check');
  const { model, heldOut, conceptsAlone, wordingAlone } = crossValidate(taxonomy, samples, examples, settings);
  return {
    model,
    parts: { conceptsAlone, wordingAlone },
    report: {
      taxonomy: taxonomy.version,
      articles: articles.length,
      examples: examples.length,
      method: `${FOLDS} folds, no event in two of them; weights, calibration and thresholds of each fold from the others`,
      settings,
      calibration: model.calibration,
      thresholds: Object.fromEntries(Object.entries(model.types).map(([type, { threshold }]) => [type, threshold])),
      heldOut,
      inventedCheck: check.length === 0 ? null : measure(taxonomy, model, check),
    },
  };
}
