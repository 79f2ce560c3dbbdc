/** The feeds' pages and forms, and those of dead letters, over HTTP: a real store, real queues, a site of our own on loopback. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/server.js';
import { findFeed, listFeeds, matchFeeds, removeFeed, type StoredFeed } from '../../src/store/feeds.js';
import { createToken } from '../../src/store/tokens.js';
import { addTestFeed, openTestService, type TestService, types } from './newsroom-store.js';

const RSS = '<rss version="2.0"><channel><title>News</title><link>https://site.example/</link></channel></rss>';
const named = (...paths: string[]): string =>
  `<!doctype html><html><head>${paths
    .map((path) => `<link rel="alternate" type="application/rss+xml" title="Feed ${path}" href="${path}">`)
    .join('')}</head><body><p>Welcome</p></body></html>`;

const pages: Readonly<Record<string, string>> = {
  '/politics.xml': RSS,
  '/one': named('/only.xml'),
  '/several': named('/nl.xml', '/fr.xml'),
  '/none': named(),
};

let service: TestService;
let server: RunningServer;
let site: Server;
let base: string;

beforeAll(async () => {
  site = createServer((request, response) => {
    const page = pages[request.url ?? ''];
    if (page === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': page === RSS ? 'application/rss+xml' : 'text/html' }).end(page);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  service = await openTestService({ BELFRY_NET_ALLOW: '127.0.0.1' });
  server = await startServer(service, { host: '127.0.0.1', port: 0, types });
});

afterAll(async () => {
  await server?.close();
  await service?.close();
  site?.closeAllConnections();
  site?.close();
});

const pool = () => service.runtime.database.pool;
const ask = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}${path}`, { redirect: 'manual', headers });

async function documentOf(path: string): Promise<Document> {
  const response = await ask(path);
  expect(response.status).toBe(200);
  return parseHTML(await response.text()).document as unknown as Document;
}

const documentIn = async (response: Response): Promise<Document> =>
  parseHTML(await response.text()).document as unknown as Document;

const formToken = async (): Promise<string> =>
  (await documentOf('/feeds')).querySelector('input[name=form_token]')?.getAttribute('value') ?? '';

async function send(path: string, fields: Record<string, string> | [string, string][]): Promise<Response> {
  const body = new URLSearchParams(fields);
  body.append('form_token', await formToken());
  return fetch(`${server.url}${path}`, { method: 'POST', redirect: 'manual', body, headers: { origin: server.url } });
}

async function feedAt(url: string): Promise<StoredFeed | undefined> {
  return (await matchFeeds(pool(), url))[0];
}

const storedFeed = async (id: number): Promise<StoredFeed> => (await findFeed(pool(), id)) as StoredFeed;

async function scheduleOf(id: number): Promise<{ next?: number } | undefined> {
  const schedulers = await service.runtime.queues.queue('fetch').getJobSchedulers(0, -1);
  return schedulers.find(({ key }) => key === `feed-${id}`);
}

describe('adding a feed', () => {
  it('follows a feed by its own address, in the folder given, and shows it', async () => {
    const response = await send('/feeds', { address: `${base}/politics.xml`, folder: ' Belgium ' });
    const feed = await feedAt(`${base}/politics.xml`);
    expect(response.headers.get('location')).toBe(`/feeds/${feed?.id}?done=added`);
    expect(feed).toMatchObject({ folder: 'Belgium', site: null, origin: 'added' });
    expect(await scheduleOf(feed?.id ?? 0)).toBeDefined();
    const shown = await documentOf(`/feeds/${feed?.id}?done=added`);
    expect(shown.querySelector('.notice')?.textContent).toContain('Added');
    expect((await send('/feeds', { address: `${base}/politics.xml` })).headers.get('location')).toContain(
      'done=already',
    );
  });

  it('follows the only feed that a page names at once', async () => {
    expect((await send('/feeds', { address: `${base}/one` })).status).toBe(303);
    expect(await feedAt(`${base}/only.xml`)).toMatchObject({ site: `${base}/one` });
  });

  it('asks which when a page names several, and follows those alone that were chosen', async () => {
    const choice = await documentIn(await send('/feeds', { address: `${base}/several`, folder: 'Site' }));
    const boxes = [...choice.querySelectorAll('input[type=checkbox]')].map((box) => box.getAttribute('value'));
    expect(boxes).toEqual([`${base}/nl.xml`, `${base}/fr.xml`]);
    const fields = [...choice.querySelectorAll('main input[type=hidden]')]
      .map((input): [string, string] => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? ''])
      .filter(([name]) => name !== 'form_token');
    await send('/feeds', [...fields, ['chosen', boxes[1] ?? '']]);
    expect(await feedAt(`${base}/fr.xml`)).toMatchObject({ site: `${base}/several`, folder: 'Site' });
    expect(await feedAt(`${base}/nl.xml`)).toBeUndefined();
    const nothing = await send('/feeds', fields);
    expect(nothing.status).toBe(422);
    expect(await nothing.text()).toContain('No feed was chosen');
  });

  it.each([
    ['an address that is none', 'javascript:alert(1)', 'no http or https address', 0],
    ['a private address', 'http://10.1.2.3/rss', 'The address is private', 0],
    ['a page without feeds', '/none', 'names no feed', 1],
    ['an address with nothing behind it', '/nowhere', '404', 1],
  ])('says what is wrong with %s', async (_, address, words, offers) => {
    const given = address.startsWith('/') ? base + address : address;
    const response = await send('/feeds', { address: given });
    expect(response.status).toBe(422);
    const document = await documentIn(response);
    expect(document.querySelector('[role=alert]')?.textContent).toContain(words);
    expect(document.querySelector('#address')?.getAttribute('value')).toBe(given);
    expect(document.querySelectorAll('[role=alert] button')).toHaveLength(offers);
    expect(await feedAt(given)).toBeUndefined();
  });

  it('follows unseen what can’t be had now, when told to', async () => {
    await send('/feeds', { chosen: `${base}/later.xml` });
    expect(await feedAt(`${base}/later.xml`)).toMatchObject({ lastPollAt: null });
  });
});

describe('a feed’s page', () => {
  it('pauses and resumes: no schedule while it rests', async () => {
    const id = await addTestFeed(service.runtime, 'https://pause.example/rss', 'Pausing');
    await send(`/feeds/${id}`, { action: 'resume' });
    expect(await scheduleOf(id)).toBeDefined();
    const response = await send(`/feeds/${id}`, { action: 'pause' });
    expect(response.headers.get('location')).toBe(`/feeds/${id}?done=paused`);
    expect((await storedFeed(id)).pausedAt).toBeInstanceOf(Date);
    expect(await scheduleOf(id)).toBeUndefined();
    const paused = await documentOf(`/feeds/${id}`);
    expect(paused.querySelector('.facts')?.textContent).toContain('Paused');
    expect([...paused.querySelectorAll('button[value=poll], button[value=pause]')]).toEqual([]);
    await send(`/feeds/${id}`, { action: 'resume' });
    expect(await storedFeed(id)).toMatchObject({ pausedAt: null });
    expect(await scheduleOf(id)).toBeDefined();
  });

  it('has it polled now', async () => {
    const id = await addTestFeed(service.runtime, 'https://soon.example/rss', 'Soon');
    await send(`/feeds/${id}`, { action: 'poll' });
    const jobs = await service.runtime.queues.queue('fetch').getJobs(['waiting', 'prioritized']);
    expect(jobs.some(({ name, data }) => name === 'poll' && (data as { feedId?: number }).feedId === id)).toBe(true);
  });

  it('sets a fixed interval, a cron expression and the adaptive rhythm, and says so', async () => {
    const id = await addTestFeed(service.runtime, 'https://plan.example/rss', 'Planned');
    const rhythm = async () => {
      const facts = (await documentOf(`/feeds/${id}`)).querySelector('.facts')?.textContent ?? '';
      return /Rhythm(.*)Next poll/.exec(facts)?.[1];
    };
    expect(await rhythm()).toBe('Adaptive');
    await send(`/feeds/${id}`, { action: 'plan', plan: 'every', every: '6h', cron: '' });
    expect(await storedFeed(id)).toMatchObject({ pollMinutes: 360, pollCron: null });
    expect(await rhythm()).toBe('Every 6 h');
    await send(`/feeds/${id}`, { action: 'plan', plan: 'cron', every: '6h', cron: '0 6 * * *' });
    const planned = await storedFeed(id);
    expect(planned).toMatchObject({ pollMinutes: null, pollCron: '0 6 * * *', nextPollBecause: 'cron' });
    expect(planned.nextPollAt.toISOString()).toMatch(/T06:00:00/);
    expect(await rhythm()).toBe('By cron: 0 6 * * * (UTC)');
    await send(`/feeds/${id}`, { action: 'plan', plan: 'adaptive', every: '', cron: '' });
    expect(await storedFeed(id)).toMatchObject({ pollMinutes: null, pollCron: null, nextPollBecause: null });
  });

  it.each([
    [{ plan: 'every', every: 'often' }, 'The interval can’t be read'],
    [{ plan: 'every', every: '5s' }, 'a minute'],
    [{ plan: 'every', every: '9999999999d' }, 'to a year'],
    [{ plan: 'cron', cron: 'now and then' }, 'The cron expression can’t be read'],
  ])('refuses the plan %j and changes nothing', async (fields, words) => {
    const id = await addTestFeed(service.runtime, 'https://plan.example/rss', 'Planned');
    const response = await send(`/feeds/${id}`, { action: 'plan', ...fields } as Record<string, string>);
    expect(response.status).toBe(422);
    expect((await documentIn(response)).querySelector('[role=alert]')?.textContent).toContain(words);
    expect(await storedFeed(id)).toMatchObject({ pollMinutes: null, pollCron: null });
  });

  it('removes it, and then there is no such page', async () => {
    const id = await addTestFeed(service.runtime, 'https://leave.example/rss', 'Leaving');
    expect((await send(`/feeds/${id}`, { action: 'remove' })).headers.get('location')).toBe('/feeds?done=removed');
    expect((await ask(`/feeds/${id}`)).status).toBe(404);
    expect((await send(`/feeds/${id}`, { action: 'poll' })).status).toBe(404);
    expect((await ask('/feeds/99999999999999999999')).status).toBe(404);
  });

  it('brings back a retired one', async () => {
    const id = await addTestFeed(service.runtime, 'https://gone.example/rss', 'Gone');
    await pool().query(
      `UPDATE feeds SET retired_at = now(), retired_reason = 'gone: 410', failures = 3 WHERE id = $1`,
      [id],
    );
    expect((await documentOf('/feeds')).querySelector('.attention')?.textContent).toContain('gone: 410');
    await send(`/feeds/${id}`, { action: 'revive' });
    expect(await storedFeed(id)).toMatchObject({ retiredAt: null, failures: 0 });
    expect(await scheduleOf(id)).toBeDefined();
  });

  it('tells in plain words what is unusual about it, and what decided the next poll', async () => {
    const id = await addTestFeed(service.runtime, 'https://odd.example/rss', 'Odd');
    await pool().query(
      `UPDATE feeds SET validators_trusted = false, moved_to = 'https://new.example/rss', moved_seen = 2,
         next_poll_because = 'retry-after', next_poll_at = now() + interval '3 hours', last_outcome = 'http-429',
         last_error = 'HTTP 429', failures = 2, last_poll_at = now() WHERE id = $1`,
      [id],
    );
    await pool().query(
      `INSERT INTO subscriptions (feed_id, hub, topic, token, callback, secret, state, detail)
       VALUES ($1, 'https://hub.example/', 't', 'hidden-token', 'c', 's', 'denied', 'not today')`,
      [id],
    );
    const page = (await documentOf(`/feeds/${id}`)).querySelector('main')?.textContent ?? '';
    for (const words of [
      'The site answers 429 Too Many Requests',
      '2 failures in a row',
      'Validators lie',
      '2 times in a row sent on to https://new.example/rss',
      'its server asked to be left alone until then',
      'Its hub won’t push',
      'not today',
    ]) {
      expect(page).toContain(words);
    }
    expect(page).not.toContain('HTTP 429');
    expect(page).not.toContain('hidden-token');
    const row = (await documentOf('/feeds')).querySelector(`#feed-${id}`)?.textContent ?? '';
    for (const words of ['validators lie', 'moving', 'Its hub won’t push', 'Adaptive']) expect(row).toContain(words);
  });
});

describe('lists', () => {
  const upload = async (opml: string): Promise<Response> => {
    const body = new FormData();
    body.append('form_token', await formToken());
    body.append('list', new Blob([opml], { type: 'text/x-opml' }), 'list.opml');
    return fetch(`${server.url}/feeds/import`, { method: 'POST', body, headers: { origin: server.url } });
  };
  const outline = (url: string) => `<outline type="rss" text="Überblick" xmlUrl="${url}"/>`;
  const opml = (...outlines: string[]) => `<opml version="2.0"><head/><body>${outlines.join('\n')}</body></opml>`;

  it('come in by a file, whose faulty lines are told', async () => {
    const response = await upload(opml(outline('https://in.example/rss'), outline('ftp://in.example/'), ''));
    expect(response.status).toBe(200);
    const notice = (await documentIn(response)).querySelector('.notice')?.textContent;
    expect(notice).toContain('1 feed added, 0 followed already, 1 faulty');
    expect(notice).toContain('Line 2: expected an http or https address');
    expect(await feedAt('https://in.example/rss')).toMatchObject({ title: 'Überblick' });
  });

  it('go out and come back in as they were', async () => {
    const response = await ask('/feeds/export.opml');
    expect(response.headers.get('content-disposition')).toContain('belfry-feeds.opml');
    const list = await response.text();
    const before = await listFeeds(pool());
    expect(before.length).toBeGreaterThan(3);
    for (const { id } of before) await removeFeed(pool(), id);
    await upload(list);
    const kept = (feeds: readonly StoredFeed[]) =>
      feeds.map(({ id, url, title, folder }) => ({ id, url, title, folder }));
    expect(kept(await listFeeds(pool()))).toEqual(kept(before));
  });

  it('that are none, too large or without the form’s token change nothing', async () => {
    const before = (await listFeeds(pool())).length;
    expect((await upload('')).status).toBe(400);
    expect(await (await upload('no list at all')).text()).toContain('0 feeds added');
    expect(
      (await upload(opml(...Array.from({ length: 30_000 }, (_, i) => outline(`https://big.example/${i}/rss`))))).status,
    ).toBe(413);
    const body = new FormData();
    body.append('list', new Blob([opml(outline('https://evil.example/rss'))]), 'list.opml');
    const headers = { origin: server.url };
    expect((await fetch(`${server.url}/feeds/import`, { method: 'POST', body, headers })).status).toBe(403);
    const broken = { ...headers, 'content-type': 'multipart/form-data; boundary=x' };
    expect((await fetch(`${server.url}/feeds/import`, { method: 'POST', body: '--y', headers: broken })).status).toBe(
      400,
    );
    expect(await listFeeds(pool())).toHaveLength(before);
  });
});

describe('dead letters', () => {
  const letter = async (id: string): Promise<void> => {
    const queue = service.runtime.queues.queue('classify');
    await queue.add('page', { pageId: `page-${id}` } as never, { jobId: id, attempts: 1 });
    const worker = service.runtime.queues.startWorker('classify', 1, async () => {
      throw new Error(`broke on ${id}`);
    });
    await new Promise<void>((resolve) => worker.on('failed', () => resolve()));
    await worker.close();
  };
  const state = (id: string) => service.runtime.queues.queue('classify').getJobState(id);

  it('are shown with their error and put back one by one, or dropped', async () => {
    await letter('dead-1');
    await letter('dead-2');
    const page = await documentOf('/operations');
    const letters = [...page.querySelectorAll('.letters li')];
    expect(letters.map((each) => each.querySelector('.detail')?.textContent).sort()).toEqual([
      'broke on dead-1',
      'broke on dead-2',
    ]);
    const place = letters
      .map((each) => each.querySelector('input[name=letter]')?.getAttribute('value') ?? '')
      .find((value) => value.endsWith('dead-1'));
    const retried = await send('/operations/dead-letters', { letter: place ?? '', settlement: 'retry' });
    expect(retried.headers.get('location')).toBe('/operations?done=retry-1#dead');
    expect(await state('dead-1')).toBe('waiting');
    expect(await state('dead-2')).toBe('failed');
    const dropped = await send('/operations/dead-letters', { letter: 'all', settlement: 'drop' });
    expect(dropped.headers.get('location')).toBe('/operations?done=drop-1#dead');
    expect(await state('dead-2')).toBe('unknown');
    expect((await documentOf('/operations?done=drop-1')).querySelector('#dead ~ .notice')?.textContent).toBe(
      '1 job dropped.',
    );
  });

  it('that are gone already, or never were, change nothing', async () => {
    const gone = await send('/operations/dead-letters', { letter: 'classify dead-9', settlement: 'retry' });
    expect(gone.headers.get('location')).toBe('/operations?done=retry-0#dead');
    for (const fields of [
      { letter: 'kitchen dead-1', settlement: 'retry' },
      { letter: 'classify dead-1', settlement: 'eat' },
      { settlement: 'retry' },
    ]) {
      expect((await send('/operations/dead-letters', fields as Record<string, string>)).status).toBe(400);
    }
  });
});

it('who may only read sees the feeds and no form, and changes nothing', async () => {
  const id = await addTestFeed(service.runtime, 'https://read.example/rss', 'Read');
  const token = await createToken(pool(), { name: 'reader', scopes: ['read'], expiresAt: undefined });
  try {
    const headers = { authorization: `Bearer ${token?.secret}` };
    for (const path of ['/feeds', `/feeds/${id}`, '/operations']) {
      const document = await documentIn(await ask(path, headers));
      expect([...document.querySelectorAll('main form')], path).toEqual([]);
    }
    for (const path of ['/feeds', '/feeds/import', `/feeds/${id}`, '/operations/dead-letters']) {
      const body = new URLSearchParams({ action: 'remove', chosen: 'https://x.example/rss' });
      expect((await fetch(`${server.url}${path}`, { method: 'POST', body, headers })).status, path).toBe(403);
    }
    expect(await storedFeed(id)).toMatchObject({ pausedAt: null });
  } finally {
    await pool().query('DELETE FROM tokens');
  }
});
