/** From an article read as concepts to its facets: actor, target, means, place, stage and the like, each with its words. */
import { type Mention, presence, type Reading } from './reading.js';
import type { Taxonomy } from './taxonomy.js';
import type { ClassifyInput, Facet } from './threat.js';

/** Spans that a facet's value carries at most. */
const MOST_EVIDENCE = 8;

/**
 * Makes the reader of a taxonomy's facets.
 *
 * Denied words show nothing. A place shows the places that it lies in besides: Mol is in Belgium.
 */
export function createFacetReader(taxonomy: Taxonomy): (reading: Reading, input: ClassifyInput) => Facet[] {
  const shown = facetsShown(taxonomy);
  const { concepts, facets } = taxonomy;

  return ({ mentions, places }, input) => {
    const byValue = new Map<ShownFacet, Mention[]>();
    for (const mention of [...mentions, ...places]) {
      if (mention.denied) continue;
      for (const value of shown[mention.concept] ?? []) {
        const list = byValue.get(value);
        if (list === undefined) byValue.set(value, [mention]);
        else list.push(mention);
      }
    }
    return [...byValue]
      .map(([{ facet, value, least }, list]) => ({ facet, value, least, list, score: presence(list) }))
      .filter(({ score, least }) => score >= least)
      .sort((a, b) => b.score - a.score || orderOf(a.facet) - orderOf(b.facet))
      .map(({ facet, value, score, list }) => ({
        facet,
        value,
        score: Math.round(score * 1000) / 1000,
        evidence: list.slice(0, MOST_EVIDENCE).map(({ field, start, end, concept }) => ({
          field,
          start,
          end,
          text: input[field].slice(start, end),
          concept: concepts[concept]?.id as string,
        })),
      }));
  };

  function orderOf(facet: string): number {
    return facets.findIndex(({ id }) => id === facet);
  }
}

interface ShownFacet {
  readonly facet: string;
  readonly value: string;
  readonly least: number;
}

/** Index of a concept → the values that it shows. */
function facetsShown({ concepts, facets }: Taxonomy): ShownFacet[][] {
  const indexOf = new Map(concepts.map(({ id }, index) => [id, index]));
  const shown: ShownFacet[][] = concepts.map(() => []);
  for (const { id: facet, least, values } of facets) {
    for (const { id: value, shownBy } of values) {
      const one = { facet, value, least };
      for (const concept of shownBy) shown[indexOf.get(concept) as number]?.push(one);
    }
  }
  const withSurroundings = (index: number): ShownFacet[] => {
    const within = concepts[index]?.place?.within;
    const own = shown[index] as ShownFacet[];
    return within == null ? own : [...own, ...withSurroundings(indexOf.get(within) as number)];
  };
  return concepts.map((_, index) => withSurroundings(index));
}
