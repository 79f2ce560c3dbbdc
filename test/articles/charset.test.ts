import { describe, expect, it } from 'vitest';
import { decodePage } from '../../src/articles/charset.js';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('decodePage', () => {
  it('believes a byte order mark over the header', () => {
    const bytes = Buffer.from('\ufeffvis à vis', 'utf16le');
    expect(decodePage(bytes, 'text/html; charset=utf-8')).toEqual({
      text: 'vis à vis',
      encoding: 'utf-16le',
      source: 'bom',
    });
  });

  it('believes the header over the page', () => {
    const page = decodePage(latin('<meta charset="utf-8">caf\xe9'), 'text/html; charset="ISO-8859-1"');
    expect(page).toMatchObject({ encoding: 'windows-1252', source: 'http' });
    expect(page.text).toContain('café');
  });

  it('reads the meta element, also the old one', () => {
    const bytes = latin('<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">\xcc\xe8\xf0');
    expect(decodePage(bytes)).toMatchObject({ encoding: 'windows-1251', source: 'meta' });
    expect(decodePage(bytes).text.endsWith('Мир')).toBe(true);
  });

  it('does not believe a meta element in a comment', () => {
    expect(decodePage(latin('<!-- <meta charset="windows-1251"> --><p>caf\xe9'))).toMatchObject({ source: 'default' });
  });

  it.each([
    ['a description that speaks of one', '<meta name="description" content="charset=windows-1251">'],
    ['an attribute of another element', '<p title="<meta charset=windows-1251>">'],
    ['a comment that never ends', '<!-- <meta charset="windows-1251">'],
    ['a closing tag', '</meta charset="windows-1251">'],
  ])('does not take a charset from %s', (_name, markup) => {
    expect(decodePage(latin(`${markup}caf\xe9`))).toMatchObject({ source: 'default' });
  });

  it('reads a charset however its attribute is written', () => {
    for (const meta of [
      "<META CharSet='koi8-r'/>",
      '<meta/charset=koi8-r>',
      '<meta name=a charset = "koi8-r" charset=utf-8>',
    ])
      expect(decodePage(latin(`<!doctype html><html lang=ru>${meta}\xc1`))).toMatchObject({ encoding: 'koi8-r' });
  });

  it('takes UTF-16 in a meta element for UTF-8, as the standard says', () => {
    expect(decodePage(Buffer.from('<meta charset="utf-16">café')).text).toContain('café');
  });

  it('falls back to UTF-8 where the bytes are, and to windows-1252 where they are not', () => {
    expect(decodePage(Buffer.from('“café”')).text).toBe('“café”');
    expect(decodePage(latin('\x93caf\xe9\x94 \x80 5')).text).toBe('“café” € 5');
  });

  it('ignores a charset that nobody knows', () => {
    expect(decodePage(Buffer.from('café'), 'text/html; charset=klingon')).toMatchObject({ encoding: 'utf-8' });
  });
});
