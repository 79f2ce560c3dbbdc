import { setTimeout as sleep } from 'node:timers/promises';
import { parseHTML } from 'linkedom';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EventLimits } from '../../src/server/events.js';
import { type RunningServer, startServer } from '../../src/server/server.js';
import { encodePosition, settledPosition } from '../../src/store/article-changes.js';
import { addJudgements } from '../../src/store/judgements.js';
import { createToken } from '../../src/store/tokens.js';
import { eventually } from '../support/belfry.js';
import { addTestFeed, openTestService, storeTestArticle, type TestService, testId, types } from './newsroom-store.js';

/** Quicker than in earnest, so that tests need not wait. */
const QUICK: Partial<EventLimits> = { everyMilliseconds: 50 };

let service: TestService;
let feedId: number;
let server: RunningServer | undefined;
let number = 0;
const listeners = new Set<Listener>();

beforeAll(async () => {
  service = await openTestService();
  feedId = await addTestFeed(service.runtime, 'https://newsroom.example/rss', 'The Newsroom');
});

afterAll(() => service?.close());

afterEach(async () => {
  for (const listener of listeners) listener.leave();
  listeners.clear();
  await server?.close();
  server = undefined;
});

const pool = () => service.runtime.database.pool;

async function serve(limits: Partial<EventLimits> = {}): Promise<string> {
  server = await startServer(service, { host: '127.0.0.1', port: 0, types, events: { ...QUICK, ...limits } });
  return `${server.url}/api/v1/events`;
}

/** Stores an article, a new one unless its id is given; its id. */
async function store(language = 'nl', title = `Article ${number + 1}`, id = testId(++number)): Promise<string> {
  const happenedAt = new Date(Date.UTC(2026, 10, 24) + Number.parseInt(id, 16) * 1000);
  const text = `${title} tells of a quiet day.`;
  await storeTestArticle(service.runtime, { id, feedId, title, text, language, happenedAt });
  return id;
}

interface Heard {
  readonly name: string;
  readonly id: string;
  readonly data: { readonly kind?: string; readonly article?: { readonly id: string; readonly title: string } };
}

interface Listener {
  readonly response: Response;
  /** All that came so far, as it came. */
  text(): string;
  events(): readonly Heard[];
  /** Of articles: `KIND ID`. */
  articles(): readonly string[];
  /** The last `id`, whether of an event or not: what a browser would send when it comes back. */
  lastEventId(): string;
  /** How it ended, once it has. */
  readonly end: Promise<'ended' | 'broken'>;
  leave(): void;
}

async function listen(address: string, headers: Record<string, string> = {}): Promise<Listener> {
  const going = new AbortController();
  const response = await fetch(address, { headers: { accept: 'text/event-stream', ...headers }, signal: going.signal });
  let text = '';
  const end = (async () => {
    try {
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>)
        text += Buffer.from(chunk).toString();
      return 'ended' as const;
    } catch {
      return 'broken' as const;
    }
  })();
  const events = () => text.split('\n\n').slice(0, -1).flatMap(readEvent);
  const listener: Listener = {
    response,
    text: () => text,
    events,
    articles: () => events().flatMap(({ data }) => (data.article ? [`${data.kind} ${data.article.id}`] : [])),
    lastEventId: () => [...text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? '',
    end,
    leave: () => going.abort(),
  };
  listeners.add(listener);
  if (response.ok) await eventually(async () => listener.lastEventId() !== '');
  return listener;
}

/** An event without data is none (WHATWG HTML, section 9.2.6). */
function readEvent(block: string): Heard[] {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  const data = field('data');
  return data === undefined
    ? []
    : [{ name: field('event') ?? 'message', id: field('id') ?? '', data: JSON.parse(data) as Heard['data'] }];
}

const hears = (listener: Listener, articles: readonly string[]) =>
  eventually(async () => listener.articles().length >= articles.length).then(() =>
    expect(listener.articles()).toEqual(articles),
  );

describe('a listener', () => {
  test('hears of a new article of its list, and not of one of another', async () => {
    const address = await serve();
    const dutch = await listen(`${address}?language=nl`);
    const french = await listen(`${address}?language=fr`);
    expect(dutch.response.headers.get('content-type')).toBe('text/event-stream');
    expect(dutch.text()).toMatch(/^retry: \d+\n/);
    const ids = [await store('nl'), await store('fr'), await store('nl')] as const;
    await hears(french, [`added ${ids[1]}`]);
    await hears(dutch, [`added ${ids[0]}`, `added ${ids[2]}`]);
    expect(dutch.events()[0]).toMatchObject({ name: 'article', data: { article: { language: 'nl', tags: [] } } });
  });

  test('hears of edits and judgements, and nothing of the same article stored again', async () => {
    const id = await store();
    const address = await serve();
    const listener = await listen(address);
    await store('nl', `Article ${number}`, id);
    await store('nl', 'Another title', id);
    await hears(listener, [`edited ${id}`]);
    await addJudgements(pool(), id, 'An', [{ type: 'sabotage', verdict: 'is' }]);
    await hears(listener, [`edited ${id}`, `judged ${id}`]);
  });

  test('hears of an article that a judgement brought into its list', async () => {
    const ids = [await store(), await store()] as const;
    const listener = await listen(`${await serve()}?type=sabotage`);
    await addJudgements(pool(), ids[0], 'An', [{ type: 'espionage', verdict: 'is' }]);
    await addJudgements(pool(), ids[1], 'An', [{ type: 'sabotage', verdict: 'is' }]);
    await hears(listener, [`judged ${ids[1]}`]);
  });

  test('hears once of an article that was stored and judged at once, as of a new one', async () => {
    const address = await serve();
    const before = encodePosition(await settledPosition(pool()));
    const id = await store();
    await addJudgements(pool(), id, 'An', [{ type: 'sabotage', verdict: 'is' }]);
    await hears(await listen(address, { 'last-event-id': before }), [`added ${id}`]);
  });

  test('hears of all of many articles', async () => {
    const listener = await listen(await serve());
    const ids: string[] = [];
    for (let count = 0; count < 220; count++) ids.push(await store());
    await hears(
      listener,
      ids.map((id) => `added ${id}`),
    );
  });

  test('hears that the server is there when nothing else comes, and where to go on from', async () => {
    const listener = await listen(await serve({ heartbeatMilliseconds: 40 }));
    const first = listener.lastEventId();
    await store();
    await eventually(async () => listener.articles().length === 1);
    await eventually(async () => listener.text().split(/^: still here$/m).length > 3);
    expect(listener.lastEventId()).not.toBe(first);
    expect(listener.events()).toHaveLength(1);
  });
});

describe('the page of a list', () => {
  async function listAt(path: string) {
    const page = await (await fetch(`${server?.url}${path}`)).text();
    return parseHTML(page).document as unknown as Document;
  }

  test('names the events of its list, from the moment at which it was read', async () => {
    await serve();
    const document = await listAt('/articles?language=nl&limit=5');
    const news = document.querySelector('#news');
    expect(news?.getAttribute('role')).toBe('status');
    expect(news?.textContent).toBe('');
    const ids = [await store('fr'), await store('nl')];
    await hears(await listen(`${server?.url}${news?.getAttribute('data-events')}`), [`added ${ids[1]}`]);
  });

  test('names none where it doesn’t begin with the newest', async () => {
    await serve();
    const ids = [await store(), await store()];
    const next = (await listAt(`/articles?limit=${ids.length - 1}`)).querySelector('.paging a[rel=next]');
    expect((await listAt(next?.getAttribute('href') ?? '')).querySelector('#news')).toBeNull();
  });
});

describe('who comes back', () => {
  test.each(['header', 'parameter'])('misses nothing and hears nothing twice, by %s', async (way) => {
    const address = await serve();
    const before = await listen(address);
    const ids = [await store(), await store()];
    await hears(
      before,
      ids.map((id) => `added ${id}`),
    );
    // As if the second had not arrived any more.
    const [{ id: lastEventId } = { id: '' }] = before.events();
    before.leave();
    ids.push(await store());
    const back = await (way === 'header'
      ? listen(address, { 'last-event-id': lastEventId })
      : listen(`${address}?lastEventId=${lastEventId}`));
    ids.push(await store());
    await hears(
      back,
      ids.slice(1).map((id) => `added ${id}`),
    );
    expect(back.events().map(({ name }) => name)).not.toContain('reset');
  });

  test.each([
    ['is too old', `1-1-${Math.floor(Date.now() / 1000) - 13 * 3600}`],
    ['lies ahead', `999999999-0-${Math.floor(Date.now() / 1000)}`],
    ['is none', 'yesterday'],
  ])('is told to load the list again where the place %s, and hears what comes then', async (_name, lastEventId) => {
    const listener = await listen(await serve(), { 'last-event-id': lastEventId });
    const id = await store();
    await hears(listener, [`added ${id}`]);
    expect(listener.events().map(({ name }) => name)).toEqual(['reset', 'article']);
  });
});

describe('the server', () => {
  test('takes so many listeners, tells the next one, and takes another when one has left', async () => {
    const address = await serve({ listeners: 2 });
    const [first] = [await listen(address), await listen(address)];
    const refused = await fetch(address);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(((await refused.json()) as { detail: string }).detail).toMatch(/listen/);
    first?.leave();
    await eventually(async () => (await listen(address)).response.ok);
  });

  test('ends an answer after its time, for its reader to come back', async () => {
    const listener = await listen(await serve({ lifeMilliseconds: 100 }));
    expect(await listener.end).toBe('ended');
  });

  test('stops at once while somebody listens, and ends the answer properly', async () => {
    const address = await serve({ everyMilliseconds: 20 });
    const listener = await listen(address);
    await store();
    const began = performance.now();
    await server?.close();
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(await listener.end).toBe('ended');
  });

  test('goes on after a look that failed, and misses nothing', async () => {
    const id = await store();
    const listener = await listen(await serve());
    await pool().query('ALTER TABLE articles RENAME COLUMN excerpt TO gone');
    await addJudgements(pool(), id, 'An', [{ type: 'sabotage', verdict: 'is' }]);
    await sleep(200);
    await pool().query('ALTER TABLE articles RENAME COLUMN gone TO excerpt');
    await hears(listener, [`judged ${id}`]);
  });

  test('says what is wrong with a filter, and takes no place in the list', async () => {
    const address = await serve();
    for (const query of ['?languge=nl', '?limit=5', '?score=2', `?lastEventId=${'1'.repeat(61)}`]) {
      const response = await fetch(`${address}${query}`);
      expect(response.status, query).toBe(400);
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    }
  });

  test('answers HEAD without holding it', async () => {
    expect((await fetch(await serve(), { method: 'HEAD' })).status).toBe(404);
  });
});

describe('where a token is needed', () => {
  beforeEach(async () => {
    await pool().query('DELETE FROM tokens');
  });
  afterEach(async () => {
    await pool().query('DELETE FROM tokens');
  });

  test('nobody listens without one', async () => {
    const secret = (await createToken(pool(), { name: 'reader', scopes: ['read'] }))?.secret;
    const address = await serve();
    expect((await fetch(address)).status).toBe(401);
    expect((await listen(address, { authorization: `Bearer ${secret}` })).response.status).toBe(200);
  });
});
