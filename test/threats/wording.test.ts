import { describe, expect, test } from 'vitest';
import { createWordingJudge, createWordingReader, PIECES } from '../../src/threats/wording.js';
import { trainWording } from '../../src/threats/wording-training.js';

const words = (text: string) => ({ title: [], text: text.split(' ') });

const read = createWordingReader();
const sample = (text: string, labels: string[]) => ({ wording: read(words(text)), labels, weight: 1 });
const samples = [
  sample('pirates boarded the tanker at dawn', ['piracy']),
  sample('pirates took the crew of a freighter', ['piracy']),
  sample('the choir sang at dawn', []),
  sample('the crew of the ferry sang', []),
];

describe('trainWording', () => {
  test('tells apart by words that only one side says', () => {
    const model = trainWording(samples, ['piracy']);
    const judge = createWordingJudge(model);
    const logit = (text: string) => judge(read(words(text))).types.get('piracy') as number;
    expect(logit('pirate attack on a tanker')).toBeGreaterThan(logit('the choir of the ferry'));
  });

  test('gives the same weights for the same articles', () => {
    const [one, other] = [trainWording(samples, ['piracy']), trainWording(samples, ['piracy'])];
    expect(one.types.piracy).toEqual(other.types.piracy);
    expect(one.rarity).toHaveLength(PIECES);
  });
});

describe('createWordingReader', () => {
  test('sees case and accents alike, and forgets one article before the next', () => {
    const first = read(words('Attentäter'));
    read(words('something else entirely'));
    expect(read(words('ATTENTATER'))).toEqual(first);
  });
});
