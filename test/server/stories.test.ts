import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/server.js';
import { placeInStory } from '../../src/store/stories.js';
import { tellings } from '../articles/retellings.js';
import { addTestFeed, openTestService, storeTestArticle, type TestService, testId, types } from './newsroom-store.js';

let service: TestService;
let server: RunningServer;

beforeAll(async () => {
  service = await openTestService();
  const { runtime } = service;
  const feedId = await addTestFeed(runtime, 'https://newsroom.example/rss', 'The Newsroom');
  for (const [place, { title, text, language }] of tellings.entries()) {
    const article = {
      id: testId(place + 1),
      title,
      text,
      language,
      happenedAt: new Date(Date.UTC(2026, 10, 24, place)),
    };
    const url = `https://outlet${place}.example/a`;
    await storeTestArticle(runtime, { ...article, feedId, url });
    await placeInStory(runtime.database.pool, { ...article, url });
  }
  server = await startServer(service, { host: '127.0.0.1', port: 0, types });
});

afterAll(async () => {
  await server?.close();
  await service?.close();
});

async function page(path: string): Promise<Document> {
  return parseHTML(await (await fetch(`${server.url}${path}`)).text()).document as unknown as Document;
}

const api = async (path: string) => {
  const response = await fetch(`${server.url}/api/v1${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, never> };
};

interface Listed {
  readonly stories: readonly { readonly id: string; readonly articles: number; readonly sources: number }[];
  readonly next: string | null;
}

test('the list says of an article how many more sources tell it, and links to them', async () => {
  const document = await page('/articles');
  const link = document.querySelector(`#article-${testId(1)} .meta a[href$="#story"]`);
  expect(link?.textContent).toBe('and 1 more source');
  expect(link?.getAttribute('href')).toBe(`/articles/${testId(1)}#story`);
  expect(document.querySelector(`#article-${testId(3)} .meta a[href$="#story"]`)).toBeNull();
});

test('the article’s page names the others that tell its story, and stays in the list one reads', async () => {
  const document = await page(`/articles/${testId(1)}?language=en`);
  const others = [...document.querySelectorAll('.same-story a')];
  expect(others.map((link) => [link.textContent?.trim(), link.getAttribute('href')])).toEqual([
    [tellings[1]?.title, `/articles/${testId(2)}?language=en`],
  ]);
  expect((await page(`/articles/${testId(3)}`)).querySelector('#story')).toBeNull();
});

test('the API gives all stories in pages, and each with its articles', async () => {
  const seen: Listed['stories'][number][] = [];
  let after = '';
  do {
    const { body } = await api(`/stories?limit=2${after}`);
    const { stories, next } = body as unknown as Listed;
    seen.push(...stories);
    after = next === null ? '' : `&after=${next}`;
  } while (after !== '');
  expect(seen).toHaveLength(5);
  expect(new Set(seen.map(({ id }) => id)).size).toBe(5);
  const { body } = await api(`/stories/${seen[0]?.id}`);
  expect(body).toMatchObject({ articles: 2, sources: 2, members: [{ id: expect.any(String) }, {}] });
  expect(((await api('/stories?sources=3')).body as unknown as Listed).stories).toEqual([]);
});

test('the API says what is wrong with a story or a place that there is not', async () => {
  expect((await api(`/stories/${'f'.repeat(24)}`)).status).toBe(404);
  expect((await api('/stories/x')).status).toBe(400);
  expect((await api('/stories?after=x')).status).toBe(400);
});
