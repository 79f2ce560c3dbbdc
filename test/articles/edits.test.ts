import { describe, expect, test } from 'vitest';
import { type Difference, differencesOf, wordDifferences } from '../../src/articles/edits.js';

/** `[-gone-] {+come+}` as text, to read in one look. */
const shown = (differences: readonly Difference[]): string[] =>
  differences.map((difference) =>
    difference.kind === 'edited' ? difference.pieces.map(marked).join('') : marked(difference),
  );

const marked = ({ kind, text }: { readonly kind: string; readonly text: string }): string =>
  kind === 'removed' ? `[-${text}-]` : kind === 'added' ? `{+${text}+}` : text;

describe('an edited text', () => {
  test('is told by the words that changed within a paragraph', () => {
    const before = 'Police say three men were held on Monday.\nThe depot stays closed.';
    const after = 'Police say four men were held on Tuesday.\nThe depot stays closed.';
    expect(shown(differencesOf(before, after))).toEqual([
      'Police say [-three-]{+four+} men were held on [-Monday-]{+Tuesday+}.',
      'The depot stays closed.',
    ]);
  });

  test('shows paragraphs that came before an edited one apart from it', () => {
    const before = 'Intro.\nThe bridge over the Meuse was closed at noon by the mayor.';
    const after = 'Intro.\nUpdate: traffic is diverted.\nThe bridge over the Meuse was closed at two by the mayor.';
    expect(shown(differencesOf(before, after))).toEqual([
      'Intro.',
      '{+Update: traffic is diverted.+}',
      'The bridge over the Meuse was closed at [-noon-]{+two+} by the mayor.',
    ]);
  });

  test('shows paragraphs with little in common as gone and come', () => {
    expect(shown(differencesOf('The second goes.', 'Another came.'))).toEqual([
      '[-The second goes.-]',
      '{+Another came.+}',
    ]);
  });

  test('that only lost or won blank lines did not change', () => {
    expect(shown(differencesOf('One.\n\nTwo.', 'One.\nTwo.\n'))).toEqual(['One.', 'Two.']);
  });

  test('gives back both wordings whole, whatever they are', () => {
    const before = 'a b c\nd e f\ng h i\nj';
    const after = 'x\na b z\ng h i\nd e f\nj k';
    const differences = differencesOf(before, after);
    const side = (kind: 'removed' | 'added') =>
      differences
        .map((each) =>
          each.kind === 'edited'
            ? each.pieces.map((piece) => (piece.kind === kind || piece.kind === 'same' ? piece.text : '')).join('')
            : each.kind === kind || each.kind === 'same'
              ? each.text
              : undefined,
        )
        .filter((text) => text !== undefined)
        .join('\n');
    expect([side('removed'), side('added')]).toEqual([before, after]);
  });

  test('of thousands of paragraphs that all differ is told within a second', () => {
    const many = (word: string) => Array.from({ length: 20_000 }, (_, place) => `${word} ${place}`).join('\n');
    const started = performance.now();
    const differences = differencesOf(many('before'), many('after'));
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(differences).toHaveLength(40_000);
  });

  test('whose long paragraphs have the same words in another order is told within three seconds', () => {
    const words = Array.from({ length: 1_000 }, (_, place) => `word${place}`);
    const text = (turn: number) =>
      Array.from({ length: 90 }, (_, place) =>
        [...words.slice((place + 1) * turn), ...words.slice(0, (place + 1) * turn)].join(' '),
      ).join('\n');
    const started = performance.now();
    expect(differencesOf(text(5), text(11)).length).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  test('in one paragraph of a hundred thousand words is told within a second', () => {
    const many = (word: string) => Array.from({ length: 100_000 }, (_, place) => `${word}${place % 977}`).join(' ');
    const started = performance.now();
    const differences = differencesOf(many('b'), many('a'));
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(differences.map(({ kind }) => kind)).toEqual(['removed', 'added']);
  });
});

test('a headline is told word by word', () => {
  expect(wordDifferences('Depot burns in Ghent', 'Depot burned in Ghent').map(marked).join('')).toBe(
    'Depot [-burns-]{+burned+} in Ghent',
  );
  expect(wordDifferences('Same', 'Same')).toEqual([{ kind: 'same', text: 'Same' }]);
});
