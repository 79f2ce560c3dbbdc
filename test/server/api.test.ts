import { parseHTML } from 'linkedom';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/server.js';
import { createToken } from '../../src/store/tokens.js';
import {
  addTestFeed,
  evidence,
  openTestService,
  storeTestArticle,
  type TestService,
  testId,
  types,
} from './newsroom-store.js';

const ARTICLE = testId(1);
const TEXT = 'It was quiet.\n\nArson at a rail depot near Ghent. Police found nothing.';
const REQUESTS_PER_MINUTE = 150;
const PROBLEM = 'application/problem+json; charset=utf-8';

let service: TestService;
let server: RunningServer;

beforeAll(async () => {
  const opened = await openTestService();
  const { runtime } = opened;
  const { settings } = runtime;
  const limited = { ...settings, server: { ...settings.server, requestsPerMinute: REQUESTS_PER_MINUTE } };
  service = { ...opened, runtime: { ...runtime, settings: limited } };
  const feedId = await addTestFeed(runtime, 'https://newsroom.example/rss', 'The Newsroom');
  const title = 'Depot burns';
  await storeTestArticle(runtime, {
    id: ARTICLE,
    feedId,
    title,
    text: TEXT,
    happenedAt: new Date(),
    tags: [
      {
        type: 'sabotage',
        score: 0.8,
        evidence: [
          evidence('text', TEXT, 'Arson', 'act.arson', 1.2),
          evidence('title', title, 'burns', 'act.fire', 0.2),
        ],
      },
    ],
  });
  await storeTestArticle(runtime, { id: testId(2), feedId, title: '=1+1', text: 'x', happenedAt: new Date(0) });
  server = await startServer(service, { host: '127.0.0.1', port: 0, types });
});

afterAll(async () => {
  await server?.close();
  await service?.close();
});

afterEach(async () => {
  await service.runtime.database.pool.query('DELETE FROM tokens');
  await service.runtime.database.pool.query('DELETE FROM judgements');
});

const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${server.url}/api/v1${path}`, init);

const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  ask(path, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

interface Judged {
  readonly judgements: readonly { readonly id: number; readonly by: string; readonly counts: boolean }[];
  readonly tags: readonly { readonly type: string; readonly origin: string }[];
}

describe('judgements', () => {
  const path = `/articles/${ARTICLE}/judgements`;
  const judge = (...judgements: object[]) => send('POST', path, { judgements, by: 'an' });

  test('win in the article, the list, the counts, CSV and NDJSON, and give way when withdrawn', async () => {
    const response = await judge(
      { type: 'sabotage', verdict: 'is-not', note: 'an accident' },
      { type: 'espionage', verdict: 'is' },
    );
    expect(response.status).toBe(200);
    const judged = (await response.json()) as Judged;
    expect(judged.tags).toMatchObject([{ type: 'espionage', origin: 'analyst:an' }]);
    expect(judged.judgements).toHaveLength(2);

    expect(await (await ask('/articles?type=sabotage')).json()).toMatchObject({ articles: [], total: 0 });
    expect(await (await ask('/articles?type=espionage&score=1')).json()).toMatchObject({ total: 1 });
    expect(await (await ask('/stats')).json()).toMatchObject({
      tagged: 1,
      perType: [{ type: 'espionage', articles: 1 }],
    });
    expect(await (await ask('/articles?format=csv')).text()).toContain('espionage 1.00');
    expect(await (await ask('/articles?format=csv')).text()).not.toContain('sabotage');
    const [line] = (await (await ask('/articles?format=ndjson')).text()).split('\n');
    expect(JSON.parse(line ?? '')).toMatchObject({ id: ARTICLE, tags: [{ type: 'espionage' }] });

    for (const { id } of judged.judgements) expect((await send('DELETE', `${path}/${id}`)).status).toBe(200);
    expect(await (await ask('/articles?type=sabotage')).json()).toMatchObject({ total: 1 });
    const gone = await send('DELETE', `${path}/${judged.judgements[0]?.id}`);
    expect([gone.status, gone.headers.get('content-type')]).toEqual([404, PROBLEM]);
  });

  test('of an unknown type are refused with the types that there are, and none of the request is stored', async () => {
    const response = await judge({ type: 'sabotage', verdict: 'is' }, { type: 'witchcraft', verdict: 'is' });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      detail: expect.stringContaining('disinformation, espionage'),
      faults: [{ parameter: 'judgements', message: 'no threat type "witchcraft"' }],
    });
    expect(await (await ask(path)).json()).toMatchObject({ judgements: [] });
  });

  test.each([
    [{ judgements: [] }],
    [{ judgements: [{ type: 'sabotage', verdict: 'maybe' }] }],
    [
      {
        judgements: [
          { type: 'sabotage', verdict: 'is' },
          { type: 'sabotage', verdict: 'is-not' },
        ],
      },
    ],
    [{ judgements: [{ type: 'sabotage', verdict: 'is' }], bye: 'an' }],
    [{ judgements: [{ type: 'sabotage', verdict: 'is' }], by: 'a\nb' }],
    ['sabotage'],
  ])('that are malformed are refused with what is wrong: %j', async (body) => {
    const response = await send('POST', path, body);
    expect(response.status).toBe(400);
    const { faults } = (await response.json()) as { faults: unknown[] };
    expect(faults.length).toBeGreaterThan(0);
  });

  test('take a token with the scope, and carry its name whatever the request says', async () => {
    const { pool } = service.runtime.database;
    const secretOf = async (name: string, scope: 'read' | 'judge') =>
      (await createToken(pool, { name, scopes: [scope] }))?.secret ?? '';
    const body = { judgements: [{ type: 'sabotage', verdict: 'is' }], by: 'somebody else' };
    const reader = await send('POST', path, body, { authorization: `Bearer ${await secretOf('reader', 'read')}` });
    expect([reader.status, reader.headers.get('content-type')]).toEqual([403, PROBLEM]);
    expect((await send('POST', path, body)).status).toBe(401);
    const judge = await send('POST', path, body, { authorization: `Bearer ${await secretOf('bram', 'judge')}` });
    expect(((await judge.json()) as Judged).judgements[0]).toMatchObject({ by: 'bram', counts: true });
  });

  test('are not taken from another site’s page', async () => {
    const body = { judgements: [{ type: 'sabotage', verdict: 'is-not' }] };
    expect((await send('POST', path, body, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await send('POST', path, body, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    const form = await ask(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'text/plain' },
    });
    expect(form.status).toBe(400);
  });
});

test('evidence comes with the sentence that it stands in', async () => {
  const { tags } = (await (await ask(`/articles/${ARTICLE}/evidence`)).json()) as {
    tags: { type: string; evidence: { text: string; quote: string | null }[] }[];
  };
  expect(tags[0]?.evidence.map(({ text, quote }) => [text, quote])).toEqual([
    ['Arson', 'Arson at a rail depot near Ghent.'],
    ['burns', null],
  ]);
});

describe('facets', () => {
  const text = 'Police in Ghent arrested two men.';
  const id = testId(3);
  const ghent = (score: number) => ({
    facet: 'place',
    value: 'ghent',
    score,
    evidence: [{ field: 'text' as const, start: 10, end: 15, text: 'Ghent', concept: 'municipality.ghent' }],
  });
  const store = (facets: ReturnType<typeof ghent>[]) =>
    storeTestArticle(service.runtime, { id, feedId: 1, title: 'Two held', text, happenedAt: new Date(0), facets });
  const given = async () =>
    ((await (await fetch(`${server.url}/api/v1/articles/${id}`)).json()) as { facets: unknown }).facets;

  test('stand in the article and on its page with their words, once however often it is stored, and go when they no longer hold', async () => {
    await store([ghent(0.6), { ...ghent(0.25), value: 'bruges' }]);
    await store([ghent(0.5)]);
    await store([ghent(0.5)]);
    expect(await given()).toEqual([ghent(0.5)]);
    const page = parseHTML(await (await fetch(`${server.url}/articles/${id}`)).text()).document;
    const section = page.querySelector('section[aria-labelledby="facets"]');
    expect(section?.textContent).toContain('“Ghent”');
    await store([]);
    expect(await given()).toEqual([]);
    await service.runtime.database.pool.query('DELETE FROM articles WHERE id = $1', [id]);
  });
});

test('sources, taxonomy and statistics are given', async () => {
  expect(await (await ask('/sources')).json()).toMatchObject({
    sources: [{ title: 'The Newsroom', articles: 2, tagged: 1, failures: 0 }],
  });
  const taxonomy = (await (await ask('/taxonomy')).json()) as { types: { id: string; labels: object }[] };
  expect(taxonomy.types.map(({ id }) => id)).toEqual(types.map(({ id }) => id));
  expect(await (await ask('/stats?days=2')).json()).toMatchObject({
    articles: 2,
    perDay: [{ type: 'sabotage', articles: 1 }],
    perLanguage: [{ language: 'en', articles: 2 }],
    rising: [],
    silentFeeds: [],
  });
});

test('CSV cells are no formulas', async () => {
  const response = await ask('/articles?format=csv');
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
  expect(await response.text()).toContain("'=1+1");
});

test.each([
  ['/articles?colour=red', 'colour'],
  ['/articles?score=9', 'score'],
  ['/articles?q=a&q=b', 'q'],
  ['/articles?after=xyz', 'after'],
  ['/articles?format=xml', 'format'],
  ['/stats?days=0', 'days'],
])('%s is refused by name', async (path, parameter) => {
  const response = await ask(path);
  expect([response.status, response.headers.get('content-type')]).toEqual([400, PROBLEM]);
  expect(await response.json()).toMatchObject({ status: 400, faults: [{ parameter }] });
});

test('an answer that is had already is not sent again, until it changes', async () => {
  const path = `/articles/${ARTICLE}`;
  const tag = (await ask(path)).headers.get('etag') ?? '';
  expect(tag).toMatch(/^"[\w-]+"$/);
  const again = await ask(path, { headers: { 'if-none-match': `"other", W/${tag}` } });
  expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
  await send('POST', `${path}/judgements`, { judgements: [{ type: 'sabotage', verdict: 'is' }] });
  expect((await ask(path, { headers: { 'if-none-match': tag } })).status).toBe(200);
});

describe('the description', () => {
  interface Described {
    readonly openapi: string;
    readonly paths: Record<string, Record<string, { responses: Record<string, { content?: object }> }>>;
    readonly components: { readonly schemas: Record<string, unknown> };
  }

  test('is OpenAPI 3.1 and names every route with its problems', async () => {
    const described = (await (await ask('/openapi.json')).json()) as Described;
    expect(described.openapi).toBe('3.1.1');
    const routes = Object.entries(described.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(routes.sort()).toEqual([
      'delete /api/v1/articles/{id}/judgements/{judgement}',
      'get /api/v1/articles',
      'get /api/v1/articles/{id}',
      'get /api/v1/articles/{id}/evidence',
      'get /api/v1/articles/{id}/judgements',
      'get /api/v1/events',
      'get /api/v1/sources',
      'get /api/v1/stats',
      'get /api/v1/status',
      'get /api/v1/stories',
      'get /api/v1/stories/{id}',
      'get /api/v1/taxonomy',
      'post /api/v1/articles/{id}/judgements',
    ]);
    for (const methods of Object.values(described.paths)) {
      for (const { responses } of Object.values(methods)) {
        expect(Object.keys(responses.default?.content ?? {})).toEqual(['application/problem+json']);
      }
    }
  });

  test('gives the list’s parameters as they are validated, and every reference leads somewhere', async () => {
    const text = await (await ask('/openapi.json')).text();
    const described = JSON.parse(text) as Described;
    const list = described.paths['/api/v1/articles']?.get as unknown as {
      parameters: { name: string; schema: Record<string, unknown>; required?: boolean }[];
    };
    const parameter = (name: string) => list.parameters.find((each) => each.name === name);
    expect(parameter('limit')?.schema).toMatchObject({ type: 'integer', minimum: 1, maximum: 200 });
    expect(parameter('type')).toMatchObject({ schema: { type: 'array' }, description: 'Any of these threat types' });
    expect(parameter('from')?.schema).toMatchObject({ type: 'string' });
    expect(list.parameters.filter(({ required }) => required)).toEqual([]);
    const names = Object.keys(described.components.schemas);
    expect(names).toEqual(
      expect.arrayContaining(['Article', 'Judgement', 'Problem', 'RisingType', 'SilentFeed', 'Tag']),
    );
    for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) expect(names).toContain(name);
  });

  test('is browsed on a page that needs no other host and nothing inline', async () => {
    const response = await ask('/docs/');
    expect(response.status).toBe(200);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe');
    const { document } = parseHTML(await response.text());
    const addresses = [...document.querySelectorAll('script, link')].map(
      (element) => element.getAttribute('src') ?? element.getAttribute('href') ?? '',
    );
    expect(addresses.length).toBeGreaterThan(3);
    for (const address of addresses) {
      const asset = new URL(address, response.url);
      expect(asset.origin).toBe(server.url);
      expect((await fetch(asset)).status).toBe(200);
    }
    expect(document.querySelector('style, [style], script:not([src])')).toBeNull();
  });
});

test('a query that keeps the store busy for too long is given up', async () => {
  const reader = service.runtime.database.limitedPool(1);
  await expect(reader.query('SELECT pg_sleep(3)')).rejects.toThrow(/timeout|cancel/);
  await reader.end();
});

test('who asks too often is told to wait, as a problem', async () => {
  const answers = [];
  for (let asked = 0; asked <= REQUESTS_PER_MINUTE; asked++) answers.push(await ask('/taxonomy'));
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await refused?.json()).toMatchObject({ type: 'about:blank', status: 429, title: 'Too Many Requests' });
});
