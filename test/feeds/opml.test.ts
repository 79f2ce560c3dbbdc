/** The feed list in OPML: what other readers write is read, what is wrong is named with its line, and nothing gets lost. */
import { describe, expect, test } from 'vitest';
import { type ListedFeed, readOpml, writeOpml } from '../../src/feeds/opml.js';

const listOf = (body: string): string =>
  `<?xml version="1.0"?>\n<opml version="2.0">\n<head><title>x</title></head>\n<body>\n${body}\n</body>\n</opml>\n`;
/** The body's first line is the file's fifth. */
const BODY_LINE = 5;

test('a feed without a title comes back without one', () => {
  const feed = { url: 'https://a.example/rss', title: null, site: null, folder: null, language: null, country: null };
  expect(readOpml(writeOpml('x', [feed])).feeds).toEqual([feed]);
});

describe('reading a feed list', () => {
  test('gives each feed the titles of all folders around it', () => {
    const { feeds, faults } = readOpml(
      listOf(`<outline text="Europe">
  <outline text="Belgium"><outline type="rss" text="A" xmlUrl="https://a.example/feed"/></outline>
  <outline type="rss" text="B" xmlUrl="https://b.example/feed"/>
</outline>
<outline type="rss" text="C" xmlUrl="https://c.example/feed"/>`),
    );
    expect(feeds.map(({ title, folder }) => [title, folder])).toEqual([
      ['A', 'Europe / Belgium'],
      ['B', 'Europe'],
      ['C', null],
    ]);
    expect(faults).toEqual([]);
  });

  test('reads titles, site, language and country, whichever way other readers write them', () => {
    const { feeds } = readOpml(
      listOf(
        '<outline type="rss" text="short" title="A &amp; B" xmlurl="https://a.example/feed" htmlUrl="https://a.example/" language="nl-BE" country="be"/>',
      ),
    );
    expect(feeds).toEqual([
      {
        url: 'https://a.example/feed',
        title: 'A & B',
        site: 'https://a.example/',
        folder: null,
        language: 'nl',
        country: 'BE',
      },
    ]);
  });

  test('takes an address once and names the line that has it already', () => {
    const outline = '<outline type="rss" text="A" xmlUrl="https://a.example/feed"/>';
    const { feeds, faults } = readOpml(listOf(`${outline}\n${outline}`));
    expect(feeds).toHaveLength(1);
    expect(faults).toEqual([
      { line: BODY_LINE + 1, message: `https://a.example/feed stands in line ${BODY_LINE} already` },
    ]);
  });

  test.each([
    ['no address', '<outline type="rss" text="A"/>', /expected xmlUrl="…" on the outline "A"/],
    ['a file', '<outline text="A" xmlUrl="file:///etc/passwd"/>', /expected an http or https address/],
    ['no address at all', '<outline text="A" xmlUrl="nowhere"/>', /expected an http or https address/],
  ])('loses no neighbour of an outline with %s', (_what, outline, message) => {
    const { feeds, faults } = readOpml(
      listOf(
        `<outline text="Before" xmlUrl="https://before.example/"/>\n${outline}\n<outline text="After" xmlUrl="https://after.example/"/>`,
      ),
    );
    expect(feeds.map(({ title }) => title)).toEqual(['Before', 'After']);
    expect(faults).toEqual([{ line: BODY_LINE + 1, message: expect.stringMatching(message) as string }]);
  });

  test('names the line of broken XML once, and gives what stands before it', () => {
    const { feeds, faults } = readOpml(
      listOf('<outline text="Before" xmlUrl="https://before.example/"/>\n<outline text="Cut" xmlUrl="https://cut.ex'),
    );
    expect(feeds.map(({ title }) => title)).toEqual(['Before']);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.line).toBeGreaterThanOrEqual(BODY_LINE + 1);
  });

  test.each([
    ['nothing', ''],
    ['a web page', '<!doctype html><html><body><p>Not found</p></body></html>'],
    ['a feed', '<rss version="2.0"><channel><title>x</title></channel></rss>'],
    ['no XML', 'these are not the feeds you are looking for'],
  ])('says of %s that an <opml> document was expected', (_what, text) => {
    const { feeds, faults } = readOpml(text);
    expect(feeds).toEqual([]);
    expect(faults).toContainEqual({ line: 1, message: 'expected an <opml> document' });
  });

  test('unfolds no entities of its own', () => {
    const bomb = `<!DOCTYPE opml [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>`;
    const { faults } = readOpml(`${bomb}\n${listOf('<outline text="&b;" xmlUrl="https://a.example/"/>').slice(22)}`);
    expect(faults[0]).toMatchObject({ message: expect.stringMatching(/entit/i) as string });
  });
});

test('what is written is read back the same: folders, signs, quotes and line ends', () => {
  const feed = (title: string, more: Partial<ListedFeed> = {}): ListedFeed => ({
    url: `https://example.org/${encodeURIComponent(title)}?a=1&b="2"`,
    title,
    site: null,
    folder: null,
    language: null,
    country: null,
    ...more,
  });
  const feeds = [
    feed('Plain'),
    feed('<b> & "quotes" \'single\'', { folder: 'Signs & marks' }),
    feed('two\nlines\tand a tab', { folder: 'Belgium / Federal', language: 'nl', country: 'BE' }),
    feed('Éléphant — 象', { site: 'https://example.org/', language: 'fr', country: 'INT' }),
  ];
  const back = readOpml(writeOpml('My <list>', feeds));
  expect(back.faults).toEqual([]);
  const byUrl = (one: ListedFeed, other: ListedFeed): number => (one.url < other.url ? -1 : 1);
  expect([...back.feeds].sort(byUrl)).toEqual([...feeds].sort(byUrl));
});
