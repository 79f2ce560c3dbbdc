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
        content: `<p>${SENTENCE}</p><script>steal()</script><p>${SENTENCE}</p>`,
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
        text: `${SENTENCE}\n${SENTENCE}`,
        language: 'en',
        method: 'feed',
      },
    });
    expect(result.ok && result.article.html).not.toContain('steal');
  });

  it('makes do with a title', () => {
    expect(articleFromFeedItem({ title: 'Quay closed' }, url)).toMatchObject({
      ok: true,
      article: { text: 'Quay closed', title: 'Quay closed' },
    });
  });

  it('names an item without any text', () => {
    expect(articleFromFeedItem({ title: ' ', summary: null }, url)).toMatchObject({ ok: false, reason: 'no-text' });
  });
});
