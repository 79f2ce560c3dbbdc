/** A filter in words: the title under which a list of articles travels, and the id by which it is known again. */
import type { NamedFacet, NamedThreatType } from './format.js';
import { allowedInXml } from './markup.js';
import { labelOf, valueLabelOf } from './vocabularies.js';

/** Where the list of articles stands on the dashboard. */
export const ARTICLES_PATH = '/articles';

/** Facets that a list is filtered by, each by a parameter of its own name. */
export const FILTER_FACETS = ['country', 'actor', 'target', 'means', 'stage'] as const;

/** Parts of an address that say where in the list one is, not which list it is. */
const PLACES = new Set(['after', 'limit', 'format']);

/** The filter's parameters in a fixed order, without those that are empty or say only where in the list one is. */
export function canonicalFilter(parameters: URLSearchParams): URLSearchParams {
  const result = new URLSearchParams([...parameters].filter(([name, value]) => value !== '' && !PLACES.has(name)));
  result.sort();
  return result;
}

/**
 * Where a list stands as a page.
 *
 * @param base of the dashboard, without a slash at the end; empty for an address within it
 * @param filter a canonical one
 */
export const listAddress = (base: string, filter: URLSearchParams): string =>
  filter.size === 0 ? `${base}${ARTICLES_PATH}` : `${base}${ARTICLES_PATH}?${filter}`;

/**
 * `Belfry: Sabotage or Espionage, country Belgium, in nl, matching “rail”`.
 *
 * @param parameters as in the address of a list
 * @param source title of the feed that `feed` names
 */
export function listTitle(
  parameters: URLSearchParams,
  { types, facets }: { readonly types: readonly NamedThreatType[]; readonly facets: readonly NamedFacet[] },
  source?: string | null | undefined,
): string {
  const one = (name: string): string | undefined => parameters.get(name) || undefined;
  const labels = parameters
    .getAll('type')
    .filter(Boolean)
    .map((type) => labelOf(type, types));
  const score = one('score');
  const parts = [
    labels.length > 0 ? labels.join(' or ') : one('tagged') === 'yes' ? 'tagged articles' : 'articles',
    score && `score from ${score}`,
    ...FILTER_FACETS.map((facet) => {
      const value = one(facet);
      return value && `${facet} ${valueLabelOf(facet, value, facets)}`;
    }),
    one('language') && `in ${one('language')}`,
    one('feed') && `of ${source ?? `feed ${one('feed')}`}`,
    one('period') && `last ${one('period')}`,
    one('from') && `from ${one('from')}`,
    one('to') && `to ${one('to')}`,
    one('q') && `matching “${one('q')}”`,
  ];
  return allowedInXml(`Belfry: ${parts.filter(Boolean).join(', ')}`);
}
