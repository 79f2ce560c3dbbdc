/** robots.txt (RFC 9309): asked once a day per site, kept in a cache that all processes may share. */
import * as robotsParserModule from 'robots-parser';
import { decodeBytes } from './charset.js';
import type { FetchResult } from './client.js';

export type RobotsVerdict =
  | { readonly kind: 'allowed'; readonly crawlDelaySeconds: number | null }
  | { readonly kind: 'disallowed'; readonly message: string };

/** What a site's robots.txt said when it was asked for. */
export interface RobotsRecord {
  /**
   * `rules`: `text` holds them. `unavailable`: there is none, so all is allowed (section 2.3.1.3). `unreachable`: the
   * server is in trouble (`text` says which), so nothing is allowed (section 2.3.1.4).
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
  readonly cache: RobotsCache;
  /** The product token that rules name us by (section 2.2.1). */
  readonly productToken: string;
  readonly now?: () => number;
}

/** The rules of all sites. Fetching them is the caller's, who knows how to be polite about it. */
export interface Robots {
  /** Whether a page may be fetched; null when its site's robots.txt has to be fetched first. */
  check(url: string): Promise<RobotsVerdict | null>;
  /** Takes in what asking for `robotsAddress(url)` came to. */
  learn(url: string, result: FetchResult): Promise<void>;
}

export const robotsAddress = (url: string): string => `${new URL(url).origin}/robots.txt`;

// The package is CommonJS with the types of an ES module: what it exports is the function itself.
const robotsParser = robotsParserModule.default as unknown as typeof robotsParserModule.default.default;

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
/** Section 2.4: no copy is used for longer than a day. */
const RULES_LIFETIME_MILLISECONDS = DAY_MILLISECONDS;
/** A server in trouble is asked again after this long. */
const UNREACHABLE_LIFETIME_MILLISECONDS = 15 * 60 * 1000;
/** Section 2.3.1.4: a robots.txt that was unreachable this long counts as unavailable. */
const UNREACHABLE_LIMIT_MILLISECONDS = 30 * DAY_MILLISECONDS;
/** Section 2.5: at least the first 500 KiB are parsed. Ask for this much and cut the rest. */
export const MAX_ROBOTS_BYTES = 500 * 1024;
/** Sites whose rules a process keeps parsed. */
const MAX_KNOWN = 500;

export function createRobots({ cache, productToken, now = Date.now }: RobotsParts): Robots {
  // What this process has read of the cache, with its rules parsed: a record says itself until when it holds.
  const known = new Map<string, { readonly record: RobotsRecord; readonly rules: ReturnType<typeof robotsParser> }>();

  const keep = (origin: string, record: RobotsRecord) => {
    const entry = { record, rules: robotsParser(`${origin}/robots.txt`, record.kind === 'rules' ? record.text : '') };
    known.delete(origin);
    known.set(origin, entry);
    const [oldest] = known.keys();
    if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
    return entry;
  };

  const holding = async (origin: string) => {
    const entry = known.get(origin);
    if (entry && entry.record.expiresAt > now()) return entry;
    const record = await cache.read(origin);
    return record === null || record.expiresAt <= now() ? null : keep(origin, record);
  };

  return {
    async check(url) {
      const { origin } = new URL(url);
      const held = await holding(origin);
      if (held === null) return null;
      const { record, rules } = held;
      if (record.kind === 'unavailable') return { kind: 'allowed', crawlDelaySeconds: null };
      if (record.kind === 'unreachable') {
        return { kind: 'disallowed', message: `robots.txt could not be had (${record.text || 'no answer'})` };
      }
      if (rules.isDisallowed(url, productToken)) return { kind: 'disallowed', message: 'robots.txt disallows it' };
      return { kind: 'allowed', crawlDelaySeconds: rules.getCrawlDelay(productToken) ?? null };
    },
    async learn(url, result) {
      const { origin } = new URL(url);
      const record = recordOf(result, await cache.read(origin), now());
      await cache.write(origin, record);
      keep(origin, record);
    },
  };
}

function recordOf(result: FetchResult, previous: RobotsRecord | null, now: number): RobotsRecord {
  const fresh = { fetchedAt: now, expiresAt: now + RULES_LIFETIME_MILLISECONDS };
  if (result.ok) {
    const text = result.body ? decodeBytes(result.body).text : '';
    // A page in place of the file has no rules in it.
    return { kind: 'rules', text: /^\s*<(?:!doctype|html)/i.test(text) ? '' : text, ...fresh };
  }
  const isUnavailable =
    result.reason === 'too-many-redirects' ||
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
  return { kind: 'unreachable', text: result.message, fetchedAt: since, expiresAt };
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
