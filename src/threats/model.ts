/** The trained part: weights over concepts and rules, one linear model a threat type, kept as JSON in `config/model.json`. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ThreatType } from './taxonomy.js';

const modelSchema = z.strictObject({
  format: z.literal(1),
  /** probability = 1 / (1 + exp(−(scale × logit + offset))). */
  calibration: z.strictObject({ scale: z.number(), offset: z.number() }),
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
});

export type Model = z.infer<typeof modelSchema>;

export class ModelError extends Error {
  override readonly name = 'ModelError';
}

/** A type that no training has seen starts from here: about 1 % without any evidence. */
export const UNTRAINED_BIAS = -4.5;
export const UNTRAINED_THRESHOLD = 0.5;

/** What a taxonomy says before any training. */
export const untrainedModel: Model = { format: 1, calibration: { scale: 1, offset: 0 }, types: {} };

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
    const model = modelSchema.parse(JSON.parse(source));
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

export const calibrated = (logit: number, { scale, offset }: Model['calibration']): number =>
  1 / (1 + Math.exp(-(scale * logit + offset)));
