/** The trained part: weights over concepts and rules, one linear model a threat type, and over wordings, kept as JSON in `config/model.json`. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ThreatType } from './taxonomy.js';
import { PIECES, type WordingModel } from './wording.js';

const modelSchema = z.strictObject({
  format: z.literal(4),
  /** How much each thing said counts, by `combined`; score = 1 / (1 + exp(−logit)). */
  calibration: z.strictObject({
    concepts: z.number(),
    wording: z.number(),
    wordingOfAll: z.number(),
    loudestOther: z.number(),
    offset: z.number(),
  }),
  types: z.record(
    z.string(),
    z.strictObject({
      bias: z.number(),
      /** Least probability at which the type is given. */
      threshold: z.number().min(0).max(1),
      /** Feature → what training added to the weight that the taxonomy gives it, in logits. */
      learned: z.record(z.string(), z.number()),
    }),
  ),
  /** Weights of pieces of words, as base64 of one byte a piece; null where no articles were there to learn them from. */
  wording: z
    .strictObject({
      rarity: z.string(),
      types: z.record(z.string(), z.strictObject({ bias: z.number(), step: z.number(), weights: z.string() })),
    })
    .nullable(),
});

type ModelFile = z.infer<typeof modelSchema>;

export interface Model extends Omit<ModelFile, 'wording'> {
  readonly wording: WordingModel | null;
}

export type Calibration = Model['calibration'];

export class ModelError extends Error {
  override readonly name = 'ModelError';
}

/** A type that no training has seen starts from here: about 1 % without any evidence. */
export const UNTRAINED_BIAS = -4.5;
export const UNTRAINED_THRESHOLD = 0.5;

/** What a taxonomy says before any training. */
export const untrainedModel: Model = {
  format: 4,
  calibration: { concepts: 1, wording: 0, wordingOfAll: 0, loudestOther: 0, offset: 0 },
  types: {},
  wording: null,
};

/** The model as its file holds it. */
export function writeModel({ wording, ...rest }: Model): string {
  const file: ModelFile = {
    ...rest,
    wording:
      wording === null
        ? null
        : {
            rarity: toBase64(wording.rarity),
            types: Object.fromEntries(
              Object.entries(wording.types).map(([type, { bias, step, weights }]) => [
                type,
                { bias, step, weights: toBase64(weights) },
              ]),
            ),
          },
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

const toBase64 = (bytes: Uint8Array | Int8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

function readWording(wording: ModelFile['wording']): WordingModel | null {
  if (wording === null) return null;
  return {
    rarity: new Uint8Array(bytesOf(wording.rarity)),
    types: Object.fromEntries(
      Object.entries(wording.types).map(([type, { bias, step, weights }]) => [
        type,
        { bias, step, weights: new Int8Array(bytesOf(weights)) },
      ]),
    ),
  };
}

function bytesOf(base64: string): Buffer {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== PIECES) throw new Error(`expected ${PIECES} weights of pieces, found ${bytes.length}`);
  return bytes;
}

/**
 * Reads a model file.
 *
 * @throws ModelError when it can't be read or isn't a model.
 */
export function loadModel(path: string): { readonly model: Model; readonly version: string } {
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ModelError(
      `${path}: can't be read (${(error as Error).message}); make it with: npm run train -- DATA.jsonl`,
    );
  }
  try {
    const { wording, ...rest } = modelSchema.parse(JSON.parse(source));
    const model = { ...rest, wording: readWording(wording) };
    return { model, version: createHash('sha256').update(source).digest('hex').slice(0, 12) };
  } catch (error) {
    const detail = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new ModelError(`${path}: not a model: ${detail}`);
  }
}

/** A type's linear model with the taxonomy's weights and the learned ones added up. */
export interface TypeModel {
  readonly id: string;
  readonly bias: number;
  readonly threshold: number;
  readonly weights: ReadonlyMap<string, number>;
}

export function typeModel(type: ThreatType, model: Model): TypeModel {
  const trained = model.types[type.id];
  const weights = new Map(Object.entries(type.weights));
  for (const [feature, weight] of Object.entries(trained?.learned ?? {})) {
    weights.set(feature, (weights.get(feature) ?? 0) + weight);
  }
  return {
    id: type.id,
    bias: trained?.bias ?? UNTRAINED_BIAS,
    threshold: trained?.threshold ?? UNTRAINED_THRESHOLD,
    weights,
  };
}

/** What speaks for a type in one article, in logits. */
export interface OwnWords {
  /** Bias and weights of its concepts. */
  readonly concepts: number;
  readonly wording: number;
  /** Mean over all types: how much the wording sounds like a threat of any kind. */
  readonly wordingOfAll: number;
}

export interface Said extends OwnWords {
  /** Concepts and wording of whichever other type has most: words that two types share are mostly about one of them. */
  readonly loudestOther: number;
}

/** Sets what speaks for each type against what speaks for the others. */
export function compared<Words extends OwnWords>(types: readonly Words[]): (Words & Said)[] {
  return types.map((own) => {
    const others = types.filter((other) => other !== own).map(({ concepts, wording }) => concepts + wording);
    return { ...own, loudestOther: others.length === 0 ? 0 : Math.max(...others) };
  });
}

/** What calibration weighs. */
export const calibrated = ({ concepts, wording, wordingOfAll, loudestOther }: Said): Calibration => ({
  concepts,
  wording,
  wordingOfAll,
  loudestOther,
  offset: 1,
});

/** What the wording adds to the logit behind a score. */
export const addedByWording = (said: OwnWords, { wording, wordingOfAll }: Calibration): number =>
  wording * said.wording + wordingOfAll * said.wordingOfAll;

/** What the loudest other type adds to the logit behind a score, or takes from it. */
export const addedByOther = (said: Said, { loudestOther }: Calibration): number => loudestOther * said.loudestOther;

/** The logit behind a score, from what concepts and wording say of this type and of the others. */
export const combined = (said: Said, calibration: Calibration): number =>
  calibration.concepts * said.concepts +
  addedByWording(said, calibration) +
  addedByOther(said, calibration) +
  calibration.offset;

export const probability = (logit: number): number => 1 / (1 + Math.exp(-logit));
