/**
 * A second opinion from a zero-shot NLI model on this machine, run by @huggingface/transformers (3 or 4) from a folder that
 * the operator names. Nothing is downloaded, and the package is no dependency of Belfry: who wants it installs it.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../paths.js';
import type { ThreatType } from '../threats/taxonomy.js';
import type { ClassifyInput } from '../threats/threat.js';
import { type Adviser, type Answer, SecondOpinionError, type Verdict } from './adviser.js';

const PACKAGE = '@huggingface/transformers';
/**
 * The library cuts what exceeds a model's 512 tokens at the end, where the hypothesis stands: the article must leave room
 * for it. In our languages 1,200 characters take at most some 400 tokens.
 */
const PREMISE_MAX_CHARACTERS = 1_200;
/** A type is one that the article is about when its entailment is at least as probable as its contradiction. */
const LEAST_PROBABILITY = 0.5;

/** What is used of the package. */
export interface Transformers {
  readonly env: {
    allowRemoteModels: boolean;
    allowLocalModels: boolean;
    localModelPath: string;
    useFSCache: boolean;
  };
  pipeline(
    task: 'zero-shot-classification',
    model: string,
    options: { readonly local_files_only: true; readonly dtype: 'fp32' | 'q8' },
  ): Promise<ZeroShot>;
}

type ZeroShot = ((
  text: string,
  labels: readonly string[],
  options: { readonly hypothesis_template: string; readonly multi_label: true },
) => Promise<unknown>) & { dispose(): Promise<unknown> };

const outputShape = z.object({ scores: z.array(z.number().min(0).max(1)).length(1) });

/**
 * Loads the model, which may take seconds.
 *
 * @param importPackage only tests replace it
 * @throws SecondOpinionError when package or model are missing or can't be used
 */
export async function openLocalAdviser(
  { folder, timeoutSeconds }: { readonly folder: string; readonly timeoutSeconds: number },
  importPackage: () => Promise<unknown> = () => import(PACKAGE),
): Promise<Adviser> {
  const dtype = weightsIn(folder);
  const { env, pipeline } = await loadPackage(importPackage);
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = `${dirname(folder)}/`;
  env.useFSCache = false;
  const model = await pipeline('zero-shot-classification', basename(folder), { local_files_only: true, dtype }).catch(
    (error: Error) => {
      throw new SecondOpinionError(
        `secondOpinion.folder: ${folder} holds no model that can be loaded: ${error.message}`,
      );
    },
  );

  // One question at a time: each takes all cores that the runtime may have.
  let last: Promise<unknown> = Promise.resolve();

  async function verdictsOn(
    premise: string,
    types: readonly ThreatType[],
    time: AbortSignal,
  ): Promise<ReadonlyMap<string, Verdict>> {
    const verdicts = new Map<string, Verdict>();
    for (const { id, labels } of types) {
      time.throwIfAborted();
      const output = await model(premise, [labels.en ?? id], {
        hypothesis_template: 'This news article is about {}.',
        multi_label: true,
      });
      const probability = outputShape.safeParse(output).data?.scores[0];
      if (probability === undefined) continue;
      verdicts.set(id, { verdict: probability >= LEAST_PROBABILITY ? 'is' : 'is-not', quote: null, probability });
    }
    return verdicts;
  }

  async function ask(article: ClassifyInput, types: readonly ThreatType[]): Promise<Answer> {
    const premise = `${article.title}\n${article.text}`.slice(0, PREMISE_MAX_CHARACTERS);
    const time = AbortSignal.timeout(timeoutSeconds * 1000);
    const turn = last.then(() => verdictsOn(premise, types, time));
    last = turn.catch(() => undefined);
    try {
      return { outcome: 'answered', verdicts: await orAborted(turn, time) };
    } catch (error) {
      return { outcome: 'failed', reason: (error as Error).message };
    }
  }

  return {
    name: `local:${basename(folder)}`,
    ask,
    async close() {
      await last;
      await model.dispose();
    },
  };
}

/** @throws SecondOpinionError where no model is */
function weightsIn(folder: string): 'fp32' | 'q8' {
  const needed = ['config.json', 'tokenizer.json'].filter((file) => !existsSync(join(folder, file)));
  if (existsSync(join(folder, 'onnx', 'model.onnx')) && needed.length === 0) return 'fp32';
  if (existsSync(join(folder, 'onnx', 'model_quantized.onnx')) && needed.length === 0) return 'q8';
  throw new SecondOpinionError(
    `secondOpinion.folder: ${folder} must hold config.json, tokenizer.json and onnx/model.onnx or onnx/model_quantized.onnx of a zero-shot (NLI) model`,
  );
}

async function loadPackage(importPackage: () => Promise<unknown>): Promise<Transformers> {
  try {
    return (await importPackage()) as Transformers;
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
    throw new SecondOpinionError(
      isMissing
        ? `secondOpinion.folder needs the package ${PACKAGE}, which is not installed: run "npm install --no-save ${PACKAGE}" in ${packageRoot}, or set secondOpinion.folder to none`
        : `secondOpinion.folder needs the package ${PACKAGE}, which can't be loaded: ${(error as Error).message}`,
    );
  }
}

/** @throws the signal's reason, once it is aborted before the work is done; the work itself goes on */
async function orAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('no answer in time')), { once: true });
    }),
  ]);
}
