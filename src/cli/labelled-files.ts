/** Labelled articles for the commands that learn from them or measure with them. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LabelledArticle } from '../threats/labelled.js';

/** @throws LabelledDataError naming file, line and what was expected. */
export async function readLabelledFiles(files: readonly string[]): Promise<readonly LabelledArticle[]> {
  const { readLabelled } = await import('../threats/labelled.js');
  return files.flatMap(readLabelled);
}

/** Folder beside a taxonomy whose JSON-lines files hold articles that were made up for training it. */
const INVENTED = 'invented';

/**
 * The articles that were made up for training a taxonomy, from the files of `invented/` beside it; none where there is no such
 * folder.
 *
 * @throws LabelledDataError naming file, line and what was expected.
 */
export async function readInvented(taxonomyDirectory: string): Promise<readonly LabelledArticle[]> {
  const folder = join(taxonomyDirectory, INVENTED);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  return readLabelledFiles(files.sort().map((name) => join(folder, name)));
}
