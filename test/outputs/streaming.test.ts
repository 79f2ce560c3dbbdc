import { PassThrough, Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { csv } from '../../src/outputs/csv.js';
import type { DetailedArticle, OutputFormat } from '../../src/outputs/format.js';
import { outputFormats, outputNames } from '../../src/outputs/formats.js';
import { ReaderGone, write } from '../../src/outputs/write.js';
import { article, context, written } from './written.js';

/** Far more than any buffer between writer and reader holds. */
const MANY = 20_000;

const formats = outputNames.map((name) => [name, outputFormats[name] as OutputFormat] as const);

test.each(formats)('%s is known by its own name, media type and file extension', (name, format) => {
  expect(format.name).toBe(name);
  expect(format.mediaType).toMatch(/^[a-z]+\/[a-z0-9.+-]+(; ?[a-z]+=[a-z0-9.-]+)*$/);
  expect(format.fileExtension).toMatch(/^[a-z.]+$/);
});

test.each(formats)('%s takes no more articles while its reader is slow', async (_, format) => {
  let taken = 0;
  async function* many(): AsyncGenerator<DetailedArticle> {
    for (; taken < MANY; taken++) yield article({ id: taken.toString(16).padStart(24, '0') });
  }
  const to = new PassThrough();
  const done = format.write(many(), to, context);
  for (let turns = 0; turns < 1000; turns++) await turn();
  expect(taken).toBeLessThan(1000);
  to.destroy();
  await expect(done).rejects.toBeInstanceOf(ReaderGone);
});

test.each(formats)('%s stops reading when its reader goes away', async (_, format) => {
  let closed = false;
  let taken = 0;
  async function* endless(): AsyncGenerator<DetailedArticle> {
    try {
      for (;;) {
        taken++;
        yield article();
        await turn();
      }
    } finally {
      closed = true;
    }
  }
  const to = new PassThrough();
  let pieces = 0;
  to.on('data', () => {
    // By then all that comes before the first article has been read.
    if (++pieces === 5) to.destroy();
  });
  await expect(format.write(endless(), to, context)).rejects.toBeInstanceOf(ReaderGone);
  expect(closed).toBe(true);
  expect(taken).toBeLessThan(MANY);
});

test('an error of the reading ends the writing with that error', async () => {
  async function* failing(): AsyncGenerator<DetailedArticle> {
    yield article();
    throw new Error('the store is away');
  }
  for (const [name, format] of formats) {
    await expect(format.write(failing(), new PassThrough().resume(), context), name).rejects.toThrow(
      'the store is away',
    );
  }
});

test('a stream that fails while it is waited on is a reader that has gone', async () => {
  const to = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => setImmediate(() => done(new Error('EPIPE'))),
  });
  to.on('error', () => undefined);
  await expect(write(to, 'text')).rejects.toBeInstanceOf(ReaderGone);
});

test('CSV has one line of twelve columns for each article, whatever its texts hold', async () => {
  const rows = await written(csv, [
    article({ title: 'Two\nlines, a comma and a "quote"' }),
    article({ title: '=HYPERLINK("http://evil.example")', byline: ['@SUM(A1)'] }),
  ]);
  const [header, first, second, end] = splitCsv(rows);
  expect(header).toHaveLength(12);
  expect(first).toEqual([
    '0123456789abcdef01234567',
    '2026-11-24T08:00:00.000Z',
    'Two\nlines, a comma and a "quote"',
    'sabotage 0.90; right-wing-extremism 0.55',
    'Arson at a rail; leaflet',
    'en',
    'The Newsroom',
    'BE',
    'An Peeters; Jan De Smet',
    '2026-11-24T08:00:00.000Z',
    '2026-11-24T08:05:00.000Z',
    'https://newsroom.example/rail-depot?a=1&b=2',
  ]);
  expect(second?.[2]).toBe('\'=HYPERLINK("http://evil.example")');
  expect(second?.[8]).toBe("'@SUM(A1)");
  expect(end).toBeUndefined();
});

/** RFC 4180 section 2, rules 1 to 7. */
function splitCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
