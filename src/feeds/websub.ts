/**
 * WebSub (W3C Recommendation, 23 January 2018) as a subscriber sees it: where a feed names its hub, what to ask of the hub,
 * what the hub asks back, and whether a push is really the hub's. No network: bytes and text in, value out.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { webAddress } from '../web/identity.js';

/** 256 bits each: neither the callback's address nor the key of the signatures can be guessed. */
const SECRET_BYTES = 32;
/** Hubs send some dozen characters; what is much longer is no challenge. */
const MAX_CHALLENGE_LENGTH = 1024;
/** A hub that names no lease, or one beyond all reason, is asked again after this time at the latest. */
const LEASE_BOUNDS_SECONDS = [60, 30 * 86_400] as const;
const DEFAULT_LEASE_SECONDS = 86_400;
/** What Belfry asks for; the hub decides (section 5.1). */
export const WANTED_LEASE_SECONDS = 10 * 86_400;

/** Where to subscribe, and to what. */
export interface HubLinks {
  readonly hub: string;
  readonly topic: string;
}

/**
 * The hub of a feed (section 4): HTTP Link headers go before links in the feed itself, `self` names the topic.
 *
 * @param feed what the feed says and the address it was read from
 * @param linkHeader all Link headers of the answer, joined by commas (RFC 8288); null without one
 */
export function hubOf(
  feed: { readonly hub: string | null; readonly self: string | null; readonly url: string },
  linkHeader: string | null,
): HubLinks | null {
  const links = readLinkHeader(linkHeader ?? '');
  const pick = (relation: string): string | undefined => {
    const target = links.find(({ relations }) => relations.includes(relation))?.target;
    return target === undefined ? undefined : webAddress(target, feed.url);
  };
  const hub = pick('hub') ?? webAddress(feed.hub, feed.url);
  if (hub === undefined) return null;
  return { hub, topic: pick('self') ?? webAddress(feed.self, feed.url) ?? feed.url };
}

/** The links of a Link header (RFC 8288, section 3); what is malformed is left out. */
export function readLinkHeader(header: string): { readonly target: string; readonly relations: readonly string[] }[] {
  return [...header.matchAll(/<([^<>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:"[^"]*"|[^\s",;]*))?)*)/g)].map(
    ([, target = '', parameters = '']) => {
      const relation = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]*))/i.exec(parameters);
      const relations = (relation?.[1] ?? relation?.[2] ?? '').toLowerCase().split(/\s+/).filter(Boolean);
      return { target: target.trim(), relations };
    },
  );
}

export const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

export interface SubscriptionRequest extends HubLinks {
  readonly mode: 'subscribe' | 'unsubscribe';
  readonly callback: string;
  readonly secret: string;
}

/**
 * The form that is posted to the hub (section 5.1), as application/x-www-form-urlencoded.
 *
 * The secret goes to hubs without TLS too: whoever listens there sees the callback's address just as well, and against all
 * others the signature still holds.
 */
export function subscriptionForm({ mode, topic, callback, secret }: SubscriptionRequest): string {
  const form = new URLSearchParams({ 'hub.mode': mode, 'hub.topic': topic, 'hub.callback': callback });
  if (mode === 'subscribe') {
    form.set('hub.lease_seconds', String(WANTED_LEASE_SECONDS));
    form.set('hub.secret', secret);
  }
  return form.toString();
}

/** What a hub's GET says: the question whether a subscription is meant (section 5.3), or that it is denied (section 5.2). */
export type HubIntent =
  | { readonly mode: 'subscribe'; readonly topic: string; readonly challenge: string; readonly leaseSeconds: number }
  | { readonly mode: 'unsubscribe'; readonly topic: string; readonly challenge: string }
  | { readonly mode: 'denied'; readonly topic: string; readonly reason: string | null };

/** Reads the query of a hub's GET; null when it is none of the three. */
export function readHubIntent(query: URLSearchParams): HubIntent | null {
  const mode = query.get('hub.mode');
  const topic = query.get('hub.topic');
  if (topic === null) return null;
  if (mode === 'denied') return { mode, topic, reason: query.get('hub.reason') };
  const challenge = query.get('hub.challenge');
  if (challenge === null || challenge === '' || challenge.length > MAX_CHALLENGE_LENGTH) return null;
  if (mode === 'unsubscribe') return { mode, topic, challenge };
  if (mode !== 'subscribe') return null;
  return { mode, topic, challenge, leaseSeconds: leaseOf(query.get('hub.lease_seconds')) };
}

function leaseOf(text: string | null): number {
  const seconds = text !== null && /^\d+$/.test(text) ? Number(text) : DEFAULT_LEASE_SECONDS;
  const [least, most] = LEASE_BOUNDS_SECONDS;
  return Math.min(most, Math.max(least, seconds));
}

export type SignatureCheck = 'valid' | 'unsigned' | 'unknown-signature' | 'bad-signature';

/** Section 8 names these four. */
const SIGNATURE_METHODS = ['sha1', 'sha256', 'sha384', 'sha512'];

/** Checks X-Hub-Signature (section 8), `method=hex`, over the body's bytes; how long it takes tells nothing of the right one. */
export function checkSignature(secret: string, header: string | undefined, body: Uint8Array): SignatureCheck {
  if (header === undefined || header.trim() === '') return 'unsigned';
  const [, method = '', hex = ''] = /^\s*([a-z0-9-]+)=([0-9a-f]+)\s*$/i.exec(header) ?? [];
  if (!SIGNATURE_METHODS.includes(method.toLowerCase())) return 'unknown-signature';
  const expected = createHmac(method.toLowerCase(), secret).update(body).digest();
  const given = Buffer.from(hex, 'hex');
  // A wrong length is no secret: the method says what it has to be.
  const isRight = given.length === expected.length && timingSafeEqual(given, expected);
  return isRight ? 'valid' : 'bad-signature';
}
