/**
 * Against a fake of @huggingface/transformers: the package and a model are neither installed nor downloaded here, so that this
 * shows how Belfry uses the package's interface, not how well any model judges.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { shippedConfig } from '../../src/paths.js';
import { SecondOpinionError } from '../../src/second-opinion/adviser.js';
import { openLocalAdviser } from '../../src/second-opinion/local-model.js';
import { loadTaxonomy } from '../../src/threats/taxonomy.js';

const directory = mkdtempSync(join(tmpdir(), 'belfry-model-'));
const folder = join(directory, 'some-nli-model');
afterAll(() => rmSync(directory, { recursive: true }));

const { types } = loadTaxonomy(shippedConfig('taxonomy'));
const typesCalled = (...ids: string[]) => types.filter(({ id }) => ids.includes(id));
const ARTICLE = { title: 'Cables burn', text: 'Two hired men set fire to cables. '.repeat(500), language: 'en' };

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  for (const file of ['config.json', 'tokenizer.json', 'onnx/model.onnx']) writeFileSync(join(folder, file), '{}');
});

type Run = (text: string, labels: readonly string[], options: object) => Promise<unknown>;

/** The part of the package that is used, with a model that does what the test says. */
function fakeTransformers(run: Run) {
  const env = {
    allowRemoteModels: true,
    allowLocalModels: true,
    localModelPath: '/models/',
    useFSCache: true,
  };
  const loaded: unknown[][] = [];
  const asked: Parameters<Run>[] = [];
  const state = { disposed: 0, atOnce: 0, mostAtOnce: 0 };
  const model = async (...question: Parameters<Run>) => {
    asked.push(question);
    state.mostAtOnce = Math.max(state.mostAtOnce, ++state.atOnce);
    try {
      return await run(...question);
    } finally {
      state.atOnce--;
    }
  };
  const pipeline = async (...call: unknown[]) => {
    loaded.push([...call, { ...env }]);
    return Object.assign(model, {
      dispose: async () => {
        state.disposed++;
      },
    });
  };
  return { module: async () => ({ env, pipeline }), loaded, asked, state };
}

/** As the pipeline answers: labels and scores, highest first. */
const scoring =
  (score: (label: string) => unknown): Run =>
  async (sequence, labels) => ({ sequence, labels, scores: labels.map(score) });

const settings = { folder, timeoutSeconds: 1 };

test('loads local files only, from the folder that was named', async () => {
  const fake = fakeTransformers(scoring(() => 0.9));
  const adviser = await openLocalAdviser(settings, fake.module);
  expect(adviser.name).toBe('local:some-nli-model');
  expect(fake.loaded).toEqual([
    [
      'zero-shot-classification',
      'some-nli-model',
      { local_files_only: true, dtype: 'fp32' },
      { allowRemoteModels: false, allowLocalModels: true, localModelPath: `${directory}/`, useFSCache: false },
    ],
  ]);
  await adviser.close();
  expect(fake.state.disposed).toBe(1);
});

test('takes quantised weights where there are no others', async () => {
  rmSync(join(folder, 'onnx/model.onnx'));
  writeFileSync(join(folder, 'onnx/model_quantized.onnx'), '');
  const fake = fakeTransformers(scoring(() => 0.9));
  await openLocalAdviser(settings, fake.module);
  expect(fake.loaded[0]?.[2]).toEqual({ local_files_only: true, dtype: 'q8' });
});

test('asks for each type by its name, about a start of the article that leaves room for the question', async () => {
  const fake = fakeTransformers(scoring((label) => (label === 'Sabotage' ? 0.93 : 0.2)));
  const adviser = await openLocalAdviser(settings, fake.module);
  expect(await adviser.ask(ARTICLE, typesCalled('sabotage', 'espionage'))).toEqual({
    outcome: 'answered',
    verdicts: new Map([
      ['espionage', { verdict: 'is-not', quote: null, probability: 0.2 }],
      ['sabotage', { verdict: 'is', quote: null, probability: 0.93 }],
    ]),
  });
  for (const [text, labels, options] of fake.asked) {
    expect(text.startsWith('Cables burn\nTwo hired men')).toBe(true);
    expect(text).toHaveLength(1_200);
    expect(labels).toHaveLength(1);
    expect(options).toMatchObject({ multi_label: true });
  }
});

test.each([Number.NaN, 1.5, 'high', undefined])('a score of %s is void', async (score) => {
  const fake = fakeTransformers(scoring((label) => (label === 'Sabotage' ? score : 0.2)));
  const adviser = await openLocalAdviser(settings, fake.module);
  const answer = await adviser.ask(ARTICLE, typesCalled('sabotage', 'espionage'));
  expect(answer.outcome === 'answered' && [...answer.verdicts.keys()]).toEqual(['espionage']);
});

test('a model that throws fails that question only', async () => {
  let broken = true;
  const fake = fakeTransformers(async (...question) => {
    if (broken) throw new Error('out of memory');
    return scoring(() => 0.9)(...question);
  });
  const adviser = await openLocalAdviser(settings, fake.module);
  expect(await adviser.ask(ARTICLE, typesCalled('sabotage'))).toEqual({ outcome: 'failed', reason: 'out of memory' });
  broken = false;
  expect(await adviser.ask(ARTICLE, typesCalled('sabotage'))).toMatchObject({ outcome: 'answered' });
});

test('questions are put one after the other, and those whose time is over are not put at all', async () => {
  const fake = fakeTransformers(async (...question) => {
    await sleep(600);
    return scoring(() => 0.9)(...question);
  });
  const adviser = await openLocalAdviser(settings, fake.module);
  const answers = await Promise.all([1, 2, 3, 4].map(() => adviser.ask(ARTICLE, typesCalled('sabotage'))));
  expect(answers.map(({ outcome }) => outcome)).toEqual(['answered', 'failed', 'failed', 'failed']);
  await adviser.close();
  expect(fake.asked).toHaveLength(2);
  expect(fake.state.mostAtOnce).toBe(1);
});

describe('what is missing is said with the way to mend it', () => {
  test('the package', async () => {
    const opening = openLocalAdviser(settings, notFound);
    await expect(opening).rejects.toThrow(SecondOpinionError);
    await expect(opening).rejects.toThrow(
      /secondOpinion\.folder needs the package @huggingface\/transformers, which is not installed: run "npm install --no-save @huggingface\/transformers" in \//,
    );
  });

  test('the model', async () => {
    rmSync(join(folder, 'config.json'));
    await expect(openLocalAdviser(settings, fakeTransformers(scoring(() => 1)).module)).rejects.toThrow(
      /some-nli-model must hold config\.json, tokenizer\.json and onnx\/model\.onnx/,
    );
  });

  test('a model that the package can read', async () => {
    const { env } = await fakeTransformers(scoring(() => 1)).module();
    const pipeline = async () => {
      throw new Error('Unsupported model type: llama');
    };
    await expect(openLocalAdviser(settings, async () => ({ env, pipeline }))).rejects.toThrow(
      /some-nli-model holds no model that can be loaded: Unsupported model type: llama/,
    );
  });
});

/** As Node says it; the test runner has an error of its own for a missing module. */
async function notFound(): Promise<never> {
  throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
}
