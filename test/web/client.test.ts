import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebClient, defaultWebSettings, secondsUntilRetry, type WebClient } from '../../src/web/client.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
const encoded =
  (encoding: string, body: Buffer | string): Handler =>
  (_, response) =>
    response.writeHead(200, { 'content-encoding': encoding }).end(body);
const MEGABYTE = 1024 * 1024;

const handlers: Readonly<Record<string, Handler>> = {
  '/plain': (request, response) =>
    response
      .writeHead(200, { etag: '"1"', link: '<https://hub.example/>; rel=hub' })
      .end(JSON.stringify(request.headers)),
  '/gzip': encoded('gzip', gzipSync('hello')),
  '/br': encoded('br', brotliCompressSync('hello')),
  '/deflate': encoded('deflate', deflateSync('hello')),
  '/raw-deflate': encoded('deflate', deflateRawSync('hello')),
  '/twice': encoded('gzip, br', brotliCompressSync(gzipSync('hello'))),
  '/says-gzip': encoded('gzip', 'hello'),
  '/broken-br': encoded('br', 'not brotli at all'),
  '/thrice': encoded('gzip, gzip, gzip', 'x'),
  '/bomb': encoded('gzip', gzipSync(Buffer.alloc(20 * MEGABYTE))),
  '/announced': (_, response) =>
    response.writeHead(200, { 'content-length': String(5 * MEGABYTE) }).end(Buffer.alloc(5 * MEGABYTE)),
  '/endless': (_, response) => {
    const timer = setInterval(() => response.write(Buffer.alloc(256 * 1024)), 5);
    response.on('close', () => clearInterval(timer));
  },
  '/silent': () => {},
  '/stalls': (_, response) => response.writeHead(200).write('x'),
  '/drips': (_, response) => {
    const timer = setInterval(() => response.write('x'), 100);
    response.on('close', () => clearInterval(timer));
  },
  '/resets': (_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('x');
    setTimeout(() => response.destroy(), 30);
  },
  '/loop': (_, response) => response.writeHead(301, { location: '/loop' }).end(),
  '/moved': (_, response) => response.writeHead(308, { location: '/plain#part' }).end(),
  '/utf8': (_, response) => response.writeHead(302, { location: Buffer.from('/é').toString('latin1') }).end(),
  '/%C3%A9': (_, response) => response.end('é'),
  '/unchanged': (request, response) => response.writeHead(request.headers['if-none-match'] === '"1"' ? 304 : 200).end(),
  '/busy': (_, response) => response.writeHead(429, { 'retry-after': '7' }).end('x'),
  '/gone': (_, response) => response.writeHead(410).end(),
  '/rubbish': (_, response) => response.socket?.end('this is not HTTP\r\n\r\n'),
};

describe('the web client', () => {
  let server: Server;
  let base: string;
  let client: WebClient;
  beforeAll(async () => {
    server = createServer((request, response) =>
      (handlers[request.url ?? ''] ?? handlers['/gone'])?.(request, response),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = createWebClient(
      {
        ...defaultWebSettings,
        contactUrl: 'https://belfry.example/bot',
        allow: ['127.0.0.0/8'],
        stallSeconds: 0.5,
        totalSeconds: 2,
        maxBytes: MEGABYTE,
      },
      { environment: {} },
    );
  });
  afterAll(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });

  it('says who it is and where to complain', async () => {
    const result = await client.get(`${base}/plain`);
    expect(result).toMatchObject({
      ok: true,
      status: 200,
      headers: { etag: '"1"', link: '<https://hub.example/>; rel=hub' },
    });
    if (result.ok) expect(JSON.parse(String(result.body))['user-agent']).toBe('Belfry (+https://belfry.example/bot)');
  });

  it.each(['/gzip', '/br', '/deflate', '/raw-deflate', '/twice', '/says-gzip'])('decodes %s', async (path) => {
    const result = await client.get(base + path);
    expect(result.ok && String(result.body)).toBe('hello');
  });

  it.each([
    ['/bomb', 'too-large', false],
    ['/announced', 'too-large', false],
    ['/endless', 'too-large', false],
    ['/broken-br', 'bad-response', false],
    ['/thrice', 'bad-response', false],
    ['/rubbish', 'bad-response', false],
    ['/silent', 'stalled', true],
    ['/stalls', 'stalled', true],
    ['/drips', 'timeout', true],
    ['/resets', 'connection', true],
    ['/loop', 'too-many-redirects', false],
    ['/busy', 'http', true],
    ['/gone', 'http', false],
  ])('ends %s as %s', async (path, reason, transient) => {
    expect(await client.get(base + path)).toMatchObject({ ok: false, reason, transient });
  });

  it('names a host without address and a port nobody listens on', async () => {
    const nobody = createWebClient(
      { ...defaultWebSettings, allow: ['127.0.0.1', 'nowhere.invalid'] },
      { environment: {} },
    );
    expect(await nobody.get('http://nowhere.invalid/')).toMatchObject({ ok: false, reason: 'dns' });
    expect(await nobody.get('http://127.0.0.1:1/')).toMatchObject({ ok: false, reason: 'connection', transient: true });
    await nobody.close();
  });

  it('follows redirects and tells each of them', async () => {
    expect(await client.get(`${base}/moved`)).toMatchObject({
      ok: true,
      url: `${base}/plain`,
      redirects: [{ status: 308, url: `${base}/plain#part` }],
    });
    expect(await client.get(`${base}/utf8`)).toMatchObject({ ok: true, url: `${base}/%C3%A9` });
  });

  it('sends validators and takes 304 for an answer', async () => {
    expect(await client.get(`${base}/unchanged`, { etag: '"1"' })).toMatchObject({ ok: true, status: 304, body: null });
    expect(await client.get(`${base}/unchanged`, { etag: '"2"' })).toMatchObject({ ok: true, status: 200 });
  });

  it('hands on how long a server wants to be left alone', async () => {
    expect(await client.get(`${base}/busy`)).toMatchObject({ status: 429, retryAfterSeconds: 7 });
    expect(secondsUntilRetry('Tue, 03 Mar 2026 14:05:30 GMT', 'Tue, 03 Mar 2026 14:05:00 GMT')).toBe(30);
    expect(secondsUntilRetry('soon', null)).toBeNull();
  });

  it('ends when its caller wants it to', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    expect(await client.get(`${base}/silent`, { signal: controller.signal })).toMatchObject({ reason: 'aborted' });
  });

  it('goes through the proxy that the environment names', async () => {
    const seen: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      seen.push(request.url ?? '');
      socket.end('HTTP/1.1 502 No\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const proxied = createWebClient(defaultWebSettings, {
      environment: { HTTP_PROXY: address, NO_PROXY: 'direct.example' },
    });
    await proxied.get('http://far-away.invalid/feed');
    expect(seen).toEqual(['far-away.invalid:80']);
    expect(await proxied.get('http://127.0.0.1/')).toMatchObject({ reason: 'address-forbidden' });
    await proxied.close();
    proxy.closeAllConnections();
    proxy.close();
  });
});
