import { afterAll, beforeAll, expect, test } from 'vitest';
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
  'words that are no judgement are refused with the types that there are, and nothing is stored',
  async () => {
    const before = (await belfry.run(['label', 'abcdef', '--json'])).stdout;
    for (const words of [['-hacking'], ['sabotage'], ['--no-such-option'], ['+sabotage', '-sabotage']]) {
      const { code, stderr } = await belfry.run(['label', 'abcdef', '+espionage', ...words]);
      expect(code).toBe(64);
      expect(stderr).toMatch(/there are .*sabotage|types are .*sabotage|judged twice/);
    }
    expect((await belfry.run(['label', 'abcdef', '--json'])).stdout).toBe(before);
  },
  SECONDS * 1000,
);
