/** Loads the classifier for a command; a mistake in the taxonomy or the model ends in its own exit code. */
import type { Classifier } from '../threats/classifier.js';
import { exitCode } from './exit-codes.js';
import { UserError } from './failure.js';

/** @throws UserError naming file, line and what was expected. */
export async function loadClassifier(options: {
  readonly taxonomy?: string | undefined;
  readonly model?: string | undefined;
}): Promise<Classifier> {
  const { createClassifier } = await import('../threats/classifier.js');
  return configured(() =>
    createClassifier({
      ...(options.taxonomy === undefined ? {} : { taxonomyDirectory: options.taxonomy }),
      ...(options.model === undefined ? {} : { modelFile: options.model }),
    }),
  );
}

/** Runs what reads configuration, and says its mistakes to the person at the terminal. */
export function configured<Value>(load: () => Value): Value {
  try {
    return load();
  } catch (error) {
    const name = (error as Error).name;
    if (name === 'TaxonomyError' || name === 'ModelError')
      throw new UserError((error as Error).message, exitCode.config);
    throw error;
  }
}
