/** Reads an article as concepts: which are said where, which are denied, and which rules they fulfil together. */
import type { Match } from './lexicon.js';
import { isMeant, type Rule, type Taxonomy } from './taxonomy.js';
import type { ClassifyInput, Field } from './threat.js';
import { splitWords, type Words } from './words.js';

/** A concept said at one place. */
export interface Mention {
  /** Index in the taxonomy's concepts. */
  readonly concept: number;
  /** Index of the written term. */
  readonly term: number;
  readonly field: Field;
  readonly start: number;
  readonly end: number;
  /** Sentence in the whole article; the title's come first. */
  readonly sentence: number;
  /** How much it counts where it stands: 1 would be all. */
  readonly strength: number;
  /** Its clause says that it isn't so. */
  readonly denied: boolean;
}

/** One input of the model: how present a concept or rule is, −1 (denied) to 1 (all over the text), and the words that say so. */
export interface Feature {
  readonly id: string;
  readonly value: number;
  readonly mentions: readonly Mention[];
}

export interface Passage {
  readonly features: readonly Feature[];
  /** What its survey adds to the scores of what it names, in logits. */
  readonly bonus: number;
  /** Offsets in the text of its first and last concept. */
  readonly start: number;
  readonly end: number;
}

export interface Reading {
  /** Of the whole article. */
  readonly features: readonly Feature[];
  /** Of each passage of a survey, which has a subject of its own; none for other articles. */
  readonly passages: readonly Passage[];
  readonly mentions: readonly Mention[];
  /** Places of the gazetteer, which are no input of the model. */
  readonly places: readonly Mention[];
  /** The words of each field as written. */
  readonly words: Readonly<Record<Field, readonly string[]>>;
}

/** What a title names is what the article is about; what the opening names mostly is; further down it may be in passing. */
const TITLE_STRENGTH = 0.8;
const LEAD_STRENGTH = 0.6;
const BODY_STRENGTH = 0.25;
/** In a survey of threats each passage has a subject of its own. */
const SURVEY_STRENGTH = 0.9;
/** Characters of the text that count as its opening. */
const LEAD_CHARACTERS = 500;
/** The one feature that no words make. */
export const TEXT_LENGTH = 'text.length';
const SHORT_TEXT_CHARACTERS = 300;
const LONG_TEXT_DOUBLINGS = 4;
/** Concepts of this kind hold words that mean little alone; several different ones near each other set the scene. */
const SCENE = 'scene.';
/** Sentences in which the words of a scene count as near each other. */
const SCENE_SENTENCES = 5;
/** Different words beyond the first that make a scene complete. */
const COMPLETE_SCENE = 4;
/** Sentences that make a passage. */
const PASSAGE_SENTENCES = 3;
/** A text longer than this is read no further: no article needs it, and a hostile one could be endless. */
const MOST_CHARACTERS = 100_000;

/** Makes the reader of a taxonomy. */
export function createReader(taxonomy: Taxonomy): (input: ClassifyInput, language: string) => Reading {
  const { concepts } = taxonomy;
  const rules = taxonomy.rules.map((rule) => compileRule(rule, taxonomy));

  const bonusOf = new Map(taxonomy.rules.flatMap(({ id, survey }) => (survey === null ? [] : [[id, survey] as const])));
  const featuresOf = (mentions: readonly Mention[]) => [
    ...conceptFeatures(mentions, taxonomy),
    ...ruleFeatures(mentions, rules),
  ];
  const passagesOf = (mentions: readonly Mention[], survey: readonly Feature[]): Passage[] => {
    const bonus = Math.max(...survey.map(({ id }) => bonusOf.get(id) ?? 0));
    const inText = mentions.filter(({ field }) => field === 'text');
    const sentences = [...new Set(inText.map(({ sentence }) => sentence))];
    return sentences.map((opening) => {
      const inPassage = inText
        .filter(({ sentence }) => sentence >= opening && sentence < opening + PASSAGE_SENTENCES)
        .map((mention) => ({ ...mention, strength: SURVEY_STRENGTH }));
      return {
        features: [...featuresOf(inPassage).filter(({ id }) => !bonusOf.has(id)), ...survey],
        bonus,
        start: Math.min(...inPassage.map(({ start }) => start)),
        end: Math.max(...inPassage.map(({ end }) => end)),
      };
    });
  };

  return (input, language) => {
    const lexicon = taxonomy.lexicon(language);
    const mentions: Mention[] = [];
    const places: Mention[] = [];
    const written: Record<Field, readonly string[]> = { title: [], text: [] };
    let firstSentence = 0;
    for (const field of ['title', 'text'] as const) {
      const words = splitWords(input[field].slice(0, MOST_CHARACTERS));
      written[field] = words.raw;
      const matches = lexicon.find(words);
      const kept = settleOverlaps(
        matches.filter(({ concept }) => !concepts[concept]?.place),
        taxonomy,
      );
      for (const match of settlePlaces(matches, words, input[field], taxonomy)) {
        places.push(toMention(match, words, field, firstSentence, nothingDenied, false));
      }
      const deniedClauses = new Set(
        kept.filter(({ concept }) => concepts[concept]?.denies).map(({ last }) => words.clause[last]),
      );
      for (const match of kept) {
        mentions.push(toMention(match, words, field, firstSentence, deniedClauses, concepts[match.concept]?.denies));
      }
      firstSentence += (words.sentence.at(-1) ?? 0) + 1;
    }
    const features = [...featuresOf(mentions), lengthFeature(input)];
    const survey = features.filter(({ id }) => bonusOf.has(id));
    return {
      features,
      passages: survey.length > 0 ? passagesOf(mentions, survey) : [],
      mentions,
      places,
      words: written,
    };
  };
}

function toMention(
  match: Match,
  words: Words,
  field: Field,
  firstSentence: number,
  deniedClauses: ReadonlySet<number | undefined>,
  isDenial: boolean | undefined,
): Mention {
  const start = words.start[match.first] as number;
  const lead = start < LEAD_CHARACTERS ? LEAD_STRENGTH : BODY_STRENGTH;
  return {
    concept: match.concept,
    term: match.term,
    field,
    start,
    end: words.end[match.last] as number,
    sentence: firstSentence + (words.sentence[match.first] as number),
    strength: field === 'title' ? TITLE_STRENGTH : lead,
    denied: !isDenial && deniedClauses.has(words.clause[match.first]),
  };
}

/**
 * Of one concept's overlapping matches the longest stays; what stands inside a covering concept's words goes, and so does a
 * denial inside an affirming one's.
 */
function settleOverlaps(matches: readonly Match[], { concepts }: Taxonomy): Match[] {
  const covering = matches.filter(({ concept }) => concepts[concept]?.covers);
  const affirming = matches.filter(({ concept }) => concepts[concept]?.affirms);
  const byLength = [...matches].sort((a, b) => b.last - b.first - (a.last - a.first) || a.first - b.first);
  const taken = new Map<number, Match[]>();
  const kept: Match[] = [];
  for (const match of byLength) {
    const inside = covering.some(
      (cover) =>
        cover.concept !== match.concept &&
        cover.first <= match.first &&
        cover.last >= match.last &&
        cover.last - cover.first > match.last - match.first,
    );
    const isAffirmed =
      concepts[match.concept]?.denies &&
      affirming.some(({ first, last }) => first <= match.first && last >= match.last);
    if (inside || isAffirmed) continue;
    const same = taken.get(match.concept) ?? [];
    if (same.some(({ first, last }) => first <= match.last && last >= match.first)) continue;
    same.push(match);
    taken.set(match.concept, same);
    kept.push(match);
  }
  return kept.sort((a, b) => a.first - b.first || a.last - b.last);
}

const nothingDenied: ReadonlySet<number> = new Set();

/** Words after which a name is a place's, even where it means something else besides. */
const leadsToPlace = new Set(
  'in te uit bij naar nabij near at from to outside around à en près vers depuis bei aus nach um nahe'.split(' '),
);
const startsUpper = /^\p{Lu}/u;

/** Of places that overlap the longest stays; what is part of another name goes. */
function settlePlaces(matches: readonly Match[], words: Words, source: string, { concepts }: Taxonomy): Match[] {
  const found = matches.filter(({ concept }) => concepts[concept]?.place);
  if (found.length === 0) return [];
  // Once a field, not once a name: a hostile text may be nothing but names.
  const inCapitals = writtenInCapitals(words);
  const taken = new Set<number>();
  const kept: Match[] = [];
  for (const match of found.sort((a, b) => b.last - b.first - (a.last - a.first) || a.first - b.first)) {
    const itsWords = Array.from({ length: match.last - match.first + 1 }, (_, place) => match.first + place);
    if (itsWords.some((word) => taken.has(word))) continue;
    const common = concepts[match.concept]?.place?.common ?? false;
    if (!isPlaceName(match, words, source, { common, inCapitals })) continue;
    for (const word of itsWords) taken.add(word);
    kept.push(match);
  }
  return kept.sort((a, b) => a.first - b.first);
}

/** 'in Spa' and 'Brussels', but neither 'Spa day' nor 'Jack London', 'Club Brugge', 'Saint-Paris'. */
function isPlaceName(
  { first }: Match,
  words: Words,
  source: string,
  { common, inCapitals }: { readonly common: boolean; readonly inCapitals: boolean },
): boolean {
  const before = first > 0 ? (words.raw[first - 1] as string) : '';
  const between = first > 0 ? source.slice(words.end[first - 1] as number, words.start[first] as number) : '';
  if (between === ' ' && leadsToPlace.has(before.toLowerCase())) return true;
  if (common) return false;
  if (between !== ' ' && between !== '-') return true;
  if (words.sentence[first - 1] !== words.sentence[first]) return true;
  return !startsUpper.test(before) || inCapitals;
}

/** Shares of a field's words above which its capitals say nothing about names. */
const MANY_CAPITALS = 0.6;

/** Headlines In Title Case, or all in capitals. */
const writtenInCapitals = ({ raw }: Words): boolean =>
  raw.filter((word) => startsUpper.test(word)).length > raw.length * MANY_CAPITALS;

function conceptFeatures(mentions: readonly Mention[], { concepts }: Taxonomy): Feature[] {
  const byConcept = new Map<number, Mention[]>();
  for (const mention of mentions) {
    const list = byConcept.get(mention.concept);
    if (list === undefined) byConcept.set(mention.concept, [mention]);
    else list.push(mention);
  }
  return [...byConcept].flatMap(([concept, list]) => {
    const id = concepts[concept]?.id as string;
    const value = presence(list.filter(({ denied }) => !denied)) - presence(list.filter(({ denied }) => denied));
    const inTitle = list.filter(({ field, denied }) => field === 'title' && !denied);
    const features: Feature[] = [{ id, value, mentions: list }];
    if (inTitle.length > 0) features.push({ id: `${id}@title`, value: 1, mentions: inTitle });
    if (id.startsWith(SCENE)) {
      const scene = densestScene(list.filter(({ denied }) => !denied));
      if (scene !== null) features.push({ id: `${id}@several`, ...scene });
    }
    return features;
  });
}

/** The longer a text, the more words stand in it by chance: the model may hold its length against what it finds. */
const lengthFeature = ({ title, text }: ClassifyInput): Feature => ({
  id: TEXT_LENGTH,
  value: Math.min(1, Math.log2(1 + (title.length + text.length) / SHORT_TEXT_CHARACTERS) / LONG_TEXT_DOUBLINGS),
  mentions: [],
});

/** The stretch with most different words of a scene; null where there is one word only. */
function densestScene(mentions: readonly Mention[]): Omit<Feature, 'id'> | null {
  let densest: readonly Mention[] = [];
  let most = 1;
  for (const { sentence: opening } of mentions) {
    const stretch = mentions.filter(({ sentence }) => sentence >= opening && sentence < opening + SCENE_SENTENCES);
    const different = new Set(stretch.map(({ term }) => term)).size;
    if (different > most) {
      most = different;
      densest = stretch;
    }
  }
  return most === 1 ? null : { value: Math.min(1, (most - 1) / COMPLETE_SCENE), mentions: densest };
}

/** Several mentions add up like independent witnesses: never above 1. */
export const presence = (mentions: readonly { readonly strength: number }[]): number =>
  1 - mentions.reduce((absent, { strength }) => absent * (1 - strength), 1);

interface CompiledRule {
  readonly id: string;
  readonly all: readonly ReadonlySet<number>[];
  readonly none: ReadonlySet<number>;
  /** How many sentences its parts may spread over. */
  readonly sentences: number;
}

function compileRule(rule: Rule, { concepts }: Taxonomy): CompiledRule {
  const indexes = (ids: readonly string[]): Set<number> =>
    new Set(concepts.flatMap(({ id }, index) => (ids.some((wanted) => isMeant(wanted, id)) ? [index] : [])));
  const sentences = { sentence: 1, passage: PASSAGE_SENTENCES, text: Number.POSITIVE_INFINITY }[rule.within];
  return { id: rule.id, all: rule.all.map(indexes), none: indexes(rule.none), sentences };
}

/** A rule is as present as its weakest part, over all stretches of the text that hold every part. */
function ruleFeatures(mentions: readonly Mention[], rules: readonly CompiledRule[]): Feature[] {
  const present = new Set(mentions.filter(({ denied }) => !denied).map(({ concept }) => concept));
  const features: Feature[] = [];
  for (const rule of rules) {
    if (!rule.all.every((part) => intersects(part, present))) continue;
    const relevant = mentions.filter(
      ({ concept, denied }) => !denied && (rule.none.has(concept) || rule.all.some((part) => part.has(concept))),
    );
    const stretches: { readonly strength: number; readonly mentions: readonly Mention[] }[] = [];
    let usedUpTo = -1;
    for (const opening of relevant) {
      if (opening.sentence <= usedUpTo) continue;
      const end = opening.sentence + rule.sentences - 1;
      const stretch = relevant.filter(({ sentence }) => sentence >= opening.sentence && sentence <= end);
      if (stretch.some(({ concept }) => rule.none.has(concept))) continue;
      const parts = rule.all.map((part) => stretch.filter(({ concept }) => part.has(concept)));
      if (parts.some((part) => part.length === 0) || !distinctWords(parts)) continue;
      const strongest = parts.map((part) => Math.max(...part.map(({ strength }) => strength)));
      stretches.push({ strength: Math.min(...strongest), mentions: [...new Set(parts.flat())] });
      usedUpTo = Math.max(...parts.flat().map(({ sentence }) => sentence));
    }
    if (stretches.length === 0) continue;
    const words = [...new Set(stretches.flatMap((stretch) => stretch.mentions))];
    features.push({ id: rule.id, value: presence(stretches), mentions: words });
  }
  return features;
}

/** The same words can't be two parts of one rule. */
function distinctWords(parts: readonly (readonly Mention[])[]): boolean {
  const places = new Set(parts.flat().map(({ field, start }) => `${field}${start}`));
  return places.size >= parts.length;
}

function intersects(one: ReadonlySet<number>, other: ReadonlySet<number>): boolean {
  for (const item of one) if (other.has(item)) return true;
  return false;
}
