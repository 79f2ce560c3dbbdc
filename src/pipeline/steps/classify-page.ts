/** Tags an extracted article. */
import type { Database } from '../../store/database.js';
import { finishPage, loadDraft, saveClassification } from '../../store/pages.js';
import type { Classification } from '../../threats/threat.js';
import type { ClassifyArticle } from '../second-look.js';

export interface ClassifyPageDependencies {
  readonly database: Database;
  readonly classify: ClassifyArticle;
}

export interface ClassifyPageResult {
  readonly next: 'store' | 'end';
  readonly outcome: 'tagged' | 'untagged' | 'page-gone';
}

export async function classifyPage(
  { database, classify }: ClassifyPageDependencies,
  pageId: string,
): Promise<ClassifyPageResult> {
  const draft = await loadDraft(database.pool, pageId);
  if (!draft) {
    await finishPage(database.pool, pageId, 'page-gone');
    return { next: 'end', outcome: 'page-gone' };
  }
  const { title, text, language } = draft.article;
  const classification = await classify(pageId, {
    title: title ?? '',
    text,
    ...(language !== 'und' && { language }),
  });
  await saveClassification(database.pool, pageId, classification);
  return { next: 'store', outcome: isTagged(classification) ? 'tagged' : 'untagged' };
}

function isTagged({ threats, secondOpinions = [] }: Classification): boolean {
  const decided = new Map(secondOpinions.map(({ type, verdict }) => [type, verdict]));
  return threats.some(({ type }) => !decided.has(type)) || [...decided.values()].includes('is');
}
