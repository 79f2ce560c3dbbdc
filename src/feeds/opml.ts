/** The feed list as OPML 2.0 (http://opml.org/spec2.opml): folders of feeds, in and out. */
import { SaxesParser } from 'saxes';

/** A feed as a list names it. */
export interface ListedFeed {
  readonly url: string;
  readonly title: string | null;
  readonly site: string | null;
  /** Titles of the outlines around it, joined by ' / '. */
  readonly folder: string | null;
  /** ISO 639-1 */
  readonly language: string | null;
  /** ISO 3166-1 alpha-2, EU or INT */
  readonly country: string | null;
}

/** A fault in a feed list: `line` is 1-based. */
export interface OpmlFault {
  readonly line: number;
  readonly message: string;
}

export interface ReadOpmlResult {
  readonly feeds: readonly ListedFeed[];
  /** One bad outline loses none of its neighbours; a broken file gives what stands before the break. */
  readonly faults: readonly OpmlFault[];
}

const NAMESPACE = 'urn:belfry:opml';

/** Reads a feed list; never throws. */
export function readOpml(text: string): ReadOpmlResult {
  const feeds: ListedFeed[] = [];
  const faults: OpmlFault[] = [];
  const seen = new Map<string, number>();
  const folders: (string | null)[] = [];
  let sawOpml = false;
  const parser = new SaxesParser({ xmlns: false });
  const fault = (message: string, line = parser.line) => faults.push({ line, message });

  parser.on('opentag', ({ name, attributes, isSelfClosing }) => {
    const tag = name.toLowerCase();
    if (tag === 'opml') sawOpml = true;
    if (tag !== 'outline') return;
    const of = (...names: string[]): string | null => {
      for (const wanted of names) {
        const value = attributes[wanted]?.trim();
        if (value) return value;
      }
      return null;
    };
    const url = of('xmlUrl', 'xmlurl', 'xmlURL');
    const title = of('title', 'text');
    if (url === null) {
      if (of('type')?.toLowerCase() === 'rss') fault(`expected xmlUrl="…" on the outline ${JSON.stringify(title)}`);
    } else if (!isWebAddress(url)) {
      fault(`expected an http or https address, got xmlUrl=${JSON.stringify(url)}`);
    } else if (seen.has(url)) {
      fault(`${url} stands in line ${seen.get(url)} already`);
    } else {
      seen.set(url, parser.line);
      const language = of('language')?.toLowerCase().slice(0, 2) ?? null;
      const country = of('belfry:country', 'country')?.toUpperCase() ?? null;
      const folder = folders.filter((part) => part !== null).join(' / ') || null;
      // Lists have to give a text: where that is the address, nobody has named the feed yet.
      feeds.push({
        url,
        title: title === url ? null : title,
        site: of('htmlUrl', 'htmlurl'),
        folder,
        language,
        country,
      });
    }
    if (!isSelfClosing) folders.push(url === null ? title : null);
  });
  parser.on('closetag', ({ name, isSelfClosing }) => {
    if (name.toLowerCase() === 'outline' && !isSelfClosing) folders.pop();
  });
  let broken = false;
  parser.on('error', (error) => {
    if (broken) return; // the first break explains all that follow
    broken = true;
    fault(error.message.replace(/^\d+:\d+: /, ''));
  });
  parser.write(text).close();
  if (!sawOpml) fault('expected an <opml> document', 1);
  return { feeds, faults };
}

const isWebAddress = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

/** Writes a feed list that `readOpml` and other readers take. */
export function writeOpml(title: string, feeds: readonly ListedFeed[]): string {
  const folders = new Map<string, ListedFeed[]>();
  for (const feed of feeds) {
    const folder = feed.folder ?? '';
    folders.set(folder, [...(folders.get(folder) ?? []), feed]);
  }
  const lines = [...folders].flatMap(([folder, members]) => {
    const inner = members.map((feed) => outline(feed));
    if (folder === '') return inner.map((line) => `    ${line}`);
    return [`    <outline text="${escapeXml(folder)}">`, ...inner.map((line) => `      ${line}`), '    </outline>'];
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0" xmlns:belfry="${NAMESPACE}">
  <head>
    <title>${escapeXml(title)}</title>
  </head>
  <body>
${lines.join('\n')}
  </body>
</opml>
`;
}

function outline(feed: ListedFeed): string {
  const name = feed.title ?? feed.url;
  const attributes: Record<string, string | null> = {
    type: 'rss',
    text: name,
    title: name,
    xmlUrl: feed.url,
    htmlUrl: feed.site,
    language: feed.language,
    'belfry:country': feed.country,
  };
  const written = Object.entries(attributes).filter((entry): entry is [string, string] => entry[1] !== null);
  return `<outline ${written.map(([key, value]) => `${key}="${escapeXml(value)}"`).join(' ')}/>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** Escapes for XML 1.0 attributes and drops the control characters that it forbids (section 2.2). */
const escapeXml = (text: string): string =>
  text.replace(/[^\P{Cc}\t\n\r]/gu, '').replace(/[&<>"\n\t]/g, (character) => ENTITIES[character] ?? '');
