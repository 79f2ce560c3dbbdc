/** What a list of articles is asked for, as it stands in an address: the same words on the page and in the API. */
import { z } from 'zod';
import { FILTER_FACETS } from '../outputs/list-name.js';
import type { ArticleCursor, ArticleFilter } from '../store/articles.js';
import { decodeCursor } from './cursor.js';

const SEARCH_MAX_CHARACTERS = 300;
const TYPES_AT_ONCE = 50;
const DAY_MILLISECONDS = 86_400_000;

/** Periods that end now, by the word in the address. */
export const periods = { '24h': 1, '7d': 7, '30d': 30, '90d': 90 } as const;
export type Period = keyof typeof periods;

/** A form sends its empty fields too: they ask for nothing. */
const given = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

const facetValue = (example: string) =>
  given(z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, `expected the id of a value, such as ${example}`));

const numberFrom = (least: number, most: number, message = `expected a number from ${least} to ${most}`) =>
  z.coerce.number(message).min(least, message).max(most, message);

const wholeFrom = (least: number, most: number, message?: string) => numberFrom(least, most, message).int(message);

/** One of the calendar: `Date` would take 30 February for 2 March. */
const day = z.iso.date('expected a day such as 2026-11-24').transform((text) => new Date(`${text}T00:00:00Z`));

/** The parameters of a list, by name; the API's document says the same. */
export const listQueryShape = {
  // One that is given once comes as a word, not as a list.
  type: z
    .preprocess(
      (value) => [value ?? []].flat().filter((type) => type !== ''),
      z
        .array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'expected the id of a threat type, such as sabotage'))
        .max(TYPES_AT_ONCE, `expected at most ${TYPES_AT_ONCE} threat types`),
    )
    .prefault([])
    .describe('Any of these threat types'),
  tagged: given(z.enum(['yes', 'no'], 'expected yes or no').transform((word) => word === 'yes')).describe(
    'yes: only articles with a tag',
  ),
  reviewed: given(z.enum(['yes', 'no'], 'expected yes or no').transform((word) => word === 'yes')).describe(
    'Whether an analyst judged it in any way',
  ),
  score: given(numberFrom(0, 1)).describe('Least score of the tag'),
  language: given(z.string().regex(/^[a-z]{2,3}$/, 'expected an ISO 639-1 code, such as nl')),
  country: facetValue('belgium').describe('Country that it tells of, such as belgium; /taxonomy lists the values'),
  actor: facetValue('russia').describe('Who acts in it, such as russia'),
  target: facetValue('infrastructure').describe('What is aimed at in it, such as infrastructure'),
  means: facetValue('drone').describe('By what means, such as drone'),
  stage: facetValue('trial').describe('How far it has come, such as trial'),
  feed: given(wholeFrom(1, Number.MAX_SAFE_INTEGER, 'expected the number of a feed')),
  period: given(
    z.enum(Object.keys(periods) as [Period, ...Period[]], `expected one of ${Object.keys(periods).join(', ')}`),
  ),
  from: given(day).describe('First day, in UTC'),
  to: given(day).describe('Last day, in UTC'),
  q: given(
    z
      .string()
      .max(SEARCH_MAX_CHARACTERS, `expected at most ${SEARCH_MAX_CHARACTERS} characters`)
      .refine((text) => !text.includes('\0'), 'expected text without NUL'),
  ).describe('Words, "a phrase", -without, or'),
  after: given(
    z.string().transform((word, context) => {
      const cursor = decodeCursor(word);
      if (!cursor) context.addIssue({ code: 'custom', message: 'expected what "next" said' });
      return cursor as ArticleCursor;
    }),
  ).describe('`next` of the page before'),
  limit: given(wholeFrom(1, 200)),
};

const schema = z.object(listQueryShape);

export type ListQuery = z.infer<typeof schema>;

/** What is wrong with a query, by parameter. */
export interface QueryFault {
  readonly parameter: string;
  readonly message: string;
}

export type ListQueryReading =
  | { readonly ok: true; readonly query: ListQuery }
  | { readonly ok: false; readonly faults: readonly QueryFault[] };

/** Reads a list's query from an address. Parameters that it doesn't know are faults too: a misspelt filter must not pass. */
export function readListQuery(parameters: URLSearchParams): ListQueryReading {
  const known = schema.shape;
  const faults: QueryFault[] = [];
  for (const name of new Set(parameters.keys())) {
    if (!Object.hasOwn(known, name)) {
      faults.push({ parameter: name, message: `unknown; known are ${Object.keys(known).join(', ')}` });
    } else if (name !== 'type' && parameters.getAll(name).length > 1) {
      faults.push({ parameter: name, message: 'given more than once' });
    }
  }
  const values = Object.fromEntries([...parameters].filter(([name]) => name !== 'type'));
  const result = schema.safeParse({ ...values, type: parameters.getAll('type') });
  if (result.success && faults.length === 0) return { ok: true, query: result.data };
  for (const issue of result.error?.issues ?? []) {
    faults.push({ parameter: String(issue.path[0]), message: issue.message });
  }
  return { ok: false, faults };
}

/** The query of a request's address (a path with its query), repeated names kept. */
export const parametersOf = (address: string): URLSearchParams => new URL(address, 'http://belfry').searchParams;

/** @param now periods end here */
export function filterOf(query: Omit<ListQuery, 'after' | 'limit'>, now: Date): ArticleFilter {
  const starts = [query.from, query.period && new Date(now.getTime() - periods[query.period] * DAY_MILLISECONDS)];
  const start = Math.max(...starts.map((date) => date?.getTime() ?? Number.NEGATIVE_INFINITY));
  return {
    types: query.type,
    tagged: query.tagged === true,
    reviewed: query.reviewed,
    minScore: query.score,
    language: query.language,
    facets: FILTER_FACETS.flatMap((facet) => {
      const value = query[facet];
      return value === undefined ? [] : [{ facet, value }];
    }),
    feedId: query.feed,
    since: Number.isFinite(start) ? new Date(start) : undefined,
    // The last day counts whole.
    until: query.to && new Date(query.to.getTime() + DAY_MILLISECONDS),
    search: query.q?.trim() || undefined,
  };
}

/** The address of a list with some parameters changed; `undefined` takes one off. Empty ones go, and so does the place in the list. */
export function addressWith(
  path: string,
  parameters: URLSearchParams,
  changes: Readonly<Record<string, string | readonly string[] | undefined>>,
): string {
  const result = new URLSearchParams();
  for (const [name, value] of parameters) {
    if (name !== 'after' && value !== '' && !Object.hasOwn(changes, name)) result.append(name, value);
  }
  for (const [name, value] of Object.entries(changes)) {
    for (const each of value === undefined ? [] : [value].flat()) result.append(name, each);
  }
  return result.size === 0 ? path : `${path}?${result}`;
}
