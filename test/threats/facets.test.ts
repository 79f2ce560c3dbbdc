import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createClassifier } from '../../src/threats/classifier.js';
import { loadTaxonomy, TaxonomyError, type TaxonomyFault } from '../../src/threats/taxonomy.js';

const classifier = createClassifier();

const facetsOf = (language: string, title: string, text: string) =>
  classifier.classify({ language, title, text }).facets.map(({ facet, value }) => `${facet}:${value}`);

describe('facets', () => {
  test.each([
    [
      'en',
      'Two held over arson at Antwerp depot',
      'Police arrested two men in Ghent. Prosecutors say they were recruited on Telegram by Russian intelligence.',
      ['means:arson', 'stage:arrest', 'actor:russia', 'place:antwerp', 'place:ghent', 'country:belgium'],
    ],
    [
      'nl',
      'Drones boven kazerne in Leopoldsburg',
      'Boven de militaire basis vlogen drones. Het luchtruim boven Limburg werd gesloten.',
      ['means:drone', 'target:sensitive-site', 'place:leopoldsburg', 'place:limburg-province', 'country:belgium'],
    ],
    [
      'fr',
      'Procès à Liège : un djihadiste condamné',
      "Le tribunal correctionnel de Liège a condamné un membre de l'État islamique.",
      ['actor:jihadist-group', 'stage:trial', 'setting:aftermath', 'place:liege', 'country:belgium'],
    ],
    [
      'de',
      'Ransomware legt Klinik in Köln lahm',
      'Hacker haben die Computersysteme verschlüsselt und fordern Lösegeld, teilte die Polizei in Köln mit.',
      ['means:ransomware', 'place:cologne', 'country:germany'],
    ],
  ])('name who, what and where in %s', (language, title, text, expected) => {
    expect(facetsOf(language, title, text)).toEqual(expect.arrayContaining(expected));
  });

  test('carry the words that show them, where they stand', () => {
    const article = { language: 'en', title: 'Arson in Sint-Truiden', text: 'A van burned near Mol.' };
    for (const { facet, value, score, evidence } of classifier.classify(article).facets) {
      expect(evidence, `${facet}:${value}`).not.toHaveLength(0);
      expect(score).toBeGreaterThan(0);
      for (const { field, start, end, text } of evidence) expect(article[field].slice(start, end)).toBe(text);
    }
  });

  test('are as strong as where their words stand', () => {
    const scores = classifier
      .classify({ language: 'en', title: 'Fire in Bruges', text: 'It began in Ghent.' })
      .facets.map(({ value, score }) => [value, score]);
    expect(scores).toEqual(
      expect.arrayContaining([
        ['bruges', 0.8],
        ['ghent', 0.6],
        ['belgium', 0.92],
      ]),
    );
  });

  test.each([
    ['en', 'As soldiers left, the mol of salt was in a spa. As usual, Nice people came.'],
    ['en', 'They read Jack London, a novel by him.'],
    [
      'nl',
      'De mol zit in de halle als een peer onder de boom. Mol gezocht. Boom geveld. Supporters van Club Brugge zongen.',
    ],
    ['fr', 'Un lit de spa, un ham, un as du volant. As du volant. Lens optique.'],
    ['de', 'Das Essen war gut. Essen ist fertig, die Halle voll. Das Bayern München von gestern.'],
  ])('see no place in look-alikes in %s: %s', (language, text) => {
    expect(facetsOf(language, '', text).filter((facet) => facet.startsWith('place:'))).toEqual([]);
  });

  test.each([
    ['nl', 'De politie viel binnen in Mol.', 'mol'],
    ['nl', 'De verdachte werd in As opgepakt.', 'as'],
    ['fr', 'Deux hommes ont été arrêtés à Spa.', 'spa'],
    ['nl', 'Een inval in Halle leverde wapens op.', 'halle'],
    ['nl', 'Een inval in Heist-op-den-Berg leverde wapens op.', 'heist-op-den-berg'],
  ])('see the place that is a word besides where it is one, in %s: %s', (language, text, place) => {
    expect(facetsOf(language, '', text)).toContain(`place:${place}`);
  });

  test('take the longest name: Tielt-Winge is not Tielt', () => {
    const found = facetsOf('nl', '', 'Brand in Tielt-Winge.');
    expect(found).toContain('place:tielt-winge');
    expect(found).not.toContain('place:tielt');
  });

  test('tell a novel, a trial and an exercise from an attack of today', () => {
    expect(facetsOf('en', 'A thriller about a bomb', 'The novel tells of an attack.')).toContain('setting:fiction');
    expect(facetsOf('nl', 'Proces over de aanslagen', 'De rechtbank hoort getuigen.')).toContain('setting:aftermath');
    expect(facetsOf('en', 'Bomb on a bus in Lyon', 'A bomb exploded on a bus.').join()).not.toContain('setting:');
  });
});

describe('mistakes in facets and places are reported by line', () => {
  const type = `types:
  - id: piracy
    labels: { en: Piracy }
    definition: { en: Ships taken. }
    weights: { act.boarding: 3 }
concepts:
  act.boarding: { en: [boarded] }
`;
  const labels = 'labels: { nl: a, fr: b, de: c, en: d }';
  test.each([
    [
      'a concept that is none',
      `facets:\n  actor:\n    ${labels}\n    values:\n      x:\n        ${labels}\n        shown_by: [group.pirates]\n`,
      14,
      /concept or kind/,
    ],
    ['labels that lack a language', 'facets:\n  actor:\n    labels: { nl: a, fr: b, de: c }\n', 10, /en/],
    ['a kind of place that is none', `facets:\n  place:\n    ${labels}\n    places: [planet]\n`, 11, /country/],
    ['a place in no place', 'places:\n  city.ghent: { in: country.belgium, en: [Ghent] }\n', 9, /place instead of/],
    ['a place in itself', 'places:\n  city.ghent: { in: city.ghent, en: [Ghent] }\n', 9, /itself/],
    ['a name without a capital', 'places:\n  city.ghent: { en: [ghent] }\n', 9, /capital/],
    ['a place without a name', 'places:\n  city.ghent: { common: true }\n', 9, /a name/],
    ['an id that is no place', 'places:\n  hamlet.ghent: { en: [Ghent] }\n', 9, /id of a place|Invalid key/],
    [
      'one value twice',
      `places:\n  city.a: { en: [Ab] }\n  port.a: { en: [Ac] }\nfacets:\n  place:\n    ${labels}\n    places: [city, port]\n`,
      14,
      /once/,
    ],
  ])('%s', (_, yaml, line, expected) => {
    const [fault] = faultsOf(type + yaml);
    expect(fault?.expected).toMatch(expected);
    expect(fault?.line).toBe(line);
  });
});

function faultsOf(yaml: string): readonly TaxonomyFault[] {
  const directory = mkdtempSync(join(tmpdir(), 'facets-'));
  try {
    writeFileSync(join(directory, 'own.yaml'), yaml);
    loadTaxonomy(directory);
  } catch (error) {
    if (error instanceof TaxonomyError) return error.faults;
    throw error;
  } finally {
    rmSync(directory, { recursive: true });
  }
  return [];
}
