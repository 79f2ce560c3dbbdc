import { parseHTML } from 'linkedom';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ownPath } from '../../src/server/own-path.js';
import { type RunningServer, startServer } from '../../src/server/server.js';
import { createToken, listTokens, revokeToken, type Scope } from '../../src/store/tokens.js';
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
const TEXT = 'Arson at a rail depot near Ghent.';

let service: TestService;
let server: RunningServer;

beforeAll(async () => {
  service = await openTestService();
  const feedId = await addTestFeed(service.runtime, 'https://newsroom.example/rss', 'The Newsroom');
  await storeTestArticle(service.runtime, {
    id: ARTICLE,
    feedId,
    title: 'Depot burns',
    text: TEXT,
    happenedAt: new Date('2026-11-24T08:00:00Z'),
    tags: [{ type: 'sabotage', score: 0.8, evidence: [evidence('text', TEXT, 'Arson', 'act.arson', 1.2)] }],
  });
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

const pool = () => service.runtime.database.pool;

async function token(name: string, scopes: readonly Scope[], expiresAt?: Date): Promise<string> {
  return (await createToken(pool(), { name, scopes, expiresAt }))?.secret ?? '';
}

const ask = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server.url}${path}`, { redirect: 'manual', headers });

const asPerson = { accept: 'text/html' };
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

const post = (
  path: string,
  fields: Record<string, string> | [string, string][],
  headers: Record<string, string> = {},
) =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(fields),
    headers: { origin: server.url, ...headers },
  });

async function pageOf(path: string, headers: Record<string, string> = {}): Promise<Document> {
  const response = await ask(path, headers);
  expect(response.status).toBe(200);
  return parseHTML(await response.text()).document as unknown as Document;
}

const formTokenIn = (document: Document): string =>
  document.querySelector('input[name=form_token]')?.getAttribute('value') ?? '';

/** Logs in and gives the cookie to send along. */
async function login(secret: string): Promise<{ cookie: string }> {
  const response = await post('/login', { token: secret, next: '/' });
  expect(response.status).toBe(303);
  return { cookie: (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
}

describe('judging on the article’s page', () => {
  test('works by plain forms: reject, and the list, its filters and the API say so at once', async () => {
    const document = await pageOf(`/articles/${ARTICLE}`);
    const form = document.querySelector('form.judging');
    expect(form?.getAttribute('method')).toBe('post');
    const reject = form?.querySelector('button[aria-keyshortcuts=r]');
    const fields: [string, string][] = [...(form?.querySelectorAll('input[type=hidden]') ?? [])].map((input) => [
      input.getAttribute('name') ?? '',
      input.getAttribute('value') ?? '',
    ]);
    fields.push([reject?.getAttribute('name') ?? '', reject?.getAttribute('value') ?? '']);
    const response = await post(form?.getAttribute('action') ?? '', fields);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toMatch(new RegExp(`^/articles/${ARTICLE}\\?act=[0-9a-f-]{36}#judged$`));

    expect((await pageOf('/articles?type=sabotage')).querySelector('.count')?.textContent).toBe('0 articles');
    expect((await pageOf('/articles?reviewed=yes')).querySelector('.count')?.textContent).toBe('1 article');
    const article = (await (await ask(`/api/v1/articles/${ARTICLE}`)).json()) as {
      tags: unknown[];
      rejections: object[];
    };
    expect(article.tags).toEqual([]);
    expect(article.rejections).toMatchObject([{ type: 'sabotage', machine: { origin: 'model:test' } }]);

    const after = await pageOf(`/articles/${ARTICLE}`);
    expect(after.querySelector('.judgements')?.textContent).toContain('Not Sabotage');
    const withdraw = after.querySelector('.judgements button');
    await post(`/articles/${ARTICLE}/judgements`, {
      form_token: formTokenIn(after),
      withdraw: withdraw?.getAttribute('value') ?? '',
    });
    expect((await pageOf('/articles?type=sabotage')).querySelector('.count')?.textContent).toBe('1 article');
  });

  test('adds a type, says who did beside what the model said, and refuses a type that there is not', async () => {
    const form_token = formTokenIn(await pageOf(`/articles/${ARTICLE}`));
    const path = `/articles/${ARTICLE}/judgements`;
    await post(path, { form_token, verdict: 'add', added: 'espionage' });
    await post(path, { form_token, verdict: '+sabotage' });
    const notes = [...(await pageOf(`/articles/${ARTICLE}`)).querySelectorAll('.evidence > .note')].map(
      (note) => note.textContent ?? '',
    );
    expect(notes[0]).toMatch(/^According to .*; the model did not give it$/);
    expect(notes[1]).toMatch(/^According to .*; model:test gave it 80%$/);
    const refused = await post(path, { form_token, verdict: '+witchcraft' });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('there are disinformation, espionage');
  });

  test('takes no form that another site’s page sends, and none without its token', async () => {
    const form_token = formTokenIn(await pageOf(`/articles/${ARTICLE}`));
    const path = `/articles/${ARTICLE}/judgements`;
    const fields = { form_token, verdict: '-sabotage' };
    expect((await post(path, fields, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post(path, fields, { origin: 'null' })).status).toBe(403);
    expect((await post(path, { verdict: '-sabotage' })).status).toBe(403);
    expect((await post(path, { ...fields, form_token: `${form_token}x` })).status).toBe(403);
    expect((await pageOf('/articles?type=sabotage')).querySelector('.count')?.textContent).toBe('1 article');
  });
});

describe('with a token made', () => {
  test('pages send people to the login and programs a problem; probes and assets stay open', async () => {
    await token('an', ['read']);
    const page = await ask('/feeds?x=1', asPerson);
    expect([page.status, page.headers.get('location')]).toEqual([303, '/login?next=%2Ffeeds%3Fx%3D1']);
    for (const path of ['/api/v1/articles', '/metrics', '/queues/api/queues', '/nowhere']) {
      const response = await ask(path);
      expect([path, response.status]).toEqual([path, 401]);
      expect(response.headers.get('www-authenticate')).toContain('Bearer');
    }
    expect((await ask('/healthz')).status).toBe(200);
    expect((await ask('/readyz')).status).toBe(200);
    const login = await pageOf('/login?next=%2Ffeeds');
    expect((await ask(login.querySelector('link[rel=stylesheet]')?.getAttribute('href') ?? '')).status).toBe(200);
  });

  test('a bearer token opens what its scopes say and no more', async () => {
    const reader = bearer(await token('reader', ['read']));
    const judge = bearer(await token('judge', ['judge']));
    const operator = bearer(await token('operator', ['operate']));
    expect((await ask('/api/v1/articles', reader)).status).toBe(200);
    expect((await ask('/metrics', judge)).status).toBe(200);
    expect((await ask('/queues', reader)).status).toBe(403);
    expect((await ask('/queues', judge)).status).toBe(403);
    expect((await ask('/queues', operator)).status).toBe(200);
    expect((await ask('/api/v1/articles', bearer('belfry_wrong'))).status).toBe(401);
    expect((await ask('/api/v1/articles', { authorization: 'Bearer' })).status).toBe(401);
  });

  test('a feed reader may send it as the password of HTTP Basic, for reading only', async () => {
    const secret = await token('reader', ['read', 'judge']);
    const authorization = `Basic ${Buffer.from(`anything:${secret}`).toString('base64')}`;
    expect((await ask('/api/v1/articles', { authorization })).status).toBe(200);
    expect((await post(`/articles/${ARTICLE}/judgements`, { verdict: '-sabotage' }, { authorization })).status).toBe(
      401,
    );
  });

  test('an expired or revoked token opens nothing, and the server doesn’t open by itself', async () => {
    const expired = await token('old', ['read'], new Date(Date.now() - 1000));
    expect((await ask('/api/v1/articles', bearer(expired))).status).toBe(401);
    const revoked = await token('gone', ['read']);
    const session = await login(revoked);
    expect((await ask('/', session)).status).toBe(200);
    expect(await revokeToken(pool(), 'gone')).toBe(true);
    expect((await ask('/api/v1/articles', bearer(revoked))).status).toBe(401);
    expect((await ask('/', { ...session, ...asPerson })).status).toBe(303);
    expect((await ask('/', asPerson)).status).toBe(303);
  });

  test('only its hash is stored, and its uses are noted', async () => {
    const secret = await token('an', ['read']);
    expect(secret).toMatch(/^belfry_[\w-]{43}$/);
    const { rows } = await pool().query('SELECT * FROM tokens');
    expect(JSON.stringify(rows)).not.toContain(secret.slice(7));
    expect((await listTokens(pool()))[0]?.lastUsedAt).toBeNull();
    await ask('/api/v1/articles', bearer(secret));
    expect((await listTokens(pool()))[0]?.lastUsedAt).toBeInstanceOf(Date);
  });
});

describe('a session', () => {
  test('is opened with a token, carries a strict cookie and judges under the token’s name', async () => {
    const secret = await token('an', ['judge']);
    const response = await post('/login', { token: secret, next: `/articles/${ARTICLE}` });
    expect([response.status, response.headers.get('location')]).toEqual([303, `/articles/${ARTICLE}`]);
    const cookie = response.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^belfry_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
    const { rows } = await pool().query('SELECT * FROM sessions');
    expect(JSON.stringify(rows)).not.toContain(cookie.slice(15, 58));

    const session = { cookie: cookie.split(';')[0] ?? '' };
    const form_token = formTokenIn(await pageOf(`/articles/${ARTICLE}`, session));
    const path = `/articles/${ARTICLE}/judgements`;
    expect((await post(path, { form_token: 'guess', verdict: '+sabotage' }, session)).status).toBe(403);
    expect((await post(path, { form_token, verdict: '+sabotage' }, session)).status).toBe(303);
    expect((await pageOf(`/articles/${ARTICLE}`, session)).querySelector('.evidence .note')?.textContent).toContain(
      'According to an',
    );
  });

  test('of another visitor doesn’t lend its form token', async () => {
    const an = await login(await token('an', ['judge']));
    const bram = await login(await token('bram', ['judge']));
    const form_token = formTokenIn(await pageOf(`/articles/${ARTICLE}`, an));
    const path = `/articles/${ARTICLE}/judgements`;
    expect((await post(path, { form_token, verdict: '+sabotage' }, bram)).status).toBe(403);
  });

  test('that may only read shows no buttons, and sending the form by hand is refused', async () => {
    const session = await login(await token('reader', ['read']));
    const document = await pageOf(`/articles/${ARTICLE}`, session);
    expect(document.querySelector('.judging, .judge-one, .bulk, .select')).toBeNull();
    const form_token = formTokenIn(document);
    expect(form_token).not.toBe('');
    const response = await post(`/articles/${ARTICLE}/judgements`, { form_token, verdict: '+sabotage' }, session);
    expect(response.status).toBe(403);
    expect((await ask('/queues', session)).status).toBe(403);
  });

  test('ends with the log-out, on the server too', async () => {
    const session = await login(await token('an', ['read']));
    const form_token = formTokenIn(await pageOf('/', session));
    const response = await post('/logout', { form_token }, session);
    expect([response.status, response.headers.get('location')]).toEqual([303, '/login']);
    expect(response.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await ask('/', { ...session, ...asPerson })).status).toBe(303);
  });

  test('is not opened by a wrong token, and those who keep trying are slowed down', async () => {
    await token('an', ['read']);
    const wrong = await post('/login', { token: 'belfry_guess' });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('set-cookie')).toBeNull();
    expect(await wrong.text()).toContain('This is no token');
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 25; attempt++) statuses.push((await post('/login', { token: 'x' })).status);
    expect(statuses).toContain(429);
  });
});

test.each([
  ['/feeds?x=1', '/feeds?x=1'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['/..//evil.example', '/evil.example'],
  ['https://evil.example', '/'],
  ['//', '/'],
  [undefined, '/'],
])('after the login %j leads to %s', (given, path) => {
  expect(ownPath(given)).toBe(path);
});

test('beyond loopback the server refuses to start without a token, and with one asks everybody for it', async () => {
  const options = { host: '0.0.0.0', port: 0, types };
  await expect(startServer(service, options)).rejects.toThrow(
    /no token yet.*belfry token create.*docker compose run --rm server token create/,
  );
  const secret = await token('an', ['read']);
  const open = await startServer(service, options);
  const local = open.url.replace('localhost', '127.0.0.1');
  expect((await fetch(`${local}/healthz`)).status).toBe(200);
  expect((await fetch(`${local}/api/v1/articles`)).status).toBe(401);
  expect((await fetch(`${local}/api/v1/articles`, { headers: bearer(secret) })).status).toBe(200);
  await pool().query('DELETE FROM tokens');
  expect((await fetch(`${local}/api/v1/articles`)).status).toBe(401);
  await open.close();
});
