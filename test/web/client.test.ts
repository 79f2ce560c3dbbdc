import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import zlib, { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebClient, defaultWebSettings, secondsUntilRetry, type WebClient } from '../../src/web/client.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
const encoded =
  (encoding: string, body: Buffer | string): Handler =>
  (_, response) =>
    response.writeHead(200, { 'content-encoding': encoding }).end(body);
const MEGABYTE = 1024 * 1024;

/** How often the endless way of a body was gone. */
let loops = 0;

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
  ...Object.fromEntries(
    [301, 302, 303, 307, 308].map((status): [string, Handler] => [
      `/post-${status}`,
      (_, response) => response.writeHead(status, { location: '/post-echo' }).end(),
    ]),
  ),
  '/post-echo': (request, response) => {
    const { method, headers } = request;
    request.on('data', (body) => response.end(`${method} ${headers['content-type']} ${body}`));
  },
  '/post-inside': (_, response) => response.writeHead(307, { location: 'http://10.0.0.1/' }).end(),
  '/post-loop': (_, response) => {
    loops++;
    response.writeHead(307, { location: '/post-loop' }).end();
  },
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

  it('sends a body again where a redirect keeps the method, and nowhere else', async () => {
    const post = (path: string) => client.post(base + path, 'hub.mode=subscribe', { contentType: 'text/plain' });
    for (const status of [307, 308]) {
      const result = await post(`/post-${status}`);
      expect(result).toMatchObject({ ok: true, redirects: [{ status, url: `${base}/post-echo` }] });
      expect(result.ok && String(result.body)).toBe('POST text/plain hub.mode=subscribe');
    }
    for (const status of [301, 302, 303]) {
      expect(await post(`/post-${status}`)).toMatchObject({ ok: false, reason: 'http', status });
    }
  });

  it('checks each hop of a body’s way, and goes five of them at most', async () => {
    const post = (path: string) => client.post(base + path, 'secret', { contentType: 'text/plain' });
    expect(await post('/post-inside')).toMatchObject({ ok: false, reason: 'address-forbidden' });
    expect(await post('/post-loop')).toMatchObject({ ok: false, reason: 'too-many-redirects' });
    expect(loops).toBe(6);
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

  it('only tells of a redirect where its caller goes on alone', async () => {
    expect(await client.get(`${base}/moved`, { redirects: 'tell' })).toMatchObject({
      ...{ ok: false, reason: 'redirected', status: 308, redirects: [] },
      location: `${base}/plain#part`,
    });
  });

  it('cuts a long body where its caller wants the beginning', async () => {
    for (const path of ['/bomb', '/announced', '/endless']) {
      const result = await client.get(base + path, { overflow: 'cut', maxBytes: 1000 });
      expect(result.ok && result.body?.byteLength).toBe(1000);
    }
  });

  it('asks for no encoding that it can’t decode', async () => {
    const result = await client.get(`${base}/plain`);
    const offered = result.ok && JSON.parse(String(result.body))['accept-encoding'].split(', ');
    expect(offered).toEqual(['br', 'gzip', 'deflate', ...('createZstdDecompress' in zlib ? ['zstd'] : [])]);
  });

  it('speaks HTTP/2 where it is offered, on one connection', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'belfry-h2-'));
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=h2.example'];
    execFileSync('openssl', [...request, '-addext', 'subjectAltName=DNS:h2.example', '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    const certificate = readFileSync(cert);
    const secure = createSecureServer(
      { key: readFileSync(key), cert: certificate, allowHTTP1: true },
      (asked, response) => response.end(`HTTP/${asked.httpVersion}`),
    );
    let connections = 0;
    secure.on('secureConnection', () => connections++);
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const { port } = secure.address() as AddressInfo;
    const settings = { ...defaultWebSettings, allow: ['127.0.0.1'], resolve: { 'h2.example': '127.0.0.1' } };
    const modern = createWebClient(settings, { environment: {}, certificateAuthority: String(certificate) });
    for (let i = 0; i < 3; i++) {
      const result = await modern.get(`https://h2.example:${port}/`);
      expect(result.ok ? String(result.body) : result.message).toBe('HTTP/2.0');
    }
    expect(connections).toBe(1);
    const wary = createWebClient(settings, { environment: {} });
    expect(await wary.get(`https://h2.example:${port}/`)).toMatchObject({ ok: false, reason: 'tls' });
    await Promise.all([modern.close(), wary.close()]);
    secure.close();
    rmSync(directory, { recursive: true });
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
    const proxied = createWebClient(
      { ...defaultWebSettings, resolve: { 'inside.example': '10.0.0.1' } },
      {
        environment: { HTTP_PROXY: address, NO_PROXY: 'direct.example' },
      },
    );
    await proxied.get('http://far-away.invalid/feed');
    expect(seen).toEqual(['far-away.invalid:80']);
    // The guard holds for what an address says and, where a name resolves here too, for that.
    for (const inside of ['http://127.0.0.1/', 'http://10.0.0.1/', 'http://[::1]/', 'http://inside.example/'])
      expect(await proxied.get(inside)).toMatchObject({ reason: 'address-forbidden' });
    expect(await proxied.get('http://far-away.invalid:22/')).toMatchObject({ reason: 'address-forbidden' });
    expect(seen).toHaveLength(1);
    await proxied.close();
    proxy.closeAllConnections();
    proxy.close();
  });
});
