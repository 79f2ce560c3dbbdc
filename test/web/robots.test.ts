import { describe, expect, it } from 'vitest';
import type { FetchResult } from '../../src/web/client.js';
import { createMemoryRobotsCache, createRobots } from '../../src/web/robots.js';

const headers = {
  contentType: 'text/plain',
  etag: null,
  lastModified: null,
  cacheControl: null,
  expires: null,
  date: null,
  age: null,
  retryAfter: null,
  link: null,
};
const served = (text: string): FetchResult => ({
  ok: true,
  status: 200,
  body: Buffer.from(text),
  url: '',
  headers,
  redirects: [],
});
const failed = (status?: number): FetchResult => ({
  ok: false,
  reason: status === undefined ? 'connection' : 'http',
  transient: true,
  message: '',
  url: '',
  redirects: [],
  ...(status !== undefined && { status }),
});

function site(answer: () => FetchResult) {
  let asked = 0;
  let now = 0;
  const robots = createRobots({ cache: createMemoryRobotsCache(), productToken: 'Belfry', now: () => now });
  return {
    kind: async (path = '/a') => {
      const url = `https://site.example${path}`;
      const known = await robots.check(url);
      if (known !== null) return known.kind;
      asked++;
      await robots.learn(url, answer());
      return (await robots.check(url))?.kind;
    },
    asked: () => asked,
    pass: (hours: number) => (now += hours * 3_600_000),
  };
}

describe('robots.txt', () => {
  it('is obeyed for our own name before all others', async () => {
    const { kind } = site(() =>
      served('User-agent: *\nDisallow: /\n\nUser-agent: belfry\nDisallow: /private\nAllow: /private/open'),
    );
    expect([await kind('/a'), await kind('/private/x'), await kind('/private/open')]).toEqual([
      'allowed',
      'disallowed',
      'allowed',
    ]);
  });

  it('allows all where there is none (4xx) and nothing where the server is in trouble', async () => {
    expect(await site(() => failed(404)).kind()).toBe('allowed');
    expect(await site(() => failed(403)).kind()).toBe('allowed');
    expect(await site(() => failed(503)).kind()).toBe('disallowed');
    expect(await site(() => failed(429)).kind()).toBe('disallowed');
    expect(await site(() => failed()).kind()).toBe('disallowed');
  });

  it('is asked for once a day', async () => {
    const { kind, asked, pass } = site(() => served(''));
    await kind();
    pass(23);
    await kind('/b');
    expect(asked()).toBe(1);
    pass(2);
    await kind();
    expect(asked()).toBe(2);
  });

  it('holds on to known rules while the server is in trouble', async () => {
    let answer = served('User-agent: *\nDisallow: /private');
    const { kind, pass } = site(() => answer);
    expect(await kind('/private')).toBe('disallowed');
    answer = failed(500);
    pass(25);
    expect([await kind('/private'), await kind('/a')]).toEqual(['disallowed', 'allowed']);
  });

  it('counts as absent after a month of trouble', async () => {
    const { kind, pass } = site(() => failed(500));
    expect(await kind()).toBe('disallowed');
    pass(31 * 24);
    expect(await kind()).toBe('allowed');
  });

  it('is no web page', async () => {
    expect(await site(() => served('<!DOCTYPE html><p>User-agent: *\nDisallow: /')).kind()).toBe('allowed');
  });
});
