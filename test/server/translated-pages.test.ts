/** Every page in every language, of a store where much went wrong: nothing of the English pages is left in the others. */
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { observePoll } from '../../src/feeds/rhythm.js';
import { literal } from '../../src/server/literal.js';
import { type RunningServer, startServer } from '../../src/server/server.js';
import { en } from '../../src/server/words/en.js';
import { fr } from '../../src/server/words/fr.js';
import { nl } from '../../src/server/words/nl.js';
import { reasonTexts } from '../../src/server/words/reasons.js';
import { transaction } from '../../src/store/database.js';
import { addJudgements } from '../../src/store/judgements.js';
import { learnRhythm } from '../../src/store/rhythms.js';
import { placeInStory } from '../../src/store/stories.js';
import {
  addTestFeed,
  evidence,
  openTestService,
  storeTestArticle,
  type TestService,
  testId,
} from './newsroom-store.js';

const HOUR = 3_600_000;
const TEXT = [
  'Arson at a rail depot near Ghent is called sabotage by the federal prosecutor.',
  'Three wagons of timber burned out before dawn, and signal cables along the canal were cut in two places.',
].join('\n');
const [ARTICLE, TELLING, PLAIN] = [1, 2, 3].map(testId) as [string, string, string];

let service: TestService;
let server: RunningServer;
/** Of a store that has nothing yet. */
let newService: TestService;
let newServer: RunningServer;

beforeAll(async () => {
  service = await openTestService({ BELFRY_NET_ALLOW: '127.0.0.1' });
  newService = await openTestService();
  newServer = await startServer(newService, { host: '127.0.0.1', port: 0 });
  await Promise.all([tellOfFeeds(), tellOfArticles(), tellOfJobs()]);
  server = await startServer(service, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server?.close();
  await service?.close();
  await newServer?.close();
  await newService?.close();
});

const pool = () => service.runtime.database.pool;
const change = (id: number, assignments: string) => pool().query(`UPDATE feeds SET ${assignments} WHERE id = $1`, [id]);

async function tellOfFeeds(): Promise<void> {
  const names = ['Avondpost', 'Traag', 'Verdwenen', 'Gepauzeerd', 'Vreemd', 'Stil', 'Geweigerd'];
  const ids: number[] = [];
  for (const name of names) ids.push(await addTestFeed(service.runtime, `https://${name}.example/rss`, name));
  const [, slow = 0, gone = 0, paused = 0, odd = 0, silent = 0, refused = 0] = ids;
  await change(slow, `last_outcome = 'timeout', last_error = 'not done within 30 s', failures = 3, poll_minutes = 90`);
  await change(
    gone,
    `retired_at = now(), retired_reason = 'gone: the server says that the feed is no more (HTTP 410)'`,
  );
  await change(paused, `paused_at = now(), poll_cron = '0 6 * * *'`);
  await change(
    odd,
    `validators_trusted = false, moved_to = 'https://new.example/rss', moved_seen = 2, former_url = 'https://old.example/',
     next_poll_because = 'retry-after', next_poll_at = now() + interval '3 hours', last_outcome = 'unchanged'`,
  );
  await change(
    refused,
    `last_outcome = 'connection', last_error = 'connect ECONNREFUSED 192.0.2.1:443', failures = 1,
     next_poll_because = 'back-off', next_poll_at = now() + interval '3 hours'`,
  );
  await pool().query(
    `INSERT INTO subscriptions (feed_id, hub, topic, token, callback, secret, state, detail)
     VALUES ($1, 'https://hub.example/', 't', 'token', 'c', 's', 'failed', 'timeout: no connection in time')`,
    [odd],
  );
  const last = Date.now() - 40 * HOUR;
  const newEntries = Array.from({ length: 400 }, (_, index) => new Date(last - (400 - index) * HOUR));
  await transaction(pool(), (client) =>
    learnRhythm(client, silent, () =>
      observePoll(null, { at: new Date(last), newEntries, entries: 400, answer: 'sent' }),
    ),
  );
}

async function tellOfArticles(): Promise<void> {
  const { runtime } = service;
  const feedId = await addTestFeed(runtime, 'https://newsroom.example/rss', 'Ochtendblad');
  const arson = evidence('text', TEXT, 'Arson', 'act.arson', 1);
  const tags = [{ type: 'sabotage', score: 0.95, evidence: [arson] }];
  const opinion = {
    by: 'endpoint:m',
    quote: 'signal cables along the canal',
    probability: null,
    first: { score: 0.44, threshold: 0.5, evidence: [evidence('text', TEXT, 'depot', 'thing.depot', 0.4)] },
    question: 'asked',
  };
  const happenedAt = new Date(Date.now() - HOUR);
  const given = { id: ARTICLE, feedId, title: 'Depot burns near Ghent', text: TEXT, happenedAt, tags };
  const facets = [
    {
      facet: 'country' as const,
      value: 'germany',
      score: 1,
      evidence: [evidence('text', TEXT, 'depot', 'country.germany', 1)],
    },
  ];
  await storeTestArticle(runtime, { ...given, text: TEXT.slice(0, 78), facets });
  await storeTestArticle(runtime, {
    ...given,
    facets,
    secondOpinions: [
      { ...opinion, type: 'espionage', verdict: 'is' },
      { ...opinion, type: 'drone-incursion', verdict: 'is-not' },
    ],
  });
  const telling = {
    ...given,
    id: TELLING,
    url: 'https://other.example/a',
    happenedAt: new Date(Date.now() - 2 * HOUR),
  };
  await storeTestArticle(runtime, { ...telling, sourceReason: 'http-403' });
  await storeTestArticle(runtime, { ...given, id: PLAIN, title: 'Market day', text: 'Leeks are cheap.', tags: [] });
  for (const article of [given, telling]) {
    await placeInStory(pool(), { ...article, language: 'en', url: `https://${article.id}.example/` });
  }
  await addJudgements(pool(), TELLING, 'An', [{ type: 'espionage', verdict: 'is', note: null }]);
  await addJudgements(pool(), TELLING, 'Bo', [{ type: 'sabotage', verdict: 'is-not', note: null }]);
  for (let days = 1; days < 60; days++) {
    const more = days < 6 ? [1, 2, 3, 4] : [1];
    for (const each of more) {
      await storeTestArticle(runtime, {
        ...given,
        id: testId(days * 10 + each),
        happenedAt: new Date(Date.now() - days * 24 * HOUR),
      });
    }
  }
}

async function tellOfJobs(): Promise<void> {
  const feedId = await addTestFeed(service.runtime, 'https://jobs.example/rss', 'Middagkrant');
  for (const outcome of ['new', 'unchanged', 'timeout', 'http-503', 'entity-bomb', 'html']) {
    await pool().query(`INSERT INTO polls (feed_id, started_at, outcome) VALUES ($1, now(), $2)`, [feedId, outcome]);
  }
  for (const [place, outcome] of ['http-403', 'robots', 'not-html', 'dead', 'too-deep', 'login'].entries()) {
    await pool().query(
      `INSERT INTO pages (id, url, feed_id, item, revision, fetched_at, fetch_outcome, finished_at, outcome)
       VALUES ($1, 'https://jobs.example/' || $1, $2, '{"title": "Blad"}', 'r', now(), $3, now(), $3)`,
      [`page${place}`, feedId, outcome],
    );
  }
  const reasons = ['http-503: HTTP 503', 'job stalled more than allowable limit', 'relation "x" does not exist'];
  const queue = service.runtime.queues.queue('extract');
  const worker = service.runtime.queues.startWorker('extract', 1, async ({ data }) => {
    throw new Error(reasons[Number((data as { pageId: string }).pageId.slice(4))]);
  });
  let failures = 0;
  const allFailed = new Promise<void>((resolve) => {
    worker.on('failed', () => {
      if (++failures === reasons.length) resolve();
    });
  });
  for (const [place] of reasons.entries()) {
    await queue.add('page', { pageId: `page${place}`, revision: 'r' }, { jobId: `job${place}`, attempts: 1 });
  }
  await allFailed;
  await worker.close();
}

type Ask = (language: string) => Promise<Response>;

const get =
  (path: string): Ask =>
  (language) =>
    fetch(`${server.url}${path}`, { headers: { 'accept-language': language } });

const post =
  (path: string, fields: Record<string, string>): Ask =>
  async (language) => {
    const form = await get('/feeds')(language);
    const body = new URLSearchParams(fields);
    body.append('form_token', /name="form_token" value="([^"]+)"/.exec(await form.text())?.[1] ?? '');
    const headers = { 'accept-language': language, origin: server.url };
    return fetch(`${server.url}${path}`, { method: 'POST', body, headers });
  };

const list =
  '<opml><outline type="rss" text="A"/><outline xmlUrl="ftp://a/"/><outline xmlUrl="https://avondpost.example/"/>';
const paths = [
  '/',
  '/?from=2026-01-02',
  '/?from=2026-01-02&to=2026-01-01',
  '/?from=2099-01-01',
  '/articles',
  '/articles?limit=1',
  '/articles?country=germany&type=sabotage&score=0.5&reviewed=no&period=90d&from=2020-03-01&to=2099-02-28&feed=999',
  '/articles?type=sabotage&type=espionage&q=arson',
  '/articles?tagged=yes&reviewed=yes',
  '/articles?q=nothing',
  '/articles?typ=x&type=A&score=2&period=1h&from=x&limit=0&after=x&language=Dutch&country=B!&feed=x&reviewed=maybe',
  '/articles?q=a&q=b',
  `/articles/${ARTICLE}`,
  `/articles/${TELLING}`,
  `/articles/${PLAIN}?tagged=no`,
  '/articles/ffffffff',
  '/articles/0000000000',
  '/articles/%E0%A4%A',
  '/feeds',
  '/feeds?done=added',
  ...[1, 2, 3, 4, 5, 6, 7].map((id) => `/feeds/${id}`),
  '/feeds/99',
  '/operations',
  '/operations?done=retry-0',
  '/operations?done=drop-2',
  '/login',
  '/nowhere',
];
const fromNewStore =
  (path: string): Ask =>
  (language) =>
    fetch(`${newServer.url}${path}`, { headers: { 'accept-language': language } });

const asked: readonly (readonly [string, Ask])[] = [
  ['an address that is too long', get(`/articles/${'a'.repeat(600)}`)],
  ...paths.map((path) => [path, get(path)] as const),
  ...['/', '/articles', '/feeds', '/operations'].map((path) => [`${path} of a new store`, fromNewStore(path)] as const),
  ['a form without its token', (language) => post('/feeds', { form_token: 'x' })(language)],
  ['an address that is none', post('/feeds', { address: 'nothing' })],
  ['an address that nobody answers', post('/feeds', { address: 'http://127.0.0.1:9/' })],
  ['an address that is private', post('/feeds', { address: 'http://10.0.0.1/' })],
  ['a page without feeds', (language) => post('/feeds', { address: `${server.url}/healthz` })(language)],
  ['feeds of which none is chosen', post('/feeds', { site: 'https://a.example/' })],
  ['a list with faults', post('/feeds/import', { list })],
  ['no list', post('/feeds/import', { list: '' })],
  ['an interval that is none', post('/feeds/1', { action: 'plan', plan: 'every', every: 'often' })],
  ['a cron expression that is none', post('/feeds/1', { action: 'plan', plan: 'cron', cron: 'often' })],
  ['nothing to do to a feed', post('/feeds/1', { action: 'eat' })],
  ['nothing to do to a dead letter', post('/operations/dead-letters', { letter: 'x' })],
  ['no verdict', post(`/articles/${ARTICLE}/judgements`, { verdict: 'x' })],
  ['a type that is none', post(`/articles/${ARTICLE}/judgements`, { verdict: '+nothing' })],
  ['no article', post('/articles/judgements', { verdict: 'accept' })],
  ['no token', post('/login', { token: 'x' })],
];

/** What a page says, leaving out what stands in it as another language or as code. */
async function textsOf(answer: Response, language: string): Promise<string[]> {
  expect(answer.headers.get('content-type')).toContain('text/html');
  const document = parseHTML(await answer.text()).document as unknown as Document;
  expect(document.documentElement.getAttribute('lang')).toBe(language);
  const own = [...document.querySelectorAll('title, body *')].filter(
    (element) =>
      element.closest('[lang]')?.getAttribute('lang') === language && element.closest('code, script, kbd') === null,
  );
  return own
    .flatMap((element) => [
      ...['aria-label', 'placeholder', 'title', 'data-name', 'label'].map((name) => element.getAttribute(name) ?? ''),
      ...[...element.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ textContent }) => textContent ?? ''),
    ])
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

/** What is called so in every language, titles of articles where no markup can say in which language they are among it. */
const names = /^(?:San Marino|Bull Board|(?:Depot burns near Ghent|Market day)(?: · Belfry)?)$/;
/** Shorter ones may be words of another language, too. */
const TELLING_CHARACTERS = 9;
const FIGURE = 47;
const DAY = '2026-03-17';

/** What the words of a language say in each place of their table, whatever they are asked to tell of. */
function sayings(table: object, place = ''): [string, string][] {
  return Object.entries(table).flatMap(([name, value]): [string, string][] => {
    const here = `${place}.${name}`;
    if (typeof value === 'string') return [[here, value]];
    if (typeof value === 'function') return [[here, saying(value)]];
    return typeof value === 'object' && value !== null ? sayings(value, here) : [];
  });
}

function saying(words: (...told: unknown[]) => unknown): string {
  for (const told of [FIGURE, DAY, new Date(`${DAY}T00:00:00Z`)]) {
    try {
      return String(words(...Array(words.length || 1).fill(told)));
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    }
  }
  return '';
}

/** The longest run of a text that has no figure in it. */
const longestRun = (text: string): string =>
  text
    .split(/[\d{}]+/)
    .map((run) => run.trim())
    .reduce((longest, run) => (run.length > longest.length ? run : longest), '');

describe.each([
  ['nl', nl],
  ['fr', fr],
] as const)('in %s', (language, words) => {
  const own = new Map(sayings(words));
  const english = [
    ...sayings(en)
      .filter(([place, text]) => own.get(place) !== text)
      .map(([, text]) => longestRun(text)),
    ...reasonTexts.filter((text) => words.reasons?.[text] !== text).map(longestRun),
  ]
    .filter((text) => text.length >= TELLING_CHARACTERS)
    .map((text) => new RegExp(`(?<!\\p{L})${literal(text)}(?!\\p{L})`, 'u'));

  test('the English words are known by what they tell, too', () => {
    for (const told of ['47 failures in a row', 'Try again in some seconds.', 'not done within 5 s']) {
      expect(english.some((words) => words.test(told))).toBe(true);
    }
  });

  test.each(asked)('%s keeps no English', async (_name, ask) => {
    const texts = await textsOf(await ask(`${language}-BE,en;q=0.1`), language);
    expect(texts.filter((text) => english.some((words) => words.test(text)))).toEqual([]);
    if (language === 'fr') expect(texts.filter((text) => / [:;?!»]|« /.test(text))).toEqual([]);
    const inEnglish = new Set(await textsOf(await ask('en'), 'en'));
    const sentences = texts.filter((text) => /\p{L}{2,} \p{L}{2,}/u.test(text) && !names.test(text));
    expect(sentences.filter((text) => inEnglish.has(text))).toEqual([]);
  });
});
