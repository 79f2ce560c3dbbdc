/** How threat types are called and coloured on pages. A colour never stands alone: the name is always with it. */
import { asWords } from '../outputs/vocabularies.js';

/** What pages need to know of a type of the taxonomy. */
export interface NamedType {
  readonly id: string;
  /** ISO 639-1 → name. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface ThreatNames {
  readonly types: readonly NamedType[];
  label(type: string): string;
  /** Class of the stylesheet that sets the type's hue. */
  colour(type: string): string;
}

/** Hues that the stylesheet knows, `hue-0` to `hue-11`. */
const HUES = 12;
/** Every fifth hue of twelve: neighbours in the list differ as much as they can, and all twelve are used. */
const HUE_STEP = 5;

/** @param language of the pages, ISO 639-1 */
export function createThreatNames(types: readonly NamedType[], language: string): ThreatNames {
  const places = new Map(types.map(({ id }, place) => [id, place]));
  const labels = new Map(types.map(({ id, labels }) => [id, labels[language] ?? labels.en]));
  return {
    types,
    // Articles may still carry a type that has been taken off the taxonomy.
    label: (type) => labels.get(type) ?? asWords(type),
    colour: (type) => {
      const place = places.get(type);
      return place === undefined ? 'hue-none' : `hue-${(place * HUE_STEP) % HUES}`;
    },
  };
}
