import { describe, expect, it } from 'vitest';
import type { Article, ExtractFault } from '../../src/articles/article.js';
import { extractArticle } from '../../src/articles/extract.js';
import { articlePage, bytesOf, type PageParts, SENTENCE } from './pages.js';

const url = 'https://gazette.example/2026/quay';

function articleOf(page: PageParts | string): Article {
  const html = typeof page === 'string' ? page : articlePage(page);
  const result = extractArticle(bytesOf(html), { url, contentType: 'text/html; charset=utf-8' });
  if (!result.ok) throw new Error(`${result.reason}: ${result.message}`);
  return result.article;
}

describe('extractArticle', () => {
  it('gives the paragraphs of the article, each on its line, and nothing around them', () => {
    const { text } = articleOf({});
    expect(text.split('\n')).toEqual([1, 2, 3, 4].map((number) => `Part ${number}. ${SENTENCE}`));
  });

  describe('where JSON-LD states the body', () => {
    const sentences = Array.from({ length: 8 }, (_, index) => `Paragraph ${index}. ${SENTENCE}`);
    const stating = (articleBody: string, type = 'NewsArticle'): string =>
      `<script type="application/ld+json">${JSON.stringify({ '@type': type, headline: 'Quay closed', articleBody })}</script>`;
    const begin = [`${sentences[0]}`];

    it('takes it for a page that shows only the begin', () => {
      const article = articleOf({ head: stating(sentences.join('\n\n')), paragraphs: begin });
      expect(article.text).toBe(sentences.join('\n'));
      expect(article.html).toBe(sentences.map((text) => `<p>${text}</p>`).join('\n'));
      expect(article.method).toBe('stated:json-ld');
    });

    it('reads one in HTML, escaped or not, without scripts and boilerplate', () => {
      const html = `${sentences.map((text) => `<p>${text}</p>`).join('')}<p>Read also: Ferry stuck</p><script>steal()</script>`;
      for (const body of [html.replace(/<script.*/, ''), html.replace(/</g, '&lt;').replace(/>/g, '&gt;')]) {
        const article = articleOf({ head: stating(body), paragraphs: begin });
        expect(article.text).toBe(sentences.join('\n'));
        expect(article.html).not.toContain('steal');
      }
    });

    it('keeps to the page where that shows most of it', () => {
      const article = articleOf({ head: stating(sentences.join('\n')), paragraphs: sentences.slice(0, 6) });
      expect(article.text).toBe(sentences.slice(0, 6).join('\n'));
    });

    it('passes over the body of something that is no article', () => {
      const article = articleOf({ head: stating(sentences.join('\n'), 'WebPage'), paragraphs: begin });
      expect(article.text).toBe(sentences[0]);
    });
  });

  it('takes title, authors and time from JSON-LD and keeps the zone', () => {
    const article = articleOf({
      head: `<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":["NewsArticle"],
        "headline":"Quay closed after damage","datePublished":"2026-03-02T10:15:00+01:00","articleSection":"Harbour",
        "author":[{"@type":"Person","name":"Mieke Daelman"},{"@type":"Person","name":"Tom Okafor"}]}]}</script>`,
    });
    expect(article).toMatchObject({
      title: 'Quay closed after damage',
      byline: ['Mieke Daelman', 'Tom Okafor'],
      publishedAt: '2026-03-02T10:15:00+01:00',
      section: 'Harbour',
    });
  });

  it('makes canonical address and lead image absolute', () => {
    const article = articleOf({
      head: '<link rel="canonical" href="/2026/quay-closed"><meta property="og:image" content="/i/quay.jpg">',
    });
    expect(article.canonicalUrl).toBe('https://gazette.example/2026/quay-closed');
    expect(article.image).toBe('https://gazette.example/i/quay.jpg');
  });

  it('gives HTML without scripts, handlers or addresses that run code', () => {
    const { html } = articleOf({
      after: `<p onclick="steal()">${SENTENCE} <a href="javascript:steal()">here</a> <a href="/more">and more</a></p>
        <script>steal()</script><img src="x" onerror="steal()">`,
    });
    expect(html).not.toMatch(/steal|onclick|onerror|javascript/i);
    expect(html).toContain('<a href="https://gazette.example/more">and more</a>');
  });

  it('reads windows-1252 as a browser does', () => {
    const page = articlePage({ paragraphs: Array(5).fill(`\x93Caf\xe9\x94 \x96 ${SENTENCE}`) });
    const result = extractArticle(Buffer.from(page, 'latin1'), { url, contentType: 'text/html; charset=iso-8859-1' });
    expect(result.ok && result.article.text.slice(0, 8)).toBe('“Café” –');
  });

  const faults: ReadonlyArray<readonly [name: string, bytes: Uint8Array, reason: ExtractFault]> = [
    ['no bytes', bytesOf(''), 'empty'],
    ['white space', bytesOf(' \n '), 'empty'],
    ['a PDF', bytesOf('%PDF-1.7\n1 0 obj'), 'not-html'],
    ['JSON', bytesOf('{"status": "gone"}'), 'not-html'],
    ['tags 100,000 deep', bytesOf(`<body>${'<div>'.repeat(100_000)}x`), 'too-deep'],
    ['tags 100,000 deep that close', bytesOf(`<body>${'<b>'.repeat(1e5)}x${'</b>'.repeat(1e5)}`), 'too-deep'],
    ['a page without an article', bytesOf('<html><body><p>Nothing here.</p></body></html>'), 'no-text'],
    [
      'a login page',
      bytesOf(
        '<title>Log in</title><h1>Log in</h1><form action="/session"><label>E-mail <input name="mail"></label><input type="password"></form>',
      ),
      'login',
    ],
  ];
  it.each(faults)('names the fault of %s', (_name, bytes, reason) => {
    expect(extractArticle(bytes, { url })).toMatchObject({ ok: false, reason });
  });

  const around = `<nav><a href="/">Home</a></nav><div class="cookies"><p>${SENTENCE} ${SENTENCE}</p></div>`;
  const gates: ReadonlyArray<readonly [name: string, html: string, url: string]> = [
    [
      'a form for subscribers amid the words of the site',
      `<title>For subscribers | The Gazette</title>${around}<main><h1>For subscribers</h1><form action="/x"><input name="mail"><input type="password"></form></main>`,
      'https://gazette.example/plus/story',
    ],
    [
      'an address called aanmelden',
      `<title>Welkom</title>${around}<main><p>${SENTENCE}</p></main>`,
      'https://krant.example/aanmelden?to=%2F1',
    ],
    [
      'an address called connexion.html',
      `${around}<p>${SENTENCE}</p>`,
      'https://journal.example/compte/connexion.html',
    ],
    ['a consent wall', `${around}<p>${SENTENCE}</p>`, 'https://krant.example/privacy-gate/consent/'],
  ];
  it.each(gates)('takes %s for a login page', (_name, html, address) => {
    expect(extractArticle(bytesOf(html), { url: address })).toMatchObject({ ok: false, reason: 'login' });
  });

  it('takes an article for an article though its site has a login form, or it is about logins', () => {
    const form = '<form action="/login"><input type="password"></form>';
    for (const [before, address] of [
      [`<header>${form}</header>`, url],
      [form, url],
      ['', 'https://gazette.example/2026/why-login-fatigue'],
      ['', 'https://gazette.example/login/2026/quay'],
    ] as const) {
      const html = articlePage({}).replace('<body>', `<body>${before}`);
      expect(extractArticle(bytesOf(html), { url: address }), address).toMatchObject({ ok: true });
    }
  });

  it('reads the front of a page of 30 MB', () => {
    const page = articlePage({ paragraphs: Array(Math.ceil(30e6 / SENTENCE.length)).fill(SENTENCE) });
    const article = articleOf(page);
    expect(article.text.startsWith(SENTENCE)).toBe(true);
  });
});
