import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/server.js';
import type { Evidence, SecondOpinion } from '../../src/threats/threat.js';
import {
  addTestFeed,
  evidence,
  openTestService,
  storeTestArticle,
  type TestService,
  testId,
  types,
} from './newsroom-store.js';

const TEXT = 'Arson at a rail depot near Ghent. A drone was seen over the yard.';
const arson = evidence('text', TEXT, 'Arson', 'act.arson', 1.2);
const drone = evidence('text', TEXT, 'drone', 'thing.drone', 0.6);
const BOTH = testId(1);
const NONE = testId(2);

let service: TestService;
let server: RunningServer;

const opinion = (
  type: string,
  verdict: SecondOpinion['verdict'],
  score: number,
  { found, quote }: { readonly found: Evidence; readonly quote: string | null },
): SecondOpinion => ({
  type,
  verdict,
  by: 'endpoint:some-model',
  quote,
  probability: null,
  first: { score, threshold: 0.5, evidence: [found] },
  question: 'asked',
});

beforeAll(async () => {
  service = await openTestService();
  const feedId = await addTestFeed(service.runtime, 'https://newsroom.example/rss', 'The Newsroom');
  const given = { feedId, title: 'Depot burns', text: TEXT, happenedAt: new Date() };
  const tags = [{ type: 'sabotage', score: 0.56, evidence: [arson] }];
  const declined = opinion('sabotage', 'is-not', 0.56, { found: arson, quote: 'Arson at a <rail> depot' });
  await storeTestArticle(service.runtime, {
    ...given,
    id: BOTH,
    tags,
    secondOpinions: [declined, opinion('drone-incursion', 'is', 0.44, { found: drone, quote: null })],
  });
  await storeTestArticle(service.runtime, { ...given, id: NONE, tags, secondOpinions: [declined] });
  server = await startServer(service, { host: '127.0.0.1', port: 0, types });
});

afterAll(async () => {
  await server?.close();
  await service?.close();
});

const page = async (id: string) =>
  parseHTML(await (await fetch(`${server.url}/articles/${id}`)).text()).document as unknown as Document;

const words = (element: Element | null | undefined): string => (element?.textContent ?? '').replace(/\s+/g, ' ').trim();

test('an article’s page says who decided, and sets each second opinion beside the first', async () => {
  const shown = await page(BOTH);
  const why = words(shown.querySelector('section[aria-labelledby="why"]'));
  expect(why).toContain('According to a second opinion (endpoint:some-model); the model gave it 44%');
  expect(why).not.toContain('Sabotage 56%');
  const opinions = [...shown.querySelectorAll('section[aria-labelledby="second-opinions"] li')].map(words);
  expect(opinions).toEqual([
    'Not Sabotage, says endpoint:some-model, just nowArson at a <rail> depot model:test: 56.0%, given from 50.0%',
    'Drone incursion, says endpoint:some-model, just now model:test: 44.0%, given from 50.0%',
  ]);
});

test('an article that a second opinion left without a tag says so', async () => {
  expect(words((await page(NONE)).querySelector('section[aria-labelledby="why"]'))).toContain(
    'None, says a second opinion.',
  );
});

test.each([`/articles/${BOTH}`, `/articles/${BOTH}/evidence`])('the API has both opinions at %s', async (path) => {
  const response = await fetch(`${server.url}/api/v1${path}`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    tags: [
      {
        type: 'drone-incursion',
        origin: 'second-opinion:endpoint:some-model',
        score: 0.44,
        machine: null,
        evidence: [{ text: 'drone' }],
      },
    ],
    secondOpinions: [
      { type: 'sabotage', verdict: 'is-not', first: { score: 0.56, threshold: 0.5, origin: 'model:test' } },
      { type: 'drone-incursion', verdict: 'is', quote: null, first: { score: 0.44 } },
    ],
  });
});
