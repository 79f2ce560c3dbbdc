import { describe, expect, it } from 'vitest';
import { articleFromFeedItem } from '../../src/articles/feed-item.js';
import { SENTENCE } from './pages.js';

const url = 'https://gazette.example/quay';

describe('articleFromFeedItem', () => {
  it('makes an article of the longest text that the item has', () => {
    const result = articleFromFeedItem(
      {
        title: 'Quay &amp; cables',
        summary: 'Short.',
        content: `<p>${SENTENCE}</p><script>steal()</script><p>The navy has not answered yet.</p>`,
        authors: ['By Mieke Daelman'],
        publishedAt: '2026-03-02T10:15:00+01:00',
      },
      url,
    );
    expect(result).toMatchObject({
      ok: true,
      article: {
        title: 'Quay & cables',
        byline: ['Mieke Daelman'],
        text: `${SENTENCE}\nThe navy has not answered yet.`,
        language: 'en',
        method: 'feed',
      },
    });
    expect(result.ok && result.article.html).not.toContain('steal');
  });

  it('leaves out what the site puts into every item, in its text and its HTML', () => {
    const result = articleFromFeedItem(
      {
        title: 'Quay closed',
        content: `<h1>Quay closed</h1><p>${SENTENCE}</p><p>Read also: Ferry stuck at the lock</p><p><a href="/more">More from Oosterlo</a></p><p>The post <a href="/quay">Quay closed</a> appeared first on <a href="/">Gazette</a>.</p>`,
      },
      url,
    );
    expect(result).toMatchObject({ ok: true, article: { text: SENTENCE, html: `<p>${SENTENCE}</p>` } });
  });

  it('keeps a text that is nothing but a link', () => {
    const result = articleFromFeedItem({ title: 'Quay', content: '<a href="/quay">Quay closed after damage</a>' }, url);
    expect(result).toMatchObject({
      ok: true,
      article: {
        text: 'Quay closed after damage',
        html: '<a href="https://gazette.example/quay">Quay closed after damage</a>',
      },
    });
  });

  it('makes do with a title', () => {
    expect(articleFromFeedItem({ title: 'Quay closed' }, url)).toMatchObject({
      ok: true,
      article: { text: 'Quay closed', title: 'Quay closed' },
    });
  });

  it('has the title alone where its markup nests too deep, and says so where there is no title', () => {
    const content = `${'<div>'.repeat(5000)}${SENTENCE}`;
    expect(articleFromFeedItem({ title: 'Quay closed', content }, url)).toMatchObject({
      ok: true,
      article: { text: 'Quay closed' },
    });
    expect(articleFromFeedItem({ title: content, content }, url)).toMatchObject({ ok: false, reason: 'too-deep' });
  });

  it('names an item without any text', () => {
    expect(articleFromFeedItem({ title: ' ', summary: null }, url)).toMatchObject({ ok: false, reason: 'no-text' });
  });
});
