/** Who says that an article has a tag, in words. */

const SECOND_OPINION = /^second-opinion:(.*)$/s;

/** `second opinion (endpoint:MODEL)` where one decided over the tag, undefined where the model or an analyst did. */
export function secondOpinionInWords(origin: string): string | undefined {
  const [, name] = SECOND_OPINION.exec(origin) ?? [];
  return name === undefined ? undefined : `second opinion (${name})`;
}
