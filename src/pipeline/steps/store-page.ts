/** Writes a classified article with its tags, finds its story, and ends its page's journey, in one transaction. */
import { storeArticle } from '../../store/articles.js';
import { type Database, type Queryable, transaction } from '../../store/database.js';
import { type ClassifiedPage, classifiedPage, finishPage } from '../../store/pages.js';
import { placeInStory } from '../../store/stories.js';
import { identityOf } from '../stages.js';

/** An article without any title is called by the start of its text. */
const TITLE_FROM_TEXT_CHARACTERS = 80;
/** A page that claims a date further ahead than this is taken to have happened when it was found. */
const FUTURE_TOLERANCE_HOURS = 24;

export interface StorePageResult {
  readonly outcome: 'added' | 'edited' | 'unchanged' | 'page-gone';
}

export async function storePage(database: Database, pageId: string): Promise<StorePageResult> {
  return transaction(database.pool, async (client) => {
    const page = await classifiedPage(client, pageId);
    if (!page) {
      await finishPage(client, pageId, 'page-gone');
      return { outcome: 'page-gone' };
    }
    await finishPage(client, pageId, 'stored');
    return { outcome: await keepArticle(client, pageId, page) };
  });
}

/** Writes the article that a page became, and finds the story it tells: last in a transaction, since others wait to find theirs. */
export async function keepArticle(
  client: Queryable,
  pageId: string,
  { draft, classification, feedId, foundAt }: ClassifiedPage,
): Promise<'added' | 'edited' | 'unchanged'> {
  const { article } = draft;
  const title = article.title ?? article.text.slice(0, TITLE_FROM_TEXT_CHARACTERS);
  const happened = happenedAt(article.publishedAt, foundAt);
  const outcome = await storeArticle(client, {
    id: pageId,
    feedId,
    draft,
    title,
    fingerprint: identityOf(title, article.text),
    happenedAt: happened,
    classification,
  });
  const { language } = classification;
  await placeInStory(client, {
    id: pageId,
    url: article.url,
    title,
    text: article.text,
    language,
    happenedAt: happened,
  });
  return outcome;
}

function happenedAt(publishedAt: string | null, foundAt: Date): Date {
  if (publishedAt === null) return foundAt;
  const published = new Date(publishedAt);
  const latest = foundAt.getTime() + FUTURE_TOLERANCE_HOURS * 3_600_000;
  return Number.isNaN(published.getTime()) || published.getTime() > latest ? foundAt : published;
}
