/**
 * The taxonomy: threat types, concepts with their terms, rules and worked examples, read from YAML files that an operator edits.
 * Every mistake is reported with file, line and what was expected.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { buildLexicon, type Lexicon, type LexiconTerm } from './lexicon.js';
import { parseTerm } from './terms.js';
import { splitWords } from './words.js';

/** A threat type as an article can be tagged with it. */
export interface ThreatType {
  readonly id: string;
  /** ISO 639-1 → name for people. */
  readonly labels: Readonly<Record<string, string>>;
  /** ISO 639-1 → what counts and what doesn't. */
  readonly definition: Readonly<Record<string, string>>;
  /** The same thing in other vocabularies. */
  readonly misp: readonly string[];
  readonly galaxies: readonly string[];
  readonly stix: readonly string[];
  readonly disarm: readonly string[];
  /** Concept or rule id → how strongly it speaks for the type before any training, in logits. */
  readonly weights: Readonly<Record<string, number>>;
}

/** A thing that can be said in any language. */
export interface Concept {
  /** `kind.name`, e.g. `act.arson`. */
  readonly id: string;
  /** A term of this concept hides what other concepts find inside it ('sabotage the talks'). */
  readonly covers: boolean;
  /** What its words deny in their clause, if anything. */
  readonly denies: boolean;
  /** Its words take back a denial that they hold ('not ruled out'). */
  readonly affirms: boolean;
  /** Set where it is a place of the gazetteer: shows in facets, and is no input of the model. */
  readonly place?: Place;
  /** ISO 639-1, or `any` for names written alike everywhere → terms. */
  readonly terms: Readonly<Record<string, readonly string[]>>;
}

/** Where a name of the gazetteer is. */
export interface Place {
  /** Id of the place that it lies in, such as `country.belgium`; null for a country. */
  readonly within: string | null;
  /** Its name is a word of some language besides, and counts only after a word such as 'in' or 'near'. */
  readonly common: boolean;
}

/** A side of what an article tells, beside its threat types: who, what at, by what means, where, how far. */
export interface FacetDefinition {
  readonly id: string;
  /** ISO 639-1 → name for people. */
  readonly labels: Readonly<Record<string, string>>;
  /** Least score at which one of its values is given. */
  readonly least: number;
  readonly values: readonly FacetValue[];
}

export interface FacetValue {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Ids of the concepts that show it. */
  readonly shownBy: readonly string[];
}

/** Concepts that mean more together than apart. */
export interface Rule {
  readonly id: string;
  /** Each part is a list of which one must be present: concept ids, `kind.*`. */
  readonly all: readonly (readonly string[])[];
  /** None of these in the same stretch. */
  readonly none: readonly string[];
  readonly within: 'sentence' | 'passage' | 'text';
  /**
   * Its text surveys many threats, each in a passage of its own: what any passage names is a subject of the text, though it is told
   * in a sentence or two where others give it an article. What that adds to a passage's scores, in logits; null for other rules.
   */
  readonly survey: number | null;
}

/** An invented article with its right types: shows what a type means, and is learned from. */
export interface Example {
  readonly language: string;
  readonly title: string;
  readonly text: string;
  readonly types: readonly string[];
}

export interface WrittenTerm {
  readonly text: string;
  readonly concept: string;
  /** ISO 639-1 or `any`. */
  readonly language: string;
  readonly file: string;
  readonly line: number;
}

export interface Taxonomy {
  readonly types: readonly ThreatType[];
  readonly concepts: readonly Concept[];
  readonly rules: readonly Rule[];
  readonly facets: readonly FacetDefinition[];
  readonly examples: readonly Example[];
  /** Every term with its place in the files, by the index that matches carry. */
  readonly terms: readonly WrittenTerm[];
  /** Languages that have terms of their own. */
  readonly languages: readonly string[];
  /** The lexicon of a language, built when first asked for; names alone for a language without terms. */
  readonly lexicon: (language: string) => Lexicon;
  /** Changes whenever a file does. */
  readonly version: string;
}

export interface TaxonomyFault {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly expected: string;
}

/** The taxonomy's files are wrong; `faults` holds every mistake found. */
export class TaxonomyError extends Error {
  override readonly name = 'TaxonomyError';
  readonly faults: readonly TaxonomyFault[];

  constructor(faults: readonly TaxonomyFault[]) {
    super(faults.map(({ file, line, expected }) => `${file}:${line}: ${expected}`).join('\n'));
    this.faults = faults;
  }
}

const idPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const conceptIdPattern = /^[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*$/;
const languagePattern = /^([a-z]{2}|any)$/;

const texts = z.record(z.string().regex(/^[a-z]{2}$/, 'expected a language code of two letters'), z.string().min(1));

const typeSchema = z.strictObject({
  id: z.string().regex(idPattern, 'expected an id such as organised-crime'),
  labels: texts,
  definition: texts,
  misp: z.array(z.string()).default([]),
  galaxies: z.array(z.string()).default([]),
  stix: z.array(z.string()).default([]),
  disarm: z.array(z.string()).default([]),
  weights: z.record(z.string(), z.number()),
});

const termList = z.array(z.string({ error: 'expected a term (a text; quote numbers and true/false)' }).min(1));

const conceptSchema = z.looseObject({
  covers: z.boolean().default(false),
  denies: z.boolean().default(false),
  affirms: z.boolean().default(false),
});

const ruleSchema = z.strictObject({
  all: z.array(z.union([z.string(), z.array(z.string()).min(1)])).min(2, 'expected at least two parts'),
  none: z.array(z.string()).default([]),
  within: z.enum(['sentence', 'passage', 'text']).default('sentence'),
  survey: z.number().min(0).max(5).nullable().default(null),
});

const exampleSchema = z.strictObject({
  language: z.string().regex(/^[a-z]{2}$/, 'expected a language code of two letters'),
  title: z.string().min(1),
  text: z.string().min(1),
  types: z.array(z.string()),
});

const inFourLanguages = z.strictObject({
  nl: z.string().min(1),
  fr: z.string().min(1),
  de: z.string().min(1),
  en: z.string().min(1),
});

const placeKinds = ['country', 'region', 'province', 'municipality', 'city', 'port'] as const;

const nameList = z
  .array(
    z
      .string({ error: 'expected a name (quote numbers and true/false)' })
      .regex(/\p{Lu}/u, 'expected a name with a capital'),
  )
  .min(1)
  .default([]);

const placeSchema = z
  .strictObject({
    in: z.string().optional(),
    common: z.boolean().default(false),
    any: nameList,
    nl: nameList,
    fr: nameList,
    de: nameList,
    en: nameList,
  })
  .refine(
    ({ any, nl, fr, de, en }) => any.length + nl.length + fr.length + de.length + en.length > 0,
    'expected a name',
  );

const facetSchema = z.strictObject({
  labels: inFourLanguages,
  least: z.number().min(0).max(1).default(0),
  values: z
    .record(
      z.string().regex(idPattern, 'expected an id such as north-korea'),
      z.strictObject({
        labels: inFourLanguages,
        shown_by: z.array(z.string()).min(1, 'expected at least one concept'),
      }),
    )
    .default({}),
  places: z.array(z.enum(placeKinds)).default([]),
});

const placeId = new RegExp(`^(${placeKinds.join('|')})\\.[a-z0-9]+(-[a-z0-9]+)*$`);

const fileSchema = z.strictObject({
  types: z.array(typeSchema).default([]),
  concepts: z
    .record(z.string().regex(conceptIdPattern, 'expected a concept id such as act.arson'), conceptSchema)
    .default({}),
  rules: z
    .record(z.string().regex(conceptIdPattern, 'expected a rule id such as rule.drone-at-airport'), ruleSchema)
    .default({}),
  facets: z.record(z.string().regex(idPattern, 'expected an id such as actor'), facetSchema).default({}),
  places: z
    .record(z.string().regex(placeId, 'expected the id of a place such as country.belgium'), placeSchema)
    .default({}),
  examples: z.array(exampleSchema).default([]),
});

type Path = readonly PropertyKey[];

interface SourceFile {
  readonly name: string;
  readonly content: z.infer<typeof fileSchema>;
  readonly lineOf: (path: Path) => number;
}

/**
 * Reads every `*.yaml` under a directory as one taxonomy.
 *
 * @throws TaxonomyError naming every mistake by file and line.
 */
export function loadTaxonomy(directory: string): Taxonomy {
  const faults: TaxonomyFault[] = [];
  const hash = createHash('sha256');
  const files: SourceFile[] = [];
  for (const path of yamlFiles(directory, faults)) {
    const source = readFileSync(path, 'utf8');
    hash.update(relative(directory, path)).update('\0').update(source).update('\0');
    const file = readSource(relative(process.cwd(), path) || path, source, faults);
    if (file !== null) files.push(file);
  }
  const taxonomy = assemble(files, hash.digest('hex').slice(0, 12), faults);
  if (faults.length === 0 && taxonomy.types.length === 0) {
    faults.push({ file: directory, line: 1, expected: 'expected at least one threat type under `types:`' });
  }
  if (faults.length > 0) throw new TaxonomyError(faults);
  return taxonomy;
}

function yamlFiles(directory: string, faults: TaxonomyFault[]): string[] {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    faults.push({ file: directory, line: 1, expected: `expected a readable directory (${(error as Error).message})` });
    return [];
  }
}

function readSource(name: string, source: string, faults: TaxonomyFault[]): SourceFile | null {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  for (const error of document.errors) {
    const place = lines.linePos(error.pos[0]);
    faults.push({ file: name, line: place.line, expected: `not YAML: ${error.message}` });
  }
  if (document.errors.length > 0) return null;
  const lineOf = (path: Path): number => {
    for (let depth = path.length; depth >= 0; depth--) {
      const node = document.getIn(path.slice(0, depth) as unknown[], true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  const checked = fileSchema.safeParse(document.toJS() ?? {});
  if (!checked.success) {
    for (const issue of checked.error.issues) {
      faults.push({
        file: name,
        line: lineOf(placeOf(issue)),
        expected: `${issue.path.join('.') || 'file'}: ${issue.message}`,
      });
    }
    return null;
  }
  return { name, content: checked.data, lineOf };
}

/** An unknown key is reported where it stands, not where its mapping begins. */
const placeOf = (issue: z.core.$ZodIssue): Path =>
  issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] as string] : issue.path;

function assemble(files: readonly SourceFile[], version: string, faults: TaxonomyFault[]): Taxonomy {
  const types: ThreatType[] = [];
  const concepts: Concept[] = [];
  const rules: Rule[] = [];
  const examples: Example[] = [];
  const terms: WrittenTerm[] = [];
  const ways = new Map<string, LexiconTerm[]>();
  const conceptIndex = new Map<string, number>();

  for (const { name, content, lineOf } of files) {
    const fault = (path: Path, expected: string) => faults.push({ file: name, line: lineOf(path), expected });
    const writeDown = (text: string, concept: string, path: readonly [string, string, string, number]) =>
      terms.push({
        text,
        concept,
        language: path[2],
        file: name,
        get line() {
          return lineOf(path);
        },
      });
    const waysIn = (language: string): LexiconTerm[] => {
      const list = ways.get(language) ?? [];
      ways.set(language, list);
      return list;
    };
    types.push(...content.types);
    for (const [id, { covers, denies, affirms, ...lists }] of Object.entries(content.concepts)) {
      const path = ['concepts', id] as const;
      if (conceptIndex.has(id)) fault(path, `expected each concept once; ${id} is there already`);
      conceptIndex.set(id, concepts.length);
      const checkedTerms: Record<string, readonly string[]> = {};
      for (const [language, list] of Object.entries(lists)) {
        if (!languagePattern.test(language)) {
          fault(
            [...path, language],
            `${id}: expected a language code, any, covers, denies or affirms instead of '${language}'`,
          );
          continue;
        }
        const checked = termList.safeParse(list);
        if (!checked.success) {
          for (const issue of checked.error.issues) {
            fault([...path, language, ...issue.path], `${id}.${language}: ${issue.message}`);
          }
          continue;
        }
        checkedTerms[language] = checked.data;
        for (const [index, text] of checked.data.entries()) {
          const parsed = parseTerm(text);
          if (!parsed.ok) {
            fault([...path, language, index], `term '${text}': expected ${parsed.expected}`);
            continue;
          }
          const list = waysIn(language);
          for (const steps of parsed.alternatives) list.push({ steps, concept: concepts.length, term: terms.length });
          writeDown(text, id, [...path, language, index]);
        }
      }
      concepts.push({ id, covers, denies, affirms, terms: checkedTerms });
    }
    for (const [id, { in: within, common, ...names }] of Object.entries(content.places)) {
      const path = ['places', id] as const;
      if (conceptIndex.has(id)) fault(path, `expected each place once; ${id} is there already`);
      conceptIndex.set(id, concepts.length);
      const list = waysIn('any');
      const writings = new Set<string>();
      for (const [language, ofLanguage] of Object.entries(names)) {
        for (const [index, written] of ofLanguage.entries()) {
          // A name is read in every language: a Dutch article on Lille may well say Lille.
          for (const steps of stepsOfName(written)) {
            const writing = steps.map(({ test }) => test.word).join(' ');
            if (writings.has(writing)) continue;
            writings.add(writing);
            list.push({ steps, concept: concepts.length, term: terms.length });
          }
          writeDown(written, id, [...path, language, index]);
        }
      }
      concepts.push({
        id,
        covers: false,
        denies: false,
        affirms: false,
        place: { within: within ?? null, common },
        terms: names,
      });
    }
    for (const [id, { all, none, within, survey }] of Object.entries(content.rules)) {
      rules.push({ id, all: all.map((part) => (typeof part === 'string' ? [part] : part)), none, within, survey });
    }
    examples.push(...content.examples);
  }

  checkReferences(files, { types, conceptIndex, rules }, faults);
  const facets = facetsOf(files, concepts, conceptIndex, faults);
  const languages = [...ways.keys()].filter((language) => language !== 'any').sort();
  const built = new Map<string, Lexicon>();
  const lexicon = (language: string): Lexicon => {
    const known = built.get(language);
    if (known !== undefined) return known;
    const made = buildLexicon(language, [...(ways.get('any') ?? []), ...(ways.get(language) ?? [])]);
    built.set(language, made);
    return made;
  };
  return { types, concepts, rules, facets, examples, terms, languages, lexicon, version };
}

/** Whether `act.*` or an id of its own means a concept. */
export const isMeant = (wanted: string, id: string): boolean =>
  wanted.endsWith('.*') ? id.startsWith(wanted.slice(0, -1)) : id === wanted;

/** Facets with their values; those of where are the gazetteer's places. */
function facetsOf(
  files: readonly SourceFile[],
  concepts: readonly Concept[],
  conceptIndex: ReadonlyMap<string, number>,
  faults: TaxonomyFault[],
): FacetDefinition[] {
  const facets = new Map<string, FacetDefinition>();
  const placeNamed = (id: string) => concepts[conceptIndex.get(id) ?? -1]?.place;
  for (const { name, content, lineOf } of files) {
    const fault = (path: Path, expected: string) => faults.push({ file: name, line: lineOf(path), expected });
    for (const [id, { in: within }] of Object.entries(content.places)) {
      if (within !== undefined && !placeNamed(within)) {
        fault(['places', id, 'in'], `expected the id of a place instead of '${within}'`);
      } else if (liesInItself(id, placeNamed)) {
        fault(['places', id, 'in'], `expected a place that doesn't lie in ${id} itself`);
      }
    }
    for (const [id, { labels, least, values, places }] of Object.entries(content.facets)) {
      if (facets.has(id)) fault(['facets', id], `expected each facet once; ${id} is there already`);
      const written = Object.entries(values).map(([value, { labels, shown_by: shownBy }]): FacetValue => {
        const known = shownBy.flatMap((wanted, index) => {
          const found = concepts.filter(({ id }) => isMeant(wanted, id));
          if (found.length === 0) {
            const path = ['facets', id, 'values', value, 'shown_by', index];
            fault(path, `expected the id of a concept or kind.* instead of '${wanted}'`);
          }
          return found.map(({ id }) => id);
        });
        return { id: value, labels, shownBy: known };
      });
      const ofPlaces = concepts
        .filter(({ place, id }) => place && places.some((kind) => id.startsWith(`${kind}.`)))
        .map(
          ({ id, terms }): FacetValue => ({
            id: id.slice(id.indexOf('.') + 1),
            labels: labelsOfPlace(terms),
            shownBy: [id],
          }),
        );
      const given = new Set<string>();
      for (const { id: value, shownBy } of [...written, ...ofPlaces]) {
        if (given.has(value)) {
          fault(['facets', id, 'places'], `expected each value once; ${id} has ${value} twice (${shownBy.join(', ')})`);
        }
        given.add(value);
      }
      facets.set(id, { id, labels, least, values: [...written, ...ofPlaces] });
    }
  }
  return [...facets.values()];
}

function liesInItself(id: string, placeNamed: (id: string) => Concept['place']): boolean {
  const passed = new Set<string>();
  let at: string | null | undefined = id;
  while (at != null && !passed.has(at)) {
    passed.add(at);
    at = placeNamed(at)?.within;
  }
  return at != null;
}

/** A place is called as its first name in each language says, or as everywhere. */
function labelsOfPlace(names: Concept['terms']): Record<string, string> {
  const any = names.any?.[0] ?? (Object.values(names).flat()[0] as string);
  return Object.fromEntries(['nl', 'fr', 'de', 'en'].map((language) => [language, names[language]?.[0] ?? any]));
}

/** A shorter word in capitals is more often an abbreviation. */
const LEAST_LETTERS_IN_CAPITALS = 4;

/** A name as the lexicon compares it: with its capitals, or all in capitals as headlines and datelines write it. */
function stepsOfName(name: string): LexiconTerm['steps'][] {
  const words = splitWords(name).raw;
  const writings =
    words.join('').length < LEAST_LETTERS_IN_CAPITALS ? [words] : [words, words.map((word) => word.toUpperCase())];
  return writings.map((writing) => writing.map((word) => ({ gap: 0, test: { kind: 'capitals', word } })));
}

/** Every id that is used must be defined somewhere. */
function checkReferences(
  files: readonly SourceFile[],
  known: {
    readonly types: readonly ThreatType[];
    readonly conceptIndex: ReadonlyMap<string, number>;
    readonly rules: readonly Rule[];
  },
  faults: TaxonomyFault[],
): void {
  const kinds = new Set([...known.conceptIndex.keys()].map((id) => id.slice(0, id.indexOf('.'))));
  const ruleIds = new Set(known.rules.map(({ id }) => id));
  const typeIds = new Set<string>();
  const isConcept = (id: string) => known.conceptIndex.has(id) || (id.endsWith('.*') && kinds.has(id.slice(0, -2)));
  for (const { name, content, lineOf } of files) {
    const fault = (path: Path, expected: string) => faults.push({ file: name, line: lineOf(path), expected });
    for (const [index, type] of content.types.entries()) {
      if (typeIds.has(type.id)) fault(['types', index, 'id'], `expected each type once; ${type.id} is there already`);
      typeIds.add(type.id);
      for (const id of Object.keys(type.weights)) {
        if (!known.conceptIndex.has(id.replace(/@(title|several)$/, '')) && !ruleIds.has(id)) {
          fault(['types', index, 'weights', id], `expected the id of a concept or rule instead of '${id}'`);
        }
      }
    }
    for (const [id, { all, none }] of Object.entries(content.rules)) {
      for (const [index, part] of all.entries()) {
        for (const concept of typeof part === 'string' ? [part] : part) {
          if (!isConcept(concept)) {
            fault(['rules', id, 'all', index], `expected the id of a concept or kind.* instead of '${concept}'`);
          }
        }
      }
      for (const [index, concept] of none.entries()) {
        if (!isConcept(concept)) {
          fault(['rules', id, 'none', index], `expected the id of a concept or kind.* instead of '${concept}'`);
        }
      }
    }
  }
  for (const { name, content, lineOf } of files) {
    for (const [index, example] of content.examples.entries()) {
      for (const [place, id] of example.types.entries()) {
        if (!typeIds.has(id)) {
          const expected = `expected the id of a threat type instead of '${id}'`;
          faults.push({ file: name, line: lineOf(['examples', index, 'types', place]), expected });
        }
      }
    }
  }
}
