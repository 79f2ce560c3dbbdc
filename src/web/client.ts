/**
 * Reaching out: one HTTP client for feeds, pages, robots.txt, hubs and webhooks. Every connection goes through the
 * address guard, every answer has a deadline and a cap, and every way an exchange can end has a name.
 */
import { isIP } from 'node:net';
import { Agent, buildConnector, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { readBody } from './body.js';
import {
  AddressForbidden,
  type AddressGuard,
  createAddressGuard,
  portOf,
  type Resolve,
  resolverWith,
} from './guard.js';

/** What a request for an article's page accepts (RFC 9110, section 12.5.1). */
export const PAGE_ACCEPT = 'text/html, application/xhtml+xml;q=0.9, */*;q=0.1';

export interface WebSettings {
  /** The name Belfry gives itself; the contact address is put behind it. Default `Belfry/VERSION`-like text. */
  readonly userAgent: string;
  /** Where the owner of a site finds out who asks and how to object; null sends none. */
  readonly contactUrl: string | null;
  /** Exceptions to the address guard (see `GuardSettings`). Default none. */
  readonly allow: readonly string[];
  /** Default 80 and 443 and their customary doubles. */
  readonly allowedPorts: readonly number[];
  /** Host → address, asked before the name service (see `resolverWith`). Default none. */
  readonly resolve: Readonly<Record<string, string>>;
  /** Longest time from asking to the last byte, redirects included, in seconds. */
  readonly totalSeconds: number;
  /** Longest time without a byte, in seconds. */
  readonly stallSeconds: number;
  /** Longest time for a connection to stand, in seconds. */
  readonly connectSeconds: number;
  /** Largest body, in bytes, before and after decompression. */
  readonly maxBytes: number;
  readonly maxRedirects: number;
  /** Connections to one origin at a time. */
  readonly connectionsPerOrigin: number;
}

export const defaultWebSettings: WebSettings = {
  userAgent: 'Belfry',
  contactUrl: null,
  allow: [],
  allowedPorts: [80, 443, 8080, 8443],
  resolve: {},
  totalSeconds: 60,
  stallSeconds: 15,
  connectSeconds: 10,
  maxBytes: 20 * 1024 * 1024,
  maxRedirects: 5,
  connectionsPerOrigin: 4,
};

export interface GetOptions {
  /** Validators of the copy at hand, sent back as the server gave them (RFC 9110, section 13.1). */
  readonly etag?: string | null | undefined;
  readonly lastModified?: string | null | undefined;
  readonly accept?: string | undefined;
  /** Overrides the settings' cap, in bytes. */
  readonly maxBytes?: number | undefined;
  /** What comes of a body beyond the cap; default `refuse`. */
  readonly overflow?: 'refuse' | 'cut';
  /** `tell` ends at the first redirect with the reason `redirected`; default `follow`. */
  readonly redirects?: 'follow' | 'tell';
  /** Ends the exchange from outside; the result is then `aborted`. */
  readonly signal?: AbortSignal | undefined;
}

export interface PostOptions extends Pick<GetOptions, 'accept' | 'maxBytes' | 'redirects' | 'signal'> {
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The headers that something is done with, as received; null where the server sent none. */
export interface ResponseHeaders {
  readonly contentType: string | null;
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly cacheControl: string | null;
  readonly expires: string | null;
  readonly date: string | null;
  readonly age: string | null;
  readonly retryAfter: string | null;
  /** RFC 8288; names a WebSub hub where the feed itself doesn't. */
  readonly link: string | null;
}

export interface Redirect {
  readonly status: number;
  /** Where it led, absolute. */
  readonly url: string;
}

export type FetchFailure =
  | 'bad-url'
  | 'address-forbidden'
  | 'dns'
  | 'connection'
  | 'tls'
  | 'timeout'
  | 'stalled'
  | 'too-large'
  | 'too-many-redirects'
  | 'bad-response'
  | 'http'
  /** Only where the caller wants to be told. */
  | 'redirected'
  | 'aborted';

interface Answer {
  /** The address that answered, after all redirects. */
  readonly url: string;
  readonly headers: ResponseHeaders;
  readonly redirects: readonly Redirect[];
}

export type FetchResult =
  | ({ readonly ok: true; readonly status: 200; readonly body: Uint8Array } & Answer)
  | ({ readonly ok: true; readonly status: 304; readonly body: null } & Answer)
  | {
      readonly ok: false;
      readonly reason: FetchFailure;
      /** Whether the same request may go well later without anyone doing anything. */
      readonly transient: boolean;
      readonly message: string;
      readonly url: string;
      readonly redirects: readonly Redirect[];
      /** With `http` and `redirected`. */
      readonly status?: number;
      /** With `redirected`: where to, absolute where it is an address at all. */
      readonly location?: string;
      readonly retryAfterSeconds?: number;
    };

/** The name of a failed fetch among the outcomes: `http-404`, `timeout`, … */
export const failureName = (failure: Extract<FetchResult, { ok: false }>): string =>
  failure.reason === 'http' ? `http-${failure.status}` : failure.reason;

export interface WebClient {
  /** Fetches an address: any 2xx counts as 200. Never throws. */
  get(url: string, options?: GetOptions): Promise<FetchResult>;
  /**
   * Sends a body, after a redirect that keeps the method (307, 308) once more to where it leads; other redirects, and those
   * that would send in the clear what left encrypted, are failures. Never throws.
   */
  post(url: string, body: string | Uint8Array, options: PostOptions): Promise<FetchResult>;
  close(): Promise<void>;
}

export interface WebClientParts {
  /** The name service; only tests replace it. */
  readonly resolve?: Resolve;
  /** Further trusted certificates in PEM, for tests against a server of their own. */
  readonly certificateAuthority?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Creates a client that keeps connections alive; close it when done.
 *
 * A proxy from the environment (HTTP_PROXY, HTTPS_PROXY, NO_PROXY) resolves names itself, so the guard then checks the
 * spelled address and, where the name resolves here too, what it resolves to; the proxy has to guard the rest.
 *
 * @throws Error when `allow` holds something that is neither a CIDR, an address nor a host name.
 */
export function createWebClient(settings: WebSettings, parts: WebClientParts = {}): WebClient {
  const guard = createAddressGuard(settings, parts.resolve ?? resolverWith(settings.resolve));
  const environment = parts.environment ?? process.env;
  const proxy = proxyOf(environment);
  const dispatcher = createDispatcher(settings, guard, proxy, parts.certificateAuthority);
  const userAgent = settings.contactUrl ? `${settings.userAgent} (+${settings.contactUrl})` : settings.userAgent;

  const exchange = async (plan: Plan): Promise<FetchResult> => {
    const deadline = createDeadline(settings, plan.signal);
    const redirects: Redirect[] = [];
    let address = plan.url;
    const failed = (failure: Failure): FetchResult => ({ ok: false, url: address, redirects, ...failure });
    try {
      for (;;) {
        const url = parseUrl(address);
        if (url === null) return failed({ reason: 'bad-url', transient: false, message: `"${address}" is no address` });
        address = url.href;
        const verdict = guard.checkUrl(url);
        if (!verdict.ok) return failed({ ...verdict, transient: false });
        if (proxy !== null) await checkBehindProxy(url, guard);

        const headers = {
          'user-agent': userAgent,
          'accept-encoding': ACCEPTED_ENCODINGS,
          ...authorization(url),
          ...plan.headers,
        };
        const response = await request(withoutCredentials(url), {
          dispatcher,
          method: plan.method,
          headers,
          body: plan.body ?? null,
          signal: deadline.signal,
          headersTimeout: 0,
          bodyTimeout: 0,
        });
        deadline.sawByte();
        const { statusCode: status } = response;

        const location = single(response.headers.location);
        if (location !== null && isFollowed(plan.method, status)) {
          await discard(response.body);
          const target = parseUrl(location, url)?.href ?? location;
          if (plan.method === 'POST' && url.protocol === 'https:' && !target.startsWith('https:'))
            return failed({
              ...httpFailure(status, namedHeaders(response.headers)),
              message: `HTTP ${status} off TLS`,
            });
          if (plan.redirects === 'tell') {
            const message = `HTTP ${status} to ${target}`;
            return failed({ reason: 'redirected', transient: false, message, status, location: target });
          }
          if (redirects.length >= settings.maxRedirects) {
            const message = `more than ${settings.maxRedirects} redirects`;
            return failed({ reason: 'too-many-redirects', transient: false, message });
          }
          address = target;
          redirects.push({ status, url: address });
          continue;
        }

        const answer: Answer = { url: withoutCredentials(url), headers: namedHeaders(response.headers), redirects };
        if (status === 304) {
          await discard(response.body);
          return { ok: true, status, body: null, ...answer };
        }
        if (status < 200 || status >= 300) {
          await discard(response.body);
          return failed(httpFailure(status, answer.headers));
        }
        const read = await readBody(response.body, {
          contentEncoding: single(response.headers['content-encoding']),
          contentLength: single(response.headers['content-length']),
          maxBytes: plan.maxBytes ?? settings.maxBytes,
          overflow: plan.overflow ?? 'refuse',
          onBytes: deadline.sawByte,
        });
        if (!read.ok) return failed({ ...read, transient: false });
        return { ok: true, status: 200, body: read.body, ...answer };
      }
    } catch (error) {
      return failed(deadline.failure() ?? classify(error));
    } finally {
      deadline.clear();
    }
  };

  return {
    get: (url, options = {}) =>
      exchange({
        url,
        method: 'GET',
        headers: {
          accept: options.accept ?? '*/*',
          ...(options.etag && { 'if-none-match': options.etag }),
          ...(options.lastModified && { 'if-modified-since': options.lastModified }),
        },
        maxBytes: options.maxBytes,
        overflow: options.overflow,
        redirects: options.redirects,
        signal: options.signal,
      }),
    post: (url, body, options) =>
      exchange({
        url,
        method: 'POST',
        body: typeof body === 'string' ? body : Buffer.from(body),
        headers: { accept: options.accept ?? '*/*', 'content-type': options.contentType, ...options.headers },
        maxBytes: options.maxBytes,
        redirects: options.redirects,
        signal: options.signal,
      }),
    close: () => dispatcher.destroy(),
  };
}

interface Plan {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly maxBytes?: number | undefined;
  readonly overflow?: 'refuse' | 'cut' | undefined;
  readonly redirects?: 'follow' | 'tell' | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Failure = Omit<FetchResult & { ok: false }, 'ok' | 'url' | 'redirects'>;

/** Zstandard came to Node in 22.15. */
const ACCEPTED_ENCODINGS =
  'zstdDecompress' in (await import('node:zlib')) ? 'br, gzip, deflate, zstd' : 'br, gzip, deflate';

// ------------------------------------------------------------------------------------------------------- connections

function createDispatcher(
  settings: WebSettings,
  guard: AddressGuard,
  proxy: Proxy | null,
  certificateAuthority: string | undefined,
): Dispatcher {
  const options = {
    connections: settings.connectionsPerOrigin,
    pipelining: 1,
    connect: createConnector(settings, guard, certificateAuthority),
    allowH2: true,
  };
  return proxy === null ? new Agent(options) : new EnvHttpProxyAgent({ ...options, ...proxy });
}

/** Connects through the guard: numbers are checked as they stand, names by a lookup that hands on only what is allowed. */
function createConnector(
  settings: WebSettings,
  guard: AddressGuard,
  certificateAuthority: string | undefined,
): buildConnector.connector {
  const connectors = new Map<number, buildConnector.connector>();
  return (options, callback) => {
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host)) {
      const verdict = guard.checkAddress(host, port, host);
      if (!verdict.ok) {
        callback(new AddressForbidden(verdict.message), null);
        return;
      }
    }
    connectorFor(port)({ ...options, hostname: host }, (...result) => {
      const [error, socket] = result;
      const connected = error ? undefined : socket.remoteAddress;
      // The same question once more of the socket itself, so that no way around the lookup can open unseen.
      const verdict = connected === undefined ? null : guard.checkAddress(host, port, connected);
      if (verdict === null || verdict.ok) {
        callback(...result);
        return;
      }
      socket?.destroy();
      callback(new AddressForbidden(verdict.message), null);
    });
  };

  function connectorFor(port: number): buildConnector.connector {
    const known = connectors.get(port);
    if (known) return known;
    const connector = buildConnector({
      timeout: settings.connectSeconds * 1000,
      allowH2: true,
      ...(certificateAuthority && { ca: certificateAuthority }),
      ...{ lookup: guard.lookupFor(port), autoSelectFamily: true },
    });
    connectors.set(port, connector);
    return connector;
  }
}

interface Proxy {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy?: string;
}

/** The proxy that the environment names, small letters first as curl has it; null without one. */
function proxyOf(environment: Readonly<Record<string, string | undefined>>): Proxy | null {
  const read = (name: string): string | undefined => environment[name] || environment[name.toUpperCase()] || undefined;
  const httpProxy = read('http_proxy');
  const httpsProxy = read('https_proxy');
  const noProxy = read('no_proxy');
  if (!httpProxy && !httpsProxy) return null;
  return { ...(httpProxy && { httpProxy }), ...(httpsProxy && { httpsProxy }), ...(noProxy && { noProxy }) };
}

/** Behind a proxy the name may not resolve here at all; where it does, it has to resolve to something allowed. */
function checkBehindProxy(url: URL, guard: AddressGuard): Promise<void> {
  if (isIP(url.hostname.replace(/^\[|\]$/g, ''))) return Promise.resolve();
  return new Promise((resolve, reject) => {
    guard.lookupFor(portOf(url))(url.hostname, { all: true }, (error) => {
      if (error instanceof AddressForbidden) reject(error);
      else resolve();
    });
  });
}

// --------------------------------------------------------------------------------------------------------- deadlines

interface Deadline {
  readonly signal: AbortSignal;
  readonly sawByte: () => void;
  readonly clear: () => void;
  /** What ran out, when something did. */
  readonly failure: () => Failure | null;
}

/** Two clocks over one exchange: one for all of it, one that each byte sets back. */
function createDeadline(settings: WebSettings, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let failure: Failure | null = null;
  const end = (ended: Failure): void => {
    failure ??= ended;
    controller.abort();
  };
  const total = setTimeout(() => {
    end({ reason: 'timeout', transient: true, message: `not done within ${settings.totalSeconds} s` });
  }, settings.totalSeconds * 1000);
  const stall = setTimeout(() => {
    end({ reason: 'stalled', transient: true, message: `nothing came for ${settings.stallSeconds} s` });
  }, settings.stallSeconds * 1000);
  const onOuterAbort = (): void => end({ reason: 'aborted', transient: true, message: 'stopped from outside' });
  if (outer?.aborted) onOuterAbort();
  outer?.addEventListener('abort', onOuterAbort, { once: true });
  return {
    signal: controller.signal,
    sawByte: () => stall.refresh(),
    clear: () => {
      clearTimeout(total);
      clearTimeout(stall);
      outer?.removeEventListener('abort', onOuterAbort);
    },
    failure: () => failure,
  };
}

// ---------------------------------------------------------------------------------------------------------- outcomes

function httpFailure(status: number, headers: ResponseHeaders): Failure {
  const retryAfterSeconds = secondsUntilRetry(headers.retryAfter, headers.date);
  return {
    reason: 'http',
    status,
    // RFC 9110, section 15: 408, 425 and 429 ask for another try; 501 and 505 will never be otherwise.
    transient: [408, 425, 429].includes(status) || (status >= 500 && status !== 501 && status !== 505),
    message: `HTTP ${status}`,
    ...(retryAfterSeconds !== null && { retryAfterSeconds }),
  };
}

/** RFC 9110, section 10.2.3: seconds, or a date, which is taken relative to the server's own clock. */
export function secondsUntilRetry(retryAfter: string | null, serverDate: string | null): number | null {
  if (retryAfter === null) return null;
  if (/^\s*\d+\s*$/.test(retryAfter)) return Number(retryAfter);
  const until = Date.parse(retryAfter);
  const now = Date.parse(serverDate ?? '') || Date.now();
  return Number.isNaN(until) ? null : Math.max(0, Math.round((until - now) / 1000));
}

/** Names what went wrong below HTTP, from the codes of Node and undici. */
function classify(error: unknown): Failure {
  const causes: Error[] = [];
  for (let cause: unknown = error; cause instanceof Error && causes.length < 5; cause = cause.cause) {
    causes.push(cause);
    if (cause instanceof AggregateError) causes.push(...cause.errors.filter((one) => one instanceof Error));
  }
  const message = causes[0]?.message || String(error);
  for (const cause of causes) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    if (cause instanceof AddressForbidden) {
      return { reason: 'address-forbidden', transient: false, message: cause.message };
    }
    if (/^(?:ENOTFOUND|EAI_|ENODATA|ESERVFAIL|EREFUSED|ETIMEOUT)/.test(code)) {
      return { reason: 'dns', transient: code !== 'ENOTFOUND', message: cause.message };
    }
    if (/^(?:CERT_|ERR_TLS|ERR_SSL|EPROTO|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH)/.test(code)) {
      return { reason: 'tls', transient: false, message: cause.message };
    }
    if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
      return { reason: 'timeout', transient: true, message: 'no connection in time' };
    }
    if (
      cause.name === 'HTTPParserError' ||
      /^HPE_|^UND_ERR_(?:HEADERS_OVERFLOW|RES_|RESPONSE|INVALID|INFO)/.test(code)
    ) {
      return { reason: 'bad-response', transient: false, message: `not HTTP: ${cause.message}` };
    }
  }
  return { reason: 'connection', transient: true, message };
}

/** RFC 9110, section 15.4: only after 307 and 308 is a body sent again as it was. */
const isFollowed = (method: Plan['method'], status: number): boolean =>
  (method === 'GET' ? [301, 302, 303, 307, 308] : [307, 308]).includes(status);

// ------------------------------------------------------------------------------------------------ addresses, headers

function parseUrl(address: string, base?: URL): URL | null {
  try {
    // Header bytes come as Latin-1; servers that write other letters mean UTF-8.
    return new URL(base ? Buffer.from(address, 'latin1').toString('utf8') : address, base);
  } catch {
    return null;
  }
}

function withoutCredentials(url: URL): string {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  plain.hash = '';
  return plain.href;
}

function authorization(url: URL): Record<string, string> {
  if (url.username === '' && url.password === '') return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

const single = (header: string | string[] | undefined): string | null =>
  Array.isArray(header) ? (header[0] ?? null) : (header ?? null);

function namedHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): ResponseHeaders {
  const joined = (name: string): string | null => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(', ') : (value ?? null);
  };
  return {
    contentType: single(headers['content-type']),
    etag: single(headers.etag),
    lastModified: single(headers['last-modified']),
    cacheControl: joined('cache-control'),
    expires: single(headers.expires),
    date: single(headers.date),
    age: single(headers.age),
    retryAfter: single(headers['retry-after']),
    link: joined('link'),
  };
}

/** How much of a body nobody wants is read so that the connection can be kept, in bytes. */
const MAX_DISCARDED_BYTES = 64 * 1024;

async function discard(body: Dispatcher.ResponseData['body']): Promise<void> {
  try {
    await body.dump({ limit: MAX_DISCARDED_BYTES });
  } catch {
    // The answer is known already; a connection that breaks off now takes nothing away.
  }
}
