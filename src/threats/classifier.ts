/** Article in, threat types with their evidence out. Pure and synchronous; a classifier is made once and used for all articles. */
import { existsSync } from 'node:fs';
import { detectLanguage } from '../articles/language.js';
import { shippedConfig } from '../paths.js';
import { createFacetReader } from './facets.js';
import {
  addedByOther,
  addedByWording,
  type Calibration,
  combined,
  compared,
  loadModel,
  probability,
  type TypeModel,
  typeModel,
  untrainedModel,
} from './model.js';
import { createReader, type Feature, type Mention, type Reading, TEXT_LENGTH } from './reading.js';
import { loadTaxonomy, type Taxonomy, type ThreatType } from './taxonomy.js';
import type { Borderline, Classification, ClassifyInput, Evidence, Tag } from './threat.js';
import { createWordingJudge, createWordingReader, type WordingLogits, type WordingModel } from './wording.js';
import { splitWords } from './words.js';

export { TaxonomyError, type ThreatType } from './taxonomy.js';

export interface Classifier {
  /** Which taxonomy and model it has; changes whenever either does. */
  readonly version: string;
  readonly types: readonly ThreatType[];
  classify(input: ClassifyInput): Classification;
  /**
   * The same, and which types have evidence and a score at most `margin` from their threshold, on either side, nearest first.
   */
  classifyClosely(
    input: ClassifyInput,
    margin: number,
  ): { readonly classification: Classification; readonly borderline: readonly Borderline[] };
  /** What speaks for and against every type, given or not, highest score first. */
  explain(input: ClassifyInput): readonly Explanation[];
}

/** The sum behind one type's score: `bias`, `wording`, `otherType` and the spans' weights make `logit`, and 1 / (1 + exp(−logit)) is `score`. */
export interface Explanation {
  readonly type: string;
  readonly score: number;
  /** Least score at which the type is given. */
  readonly threshold: number;
  readonly logit: number;
  /** Of the type, for a text of this length, and for a passage of a survey. */
  readonly bias: number;
  /** What the wording says, apart from any concept: it tips the scale, but gives no tag alone. */
  readonly wording: number;
  /** What the loudest of the other types takes away. */
  readonly otherType: number;
  readonly evidence: readonly Evidence[];
}

/** Spans that a tag carries at most; the rest of a long text adds nothing that a reader would look at. */
const MOST_EVIDENCE = 24;
/** A span that moves the logit by less explains nothing. */
const LEAST_CONTRIBUTION = 0.01;
/** A text in a language without terms of its own is read for names with this one's terms besides. */
const FALLBACK_LANGUAGE = 'en';

/**
 * Makes a classifier from the shipped taxonomy and model, or from others.
 *
 * @param options.taxonomyDirectory directory of YAML files; the shipped one where absent
 * @param options.modelFile weights made by `npm run train`; the shipped ones where absent
 * @throws TaxonomyError with file, line and what was expected, when the taxonomy is wrong
 * @throws ModelError when the model can't be read
 */
export function createClassifier(options: { taxonomyDirectory?: string; modelFile?: string } = {}): Classifier {
  const taxonomy = loadTaxonomy(options.taxonomyDirectory ?? shippedConfig('taxonomy'));
  const modelFile = options.modelFile ?? shippedConfig('model.json');
  const { model, version } =
    options.modelFile === undefined && !existsSync(modelFile)
      ? { model: untrainedModel, version: 'untrained' }
      : loadModel(modelFile);
  return classifierFor(
    taxonomy,
    taxonomy.types.map((type) => typeModel(type, model)),
    {
      calibration: model.calibration,
      wording: model.wording,
      version: `${taxonomy.version}-${version}`,
    },
  );
}

/** The same from parts that are loaded already; training measures with it. */
export function classifierFor(
  taxonomy: Taxonomy,
  models: readonly TypeModel[],
  {
    calibration,
    wording: wordingModel,
    version,
  }: { readonly calibration: Calibration; readonly wording: WordingModel | null; readonly version: string },
): Classifier {
  const read = createReader(taxonomy);
  const readFacets = createFacetReader(taxonomy);
  const readWording = createWordingReader();
  const judgeWording = wordingModel === null ? () => nothingSaid : createWordingJudge(wordingModel);

  const languageOf = (input: ClassifyInput): string =>
    input.language ?? detectLanguage(`${input.title}\n${input.text}`);

  const readingOf = (input: ClassifyInput, language: string): Reading =>
    read(input, taxonomy.languages.includes(language) ? language : FALLBACK_LANGUAGE);

  function judge(input: ClassifyInput, reading: Reading): Judgement[] {
    const whole = { features: reading.features, wording: wordingOf(reading.words), bonus: 0 };
    const passages = reading.passages.map(({ features, bonus, start, end }) => ({
      features,
      wording: wordingOf({ title: [], text: splitWords(input.text.slice(start, end)).raw }),
      bonus,
    }));
    const ofWhole = judgeStretch(whole, models, calibration);
    const ofPassages = passages.map((passage) => judgeStretch(passage, models, calibration));
    return ofWhole.map((all, index) =>
      loudest(
        all,
        ofPassages.map((ofTypes) => ofTypes[index] as Judgement),
      ),
    );
  }

  const wordingOf = (words: Reading['words']): WordingLogits => judgeWording(readWording(words));

  const classify = (input: ClassifyInput): Classification => classifyClosely(input, 0).classification;

  function classifyClosely(input: ClassifyInput, margin: number) {
    const language = languageOf(input);
    const reading = readingOf(input, language);
    const threats: Tag[] = [];
    const borderline: Borderline[] = [];
    for (const { model, logit, features } of judge(input, reading)) {
      const score = probability(logit);
      const { threshold } = model;
      if (score < threshold - margin) continue;
      const evidence = evidenceFor(features, model, taxonomy, input, calibration);
      if ((evidence[0]?.weight ?? 0) <= 0) continue;
      const tag: Tag = { type: model.id, score: Math.round(score * 1000) / 1000, evidence };
      if (score >= threshold) threats.push(tag);
      if (score <= threshold + margin) borderline.push({ ...tag, threshold });
    }
    threats.sort((a, b) => b.score - a.score);
    borderline.sort((a, b) => distance(a) - distance(b));
    return { classification: { language, threats, facets: readFacets(reading, input), version }, borderline };
  }

  function explain(input: ClassifyInput): Explanation[] {
    const explanations = judge(input, readingOf(input, languageOf(input))).map(
      ({ model, logit, wording, otherType, bonus, features }) => ({
        type: model.id,
        score: probability(logit),
        threshold: model.threshold,
        logit,
        bias: calibration.concepts * (model.bias + ofLength(features, model)) + calibration.offset + bonus,
        wording,
        otherType,
        evidence: evidenceFor(features, model, taxonomy, input, calibration),
      }),
    );
    return explanations.sort((a, b) => b.score - a.score);
  }

  return { version, types: taxonomy.types, classify, classifyClosely, explain };
}

/** How far a score is from the threshold. */
const distance = ({ score, threshold }: Borderline): number => Math.abs(score - threshold);

export const logitOf = (features: readonly Feature[], { bias, weights }: TypeModel): number =>
  features.reduce((sum, { id, value }) => sum + value * (weights.get(id) ?? 0), bias);

const ofLength = (features: readonly Feature[], { weights }: TypeModel): number =>
  (weights.get(TEXT_LENGTH) ?? 0) * (features.find(({ id }) => id === TEXT_LENGTH)?.value ?? 0);

const nothingSaid: WordingLogits = { types: new Map(), ofAll: 0 };

interface Judgement {
  readonly model: TypeModel;
  /** Behind the score: concepts, wording, the other types and offset. */
  readonly logit: number;
  /** What the wording adds to it. */
  readonly wording: number;
  readonly otherType: number;
  /** What is added to a passage of a survey. */
  readonly bonus: number;
  readonly features: readonly Feature[];
}

/** An article, or a passage of it. */
interface Stretch {
  readonly features: readonly Feature[];
  readonly wording: WordingLogits;
  readonly bonus: number;
}

/** What a stretch says of each type. */
function judgeStretch(
  { features, wording: ofTypes, bonus }: Stretch,
  models: readonly TypeModel[],
  calibration: Calibration,
): Judgement[] {
  const said = models.map((model) => ({
    model,
    concepts: logitOf(features, model),
    wording: ofTypes.types.get(model.id) ?? 0,
    wordingOfAll: ofTypes.ofAll,
  }));
  return compared(said).map((ofType) => ({
    model: ofType.model,
    logit: combined(ofType, calibration) + bonus,
    bonus,
    wording: addedByWording(ofType, calibration),
    otherType: addedByOther(ofType, calibration),
    features,
  }));
}

/** A passage says a type as clearly as another when its strongest word for it has at least this share of the other's weight. */
const CLEAR_SHARE = 0.5;

/**
 * The article as a whole or one passage of a survey, whichever is most probable. Passages that only sound like the type are no
 * match for one that says it.
 */
function loudest(whole: Judgement, passages: readonly Judgement[]): Judgement {
  const clearness = passages.map(strongestFeature);
  const least = CLEAR_SHARE * Math.max(...clearness);
  return passages
    .filter((_, index) => (clearness[index] as number) >= least)
    .reduce((best, next) => (next.logit > best.logit ? next : best), whole);
}

const strongestFeature = ({ features, model: { weights } }: Judgement): number =>
  Math.max(0, ...features.map(({ id, value }) => value * (weights.get(id) ?? 0)));

/** Shares what each feature adds to the logit among the words that made it, strongest first. */
function evidenceFor(
  features: readonly Feature[],
  { weights }: TypeModel,
  { concepts }: Taxonomy,
  input: ClassifyInput,
  calibration: Calibration,
): Evidence[] {
  const contributions = new Map<Mention, number>();
  for (const { id, value, mentions } of features) {
    const weight = calibration.concepts * (weights.get(id) ?? 0);
    if (weight === 0 || value === 0) continue;
    const speaking = mentions.filter(({ denied }) => denied === value < 0);
    const total = speaking.reduce((sum, { strength }) => sum + strength, 0);
    for (const mention of speaking) {
      contributions.set(mention, (contributions.get(mention) ?? 0) + (weight * value * mention.strength) / total);
    }
  }
  return [...contributions]
    .filter(([, weight]) => Math.abs(weight) >= LEAST_CONTRIBUTION)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_EVIDENCE)
    .map(([{ field, start, end, concept }, weight]) => ({
      field,
      start,
      end,
      text: input[field].slice(start, end),
      concept: concepts[concept]?.id as string,
      weight: Math.round(weight * 1000) / 1000,
    }));
}
