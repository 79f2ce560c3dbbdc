/** Who says that an article has a tag. */

const SECOND_OPINION = 'second-opinion:';

/** Whose second opinion decided over the tag, such as `endpoint:MODEL`; undefined where the model or an analyst did. */
export const secondAdviserIn = (origin: string): string | undefined =>
  origin.startsWith(SECOND_OPINION) ? origin.slice(SECOND_OPINION.length) : undefined;

/** The same as `second opinion (endpoint:MODEL)`. */
export function secondOpinionInWords(origin: string): string | undefined {
  const adviser = secondAdviserIn(origin);
  return adviser === undefined ? undefined : `second opinion (${adviser})`;
}
