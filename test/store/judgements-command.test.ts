import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readJudgements } from '../../src/cli/label.js';
import { loadSettings } from '../../src/config.js';
import { openDatabase } from '../../src/store/database.js';
import { addFeeds } from '../../src/store/feeds.js';
import { type Belfry, createBelfry } from '../support/belfry.js';

const ID = 'abcdef0123456789abcdef01';

/** Each command is a process of its own, and the machine may be busy. */
const SECONDS = 180;

let belfry: Belfry;

beforeAll(async () => {
  belfry = createBelfry();
  const database = await openDatabase(loadSettings(belfry.environment), {
    kind: 'service',
    onPoolError: () => undefined,
  });
  const [feed] = await addFeeds(database.pool, [
    { url: 'https://newsroom.example/rss', title: 'Newsroom', site: null, folder: null, language: 'en', country: 'BE' },
  ]);
  await database.pool.query(
    `INSERT INTO articles (id, url, feed_id, title, language, text, html, source, method, fingerprint, happened_at, search)
     VALUES ($1, 'https://newsroom.example/1', $2, 'Depot burns', 'en', 'Arson near Ghent.', '', 'page', 'test', 'f', now(), '')`,
    [ID, feed?.id],
  );
  await database.pool.query(
    `INSERT INTO machine_tags (article_id, type, score, evidence, origin, happened_at) VALUES ($1, 'jihadism', 0.7,
       '[{"field": "text", "start": 0, "end": 5, "text": "Arson", "concept": "act.arson", "weight": 1}]', 'model:test', now())`,
    [ID],
  );
  await database.close();
});

afterAll(() => belfry?.dispose());

test(
  'one command corrects the tags; list, CSV and show say the same, and the export trains',
  async () => {
    const labelled = await belfry.run(['label', 'abcdef', '-jihadism', '+sabotage', '--by', 'an', '--note', 'read it']);
    expect(labelled).toMatchObject({ code: 0, stderr: '' });
    expect(labelled.stdout).toMatch(/-jihadism +an .*counts +read it/);

    const csv = await belfry.run(['articles', '--format', 'csv']);
    expect(csv.stdout).toContain('sabotage 1.00');
    expect(csv.stdout).not.toContain('jihadism');
    expect((await belfry.run(['articles', '--threat', 'jihadism', '--format', 'ndjson'])).stdout).toBe('');
    expect(JSON.parse((await belfry.run(['articles', '--format', 'json'])).stdout)).toMatchObject([
      { id: ID, tags: [{ type: 'sabotage', origin: 'analyst:an' }] },
    ]);
    const shown = (await belfry.run(['show', 'abcdef'])).stdout;
    expect(shown).toContain('sabotage 1.00  analyst:an');
    expect(shown).toMatch(/not jihadism, says an .*; model:test gave it 0\.70/);

    const exported = await belfry.run(['label', '--export']);
    expect(JSON.parse(exported.stdout)).toEqual({
      id: ID,
      title: 'Depot burns',
      text: 'Arson near Ghent.',
      language: 'en',
      labels: ['sabotage'],
    });

    const withdrawn = await belfry.run(['label', 'abcdef', '--withdraw', 'jihadism', '--by', 'bram']);
    expect(withdrawn.stdout).toContain('withdrawn by bram');
    expect((await belfry.run(['articles', '--threat', 'jihadism', '--format', 'csv'])).stdout).toContain(
      'jihadism 0.70',
    );
  },
  SECONDS * 1000,
);

test(
  'a word that begins like an option is still read as a type, and refused with the types that there are',
  async () => {
    const { code, stderr } = await belfry.run(['label', 'abcdef', '+espionage', '-hacking']);
    expect(code).toBe(64);
    expect(stderr).toMatch(/no threat type "hacking"; there are .*sabotage/);
  },
  SECONDS * 1000,
);

describe('the words of the command line', () => {
  const known = ['sabotage', 'espionage'];

  test('say what it is and what it is not, each with the note', () => {
    expect(readJudgements(['+sabotage', '-espionage'], known, { note: 'read it' })).toEqual([
      { type: 'sabotage', verdict: 'is', note: 'read it' },
      { type: 'espionage', verdict: 'is-not', note: 'read it' },
    ]);
  });

  test('rule out every type there is with --none', () => {
    expect(readJudgements([], known, { none: true })).toMatchObject([
      { type: 'sabotage', verdict: 'is-not' },
      { type: 'espionage', verdict: 'is-not' },
    ]);
  });

  test.each([
    [['+sabotagee'], 'no threat type "sabotagee"; there are sabotage, espionage'],
    [['sabotage'], '"sabotage" is no judgement: +TYPE or -TYPE; types are sabotage, espionage'],
    [['--no-such-option'], '"--no-such-option" is no judgement'],
    [['+'], 'no threat type ""'],
    [['+sabotage', '-sabotage'], 'sabotage is judged twice'],
  ])('%j are refused', (words, reason) => {
    expect(() => readJudgements(words, known)).toThrow(reason);
  });

  test('exclude --none', () => {
    expect(() => readJudgements(['+sabotage'], known, { none: true })).toThrow('either --none or judgements');
  });
});
