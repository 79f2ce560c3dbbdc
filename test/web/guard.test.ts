import { lookup } from 'node:dns';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebClient, defaultWebSettings, type WebClient } from '../../src/web/client.js';
import { createAddressGuard, type Resolve } from '../../src/web/guard.js';

/** Spellings of hosts inside somebody's network; each leads to this machine or to a range that is not public. */
const forbiddenHosts = [
  ...['127.0.0.1', '127.1', '127.0.1', '127.0.0.2', '127.255.255.254', '2130706433', '0x7f000001', '0x7F.0.0.1'],
  ...['0x7f.1', '017700000001', '0177.0.0.1', '0177.1', '127.0.0.01', '127.0x0.0.1', '0x7f.0.0x0.01', '127.0.0.1.'],
  ...[
    '%31%32%37.0.0.1',
    '１２７.０.０.１',
    '127。0。0。1',
    '①②⑦.⓪.⓪.①',
    'localhost',
    'LOCALHOST',
    'localhost.',
    'lo%63alhost',
  ],
  ...['0.0.0.0', '0', '0x0', '00', '0.0.0.1', '10.0.0.1', '10.1', '0xa000001', '012.0.0.1', '167772161'],
  ...['172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.1', '3232235521', '0xc0a80001', '0300.0250.0.1'],
  ...['169.254.169.254', '169.254.43518', '2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '0xa9.0xfe.0xa9.0xfe'],
  ...['100.64.0.1', '100.100.100.200', '192.0.0.192', '192.0.2.1', '198.18.0.1', '198.51.100.7', '203.0.113.7'],
  ...['168.63.129.16', '224.0.0.1', '239.255.255.250', '240.0.0.1', '255.255.255.255', '4294967295'],
  ...['[::1]', '[0:0:0:0:0:0:0:1]', '[0000::0001]', '[::]', '[::127.0.0.1]', '[::7f00:1]', '[::ffff:127.0.0.1]'],
  ...[
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:ffff:127.0.0.1]',
    '[::ffff:10.0.0.1]',
    '[::ffff:169.254.169.254]',
    '[::ffff:0:127.0.0.1]',
  ],
  ...['[64:ff9b::127.0.0.1]', '[64:ff9b::7f00:1]', '[64:ff9b::a9fe:a9fe]', '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]'],
  ...[
    '[2002:a9fe:a9fe::1]',
    '[2001:0:7f00:1::1]',
    '[fe80::1]',
    '[febf::1]',
    '[fec0::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
  ],
  ...[
    '[ff02::1]',
    '[ff0e::1]',
    '[100::1]',
    '[2001:db8::1]',
    '[2a00:1450::5efe:7f00:1]',
    '[5f00::1]',
    '[3fff::1]',
    '[4000::1]',
  ],
];

describe('the address guard', () => {
  let server: Server;
  let port: number;
  let connections = 0;
  let reached: string[] = [];
  let target = '';
  let redirector: Server;
  let redirectorPort: number;
  let client: WebClient;

  beforeAll(async () => {
    // Listens on every address of this machine, so that a way around the guard would show as a connection.
    server = createServer((_, response) => response.end('secret'));
    server.on('connection', (socket) => {
      connections++;
      reached.push(socket.localAddress?.replace('::ffff:', '') ?? '');
    });
    await new Promise<void>((resolve) => server.listen(0, '::', resolve));
    port = (server.address() as AddressInfo).port;
    redirector = createServer((_, response) =>
      response.writeHead(302, { location: Buffer.from(target).toString('latin1') }).end(),
    );
    await new Promise<void>((resolve) => redirector.listen(0, '127.0.0.1', resolve));
    redirectorPort = (redirector.address() as AddressInfo).port;
    client = createWebClient(
      {
        ...defaultWebSettings,
        allow: [`redirector.example:${redirectorPort}`],
        allowedPorts: [80, port],
        connectSeconds: 1,
        totalSeconds: 3,
      },
      {
        resolve: resolver({ 'redirector.example': ['127.0.0.1'], 'localhost.': ['127.0.0.1', '::1'] }),
        environment: {},
      },
    );
  });
  afterAll(async () => {
    await client.close();
    server.closeAllConnections();
    redirector.closeAllConnections();
    server.close();
    redirector.close();
  });

  it('has at least eighty spellings to refuse', () => expect(new Set(forbiddenHosts).size).toBeGreaterThanOrEqual(80));

  it.each(forbiddenHosts)('connects neither to %s nor by a redirect to it', async (host) => {
    const before = connections;
    for (const scheme of ['http', 'https']) {
      const address = `${scheme}://${host}:${port}/`;
      const direct = await client.get(address);
      expect(direct).toMatchObject({ ok: false });
      if (!direct.ok) expect(['address-forbidden', 'bad-url']).toContain(direct.reason);
      target = address;
      const redirected = await client.get(`http://redirector.example:${redirectorPort}/`);
      expect(redirected).toMatchObject({ ok: false, redirects: [{ status: 302 }] });
      if (!redirected.ok) expect(['address-forbidden', 'bad-url']).toContain(redirected.reason);
    }
    expect(connections).toBe(before);
  });

  it('would show a connection, were there one', async () => {
    const open = createWebClient({ ...defaultWebSettings, allow: ['127.0.0.0/8'] }, { environment: {} });
    const before = connections;
    expect(await open.get(`http://127.0.0.1:${port}/`)).toMatchObject({ ok: true });
    expect(connections).toBe(before + 1);
    await open.close();
  });

  it.each([
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'gopher://127.0.0.1:25/',
    'javascript:alert(1)',
    'data:text/xml,x',
    '//x',
    '',
  ])('refuses %s as no web address, by redirect too', async (address) => {
    expect(await client.get(address)).toMatchObject({ ok: false, reason: 'bad-url' });
    if (!address.includes(':')) return;
    target = address;
    expect(await client.get(`http://redirector.example:${redirectorPort}/`)).toMatchObject({ reason: 'bad-url' });
  });

  it('posts to no forbidden address either', async () => {
    const before = connections;
    const result = await client.post(`http://127.0.0.1:${port}/`, 'x', { contentType: 'text/plain' });
    expect(result).toMatchObject({ ok: false, reason: 'address-forbidden' });
    expect(connections).toBe(before);
  });

  it('refuses a name that resolves to a forbidden address, and one that has a good address beside it', async () => {
    const resolve = resolver({
      'inside.example': ['10.0.0.1'],
      'mapped.example': ['::ffff:127.0.0.1'],
      'both.example': ['127.0.0.1', '::1'],
    });
    const guarded = createWebClient({ ...defaultWebSettings, allowedPorts: [port] }, { resolve, environment: {} });
    for (const host of ['inside.example', 'mapped.example', 'both.example']) {
      expect(await guarded.get(`http://${host}:${port}/`)).toMatchObject({ ok: false, reason: 'address-forbidden' });
    }
    await guarded.close();
  });

  it('is not fooled by a name server that answers otherwise the second time', async () => {
    reached = [];
    let asked = 0;
    const rebinding: Resolve = ((_: string, options: object, callback: (...answer: unknown[]) => void) => {
      // An allowed address for whoever checks, a forbidden one for whoever connects.
      asked++;
      const address = asked % 2 === 1 ? '127.0.0.9' : '127.0.0.1';
      if ('all' in options && options.all) callback(null, [{ address, family: 4 }]);
      else callback(null, address, 4);
    }) as unknown as Resolve;
    const settings = { ...defaultWebSettings, allow: ['127.0.0.9'], allowedPorts: [port] };
    const results = [];
    for (let i = 0; i < 4; i++) {
      const guarded = createWebClient(settings, { resolve: rebinding, environment: {} });
      results.push(await guarded.get(`http://rebinding.example:${port}/`));
      await guarded.close();
    }
    // Each connection asked once, and connected to what that one answer said or to nothing.
    expect(asked).toBe(4);
    expect(results.map((result) => (result.ok ? 'ok' : result.reason))).toEqual([
      'ok',
      'address-forbidden',
      'ok',
      'address-forbidden',
    ]);
    expect(reached).toEqual(['127.0.0.9', '127.0.0.9']);
  });

  it.each([
    ...[
      '//127.0.0.1:PORT/',
      '\\\\127.0.0.1:PORT/',
      '/\\127.0.0.1:PORT/',
      'http:/\\127.0.0.1:PORT/',
      'http:\\\\127.0.0.1:PORT/',
    ],
    ...[
      'http:127.0.0.1:PORT/',
      'http:/127.0.0.1:PORT/',
      'http:///127.0.0.1:PORT/',
      'https://127.0.0.1:PORT',
      '\t//127.0.0.1:PORT/',
    ],
    ...[
      'http://a@127.0.0.1:PORT/',
      'http://redirector.example@127.0.0.1:PORT/',
      'http://127.0.0.1:PORT\\@redirector.example/',
    ],
    ...['HTTP://127.0.0.1:PORT/', 'http://127.0.0.1:PORT#@redirector.example/', 'http://[::ffff:127.0.0.1]:PORT/'],
  ])('reaches nothing by a redirect to %j', async (location) => {
    const before = connections;
    target = location.replace('PORT', String(port));
    expect(await client.get(`http://redirector.example:${redirectorPort}/`)).toMatchObject({ ok: false });
    expect(connections).toBe(before);
  });

  it('answers from the settings first, exactly and for all names below, and guards those answers too', async () => {
    const settings = {
      ...defaultWebSettings,
      ...{ allow: ['127.0.0.9'], allowedPorts: [port] },
      resolve: { '*.intra.example': '127.0.0.9', 'db.intra.example': '127.0.0.1', 'Intra.example.': '127.0.0.9' },
    };
    const split = createWebClient(settings, { environment: {} });
    for (const host of ['a.intra.example', 'a.b.intra.example', 'intra.example'])
      expect(await split.get(`http://${host}:${port}/`)).toMatchObject({ ok: true });
    expect(await split.get(`http://db.intra.example:${port}/`)).toMatchObject({ reason: 'address-forbidden' });
    await split.close();
  });

  it('lets exceptions pass by network, address, host and port, and nothing beside them', () => {
    const verdict = (allow: readonly string[], host: string, address: string, onPort = 80): boolean =>
      createAddressGuard({ allow, allowedPorts: [80] }).checkAddress(host, onPort, address).ok;
    expect(verdict(['10.1.0.0/16'], 'a.example', '10.1.2.3')).toBe(true);
    expect(verdict(['10.1.0.0/16'], 'a.example', '10.2.2.3')).toBe(false);
    expect(verdict(['10.1.0.0/16'], 'a.example', '::ffff:10.1.2.3')).toBe(true);
    expect(verdict(['[::1]:8080'], '[::1]', '::1', 8080)).toBe(true);
    expect(verdict(['[::1]:8080'], '[::1]', '::1', 8081)).toBe(false);
    expect(verdict(['intranet.example'], 'intranet.example', '10.0.0.1', 9000)).toBe(true);
    expect(verdict(['intranet.example'], 'other.example', '10.0.0.1')).toBe(false);
    expect(() => createAddressGuard({ allow: ['10.0.0.0/99'], allowedPorts: [] })).toThrow(/10\.0\.0\.0\/99/);
    expect(() => createAddressGuard({ allow: ['http://x'], allowedPorts: [] })).toThrow(/http:\/\/x/);
  });

  it('lets public addresses pass on allowed ports only', () => {
    const guard = createAddressGuard({ allow: [], allowedPorts: [443] });
    for (const address of ['8.8.8.8', '2a00:1450:4001::1', '64:ff9b::808:808', '172.32.0.1']) {
      expect(guard.checkAddress('public.example', 443, address).ok).toBe(true);
      expect(guard.checkAddress('public.example', 25, address).ok).toBe(false);
    }
  });
});

/** A name service with the given hosts; what it doesn't know it leaves to the real one, which knows localhost. */
function resolver(hosts: Readonly<Record<string, readonly string[]>>): Resolve {
  return ((host: string, options: object, callback: (...answer: unknown[]) => void) => {
    const known = hosts[host];
    if (known)
      callback(
        null,
        known.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    else lookup(host, options, callback as never);
  }) as unknown as Resolve;
}
