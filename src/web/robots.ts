/** robots.txt (RFC 9309): asked once a day per site, kept in a cache that all processes may share. */
import * as robotsParserModule from 'robots-parser';
import { decodeBytes } from './charset.js';
import type { FetchResult, WebClient } from './client.js';
import { type HostGate, hostOutcome } from './politeness.js';

export type RobotsVerdict =
  | { readonly kind: 'allowed'; readonly crawlDelaySeconds: number | null }
  | { readonly kind: 'disallowed'; readonly message: string }
  /** The host's robots.txt has to be fetched first, and the host takes no request now. */
  | { readonly kind: 'wait'; readonly waitMilliseconds: number };

/** What a site's robots.txt said when it was asked for. */
export interface RobotsRecord {
  /**
   * `rules`: `text` holds them. `unavailable`: there is none, so all is allowed (section 2.3.1.3). `unreachable`: the
   * server is in trouble, so nothing is allowed (section 2.3.1.4).
   */
  readonly kind: 'rules' | 'unavailable' | 'unreachable';
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly fetchedAt: number;
  readonly expiresAt: number;
}

/** Where records are kept, by origin (`https://site.example:8443`). */
export interface RobotsCache {
  read(origin: string): Promise<RobotsRecord | null>;
  write(origin: string, record: RobotsRecord): Promise<void>;
}

export interface RobotsParts {
  readonly client: WebClient;
  readonly cache: RobotsCache;
  /** Politeness counts for robots.txt too; without a gate it is fetched at once. */
  readonly gate?: HostGate;
  /** The product token that rules name us by (section 2.2.1). */
  readonly productToken: string;
  readonly now?: () => number;
}

export interface Robots {
  /** Whether a page may be fetched. */
  check(url: string): Promise<RobotsVerdict>;
}

// The package is CommonJS with the types of an ES module: what it exports is the function itself.
const robotsParser = robotsParserModule.default as unknown as typeof robotsParserModule.default.default;

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
/** Section 2.4: no copy is used for longer than a day. */
const RULES_LIFETIME_MILLISECONDS = DAY_MILLISECONDS;
/** A server in trouble is asked again after this long. */
const UNREACHABLE_LIFETIME_MILLISECONDS = 15 * 60 * 1000;
/** Section 2.3.1.4: a robots.txt that was unreachable this long counts as unavailable. */
const UNREACHABLE_LIMIT_MILLISECONDS = 30 * DAY_MILLISECONDS;
/** Section 2.5: at least the first 500 KiB are parsed. */
const MAX_ROBOTS_BYTES = 500 * 1024;

export function createRobots({ client, cache, gate, productToken, now = Date.now }: RobotsParts): Robots {
  return {
    async check(url) {
      const origin = new URL(url).origin;
      let record = await cache.read(origin);
      if (record === null || record.expiresAt <= now()) {
        const admission = gate ? await gate.acquire(new URL(url).hostname) : null;
        if (admission?.ok === false) return { kind: 'wait', waitMilliseconds: admission.waitMilliseconds };
        const result = await client.get(`${origin}/robots.txt`, { accept: 'text/plain', maxBytes: MAX_DOWNLOAD_BYTES });
        if (admission?.ok) await admission.release(hostOutcome(result));
        record = recordOf(result, record, now());
        await cache.write(origin, record);
      }
      return verdictOf(record, url, origin, productToken);
    },
  };
}

/** Room for a file beyond what is parsed, so that a long one is cut and not refused. */
const MAX_DOWNLOAD_BYTES = 4 * MAX_ROBOTS_BYTES;

function recordOf(result: FetchResult, previous: RobotsRecord | null, now: number): RobotsRecord {
  const fresh = { fetchedAt: now, expiresAt: now + RULES_LIFETIME_MILLISECONDS };
  if (result.ok) {
    const text = result.body ? decodeBytes(result.body.subarray(0, MAX_ROBOTS_BYTES)).text : '';
    // A page in place of the file has no rules in it.
    return { kind: 'rules', text: /^\s*<(?:!doctype|html)/i.test(text) ? '' : text, ...fresh };
  }
  const isUnavailable =
    result.reason === 'too-many-redirects' ||
    result.reason === 'too-large' ||
    (result.status !== undefined && result.status >= 400 && result.status < 500 && result.status !== 429);
  if (isUnavailable) return { kind: 'unavailable', text: '', ...fresh };

  const expiresAt = now + UNREACHABLE_LIFETIME_MILLISECONDS;
  // Rules that were read before hold on while the server is in trouble.
  if (previous?.kind === 'rules') {
    const isTooOld = now - previous.fetchedAt > UNREACHABLE_LIMIT_MILLISECONDS;
    return isTooOld ? { kind: 'unavailable', text: '', ...fresh } : { ...previous, expiresAt };
  }
  const since = previous?.kind === 'unreachable' ? previous.fetchedAt : now;
  if (now - since > UNREACHABLE_LIMIT_MILLISECONDS) return { kind: 'unavailable', text: '', ...fresh };
  return { kind: 'unreachable', text: '', fetchedAt: since, expiresAt };
}

function verdictOf(record: RobotsRecord, url: string, origin: string, productToken: string): RobotsVerdict {
  if (record.kind === 'unreachable') return { kind: 'disallowed', message: 'robots.txt could not be had' };
  if (record.kind === 'unavailable') return { kind: 'allowed', crawlDelaySeconds: null };
  const rules = robotsParser(`${origin}/robots.txt`, record.text);
  if (rules.isDisallowed(url, productToken)) return { kind: 'disallowed', message: 'robots.txt disallows it' };
  return { kind: 'allowed', crawlDelaySeconds: rules.getCrawlDelay(productToken) ?? null };
}

/** A cache in this process's memory, bounded. */
export function createMemoryRobotsCache(maxOrigins = 10_000): RobotsCache {
  const records = new Map<string, RobotsRecord>();
  return {
    read: async (origin) => records.get(origin) ?? null,
    async write(origin, record) {
      records.delete(origin);
      records.set(origin, record);
      const [oldest] = records.keys();
      if (records.size > maxOrigins && oldest !== undefined) records.delete(oldest);
    },
  };
}
