/** `belfry articles --format …` as a process, on a store that another process owns. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseFeed } from 'feedsmith';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/paths.js';
import {
  addTestFeed,
  evidence,
  openTestService,
  storeTestArticle,
  type TestService,
  testId,
} from '../server/newsroom-store.js';
import { type Belfry, createBelfry } from '../support/belfry.js';

const TEXT = 'Arson at a rail depot is called sabotage.';
const ARTICLES = 3;

let service: TestService;
let belfry: Belfry;

beforeAll(async () => {
  service = await openTestService();
  const { runtime } = service;
  const feed = await addTestFeed(runtime, 'https://newsroom.example/rss', 'The Newsroom');
  for (let number = 1; number <= ARTICLES; number++) {
    await storeTestArticle(runtime, {
      id: testId(number),
      feedId: feed,
      title: `Depot ${number}`,
      text: TEXT,
      happenedAt: new Date(Date.UTC(2026, 10, 20, number)),
      facets: [
        {
          facet: 'country',
          value: number === 1 ? 'belgium' : 'france',
          score: 0.8,
          evidence: [evidence('text', TEXT, 'depot', 'country.belgium', 0)],
        },
      ],
      tags: [{ type: 'sabotage', score: 0.9, evidence: [evidence('text', TEXT, 'Arson', 'act.arson', 0.9)] }],
    });
  }
  belfry = createBelfry({ BELFRY_DATA_DIR: runtime.settings.dataDirectory, BELFRY_TLP: 'amber' });
});

afterAll(async () => {
  await belfry?.dispose();
  await service?.close();
});

async function output(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await belfry.run(['articles', ...args]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout;
}

test('a STIX bundle has the taxonomy’s words and the marking of the settings', async () => {
  const { objects } = JSON.parse(await output('--format', 'stix', '--threat', 'sabotage'));
  expect(objects[0]).toMatchObject({ type: 'marking-definition', name: 'TLP:AMBER' });
  const abstracts = objects.flatMap((each: { type: string; abstract: string }) =>
    each.type === 'note' ? [each.abstract] : [],
  );
  expect(abstracts).toEqual(Array(ARTICLES).fill('Sabotage, 90 %'));
});

test('MISP events have tags of the taxonomy that ships', async () => {
  const { response } = JSON.parse(await output('--format', 'misp', '--limit', '1'));
  expect(response).toHaveLength(1);
  const names = response[0].Event.Tag.map(({ name }: { name: string }) => name);
  expect(names).toEqual(
    expect.arrayContaining(['tlp:amber', 'belfry:threat-type="sabotage"', 'rsit:availability="sabotage"']),
  );
});

test.each(['rss', 'atom', 'json-feed'])('%s is a feed that says which list it is', async (format) => {
  const { feed } = parseFeed(await output('--format', format, '--threat', 'sabotage', '--language', 'en'));
  const title = typeof feed.title === 'object' ? feed.title.value : feed.title;
  expect(title).toBe('Belfry: Sabotage, in en');
});

test('a format that doesn’t exist is refused with those that do', async () => {
  const { code, stderr } = await belfry.run(['articles', '--format', 'xlsx']);
  expect(code).not.toBe(0);
  expect(stderr).toContain('json-feed');
});

/** Each article brings this much text of its own, so that a format that kept them would soon be out of memory. */
const HEAVY = `
  import { Writable } from 'node:stream';
  import { outputFormats } from ${JSON.stringify(join(packageRoot, 'dist/src/outputs/formats.js'))};
  const details = (n) => ({ text: Buffer.alloc(40_000, 'Arson at depot ' + n + '. ').toString('latin1'), feedUrl: 'https://f.example/', feedSite: null });
  const now = new Date();
  async function* many() {
    for (let n = 0; n < 5_000; n++) {
      yield { id: String(n), url: 'https://f.example/' + n, title: 'Depot', byline: [], publishedAt: now, happenedAt: now, storedAt: now,
        updatedAt: now, language: 'en', excerpt: null, source: 'page', sourceReason: null, feedId: 1, feedTitle: 'F', country: null, version: 1,
        tags: [{ type: 'sabotage', score: 1, origin: 'x', evidence: [{ field: 'text', start: 0, end: 5, text: 'Arson', concept: 'c', weight: 1 }] }],
        details: details(n) };
    }
  }
  const to = new Writable({ write: (_chunk, _encoding, done) => setImmediate(done) });
  await outputFormats[process.argv[1]].write(many(), to,
    { title: 'x', listId: '', address: null, pageAddress: 'http://f.example/', types: [], organisation: 'x', trafficLight: 'clear' });
  console.log('done');
`;
const HEAP_MEGABYTES = 32;

test.each(['ndjson', 'csv', 'stix', 'misp', 'atom'])(
  '%s of 200 MB of articles fits a heap of 32 MB',
  async (format) => {
    const child = spawn(
      process.execPath,
      [`--max-old-space-size=${HEAP_MEGABYTES}`, '--input-type=module', '--eval', HEAVY, format],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    await new Promise((resolve) => child.once('close', resolve));
    expect(said).toBe('done\n');
  },
);

test('a reader that takes only the beginning is no error', async () => {
  const { code, stderr } = await new Promise<{ code: number | null; stderr: string }>((resolve) => {
    const child = spawn(
      process.execPath,
      [join(packageRoot, 'dist/src/cli/main.js'), 'articles', '--format', 'ndjson'],
      {
        env: belfry.environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdout.destroy();
    child.once('close', (code) => resolve({ code, stderr }));
  });
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

test('a country filters, stands in the title by its name, and one that the taxonomy lacks is refused with those that it has', async () => {
  const { title, items } = JSON.parse(await output('--format', 'json-feed', '--country', 'belgium'));
  expect(title).toBe('Belfry: articles, country Belgium');
  expect(items.map(({ title }: { title: string }) => title)).toEqual(['Depot 1']);
  const { code, stderr } = await belfry.run(['articles', '--actor', 'atlantis']);
  expect(code).toBe(64);
  expect(stderr).toMatch(/no actor "atlantis"; there are russia, china/);
});
