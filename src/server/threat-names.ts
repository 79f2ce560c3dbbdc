/** How threat types and facets are called on pages, and types coloured. A colour never stands alone: the name is always with it. */
import type { FastifyRequest } from 'fastify';
import type { NamedFacet } from '../outputs/format.js';
import { asWords } from '../outputs/vocabularies.js';
import { languageOf, pageLanguages } from './words/language.js';

/** What pages need to know of a type of the taxonomy. */
export interface NamedType {
  readonly id: string;
  /** ISO 639-1 → name. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What pages need to know of a taxonomy. */
export interface NamedTaxonomy {
  readonly types: readonly NamedType[];
  readonly facets: readonly NamedFacet[];
}

export interface ThreatNames {
  readonly types: readonly NamedType[];
  label(type: string): string;
  /** Class of the stylesheet that sets the type's hue. */
  colour(type: string): string;
  facet(facet: string): string;
  value(facet: string, value: string): string;
  /** Ids of a facet's values, by their names. */
  values(facet: string): readonly string[];
}

/** The names in the language of a request's page. */
export type NamesFor = (request: Pick<FastifyRequest, 'headers'>) => ThreatNames;

/** Hues that the stylesheet knows, `hue-0` to `hue-11`. */
const HUES = 12;
/** Every fifth hue of twelve: neighbours in the list differ as much as they can, and all twelve are used. */
const HUE_STEP = 5;

/** Makes the names in every language of the pages once. */
export function namesInLanguages(taxonomy: NamedTaxonomy): NamesFor {
  const names = new Map(
    Object.keys(pageLanguages).map((language) => [language, createThreatNames(taxonomy, language)]),
  );
  return (request) => names.get(languageOf(request)) as ThreatNames;
}

/** @param language of the pages, ISO 639-1 */
export function createThreatNames({ types, facets }: NamedTaxonomy, language: string): ThreatNames {
  const places = new Map(types.map(({ id }, place) => [id, place]));
  const labels = new Map(types.map(({ id, labels }) => [id, labels[language] ?? labels.en]));
  const { compare } = new Intl.Collator(language);
  const values = new Map(
    facets.map(({ id, values }) => [
      id,
      new Map(
        values
          .map(({ id, labels }) => [id, labels[language] ?? labels.en ?? asWords(id)] as const)
          .sort(([, one], [, other]) => compare(one, other)),
      ),
    ]),
  );
  return {
    types,
    // Articles may still carry a type that has been taken off the taxonomy.
    label: (type) => labels.get(type) ?? asWords(type),
    colour: (type) => {
      const place = places.get(type);
      return place === undefined ? 'hue-none' : `hue-${(place * HUE_STEP) % HUES}`;
    },
    facet: (facet) => {
      const labels = facets.find(({ id }) => id === facet)?.labels;
      return labels?.[language] ?? labels?.en ?? asWords(facet);
    },
    value: (facet, value) => values.get(facet)?.get(value) ?? asWords(value),
    values: (facet) => [...(values.get(facet)?.keys() ?? [])],
  };
}
