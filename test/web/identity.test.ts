import { expect, it } from 'vitest';
import { normaliseUrl } from '../../src/web/identity.js';

it.each([
  ['http://www.News.example:80/a/b/?utm_source=x&id=7&fbclid=y#top', 'https://news.example/a/b?id=7'],
  ['https://news.example./a//b', 'https://news.example/a/b'],
  ['https://news.example/', 'https://news.example'],
  ['https://news.example:8443/a', 'https://news.example:8443/a'],
  ['https://user:word@news.example/a', 'https://news.example/a'],
  ['https://news.example/%7Eme/%c3%a9', 'https://news.example/~me/%C3%A9'],
  ['https://news.example/a?b=2&a=1&b=1', 'https://news.example/a?a=1&b=2&b=1'],
  ['https://www.be/a', 'https://www.be/a'],
  ['https://nieuws.example/één', 'https://nieuws.example/%C3%A9%C3%A9n'],
])('gives %s the identity %s', (address, identity) => expect(normaliseUrl(address)).toBe(identity));

it.each(['mailto:a@b.example', 'urn:x', 'not an address', ''])('gives %s none', (address) => {
  expect(normaliseUrl(address)).toBeNull();
});

it('is its own identity', () => {
  const identity = normaliseUrl('http://www.a.example/x/?z=1&a=%20b&ref=keep') ?? '';
  expect(normaliseUrl(identity)).toBe(identity);
});
