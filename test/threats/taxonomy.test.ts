import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { shippedConfig } from '../../src/paths.js';
import { loadTaxonomy, TaxonomyError, type TaxonomyFault } from '../../src/threats/taxonomy.js';
import { termUse } from '../../src/threats/term-use.js';

function directoryWith(yaml: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'taxonomy-'));
  writeFileSync(join(directory, 'own.yaml'), yaml);
  return directory;
}

function faultsOf(yaml: string): readonly TaxonomyFault[] {
  try {
    loadTaxonomy(directoryWith(yaml));
  } catch (error) {
    if (error instanceof TaxonomyError) return error.faults;
    throw error;
  }
  return [];
}

const type = `types:
  - id: piracy
    labels: { en: Piracy }
    definition: { en: Ships taken. }
    weights: { act.boarding: 3 }
`;

describe('loadTaxonomy', () => {
  test('reads the shipped taxonomy with eleven types in four languages', () => {
    const { types, languages } = loadTaxonomy(shippedConfig('taxonomy'));
    expect(types).toHaveLength(11);
    expect(languages).toEqual(['de', 'en', 'fr', 'nl']);
    for (const { labels } of types) expect(Object.keys(labels).sort()).toEqual(['de', 'en', 'fr', 'nl']);
  });

  test.each([
    ['a weight on an unknown concept', type, 5, /concept or rule instead of 'act.boarding'/],
    [
      'an unknown key of a type',
      `${type}    colour: red\nconcepts:\n  act.boarding:\n    en: [boarded]\n`,
      6,
      /colour/,
    ],
    ['a term that is a number', `${type}concepts:\n  act.boarding:\n    en:\n      - 764\n`, 9, /quote numbers/],
    ['an unclosed group', `${type}concepts:\n  act.boarding:\n    en: ["(boarded ship"]\n`, 8, /closed/],
    ['a gap at the end', `${type}concepts:\n  act.boarding:\n    en: [boarded ..]\n`, 8, /word after the gap/],
    ['a language that is none', `${type}concepts:\n  act.boarding:\n    english: [boarded]\n`, 8, /language code/],
    ['a file that is no YAML', `${type}concepts: [\n`, 7, /not YAML/],
  ])('reports %s by line', (_, yaml, line, expected) => {
    const faults = faultsOf(yaml);
    expect(faults[0]?.line).toBe(line);
    expect(faults[0]?.expected).toMatch(expected);
  });

  test('reports a directory that is not there', () => {
    expect(() => loadTaxonomy('/nowhere/at/all')).toThrow(/readable directory/);
  });

  test('changes its version with any file', () => {
    const one = loadTaxonomy(directoryWith(`${type}concepts:\n  act.boarding:\n    en: [boarded]\n`));
    const other = loadTaxonomy(directoryWith(`${type}concepts:\n  act.boarding:\n    en: [boarding]\n`));
    expect(one.version).not.toBe(other.version);
  });
});

describe('termUse', () => {
  test('names terms that never fire and terms that others make needless', () => {
    const taxonomy = loadTaxonomy(
      directoryWith(`${type}concepts:\n  act.boarding:\n    en: [boarded, hijacked, plundered]\n`),
    );
    const { silent, spare } = termUse(taxonomy, [
      { language: 'en', title: '', text: 'Pirates boarded and hijacked the ship.' },
      { language: 'en', title: '', text: 'Pirates boarded the ship.' },
    ]);
    expect(silent.map(({ text, line }) => [text, line])).toEqual([['plundered', 8]]);
    expect(spare.map(({ text }) => text)).toEqual(['hijacked']);
  });
});
