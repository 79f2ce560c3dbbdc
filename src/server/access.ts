/**
 * Who is asking, and whether they may.
 *
 * A bearer token for programs, a session cookie for people, HTTP Basic with the token as password for feed readers. While no
 * token is in use, a server on loopback is open to whoever sits at the machine.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Queryable } from '../store/database.js';
import { sessionOf } from '../store/sessions.js';
import { anyToken, type Scope, scopes, tokenOf } from '../store/tokens.js';
import { isLoopback, isQueues } from './security.js';
import type { Said } from './words/en.js';

export const LOGIN_PATH = '/login';
export const SESSION_COOKIE = 'belfry_session';
/** Hidden field of every form that changes something. */
export const FORM_FIELD = 'form_token';

/** What a route asks of its visitors: `public` asks nothing. Routes that don't say: `read` for GET, `operate` for the rest. */
export type Access = 'public' | Scope;

export interface Visitor {
  /** `open`: nobody needs to log in here. */
  readonly kind: 'open' | 'nobody' | 'bearer' | 'session';
  /** Of the token, null where there is none. */
  readonly name: string | null;
  readonly scopes: readonly Scope[];
  /** What the page's forms send along, so that no other site's page can send them. */
  readonly formToken: string;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Undefined only where an address couldn't even be read. */
    visitor: Visitor;
  }
}

export interface AccessRefusal {
  readonly status: 401 | 403;
  readonly message: Said;
}

/** Who has not been looked at yet, or showed nothing that counts. */
export const nobody: Visitor = { kind: 'nobody', name: null, scopes: [], formToken: '' };

export const may = (visitor: Visitor, scope: Scope): boolean => visitor.scopes.includes(scope);

/** Makes the check that every request passes. The first answer is learned from the store, so that a later outage opens nothing. */
export function createAccess(
  database: Queryable,
  host: string,
): (request: FastifyRequest) => Promise<AccessRefusal | undefined> {
  const openFormToken = randomBytes(32).toString('base64url');
  const open: Visitor = { kind: 'open', name: null, scopes, formToken: openFormToken };
  let lastKnown: 'open' | 'closed' | undefined;

  async function isOpen(): Promise<Visitor | undefined> {
    if (!isLoopback(host)) return undefined;
    try {
      lastKnown = (await anyToken(database)) ? 'closed' : 'open';
    } catch (error) {
      if (lastKnown === 'closed') throw error;
      // With the store away since the start nothing of it can be read anyhow; nothing may be done either.
      if (lastKnown === undefined) return { ...open, scopes: ['read'] };
    }
    return lastKnown === 'open' ? open : undefined;
  }

  async function visitorOf(request: FastifyRequest): Promise<Visitor> {
    const secret = secretIn(request);
    if (secret !== undefined) {
      const token = await tokenOf(database, secret);
      return token ? { kind: 'bearer', name: token.name, scopes: token.scopes, formToken: '' } : nobody;
    }
    const cookie = cookieOf(request);
    const session = cookie === undefined ? undefined : await sessionOf(database, cookie);
    if (cookie !== undefined && session) {
      return { kind: 'session', name: session.name, scopes: session.scopes, formToken: formTokenOf(cookie) };
    }
    return (await isOpen()) ?? nobody;
  }

  return async (request) => {
    const access = accessOf(request);
    if (access === 'public') return undefined;
    const visitor = await visitorOf(request);
    request.visitor = visitor;
    if (may(visitor, access)) return undefined;
    if (visitor.kind === 'nobody') {
      return { status: 401, message: (say) => say.errors.tokenNeeded };
    }
    return { status: 403, message: (say) => say.errors.scopeNeeded(access) };
  };
}

/** Whether a form was made by this server for this visitor; to be asked of every form before anything is done. */
export function isOwnForm(visitor: Visitor, form: URLSearchParams): boolean {
  const given = Buffer.from(form.get(FORM_FIELD) ?? '');
  const expected = Buffer.from(visitor.formToken);
  return expected.length > 0 && given.length === expected.length && timingSafeEqual(given, expected);
}

/** Bodies of forms come to handlers as URLSearchParams, checked; `login` has its own way. */
export function takeForms(
  app: FastifyInstance,
  refuse: (request: FastifyRequest, reply: FastifyReply) => FastifyReply,
): void {
  const FORM_MAX_BYTES = 65_536;
  /** A list of thousands of feeds. */
  const FORM_WITH_FILE_MAX_BYTES = 2 * 1024 * 1024;
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_MAX_BYTES },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  app.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer', bodyLimit: FORM_WITH_FILE_MAX_BYTES },
    (request: FastifyRequest, body: Buffer) => readFormWithFiles(request, body),
  );
  app.addHook('preHandler', async (request, reply) => {
    if (!(request.body instanceof URLSearchParams) || accessOf(request) === 'public') return;
    if (!isOwnForm(request.visitor, request.body)) return refuse(request, reply);
  });
}

/** A form with files (RFC 7578): what a file holds, as UTF-8, stands for it. */
async function readFormWithFiles({ headers }: FastifyRequest, body: Buffer): Promise<URLSearchParams> {
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': headers['content-type'] ?? '' },
    }).formData();
  } catch {
    throw Object.assign(new Error('This form can’t be read.'), { statusCode: 400 });
  }
  const fields = new URLSearchParams();
  for (const [name, value] of form) fields.append(name, typeof value === 'string' ? value : await value.text());
  return fields;
}

/** A cookie, the session's unless another is named; undefined when there is none. */
export function cookieOf(request: Pick<FastifyRequest, 'headers'>, wanted = SESSION_COOKIE): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === wanted && value) return value;
  }
  return undefined;
}

/**
 * `Set-Cookie` for a session. Strict: no other site's link or form brings it along. Secure where a proxy says that the browser
 * speaks TLS with it.
 */
export function sessionCookie(request: FastifyRequest, value: string, seconds: number): string {
  const secure = request.headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
  return `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure}`;
}

function accessOf(request: FastifyRequest): Access {
  const { access } = request.routeOptions.config;
  if (access) return access;
  if (isQueues(request.url)) return 'operate';
  return request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'operate';
}

/** The token in the `Authorization` header. Browsers send Basic along by themselves, so it only reads. */
function secretIn(request: FastifyRequest): string | undefined {
  const [, scheme = '', credentials = ''] = /^(\S+)\s+(\S+)\s*$/.exec(request.headers.authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return credentials;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const password = Buffer.from(credentials, 'base64')
    .toString()
    .replace(/^[^:]*:/, '');
  return request.method === 'GET' || request.method === 'HEAD' ? password : '';
}

const formTokenOf = (cookie: string): string => createHash('sha256').update(`form ${cookie}`).digest('base64url');

/** What a form on a page was sent with; empty for a request that is none. */
export const formOf = ({ body }: FastifyRequest): URLSearchParams =>
  body instanceof URLSearchParams ? body : new URLSearchParams();
