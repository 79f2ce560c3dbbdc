import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  checkSignature,
  hubOf,
  newSecret,
  readHubIntent,
  readLinkHeader,
  subscriptionForm,
} from '../../src/feeds/websub.js';

describe('the hub of a feed', () => {
  const feed = { hub: 'https://hub.example/', self: 'https://feed.example/self', url: 'https://feed.example/rss' };

  it('is the one that the feed names, for the topic that it calls itself', () => {
    expect(hubOf(feed, null)).toEqual({ hub: 'https://hub.example/', topic: 'https://feed.example/self' });
  });

  it('is the one of the Link header where both name one', () => {
    const header = '<https://other.example/hub>; rel="hub", <https://feed.example/topic>; rel=self';
    expect(hubOf(feed, header)).toEqual({ hub: 'https://other.example/hub', topic: 'https://feed.example/topic' });
  });

  it('has the feed’s own address for a topic where nothing calls itself', () => {
    expect(hubOf({ ...feed, self: null }, null)?.topic).toBe('https://feed.example/rss');
  });

  it('is found relative to the feed', () => {
    expect(hubOf({ ...feed, hub: '/hub' }, null)?.hub).toBe('https://feed.example/hub');
  });

  it.each(['ftp://hub.example/', 'javascript:alert(1)', 'http://'])('is none at %s', (hub) => {
    expect(hubOf({ ...feed, hub }, null)).toBeNull();
  });

  it('is none where nobody names one', () => {
    expect(hubOf({ ...feed, hub: null }, '<https://feed.example/next>; rel=next')).toBeNull();
  });
});

describe('a Link header', () => {
  it.each([
    ['several relations in one', '<https://a.example/>; rel="self hub"', [['https://a.example/', ['self', 'hub']]]],
    ['a comma in the address', '<https://a.example/?a=1,2>; rel=hub', [['https://a.example/?a=1,2', ['hub']]]],
    ['a comma in a parameter', '<https://a.example/>; title="a, b"; rel=hub', [['https://a.example/', ['hub']]]],
    ['capital letters', '<https://a.example/>; REL="Hub"', [['https://a.example/', ['hub']]]],
    ['no relation', '<https://a.example/>', [['https://a.example/', []]]],
    ['nonsense', 'rel=hub', []],
  ])('with %s is read', (_, header, links) => {
    expect(readLinkHeader(header).map(({ target, relations }) => [target, relations])).toEqual(links);
  });

  it('of a hostile length takes no time', () => {
    const began = performance.now();
    readLinkHeader(`<a>${'; a='.repeat(50_000)}`);
    readLinkHeader('<'.repeat(100_000));
    readLinkHeader(`<a>${' '.repeat(100_000)}`);
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe('what a hub asks', () => {
  const read = (query: string) => readHubIntent(new URLSearchParams(query));

  it('is a subscription with its lease, kept within reason', () => {
    const lease = (seconds: string) =>
      read(`hub.mode=subscribe&hub.topic=t&hub.challenge=c&hub.lease_seconds=${seconds}`);
    expect(lease('7200')).toEqual({ mode: 'subscribe', topic: 't', challenge: 'c', leaseSeconds: 7200 });
    expect(lease('1')).toMatchObject({ leaseSeconds: 60 });
    expect(lease('99999999999')).toMatchObject({ leaseSeconds: 30 * 86_400 });
    expect(lease('soon')).toMatchObject({ leaseSeconds: 86_400 });
  });

  it('is a denial with its reason', () => {
    expect(read('hub.mode=denied&hub.topic=t')).toEqual({ mode: 'denied', topic: 't', reason: null });
  });

  it.each(['', 'hub.mode=subscribe', 'hub.mode=subscribe&hub.topic=t', 'hub.mode=x&hub.topic=t&hub.challenge=c'])(
    'is nothing in "%s"',
    (query) => {
      expect(read(query)).toBeNull();
    },
  );
});

describe('a signature', () => {
  const body = Buffer.from('<rss/>');
  const sign = (method: string, secret = 's') => `${method}=${createHmac(method, secret).update(body).digest('hex')}`;

  it.each(['sha1', 'sha256', 'sha384', 'sha512'])('with %s is valid', (method) => {
    expect(checkSignature('s', sign(method), body)).toBe('valid');
    expect(checkSignature('s', sign(method).toUpperCase(), body)).toBe('valid');
  });

  it.each([
    [undefined, 'unsigned'],
    ['  ', 'unsigned'],
    ['sha256=', 'unknown-signature'],
    ['sha256=zz', 'unknown-signature'],
    [sign('md5'), 'unknown-signature'],
    [sign('sha256', 'other'), 'bad-signature'],
    [sign('sha256').slice(0, -2), 'bad-signature'],
    [sign('sha1').replace('sha1', 'sha256'), 'bad-signature'],
  ])('%s is %s', (header, verdict) => {
    expect(checkSignature('s', header, body)).toBe(verdict);
  });
});

it('a request to leave carries neither secret nor lease', () => {
  const form = new URLSearchParams(
    subscriptionForm({ mode: 'unsubscribe', hub: 'h', topic: 't', callback: 'c', secret: 's' }),
  );
  expect([...form.keys()].sort()).toEqual(['hub.callback', 'hub.mode', 'hub.topic']);
});

it('no two secrets are alike', () => {
  expect(new Set(Array.from({ length: 100 }, newSecret)).size).toBe(100);
});
