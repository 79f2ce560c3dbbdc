/** The demo articles as data: enough of everything, and nothing that a scorer could not use. */
import { describe, expect, it } from 'vitest';
import { bodyBlocks, DEMO_LANGUAGES, loadDemoArticles } from '../../src/demo/articles.js';
import { THREAT_TYPES } from '../support/threat-types.js';

const articles = loadDemoArticles();
const wordsOf = (text: string): number => text.split(/\s+/).filter(Boolean).length;

describe('the demo articles', () => {
  it('are at least 44, the four languages alike', () => {
    expect(articles.length).toBeGreaterThanOrEqual(44);
    for (const language of DEMO_LANGUAGES)
      expect(articles.filter((article) => article.language === language).length).toBe(articles.length / 4);
  });

  it.each(THREAT_TYPES)('tell of %s at least three times, in at least two languages', (type) => {
    const telling = articles.filter((article) => article.threats.includes(type));
    expect(telling.length).toBeGreaterThanOrEqual(3);
    expect(new Set(telling.map((article) => article.language)).size).toBeGreaterThanOrEqual(2);
  });

  it('name no threat type that does not exist, and none at all on a look-alike', () => {
    for (const article of articles) {
      expect(THREAT_TYPES, article.id).toEqual(expect.arrayContaining([...article.threats]));
      expect(article.threats.length > 0, article.id).toBe(article.kind === 'threat');
    }
  });

  it('have look-alikes in every language and some articles with two types', () => {
    for (const language of DEMO_LANGUAGES) {
      const own = articles.filter((article) => article.language === language);
      expect(own.filter((article) => article.kind === 'look-alike').length).toBeGreaterThanOrEqual(4);
      expect(own.some((article) => article.threats.length > 1)).toBe(true);
    }
  });

  it('are as long as news is, in paragraphs', () => {
    for (const article of articles) {
      expect(wordsOf(article.body), article.id).toBeGreaterThanOrEqual(150);
      expect(wordsOf(article.body), article.id).toBeLessThanOrEqual(450);
      expect(bodyBlocks(article).length, article.id).toBeGreaterThanOrEqual(4);
    }
  });

  it('have an id of their own and come each language in turn', () => {
    expect(new Set(articles.map((article) => article.id)).size).toBe(articles.length);
    expect(articles.slice(0, 8).map((article) => article.language)).toEqual([...DEMO_LANGUAGES, ...DEMO_LANGUAGES]);
  });
});
