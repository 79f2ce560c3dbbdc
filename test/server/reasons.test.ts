/** What is said in English below the pages, in the languages of the pages. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readOpml } from '../../src/feeds/opml.js';
import { readFeed } from '../../src/feeds/read.js';
import { readPlan } from '../../src/pipeline/feed-list.js';
import { readListQuery } from '../../src/server/list-query.js';
import { literal } from '../../src/server/literal.js';
import { readPeriod } from '../../src/server/overview-period.js';
import { reasonIn } from '../../src/server/reasons.js';
import { en } from '../../src/server/words/en.js';
import { fr } from '../../src/server/words/fr.js';
import { nl } from '../../src/server/words/nl.js';
import { reasonTexts } from '../../src/server/words/reasons.js';
import { createAddressGuard } from '../../src/web/guard.js';

const words = (reason: string, say = nl): string =>
  reasonIn(say, reason)
    .map(({ words }) => words)
    .join('');
const english = (reason: string, say = nl): string[] =>
  reasonIn(say, reason).flatMap(({ words, lang }) => (lang === 'en' ? [words] : []));

test('a reason is told with its figures and names, in English as it is', () => {
  expect(words('not done within 30 s')).toBe('niet klaar binnen 30 s');
  expect(words('not done within 30 s', fr)).toBe('pas terminé en 30 s');
  expect(reasonIn(en, 'not done within 30 s')).toEqual([{ words: 'not done within 30 s' }]);
});

test('a reason within a reason is told, too', () => {
  expect(words('10.0.0.1 is a private address; net.allow lists exceptions', fr)).toBe(
    '10.0.0.1 est une adresse privée\u00a0; les exceptions se trouvent dans net.allow',
  );
  expect(words('no feed (the root element is <svg>), and no feed stands at the common paths of its site')).toBe(
    'geen feed (het buitenste element is <svg>), en op de gebruikelijke plaatsen van de site staat er ook geen',
  );
});

test('what another program said stays as it is, marked as English', () => {
  expect(english('connect ECONNREFUSED 192.0.2.1:443')).toEqual(['connect ECONNREFUSED 192.0.2.1:443']);
  expect(english("JSON that can't be parsed: Unexpected end of JSON input")).toEqual(['Unexpected end of JSON input']);
});

test('the name of a failure before its message is told in plain words, in English too', () => {
  expect(words('http-503: HTTP 503', en)).toBe('The site answers 503 Service Unavailable');
  expect(words('http-503: HTTP 503')).toBe('De site antwoordt met 503 (nu niet beschikbaar)');
  expect(words('dns: getaddrinfo ENOTFOUND a.example')).toBe(
    'De hostnaam is onbekend (getaddrinfo ENOTFOUND a.example)',
  );
  expect(english('dns: getaddrinfo ENOTFOUND a.example')).toEqual(['getaddrinfo ENOTFOUND a.example']);
  expect(words('Error: not this')).toBe('Error: not this');
});

const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe.each([
  ['nl', nl],
  ['fr', fr],
] as const)('in %s', (_language, say) => {
  test.each(reasonTexts)('“%s” keeps its figures and names', (text) => {
    expect(places(say.reasons?.[text] ?? '')).toEqual(places(text));
  });

  test.each(reasonTexts)('“%s” is not taken for another', (text) => {
    const filled = (template: string) =>
      template
        .replace('{reason}', 'x')
        .replace('{foreign}', 'x')
        .replace(/\{(\d)\}/g, '$1');
    expect(words(filled(text), say)).toBe(filled(say.reasons?.[text] ?? ''));
  });

  test('what readers, forms and addresses find wrong is told', async () => {
    const feeds = await Promise.all(
      ['', '%PDF-1', '<html></html>', '<svg/>', '{}', '[', '<sitemapindex/>', 'words'].map((text) =>
        readFeed(new TextEncoder().encode(text), { url: 'https://a.example/', contentType: undefined }),
      ),
    );
    const lists = ['<opml><outline type="rss" text="A"/><outline xmlUrl="ftp://a/"/></opml>', '<none/>'].map(readOpml);
    const addresses = ['typ=x', 'type=A', 'score=2', 'score=x', 'feed=0', 'period=1h', 'from=x', 'q=%00', 'after=x'];
    const longer = ['limit=1.5', 'tagged=maybe', 'language=Dutch', 'country=B!', `q=${'a'.repeat(301)}`, 'q=a&q=b'];
    const queries = [...addresses, ...longer].map((query) => readListQuery(new URLSearchParams(query)));
    const now = new Date('2026-11-24');
    const periods = ['from=2027-01-01', 'to=2020-01-01', 'from=2026-11-02&to=2026-11-01'].map((query) =>
      readPeriod(new URLSearchParams(query), now),
    );
    const guard = createAddressGuard({ allow: [], allowedPorts: [80, 443] });
    const hosts = ['ftp://a/', 'http://127.0.0.1/', 'http://[::1]/', 'http://10.0.0.1/', 'http://a.example:81/'];
    const reasons = [
      ...feeds.flatMap((read) => (read.ok ? [] : [read.message])),
      ...lists.flatMap(({ faults }) => faults.map(({ message }) => message)),
      ...[...queries, ...periods].flatMap((read) => (read.ok ? [] : read.faults.map(({ message }) => message))),
      ...hosts
        .map((address) => guard.checkUrl(new URL(address)))
        .flatMap((verdict) => (verdict.ok ? [] : [verdict.message])),
      ...[readPlan({ every: 'often' }, now)].flatMap((plan) => (plan.ok ? [] : [plan.message])),
    ];
    expect(reasons.length).toBeGreaterThan(30);
    expect(reasons.filter((reason) => reasonIn(say, reason)[0]?.lang === 'en')).toEqual([]);
    expect(reasons.filter((reason) => words(reason, say) === reason)).toEqual([]);
  });
});

const bullmq = join(dirname(createRequire(import.meta.url).resolve('bullmq')), 'scripts');
const sources = ['src', bullmq].flatMap((directory) =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name) && !entry.parentPath.endsWith('words'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
);

test.each(reasonTexts)('“%s” is still said', (text) => {
  const pieces = text.split(/\{\w+\}/).map(literal);
  const said = new RegExp(pieces.join('.{1,50}?'));
  expect(sources.some((source) => said.test(source))).toBe(true);
});
