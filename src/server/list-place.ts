/** Where one is among the articles: the list that one reads in, and what was just judged there, as addresses carry them. */
import { ARTICLES_PATH, canonicalFilter } from '../outputs/list-name.js';
import type { ArticleFilter } from '../store/articles.js';
import { addressWith, filterOf, parametersOf, readListQuery } from './list-query.js';

/** Parameters of pages that say what was done, beside those that say which list it is. */
const DONE = ['act', 'asked'] as const;
const ACT_ID = /^[0-9a-f-]{36}$/;

/** What was just judged, as the address says: the act's id, and how many articles it was asked of. */
export interface Done {
  readonly act: string;
  readonly asked: number;
}

export interface ListPlace {
  /** The list's own parameters, as given. */
  readonly parameters: URLSearchParams;
  readonly done: Done | undefined;
}

/** @param address of a list or an article: a path with its query */
export function listPlaceOf(address: string): ListPlace {
  const parameters = parametersOf(address);
  const act = parameters.get('act') ?? '';
  const asked = Number(parameters.get('asked') ?? '1');
  for (const name of DONE) parameters.delete(name);
  const done = ACT_ID.test(act) && Number.isSafeInteger(asked) && asked > 0 ? { act, asked } : undefined;
  return { parameters, done };
}

/** The list that an article is read in; the whole list where the address says nothing that a list could be asked for. */
export interface ReadList {
  /** In a fixed order, without places. */
  readonly parameters: URLSearchParams;
  readonly filter: ArticleFilter;
}

export function readListOf(parameters: URLSearchParams, now: Date): ReadList {
  const canonical = canonicalFilter(parameters);
  const reading = readListQuery(canonical);
  return reading.ok
    ? { parameters: canonical, filter: filterOf(reading.query, now) }
    : { parameters: new URLSearchParams(), filter: {} };
}

/** @param list the parameters of the list that the article is read in */
export const articleAddress = (id: string, list: URLSearchParams): string =>
  addressWith(`${ARTICLES_PATH}/${id}`, canonicalFilter(list), {});

/** The place of an article in its list, for addresses and for the script that moves from one to the next. */
export const itemId = (articleId: string): string => `article-${articleId}`;

/** An address with what was done in it: the page there says so. */
export function addressAfter(address: string, { act, asked }: Done, fragment: string): string {
  const [path = '', query = ''] = address.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('act', act);
  if (asked !== 1) parameters.set('asked', String(asked));
  return `${path}?${parameters}#${fragment}`;
}
