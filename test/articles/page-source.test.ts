import { describe, expect, it } from 'vitest';
import { parseFast } from '../../src/articles/dom.js';
import { readPageSource } from '../../src/articles/page-source.js';

const bodyOf = (html: string): string => parseFast(readPageSource(html).html).document.body.textContent?.trim() ?? '';

describe('readPageSource', () => {
  it('takes out scripts, styles, drawings and comments with all that they hold', () => {
    const page =
      '<p>a<script>if (a < b) "<p>"</script><style>p{}</style><svg><text>s</text></svg><!-- <p>c --><button>d</button>b</p>';
    expect(bodyOf(page)).toBe('ab');
  });

  it('keeps the data that scripts carry', () => {
    const { scripts } = readPageSource(
      `<script type='application/ld+json'>{"a":1}</script><script id=state type="application/json">{}</script>`,
    );
    expect(scripts).toEqual([
      { kind: 'json-ld', id: '', text: '{"a":1}' },
      { kind: 'json', id: 'state', text: '{}' },
    ]);
  });

  it.each([
    ['no frame at all', '<p>text</p>'],
    ['a head that never ends', '<html><head><title>t</title><p>text</p>'],
    [
      'a body inside an unclosed element of the head',
      '<html><head><meta name=a content=b><div><body><p>text</p></body></html>',
    ],
    [
      'a second document inside the first',
      '<html><body><div><html><head></head><body><p>text</p></body></html></div></body></html>',
    ],
    ['text behind the end', '<html><head></head><body></body></html><p>text</p>'],
  ])('puts the text into the body on a page with %s', (_name, html) => {
    expect(bodyOf(html)).toBe('text');
  });

  it('keeps white space that is shown', () => {
    expect(bodyOf('<p><b>two</b> <i>words</i></p>')).toBe('two words');
  });

  it('keeps attributes that are read, whatever their quotes, and no others', () => {
    const { html } = readPageSource(`<a HREF='/x?a="b"' onclick="steal('>')" data-x=1 class=c hidden>x</a>`);
    expect(html).toContain(`<a href='/x?a="b"' class="c" hidden>x</a>`);
  });

  it('reads a page of hostile tags in linear time', () => {
    const began = performance.now();
    for (const piece of ['<a b="', '<svg>', '<!--', '<a a=b '.repeat(3), '</head>', '<html '])
      readPageSource(piece.repeat(100_000));
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});
