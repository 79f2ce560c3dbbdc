/** A second model beside the embedded pipeline, on loopback, as an operator sets it up. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createClassifier } from '../../src/threats/classifier.js';
import {
  type Behaviour,
  type ChatEndpoint,
  deciding,
  endless,
  hanging,
  redirecting,
  saying,
  serverError,
  startChatEndpoint,
} from '../second-opinion/chat-endpoint.js';
import { type Belfry, createBelfry } from '../support/belfry.js';

const KEY = 'key-that-nobody-may-see';
/** A dozen commands, each a process that opens the store, on a busy machine. */
const A_DOZEN_COMMANDS_MILLISECONDS = 300_000;
const TEXT =
  'Two hired men set fire to signal cables on Sunday night, police said. Prosecutors speak of sabotage ordered from abroad. A guard had seen a drone over the yard an hour before.';
/** Each article's title says how the endpoint behaves when it is asked about it. */
const misbehaviours: Readonly<Record<string, Behaviour>> = {
  fails: serverError,
  'talks rubbish': saying(() => '{"sabotage": "perhaps"}'),
  'says nothing': hanging,
  'never ends': endless,
  'sends elsewhere': (request, response) => redirecting(`${endpoint.url}/elsewhere`)(request, response),
};
const isDrone = deciding((type) => type === 'drone-incursion');

interface Listed {
  readonly id: string;
  readonly tags: readonly { readonly type: string; readonly origin: string; readonly evidence: readonly unknown[] }[];
}

interface Shown extends Listed {
  readonly secondOpinions: readonly { readonly type: string; readonly verdict: string; readonly by: string }[];
}

let belfry: Belfry;
let site: Server;
let endpoint: ChatEndpoint;
/** How the endpoint behaves where the title doesn't say. */
let otherwise: Behaviour;

const titleOf = (words: string): string => `Cables burn at the depot that ${words}`;

const feedOf = (entries: readonly string[]): string =>
  `<rss version="2.0"><channel><title>News</title>${entries
    .map(
      (words, place) =>
        `<item><guid>${place}</guid><title>${titleOf(words)}</title><description>${TEXT}</description></item>`,
    )
    .join('')}</channel></rss>`;

beforeEach(async () => {
  otherwise = isDrone;
  endpoint = await startChatEndpoint((request, response) => {
    const misbehaviour = Object.keys(misbehaviours).find((words) => request.article.startsWith(titleOf(words)));
    return (misbehaviour === undefined ? otherwise : misbehaviours[misbehaviour])?.(request, response);
  });
  site = createServer(({ url }, response) => {
    response.end(feedOf(url === '/wrong.xml' ? Object.keys(misbehaviours) : ['answers']));
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  // So wide a margin that all types with evidence are asked about, whatever the model is trained to.
  belfry = createBelfry({ BELFRY_OPINION_KEY: KEY, LOG_LEVEL: 'debug' });
  const config = join(belfry.directory, 'belfry.yaml');
  writeFileSync(
    config,
    `secondOpinion: { url: "${endpoint.url}", model: some-model, margin: 1, mostTypes: 50, timeoutSeconds: 2 }\n`,
  );
  belfry.environment.BELFRY_CONFIG = config;
});

afterEach(async () => {
  await belfry.dispose();
  await endpoint.close();
  site.closeAllConnections();
  await new Promise((resolve) => site.close(resolve));
});

const follow = (path: string) =>
  belfry.run(['feeds', 'add', `http://127.0.0.1:${(site.address() as AddressInfo).port}${path}`]);

async function runOnce(): Promise<void> {
  const { code, stdout, stderr } = await belfry.run(['run', '--once', '--json']);
  expect([code, JSON.parse(stdout)], stderr).toEqual([0, expect.objectContaining({ failed: 0 })]);
  expect(stderr).not.toContain(KEY);
}

const show = async (id: string): Promise<Shown> => JSON.parse((await belfry.run(['show', id, '--json'])).stdout);

test('a model that fails, talks rubbish, hangs, never ends or redirects changes no article', async () => {
  const { classify } = createClassifier();
  await follow('/wrong.xml');
  await runOnce();
  expect(new Set(endpoint.requests.map(({ article }) => article.split('\n')[0]))).toEqual(
    new Set(Object.keys(misbehaviours).map(titleOf)),
  );
  expect(endpoint.requests.map(({ path }) => path)).not.toContain('/v1/elsewhere');
  const articles = await belfry.articles<Listed>();
  expect(articles).toHaveLength(Object.keys(misbehaviours).length);
  const first = classify({ title: titleOf('fails'), text: TEXT, language: 'en' });
  for (const { tags } of articles) {
    expect(tags.map(({ type }) => type)).toEqual(first.threats.map(({ type }) => type));
    for (const { origin } of tags) expect(origin).toBe(`model:${first.version}`);
  }
});

test(
  'a model that answers decides, an analyst wins, and a replay keeps both while it is away',
  async () => {
    await follow('/right.xml');
    await runOnce();
    const [{ id = '' } = {}] = await belfry.articles<Listed>();
    const article = await show(id);
    expect(article.tags).toMatchObject([{ type: 'drone-incursion', origin: 'second-opinion:endpoint:some-model' }]);
    expect(article.tags[0]?.evidence).not.toEqual([]);
    expect(article.secondOpinions).toContainEqual(
      expect.objectContaining({ type: 'sabotage', verdict: 'is-not', by: 'endpoint:some-model' }),
    );

    const { stdout } = await belfry.run(['show', id]);
    expect(stdout).toMatch(/^drone-incursion 0\.\d\d {2}second opinion \(endpoint:some-model\)$/m);
    expect(stdout).toMatch(
      /^not sabotage, says a second opinion \(endpoint:some-model, .+\): "Cables burn at the depot that answers"; model:\S+ gave it [01]\.\d{3}, threshold 0\.\d{3}$/m,
    );
    const formats = ['csv', 'stix', 'misp'];
    const exports = await Promise.all(formats.map((format) => belfry.run(['articles', '--format', format])));
    for (const [index, { stdout: text }] of exports.entries())
      expect([formats[index], /drone.incursion/i.test(text), /"sabotage"|Sabotage \d/.test(text)]).toEqual([
        formats[index],
        true,
        false,
      ]);

    expect(await belfry.run(['label', id, '+sabotage', '-drone-incursion'])).toMatchObject({ code: 0 });
    const asked = endpoint.requests.length;
    otherwise = serverError;
    expect(await belfry.run(['replay', '--stage', 'classify', '--since', '1h'])).toMatchObject({ code: 0 });
    await runOnce();
    const again = await show(id);
    expect(again.tags.map(({ type, origin }) => [type, origin.split(':')[0]])).toEqual([['sabotage', 'analyst']]);
    expect(again.secondOpinions).toEqual(article.secondOpinions);
    expect(endpoint.requests).toHaveLength(asked);
  },
  A_DOZEN_COMMANDS_MILLISECONDS,
);

test('doctor says whether the model answers, and how', async () => {
  const opinion = async (environment: NodeJS.ProcessEnv = {}) => {
    Object.assign(belfry.environment, environment);
    const { stdout } = await belfry.run(['doctor', '--json']);
    expect(stdout).not.toContain(KEY);
    return (JSON.parse(stdout) as { check: string }[]).find(({ check }) => check === 'opinion');
  };
  expect(await opinion()).toMatchObject({ state: 'ok', detail: expect.stringMatching(/^endpoint:some-model answers/) });
  otherwise = serverError;
  expect(await opinion()).toMatchObject({ state: 'fault', detail: expect.stringContaining('http-500') });
  otherwise = saying(({ types }) =>
    JSON.stringify(
      Object.fromEntries(types.map((type) => [type, { applies: true, quote: 'Words from nowhere at all' }])),
    ),
  );
  expect(await opinion()).toMatchObject({ state: 'note', detail: expect.stringContaining('quotes what') });
  expect(await opinion({ BELFRY_OPINION_URL: 'none' })).toBeUndefined();
});

test('a folder without a model, or without the package that runs it, is named at the start with what mends it', async () => {
  const folder = join(belfry.directory, 'no-model');
  Object.assign(belfry.environment, { BELFRY_OPINION_URL: 'none', BELFRY_OPINION_FOLDER: folder });
  const missing = await belfry.run(['run', '--once']);
  expect([missing.code, missing.stderr]).toEqual([78, expect.stringContaining(`${folder} must hold config.json`)]);

  mkdirSync(join(folder, 'onnx'), { recursive: true });
  for (const file of ['config.json', 'tokenizer.json', 'onnx/model.onnx']) writeFileSync(join(folder, file), '{}');
  const { code, stderr } = await belfry.run(['run', '--once']);
  // Whoever has the package installed hears of the model instead.
  expect([code, stderr]).toEqual([
    78,
    expect.stringMatching(/npm install --no-save|holds no model that can be loaded/),
  ]);
});
