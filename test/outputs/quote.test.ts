import { expect, test } from 'vitest';
import { quoteAround, strongest } from '../../src/outputs/quote.js';
import type { Finding } from '../../src/server/marks.js';
import { evidence } from '../server/newsroom-store.js';

const finding = (text: string, words: string, weight = 1): Finding => ({
  ...evidence('text', text, words, 'concept', weight),
  type: 'sabotage',
  number: 0,
});

function quoted(text: string, words: string, language = 'en'): string {
  const quote = quoteAround(text, finding(text, words), language);
  return `${quote.cutBefore ? '…' : ''}${text.slice(quote.start, quote.end)}${quote.cutAfter ? '…' : ''}`;
}

test('the sentence that the evidence stands in is quoted, and no more', () => {
  const text = 'First line.\n\nIt rained. A cable was cut on purpose. Nobody was hurt.\n\nLast line.';
  expect(quoted(text, 'cable was cut')).toBe('A cable was cut on purpose.');
});

test('evidence that spans two sentences brings both', () => {
  const text = 'It rained. A cable was cut. Police suspect sabotage. It is dry now.';
  expect(quoted(text, 'cut. Police suspect')).toBe('A cable was cut. Police suspect sabotage.');
});

test('a sentence without end is cut between words around its evidence', () => {
  const text = `${'many words come before '.repeat(60)}sabotage${' and many more after it'.repeat(60)}`;
  const quote = quoted(text, 'sabotage');
  expect(quote.length).toBeLessThanOrEqual(302);
  expect(quote).toMatch(/^…(many|words|come|before) .* sabotage .*(and|many|more|after|it)…$/);
});

test('evidence longer than a quote is shown whole', () => {
  const long = `alpha ${'beta '.repeat(100)}omega`;
  expect(quoted(`${'x '.repeat(500)}${long}${' y'.repeat(500)}`, long)).toContain(long);
});

test('a surrogate pair at the edge is not cut in two', () => {
  const text = `${'🚂'.repeat(400)} sabotage ${'🚂'.repeat(400)}`;
  // A lone surrogate would come back as U+FFFD.
  const quote = quoted(text, 'sabotage');
  expect(Buffer.from(quote).toString()).toBe(quote);
});

test('the strongest evidence is that with the greatest weight, and never one that speaks against', () => {
  const text = 'Sabotage? No sabotage.';
  expect(strongest([finding(text, 'Sabotage', 0.2), finding(text, 'sabotage', 0.7)])?.weight).toBe(0.7);
  expect(strongest([finding(text, 'No', -0.4)])).toBeUndefined();
});
