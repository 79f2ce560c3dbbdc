import { describe, expect, it } from 'vitest';
import type { Article } from '../../src/articles/article.js';
import { extractArticle } from '../../src/articles/extract.js';
import { readDateInAddress, readPrintedDate } from '../../src/articles/printed-date.js';
import { articlePage, bytesOf, type PageParts } from './pages.js';

function articleOf(parts: PageParts, url = 'https://gazette.example/quay'): Article {
  const result = extractArticle(bytesOf(articlePage(parts)), { url });
  if (!result.ok) throw new Error(result.message);
  return result.article;
}

describe('readPrintedDate', () => {
  it.each([
    ['3. März 2026, 14:05 Uhr', 'de', '2026-03-03T14:05:00Z'],
    ['Mo 02.03.26 | 14:07 Uhr', 'de', '2026-03-02T14:07:00Z'],
    ['le 3 août 2026 à 9h05', 'fr', '2026-08-03T09:05:00Z'],
    ['1er décembre 2026', 'fr', '2026-12-01T00:00:00Z'],
    ['Publié le 03/02/2026', 'fr', '2026-02-03T00:00:00Z'],
    ['3 mei 2026 om 8.15', 'nl', '2026-05-03T08:15:00Z'],
    ['3 mrt. 2026', 'nl', '2026-03-03T00:00:00Z'],
    ['March 3rd, 2026 at 2:05 pm', 'en', '2026-03-03T14:05:00Z'],
    ['Tuesday, 3 March 2026', 'en-GB', '2026-03-03T00:00:00Z'],
    ['03/02/2026', 'en-US', '2026-03-02T00:00:00Z'],
    ['03/02/2026', 'en-GB', '2026-02-03T00:00:00Z'],
    ['2026-03-02 10:15', 'en', '2026-03-02T10:15:00Z'],
  ])('reads %j on a page in %s', (text, language, iso) => {
    expect(readPrintedDate(text, language)).toBe(iso);
  });

  it.each(['31.02.2026', 'version 1.2.3', 'call 02-12-34-56', 'in 2026', '192.168.2026'])(
    'finds no date in %j',
    (text) => {
      expect(readPrintedDate(text, 'en')).toBeNull();
    },
  );
});

describe('readDateInAddress', () => {
  it('reads a day, and nothing that only looks like one', () => {
    expect(readDateInAddress('https://gazette.example/2026/03/02/quay')).toBe('2026-03-02T00:00:00Z');
    expect(readDateInAddress('https://gazette.example/news-20260302-quay')).toBe('2026-03-02T00:00:00Z');
    expect(readDateInAddress('https://gazette.example/2026/quay-12')).toBeNull();
    expect(readDateInAddress('https://gazette.example/2026/13/45/quay')).toBeNull();
  });
});

describe('the time of publication', () => {
  it('is what the data says before what is printed', () => {
    const head = '<meta name="article.published" content="2026-03-02T10:15:00+01:00">';
    expect(articleOf({ head, before: '<p>3 March 2026</p>' })).toMatchObject({
      publishedAt: '2026-03-02T10:15:00+01:00',
      methods: { publishedAt: 'meta' },
    });
  });

  it('is read from the dateline and not from what says when the page changed', () => {
    const before =
      '<div class="article-info">Aktualisiert: 5. März 2026</div><div class="date">Erstellt: 3. März 2026</div>';
    expect(articleOf({ before }).publishedAt).toBe('2026-03-03T00:00:00Z');
  });

  it('takes the day from the address, and the time of day from the line that agrees', () => {
    const url = 'https://gazette.example/2026/03/02/quay';
    expect(articleOf({}, url)).toMatchObject({
      publishedAt: '2026-03-02T00:00:00Z',
      methods: { publishedAt: 'address' },
    });
    expect(articleOf({ before: '<p>2 March 2026, 10:15</p>' }, url).publishedAt).toBe('2026-03-02T10:15:00Z');
  });

  it('is not read from a date that the prose tells of', () => {
    const paragraphs = Array(4).fill(
      'The quay, which had been opened on 3 March 1998 by the mayor, was closed again by the harbour council on Tuesday, when divers had come back from the cables.',
    );
    expect(articleOf({ paragraphs }).publishedAt).toBeNull();
  });
});
