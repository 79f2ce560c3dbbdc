/** Lists of articles in each format, as the programs that read them expect. */
import { PassThrough } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { csv } from '../../src/outputs/csv.js';
import { json } from '../../src/outputs/json.js';
import { ndjson } from '../../src/outputs/ndjson.js';
import { table } from '../../src/outputs/table.js';
import type { ArticleSummary } from '../../src/store/articles.js';

const formats = { csv, json, ndjson, table };

const at = new Date('2026-03-02T09:15:00.000Z');

function article(changes: Partial<ArticleSummary> = {}): ArticleSummary {
  return {
    id: 'a1b2c3d4e5f6a1b2c3d4e5f6',
    url: 'https://gazette.example/quay',
    title: 'Quay closed',
    byline: ['Mieke Daelman', 'Tom Okafor'],
    publishedAt: at,
    happenedAt: at,
    storedAt: at,
    updatedAt: at,
    language: 'en',
    excerpt: null,
    source: 'page',
    sourceReason: null,
    feedId: 7,
    feedTitle: 'The Gazette',
    country: 'BE',
    version: 1,
    tags: [],
    ...changes,
  };
}

async function written(format: keyof typeof formats, articles: readonly ArticleSummary[]): Promise<string> {
  const to = new PassThrough();
  const read = readAll(to);
  async function* each(): AsyncGenerator<ArticleSummary> {
    yield* articles;
  }
  await formats[format].write(each(), to);
  to.end();
  return read;
}

/** RFC 4180, read by a plain reading of its grammar. */
function readCsv(text: string): string[][] {
  const fields = [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)];
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of fields) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('CSV', () => {
  test('quotes commas, quotes and line ends as RFC 4180 asks, and ends lines with CRLF', async () => {
    const title = 'Quay, "closed"\nfor now';
    const text = await written('csv', [article({ title })]);
    expect(text).toContain('"Quay, ""closed""\nfor now"');
    const rows = readCsv(text);
    expect(rows).toHaveLength(2);
    expect(rows[1]?.[rows[0]?.indexOf('title') ?? -1]).toBe(title);
    expect(rows[1]).toHaveLength(rows[0]?.length ?? 0);
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('keeps %j from being a formula', async (title) => {
    const rows = readCsv(await written('csv', [article({ title })]));
    const cell = rows[1]?.[rows[0]?.indexOf('title') ?? -1] ?? '';
    expect(cell.startsWith("'")).toBe(true);
    expect(cell).toContain(title.trim());
  });

  test('keeps a feed’s name and the evidence from being formulas too', async () => {
    const evidence = [{ start: 0, end: 5, text: '=cmd|x', field: 'title', concept: 'c', weight: 1 }] as const;
    const tags = [{ type: 'sabotage', score: 0.9, origin: 'model:1', evidence }];
    const rows = readCsv(await written('csv', [article({ feedTitle: '@evil', tags: tags as never })]));
    for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+\-@]/);
  });

  test('of nothing is its heading', async () => {
    expect(readCsv(await written('csv', []))).toHaveLength(1);
  });
});

test('NDJSON is one article a line, whatever is in it', async () => {
  const articles = [article({ title: 'two\nlines' }), article({ id: 'b'.repeat(24), title: 'q"uote\u2028' })];
  const lines = (await written('ndjson', articles)).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(JSON.parse(JSON.stringify(articles)));
});

test.each([0, 1, 3])('JSON is one array of %i articles', async (count) => {
  const articles = Array.from({ length: count }, (_, index) => article({ title: `Title ${index}` }));
  expect(JSON.parse(await written('json', articles))).toEqual(JSON.parse(JSON.stringify(articles)));
});

test('a table shows the beginning of the id, title, source and tags, and says when there is nothing', async () => {
  const tags = [{ type: 'sabotage', score: 0.914, origin: 'model:1', evidence: [], judgement: null, machine: null }];
  const text = await written('table', [article({ tags })]);
  for (const shown of ['a1b2c3d4e5', 'Quay closed', 'The Gazette', 'sabotage', '0.91']) expect(text).toContain(shown);
  expect(await written('table', [])).toBe('no articles match\n');
});

test('a title cannot steer the terminal that a table is printed on', async () => {
  const text = await written('table', [article({ title: 'Quay\u001b]0;evil\u0007\u009b2J\u202e closed' })]);
  for (const steering of ['\u001b]', '\u0007', '\u009b', '\u202e']) expect(text).not.toContain(steering);
  expect(text).toContain(' closed');
});

test.each(['ndjson', 'json', 'csv', 'table'] as const)('%s waits for a reader that is slower', async (format) => {
  const to = new PassThrough({ highWaterMark: 64 });
  let made = 0;
  async function* endless(): AsyncGenerator<ArticleSummary> {
    for (; made < 10_000; made++) yield article();
  }
  const writing = formats[format].write(endless(), to);
  await sleep(100);
  expect(made).toBeLessThan(1_000);
  to.resume();
  await writing;
  expect(made).toBe(10_000);
});
