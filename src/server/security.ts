/** Who may ask this server what, and what a browser may do with the answer. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CALLBACK_PATH } from '../pipeline/steps/follow-hub.js';
import type { Said } from './words/en.js';

export const OVERVIEW_PATH = '/';
/** Bull Board's place. */
export const QUEUES_PATH = '/queues';
export const API_PATH = '/api/v1';
/** The API's browsable description. */
export const DOCUMENTATION_PATH = `${API_PATH}/docs`;

/**
 * Nothing inline and nothing from anywhere else: pages are plain HTML with one stylesheet, and work without their scripts,
 * which ask this server alone.
 */
const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; " +
  "base-uri 'none'; frame-ancestors 'none'";
/** Swagger UI asks our own API on its reader's behalf; its symbols are data addresses in its stylesheet. */
const DOCUMENTATION_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'";
/** Bull Board is a script that styles itself as it goes; it too gets nothing from elsewhere. */
const QUEUES_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

export const isQueues = (address: string): boolean => isUnder(QUEUES_PATH, address);

export const isUnder = (path: string, address: string): boolean =>
  address === path || address.startsWith(`${path}/`) || address.startsWith(`${path}?`);

function policyFor(address: string): string {
  if (isQueues(address)) return QUEUES_POLICY;
  return isUnder(DOCUMENTATION_PATH, address) ? DOCUMENTATION_POLICY : PAGE_POLICY;
}

export function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({
    'content-security-policy': policyFor(request.url),
    'x-content-type-options': 'nosniff',
    // Not `no-referrer`: that would also take the origin off our own forms, by which we know them.
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  });
}

/** Why a request is refused before anything looks at it; the status says how. */
export interface Refusal {
  readonly status: 403 | 405 | 421;
  readonly message: Said;
}

/**
 * Refuses a request that asks for another host's pages (DNS rebinding: a foreign name that points at our loopback address),
 * that would change something where nothing can be changed, or that another site's page sends (CSRF). Forms carry a token of
 * their own besides (access.ts).
 *
 * @param listensOn the configured host; on a loopback one only loopback names are answered
 */
export function refusalOf(request: FastifyRequest, listensOn: string): Refusal | undefined {
  // Hubs call by the public name, and what they send is judged by its secrets alone: no cookie or address lends it weight.
  if (request.url.startsWith(CALLBACK_PATH) && (request.method === 'GET' || request.method === 'POST'))
    return undefined;
  const { host } = request.headers;
  if (isLoopback(listensOn) && !isOurs(host, listensOn)) {
    return {
      status: 421,
      message: (say) => say.errors.otherHost(host ?? '', listensOn),
    };
  }
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  if (request.is404) {
    return { status: 405, message: (say) => say.errors.method(request.method) };
  }
  if (isFromElsewhere(request)) {
    return { status: 403, message: (say) => say.errors.elsewhere };
  }
  return undefined;
}

/**
 * Whether a browser says that another site's page sent this. Browsers name the origin of everything but GET and HEAD; programs
 * name none. Bull Board takes no forms with a token, so there the origin must be named.
 */
function isFromElsewhere({ headers: { origin, host, 'sec-fetch-site': site }, url }: FastifyRequest): boolean {
  if (origin === undefined) return isQueues(url) || (site !== undefined && site !== 'same-origin');
  return hostOf(origin) !== host?.toLowerCase();
}

/** 127.0.0.0/8, ::1 and names that RFC 6761 section 6.3 ties to them. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$|\.$/g, '');
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

/** Any port is fine: an SSH tunnel or a container may map ours to another. */
function isOurs(host: string | undefined, listensOn: string): boolean {
  if (host === undefined || /[/@\\?#\s]/.test(host)) return false;
  const address = `http://${host}`;
  if (!URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return isLoopback(hostname) || hostname === listensOn.toLowerCase();
}

function hostOf(origin: string | undefined): string | undefined {
  return origin !== undefined && URL.canParse(origin) ? new URL(origin).host : undefined;
}
