import { describe, expect, test } from 'vitest';
import { cutAtFindings, type Finding, findingsIn, findingsOf, paragraphsOf } from '../../src/server/marks.js';
import { evidence } from './newsroom-store.js';

const text = 'Arson at a rail depot near Ghent.';

function find(words: string, type: string, weight: number, number: number): Finding {
  return { ...evidence('text', text, words, `concept.${number}`, weight), type, number };
}

const shape = (findings: readonly Finding[], range?: { start: number; end: number }) =>
  cutAtFindings(text, findings, range).map((piece) => [piece.text, piece.findings.map(({ number }) => number)]);

describe('cutting a text at its evidence', () => {
  test('a text without evidence is one piece', () => {
    expect(shape([])).toEqual([[text, []]]);
  });

  test('spans that overlap share the piece in which they do, the stronger one first', () => {
    const findings = [find('Arson at a rail', 'sabotage', 0.4, 0), find('rail depot', 'cyberattack', 0.9, 1)];
    expect(shape(findings)).toEqual([
      ['Arson at a ', [0]],
      ['rail', [1, 0]],
      [' depot', [1]],
      [' near Ghent.', []],
    ]);
  });

  test('a span within another and two on the same words keep all their findings', () => {
    const findings = [
      find('Arson at a rail depot', 'sabotage', 0.4, 0),
      find('rail', 'espionage', 0.2, 1),
      find('rail', 'jihadism', 0.3, 2),
    ];
    expect(shape(findings)).toEqual([
      ['Arson at a ', [0]],
      ['rail', [0, 2, 1]],
      [' depot', [0]],
      [' near Ghent.', []],
    ]);
  });

  test('pieces put together give the range back, whatever the spans', () => {
    const findings = Array.from({ length: 200 }, (_, number) => {
      const start = (number * 7) % text.length;
      const end = Math.min(text.length, start + 1 + ((number * 13) % 9));
      const words = text.slice(start, end);
      return { field: 'text' as const, start, end, text: words, concept: 'c', weight: 1, type: 't', number };
    });
    for (const range of [undefined, { start: 3, end: 20 }]) {
      const joined = cutAtFindings(text, findings, range).map((piece) => piece.text);
      expect(joined.join('')).toBe(text.slice(range?.start, range?.end));
    }
  });

  test('a span over the edge of the range marks only what is inside', () => {
    expect(shape([find('rail depot', 'sabotage', 1, 0)], { start: 0, end: 15 })).toEqual([
      ['Arson at a ', []],
      ['rail', [0]],
    ]);
  });
});

test('evidence whose words are no longer where it says marks nothing', () => {
  const right = find('depot', 'sabotage', 1, 0);
  const moved = { ...right, start: right.start + 1, end: right.end + 1, number: 1 };
  const beyond = { ...right, start: 900, end: 905, number: 2 };
  const elsewhere = { ...right, field: 'title' as const, number: 3 };
  expect(findingsIn(text, 'text', [right, moved, beyond, elsewhere])).toEqual([right]);
});

test('findings are numbered through all tags, so that a page can link to each', () => {
  const one = evidence('text', text, 'Arson', 'act.arson', 0.5);
  const numbered = findingsOf([
    { type: 'sabotage', evidence: [one, one] },
    { type: 'espionage', evidence: [one] },
  ]);
  expect(numbered.map(({ type, number }) => [type, number])).toEqual([
    ['sabotage', 0],
    ['sabotage', 1],
    ['espionage', 2],
  ]);
});

test('paragraphs are the lines that say something, with their own offsets', () => {
  const lines = 'One.\n\n  \nTwo 🚂.\nThree.';
  expect(paragraphsOf(lines).map(({ start, end }) => lines.slice(start, end))).toEqual(['One.', 'Two 🚂.', 'Three.']);
});
