/** Our threat types in the words of others. The taxonomy's files hold the words; here stands which of them an article has earned. */
import type { StoredTag } from '../store/articles.js';
import type { NamedFacet, NamedThreatType } from './format.js';

/** Belfry's own machine tag, for what no shared taxonomy names. */
export const ownMispTag = (type: string): string => `belfry:threat-type="${type}"`;

/**
 * MISP tags for one tag of an article.
 *
 * A type lists every tag that may fit it. Of a predicate with several values ('drugs', 'weapons') an article of that type
 * needn't have any one, so only predicates with a single value are taken. A galaxy's cluster names a group; it is taken when
 * the article's own evidence names that group.
 */
export function mispTagsOf(tag: Pick<StoredTag, 'type' | 'evidence'>, types: readonly NamedThreatType[]): string[] {
  const type = types.find(({ id }) => id === tag.type);
  const said = tag.evidence.map(({ text }) => text.toLowerCase());
  const sure = (type?.misp ?? []).filter(
    (name, _, all) => all.filter((other) => predicateOf(other) === predicateOf(name)).length === 1,
  );
  const clusters = (type?.galaxies ?? [])
    .filter((name) => namesOfCluster(name).some((each) => said.some((words) => words.includes(each))))
    .map((name) => `misp-galaxy:${name}`);
  return [ownMispTag(tag.type), ...sure, ...clusters];
}

const predicateOf = (machineTag: string): string => machineTag.split('=')[0] ?? machineTag;

/** `entities="Combat 18 (C18)"` → combat 18, c18; nothing for a galaxy without a cluster. */
function namesOfCluster(galaxy: string): string[] {
  const cluster = /="(.+)"$/.exec(galaxy)?.[1]?.toLowerCase();
  if (cluster === undefined) return [];
  return cluster
    .split(/[()]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Values of MISP's `osint:certainty`, in percent. */
const CERTAINTIES = [0, 7, 30, 50, 75, 93, 100] as const;

/** @param score 0–1 */
export function certaintyTag(score: number): string {
  const percent = score * 100;
  const nearest = CERTAINTIES.reduce((best, each) =>
    Math.abs(each - percent) < Math.abs(best - percent) ? each : best,
  );
  return `osint:certainty="${nearest}"`;
}

/** ICD 203's three steps, as MISP's `estimative-language` has them. */
export function confidenceTag(score: number): string {
  const step = score < 0.5 ? 'low' : score < 0.8 ? 'moderate' : 'high';
  return `estimative-language:confidence-in-analytic-judgment="${step}"`;
}

/** The name of a type for people; ids of types that have left the taxonomy become words. */
export function labelOf(type: string, types: readonly NamedThreatType[]): string {
  return types.find(({ id }) => id === type)?.labels.en ?? asWords(type);
}

/** The name of a facet's value for people; ids of values that have left the taxonomy become words. */
export function valueLabelOf(facet: string, value: string, facets: readonly NamedFacet[]): string {
  const values = facets.find(({ id }) => id === facet)?.values;
  return values?.find(({ id }) => id === value)?.labels.en ?? asWords(value);
}

/** `right-wing-extremism` → `Right wing extremism`. */
export const asWords = (id: string): string => id.charAt(0).toUpperCase() + id.slice(1).replaceAll('-', ' ');
