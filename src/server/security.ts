/** Who may ask this server what, and what a browser may do with the answer. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CALLBACK_PATH } from '../pipeline/steps/follow-hub.js';

/** Bull Board's place. Its own actions are the only ones that change anything. */
export const QUEUES_PATH = '/queues';

/** No script at all, and nothing from anywhere else: pages are plain HTML with one stylesheet. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/** Bull Board is a script that styles itself as it goes; it too gets nothing from elsewhere. */
const QUEUES_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

const isQueues = (path: string): boolean =>
  path === QUEUES_PATH || path.startsWith(`${QUEUES_PATH}/`) || path.startsWith(`${QUEUES_PATH}?`);

export function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({
    'content-security-policy': isQueues(request.url) ? QUEUES_POLICY : PAGE_POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  });
}

/** Why a request is refused before anything looks at it; the status says how. */
export interface Refusal {
  readonly status: 403 | 405 | 421;
  readonly message: string;
}

/**
 * Refuses a request that asks for another host's pages (DNS rebinding: a foreign name that points at our loopback address),
 * that would change something outside Bull Board, or that another site's page sends to Bull Board (CSRF).
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
      message: `This server answers to localhost, 127.0.0.1 and ${listensOn}, not to "${host ?? ''}".`,
    };
  }
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  if (!isQueues(request.url)) {
    return { status: 405, message: 'Nothing can be changed here: only GET and HEAD are answered.' };
  }
  if (hostOf(request.headers.origin) !== host?.toLowerCase()) {
    return { status: 403, message: 'Actions on queues are taken from this server’s own pages only.' };
  }
  return undefined;
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
