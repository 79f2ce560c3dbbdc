import { describe, expect, it } from 'vitest';
import type { Article } from '../../src/articles/article.js';
import { cleanNames } from '../../src/articles/byline.js';
import { extractArticle } from '../../src/articles/extract.js';
import { articlePage, bytesOf, type PageParts } from './pages.js';

function articleOf(parts: PageParts): Article {
  const result = extractArticle(bytesOf(articlePage(parts)), { url: 'https://gazette.example/2026/quay' });
  if (!result.ok) throw new Error(result.message);
  return result.article;
}

describe('cleanNames', () => {
  it.each([
    ['By Mieke Daelman and Tom Okafor', ['Mieke Daelman', 'Tom Okafor']],
    ['Von Jörg Weiß und Ayşe Kaya', ['Jörg Weiß', 'Ayşe Kaya']],
    ['Door Mieke van den Berg, politiek verslaggever', ['Mieke van den Berg']],
    ['Par Hélène Roux et Luc Petit', ['Hélène Roux', 'Luc Petit']],
    ['Mieke Daelman (mda)', ['Mieke Daelman']],
    ['Mieke Daelman, Senior Correspondent', ['Mieke Daelman']],
    ['https://gazette.example/authors/mieke', []],
    ['No Author', []],
  ])('reads %j', (value, names) => {
    expect(cleanNames([value])).toEqual(names);
  });
});

describe('the byline', () => {
  it.each([
    ['English', '<p class="byline">By Mieke Daelman</p>'],
    ['Dutch', '<p>Door Mieke Daelman</p>'],
    ['French', '<div class="meta-auteur">Par <a href="/a">Mieke Daelman</a></div>'],
    ['German', '<div>Mo 02.03.26 | 14:07 Uhr | Von <b>Mieke Daelman</b></div>'],
  ])('is read in %s where it is only printed', (_language, before) => {
    expect(articleOf({ before })).toMatchObject({ byline: ['Mieke Daelman'], methods: { byline: 'printed' } });
  });

  it('is read from a label below the text', () => {
    expect(articleOf({ after: '<ul><li><b>Autorin/Autor</b> Mieke Daelman</li></ul>' }).byline).toEqual([
      'Mieke Daelman',
    ]);
  });

  it('prefers a person who is printed to the site that the data names', () => {
    const head = `<meta property="og:site_name" content="Oosterlo Gazette"><meta name="author" content="Oosterlo Gazette">`;
    expect(articleOf({ head, before: '<p class="byline">By Mieke Daelman</p>' }).byline).toEqual(['Mieke Daelman']);
    expect(articleOf({ head }).byline).toEqual(['Oosterlo Gazette']);
  });

  it('does not take prose that begins alike for a byline', () => {
    expect(
      articleOf({
        paragraphs: Array(4).fill(
          'By Tuesday evening the harbour had been closed for six hours, and divers were still at work below the quay.',
        ),
      }).byline,
    ).toEqual([]);
  });
});
