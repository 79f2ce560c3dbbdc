import { expect, test } from 'vitest';
import { citationOf } from '../../src/outputs/citation.js';

const article = {
  title: 'Depot\nburns',
  byline: ['An Peeters', 'Bram Maes'],
  url: 'https://newsroom.example/1',
  feedTitle: 'The Newsroom',
  publishedAt: new Date(2026, 10, 24, 12),
  storedAt: new Date(2026, 10, 25, 12),
};
const accessed = new Date(2026, 10, 26, 12);

test('a citation names authors, title, source, day, address and the day of reading in one line', () => {
  expect(citationOf(article, accessed)).toBe(
    'An Peeters, Bram Maes, “Depot burns”, The Newsroom, 24 November 2026, https://newsroom.example/1 (accessed 26 November 2026)',
  );
});

test('a citation of an article that names neither author nor day says since when it is here, and names the host', () => {
  expect(citationOf({ ...article, byline: [], publishedAt: null, feedTitle: null }, accessed)).toBe(
    '“Depot burns”, newsroom.example, undated, first seen 25 November 2026, https://newsroom.example/1 (accessed 26 November 2026)',
  );
});

test('a citation leaves off an address that is not on the web', () => {
  expect(citationOf({ ...article, url: 'javascript:alert(1)' }, accessed)).not.toContain('javascript');
});
