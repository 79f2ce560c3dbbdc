/** Labelled articles for the commands that learn from them or measure with them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LabelledArticle } from '../threats/labelled.js';

/** @throws LabelledDataError naming file, line and what was expected. */
export async function readLabelledFiles(files: readonly string[]): Promise<readonly LabelledArticle[]> {
  const { readLabelled } = await import('../threats/labelled.js');
  return files.flatMap(readLabelled);
}

/**
 * The articles that were made up for training a taxonomy, in `invented.jsonl` beside it; none where there is no such file.
 *
 * @throws LabelledDataError naming file, line and what was expected.
 */
export async function readInvented(taxonomyDirectory: string): Promise<readonly LabelledArticle[]> {
  const file = join(taxonomyDirectory, 'invented.jsonl');
  return existsSync(file) ? readLabelledFiles([file]) : [];
}
