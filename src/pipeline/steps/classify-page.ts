/** Tags an extracted article. */
import type { Database } from '../../store/database.js';
import { finishPage, loadDraft, saveClassification } from '../../store/pages.js';
import type { Classifier } from '../../threats/classifier.js';

export interface ClassifyPageDependencies {
  readonly database: Database;
  readonly classifier: Classifier;
}

export interface ClassifyPageResult {
  readonly next: 'store' | 'end';
  readonly outcome: 'tagged' | 'untagged' | 'page-gone';
}

export async function classifyPage(
  { database, classifier }: ClassifyPageDependencies,
  pageId: string,
): Promise<ClassifyPageResult> {
  const draft = await loadDraft(database.pool, pageId);
  if (!draft) {
    await finishPage(database.pool, pageId, 'page-gone');
    return { next: 'end', outcome: 'page-gone' };
  }
  const { title, text, language } = draft.article;
  const classification = classifier.classify({ title: title ?? '', text, ...(language !== 'und' && { language }) });
  await saveClassification(database.pool, pageId, classification);
  return { next: 'store', outcome: classification.threats.length > 0 ? 'tagged' : 'untagged' };
}
