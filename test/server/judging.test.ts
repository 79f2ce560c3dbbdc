import { parseHTML } from 'linkedom';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/server.js';
import { findArticles } from '../../src/store/articles.js';
import { judgementsOf } from '../../src/store/judgements.js';
import {
  addTestFeed,
  evidence,
  openTestService,
  storeTestArticle,
  type TestService,
  testId,
  types,
} from './newsroom-store.js';

const TEXT = 'Arson at a rail depot near Ghent.';
/** Far below what is read of an article's text unless evidence stands there. */
const DEEP = `${'Nothing happened here. '.repeat(3_000)}\nLate that night arson was found at the rail yard. More follows.`;
const [FIRST, SECOND, THIRD, UNTAGGED, DEEPEST] = [1, 2, 3, 4, 5].map(testId) as [
  string,
  string,
  string,
  string,
  string,
];

let service: TestService;
let server: RunningServer;

beforeAll(async () => {
  service = await openTestService();
  const feedId = await addTestFeed(service.runtime, 'https://newsroom.example/rss', 'The Newsroom');
  const store = (id: string, hour: number, text: string, words: readonly string[]) =>
    storeTestArticle(service.runtime, {
      id,
      feedId,
      title: `Article ${id.slice(-1)}`,
      text,
      happenedAt: new Date(Date.UTC(2026, 10, 24, hour)),
      tags: words.map((word, place) => ({
        type: place === 0 ? 'sabotage' : 'espionage',
        score: 0.8,
        evidence: [evidence('text', text, word, 'act.arson', 1.2)],
      })),
    });
  await store(FIRST, 9, TEXT, ['Arson', 'depot']);
  await store(SECOND, 8, TEXT, ['Arson']);
  await store(THIRD, 7, TEXT, ['Arson']);
  await store(UNTAGGED, 6, 'A quiet day.', []);
  await store(DEEPEST, 5, DEEP, ['arson']);
  server = await startServer(service, { host: '127.0.0.1', port: 0, types });
});

afterAll(async () => {
  await server?.close();
  await service?.close();
});

const pool = () => service.runtime.database.pool;

afterEach(() => pool().query('DELETE FROM judgements'));

async function page(path: string): Promise<Document> {
  const response = await fetch(`${server.url}${path}`, { redirect: 'manual' });
  expect(response.status).toBe(200);
  return parseHTML(await response.text()).document as unknown as Document;
}

const listOf = (document: Document): string =>
  document.querySelector('form.bulk')?.getAttribute('action')?.replace('/articles/judgements', '') ?? '';

/** Sends the list's form as a browser without scripts would, with these articles ticked. */
async function judge(path: string, verdict: string, ids: readonly string[], extra: [string, string][] = []) {
  const document = await page(path);
  const form = document.querySelector('form.bulk');
  const fields = [...(form?.querySelectorAll('input') ?? [])]
    .filter(
      (input) =>
        input.getAttribute('type') === 'hidden' || ids.some((id) => input.getAttribute('value')?.startsWith(id)),
    )
    .map((input): [string, string] => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? '']);
  return post(form?.getAttribute('action') ?? '', [...fields, ['verdict', verdict], ...extra]);
}

const post = (path: string, fields: [string, string][]) =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(fields),
    headers: { origin: server.url },
  });

const formToken = (document: Document) => document.querySelector('input[name=form_token]')?.getAttribute('value') ?? '';

const typesOf = async (id: string): Promise<readonly string[]> =>
  (await findArticles(pool(), id))[0]?.tags.map(({ type, origin }) => `${type} ${origin.split(':')[0]}`) ?? [];

/** Follows the redirect and says what the notice says. */
async function noticeAfter(response: Response): Promise<{ words: string; document: Document }> {
  expect(response.status).toBe(303);
  const document = await page((response.headers.get('location') ?? '').replace(/#.*/, ''));
  return { words: document.querySelector('.judged [role=status]')?.textContent ?? '', document };
}

async function undo(document: Document): Promise<Response> {
  const form = document.querySelector('form.judged');
  const button = form?.querySelector('button[name=undo]');
  return post(form?.getAttribute('action') ?? '', [
    ['form_token', formToken(document)],
    ['undo', button?.getAttribute('value') ?? ''],
  ]);
}

describe('many articles in the list', () => {
  test('are rejected by one form, the page says how many, and undo makes it as it was', async () => {
    const { words, document } = await noticeAfter(await judge('/articles', 'reject', [FIRST, SECOND]));
    expect(words).toBe('2 articles rejected.');
    expect(await typesOf(FIRST)).toEqual([]);
    expect(await typesOf(SECOND)).toEqual([]);
    expect(await typesOf(THIRD)).toEqual(['sabotage model']);
    const undone = await noticeAfter(await undo(document));
    expect(undone.words).toBe('Undone: 2 articles are as before.');
    expect(undone.document.querySelector('.judged button')).toBeNull();
    expect(await typesOf(FIRST)).toEqual(['espionage model', 'sabotage model']);
  });

  test('that were judged so before don’t count as changed', async () => {
    await judge('/articles', 'accept', [FIRST]);
    const { words } = await noticeAfter(await judge('/articles', 'accept', [FIRST, SECOND]));
    expect(words).toBe('1 of 2 articles accepted; on the others it changes nothing.');
    const again = await noticeAfter(await judge('/articles', 'accept', [FIRST, SECOND]));
    expect(again.words).toMatch(/^Nothing changed: of these 2 articles/);
  });

  test('are judged of the types that the list was asked for, and of no other', async () => {
    await judge('/articles?type=espionage', 'reject', [FIRST]);
    expect(await typesOf(FIRST)).toEqual(['sabotage model']);
  });

  test('without a type are about no threat when accepted, and stay as they are when rejected', async () => {
    await judge('/articles', 'accept', [UNTAGGED]);
    expect(await judgementsOf(pool(), UNTAGGED)).toHaveLength(types.length);
    await pool().query('DELETE FROM judgements');
    await judge('/articles', 'reject', [UNTAGGED]);
    expect(await judgementsOf(pool(), UNTAGGED)).toHaveLength(0);
  });

  test('leave one at the same place of the same list', async () => {
    const response = await judge('/articles?type=sabotage&limit=3', 'accept', [FIRST], [['at', SECOND]]);
    // The script fills the empty field of that name; a second one is not looked at.
    expect(response.headers.get('location')).toMatch(/^\/articles\?type=sabotage&limit=3&act=[0-9a-f-]{36}#judged$/);
    const form_token = formToken(await page('/articles'));
    const moved = await post('/articles/judgements?type=sabotage&limit=3', [
      ['form_token', form_token],
      ['article', `${FIRST} sabotage`],
      ['verdict', 'accept'],
      ['at', SECOND],
    ]);
    expect(moved.headers.get('location')).toMatch(new RegExp(`#article-${SECOND}$`));
  });

  test('are refused without the form’s token, without a selection and in too great a number', async () => {
    expect(
      (
        await post('/articles/judgements', [
          ['article', FIRST],
          ['verdict', 'reject'],
        ])
      ).status,
    ).toBe(403);
    const nothing = await judge('/articles', 'reject', []);
    expect([nothing.status, await nothing.text()]).toEqual([400, expect.stringContaining('Select articles first')]);
    const form_token = formToken(await page('/articles'));
    const many = Array.from({ length: 501 }, (_, place): [string, string] => ['article', testId(place)]);
    const refused = await post('/articles/judgements', [['form_token', form_token], ['verdict', 'reject'], ...many]);
    expect(refused.status).toBe(400);
    expect(await typesOf(FIRST)).toHaveLength(2);
  });

  test('are not judged of a type that there is not', async () => {
    const form_token = formToken(await page('/articles'));
    await post('/articles/judgements', [
      ['form_token', form_token],
      ['verdict', 'accept'],
      ['article', `${FIRST} witchcraft`],
    ]);
    expect(await judgementsOf(pool(), FIRST)).toEqual([]);
  });
});

describe('undo', () => {
  test('gives back what the same person had said before', async () => {
    await judge('/articles', 'accept', [SECOND]);
    const { document } = await noticeAfter(await judge('/articles', 'reject', [SECOND]));
    await undo(document);
    await undo(document);
    expect((await judgementsOf(pool(), SECOND)).map(({ verdict, counts }) => [verdict, counts])).toEqual([
      ['is-not', false],
      ['is', true],
    ]);
  });

  test('leaves alone what was said since', async () => {
    const { document } = await noticeAfter(await judge('/articles', 'reject', [SECOND]));
    await post('/articles/judgements', [
      ['form_token', formToken(document)],
      ['article', `${SECOND} sabotage`],
      ['verdict', 'accept'],
    ]);
    await undo(document);
    expect(await typesOf(SECOND)).toEqual(['sabotage analyst']);
  });
});

describe('the article’s page within a list', () => {
  test('goes on to the next and the one before of the list that one came from, and back to it', async () => {
    const list = await page('/articles?type=sabotage&limit=2');
    const link = list.querySelectorAll('.item h2 a')[1]?.getAttribute('href') ?? '';
    expect(link).toBe(`/articles/${SECOND}?type=sabotage`);
    const document = await page(link);
    const address = (selector: string) => document.querySelector(selector)?.getAttribute('href');
    expect(address('a[rel=prev]')).toBe(`/articles/${FIRST}?type=sabotage`);
    expect(address('a[rel=next]')).toBe(`/articles/${THIRD}?type=sabotage`);
    expect(address('#to-list')).toBe(`/articles?type=sabotage#article-${SECOND}`);
    const third = await page(`/articles/${THIRD}?type=sabotage`);
    expect(third.querySelector('a[rel=next]')?.getAttribute('href')).toBe(`/articles/${DEEPEST}?type=sabotage`);
    const last = await page(`/articles/${DEEPEST}?type=sabotage`);
    expect(last.querySelector('a[rel=next]')).toBeNull();
  });

  test('keeps the list while one judges and undoes', async () => {
    const document = await page(`/articles/${SECOND}?type=sabotage`);
    const response = await post(document.querySelector('form.judging')?.getAttribute('action') ?? '', [
      ['form_token', formToken(document)],
      ['verdict', 'reject'],
      ['shown', 'sabotage'],
    ]);
    const after = await noticeAfter(response);
    expect(after.words).toBe('Rejected: Sabotage.');
    expect(after.document.querySelector('a[rel=next]')?.getAttribute('href')).toBe(`/articles/${THIRD}?type=sabotage`);
    const undone = await noticeAfter(await undo(after.document));
    expect(undone.words).toBe('Undone: it is as it was before.');
    expect(await typesOf(SECOND)).toEqual(['sabotage model']);
  });

  test('is there for an address whose list is none', async () => {
    const document = await page(`/articles/${SECOND}?period=yesterday&utm_source=x`);
    expect(document.querySelector('#to-list')?.getAttribute('href')).toBe(`/articles#article-${SECOND}`);
  });

  test('names each key that it has a control for', async () => {
    const document = await page(`/articles/${SECOND}`);
    const legend = [...document.querySelectorAll('.keys kbd')].map((key) => key.textContent);
    for (const key of legend.filter((each) => each !== 'u')) {
      expect([key, document.querySelectorAll(`[aria-keyshortcuts="${key}"]`).length]).toEqual([key, 1]);
    }
    expect(document.querySelector('.citation')?.textContent).toContain('“Article 2”, The Newsroom, 24 November 2026');
  });
});

test('the list quotes evidence however far down the text it stands', async () => {
  const document = await page(`/articles?tagged=yes`);
  const quote = document.querySelector(`#article-${DEEPEST} .quote`);
  expect(quote?.textContent).toMatch(/^Late that night arson .* was found at the rail yard\.$/);
  expect(quote?.querySelector('mark')).not.toBeNull();
});

test('a list shows as many articles as its address says, and its neighbours begin anew', async () => {
  const document = await page('/articles?limit=2');
  expect(document.querySelectorAll('.item')).toHaveLength(2);
  expect(listOf(document)).toBe('?limit=2');
  expect(document.querySelector('a[rel=next]')?.getAttribute('href')).toMatch(/^\/articles\?after=[\w-]+$/);
});
