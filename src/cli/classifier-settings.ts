/** Loads the classifier for a command. */
import type { Classifier } from '../threats/classifier.js';

/** @throws TaxonomyError or ModelError naming file, line and what was expected. */
export async function loadClassifier(options: {
  readonly taxonomy?: string | undefined;
  readonly model?: string | undefined;
}): Promise<Classifier> {
  const { createClassifier } = await import('../threats/classifier.js');
  return createClassifier({
    ...(options.taxonomy === undefined ? {} : { taxonomyDirectory: options.taxonomy }),
    ...(options.model === undefined ? {} : { modelFile: options.model }),
  });
}
