/**
 * Host politeness: at most K requests at a time and S seconds between their starts for all worker processes together,
 * per registrable host, slower after a host said that it is too much. The state lives in PostgreSQL or Redis.
 */
import { randomUUID } from 'node:crypto';
import { getDomain } from 'tldts';

export interface PolitenessSettings {
  /** K: requests to one host at a time. Default 2. */
  readonly maxConcurrent: number;
  /** S: seconds between two starts. Default 1. */
  readonly spacingSeconds: number;
  /** How long a request may hold its place when its process died, in seconds; longer than any request lasts. */
  readonly leaseSeconds: number;
  /** Hosts without limits (one's own sites): a registrable host, or a host with all below it. */
  readonly unlimitedHosts: readonly string[];
}

export const defaultPoliteness: PolitenessSettings = {
  maxConcurrent: 2,
  spacingSeconds: 1,
  leaseSeconds: 120,
  unlimitedHosts: [],
};

/** How a request ended, as far as its host is concerned. */
export type HostOutcome =
  /** The host answered as it should. */
  | { readonly kind: 'served' }
  /** The host answered 429 or 503; `retryAfterSeconds` where it said for how long. */
  | { readonly kind: 'throttled'; readonly retryAfterSeconds?: number | undefined }
  /** Anything else; says nothing about how much the host can take. */
  | { readonly kind: 'failed' };

export type Admission =
  | { readonly ok: true; release(outcome: HostOutcome): Promise<void> }
  | { readonly ok: false; readonly waitMilliseconds: number };

export interface HostGate {
  /**
   * Asks to start one request to a host (a name as it stands in a URL) now. Start it at once when admitted, and release
   * the place when it ended, however it ended; come back after `waitMilliseconds` otherwise.
   */
  acquire(host: string): Promise<Admission>;
}

/** The state of gates: one atomic step each way, by whatever clock all processes share. */
export interface GateStore {
  /** 0 when the place was taken, or how long to wait, in milliseconds. */
  take(host: string, lease: string, limits: GateLimits): Promise<number>;
  giveBack(host: string, lease: string, change: GateChange): Promise<void>;
}

export interface GateLimits {
  readonly maxConcurrent: number;
  readonly spacingMilliseconds: number;
  readonly leaseMilliseconds: number;
}

export interface GateChange {
  /** The spacing is multiplied by this, within 1 and `MAX_SLOWDOWN`. */
  readonly slowdown: number;
  /** Nothing starts for this long, in milliseconds. */
  readonly holdMilliseconds: number;
}

/**
 * How late a place may be used after it was given. It is added to the spacing, and a place that came later than this is
 * given back, so that starts keep their distance however busy a process or a network is. In milliseconds.
 */
const GRACE_MILLISECONDS = 100;
/** A host that throttles gets half as many requests, one that serves a tenth more, until it is as before. */
const SLOWDOWN_FACTOR = 2;
const RECOVERY_FACTOR = 0.9;
export const MAX_SLOWDOWN = 64;
/** The longest pause a host can ask for by Retry-After, in seconds. */
const MAX_HOLD_SECONDS = 24 * 60 * 60;
/** How long to wait for a place among K, when nobody can know when one comes free, in milliseconds. */
export const FULL_WAIT_MILLISECONDS = 250;

/** The name that politeness counts by: the registrable domain (eTLD+1), or the host itself where it has none. */
export function registrableHost(host: string): string {
  const plain = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  return getDomain(plain) ?? plain;
}

/** The outcome of a fetch in the words of a gate. */
export function hostOutcome(result: { ok: boolean; status?: number; retryAfterSeconds?: number }): HostOutcome {
  if (result.status === 429 || result.status === 503) {
    return { kind: 'throttled', retryAfterSeconds: result.retryAfterSeconds };
  }
  return { kind: result.ok || result.status !== undefined ? 'served' : 'failed' };
}

/** Builds a gate over a store that all worker processes share. */
export function createHostGate(store: GateStore, settings: PolitenessSettings = defaultPoliteness): HostGate {
  const unlimited = new Set(settings.unlimitedHosts.map((host) => host.toLowerCase()));
  const limits: GateLimits = {
    maxConcurrent: settings.maxConcurrent,
    spacingMilliseconds: settings.spacingSeconds * 1000 + GRACE_MILLISECONDS,
    leaseMilliseconds: settings.leaseSeconds * 1000,
  };

  return {
    async acquire(host) {
      const name = registrableHost(host);
      if (isUnlimited(host.toLowerCase(), unlimited)) return { ok: true, release: async () => {} };

      const lease = randomUUID();
      const askedAt = performance.now();
      const waitMilliseconds = await store.take(name, lease, limits);
      if (waitMilliseconds > 0) return { ok: false, waitMilliseconds };
      if (performance.now() - askedAt > GRACE_MILLISECONDS) {
        await store.giveBack(name, lease, { slowdown: 1, holdMilliseconds: 0 });
        return { ok: false, waitMilliseconds: limits.spacingMilliseconds };
      }
      return { ok: true, release: (outcome) => store.giveBack(name, lease, changeAfter(outcome)) };
    },
  };
}

function isUnlimited(host: string, unlimited: ReadonlySet<string>): boolean {
  for (let name = host; name !== ''; name = name.includes('.') ? name.slice(name.indexOf('.') + 1) : '') {
    if (unlimited.has(name)) return true;
  }
  return false;
}

function changeAfter(outcome: HostOutcome): GateChange {
  switch (outcome.kind) {
    case 'served':
      return { slowdown: RECOVERY_FACTOR, holdMilliseconds: 0 };
    case 'throttled': {
      const seconds = Math.min(outcome.retryAfterSeconds ?? 0, MAX_HOLD_SECONDS);
      return { slowdown: SLOWDOWN_FACTOR, holdMilliseconds: seconds * 1000 };
    }
    case 'failed':
      return { slowdown: 1, holdMilliseconds: 0 };
  }
}

// -------------------------------------------------------------------------------------------------------- PostgreSQL

/** What the PostgreSQL store needs to be there; a migration of the store creates it. */
export const hostGatesTable = `
CREATE TABLE host_gates (
  host text PRIMARY KEY,
  -- Nothing starts before this.
  next_start_at timestamptz NOT NULL,
  -- The spacing is multiplied by this: above 1 after 429 and 503.
  slowdown double precision NOT NULL DEFAULT 1,
  -- Requests under way: lease → end of its time in milliseconds since 1970.
  leases jsonb NOT NULL DEFAULT '{}'
);
`;

/** What is used of a `pg` pool or client. */
export interface PostgresQueries {
  query(text: string, values: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

const NOW_MILLISECONDS = '(extract(epoch FROM clock_timestamp()) * 1000)';
const LIVE_LEASES = `(SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(gate.leases)
    WHERE value::text::double precision > ${NOW_MILLISECONDS})`;

/** One statement decides and takes: the row's lock makes two processes that ask at once come one after the other. */
const TAKE = `
INSERT INTO host_gates AS gate (host, next_start_at, leases)
VALUES ($1, clock_timestamp() + $3 * interval '1 millisecond', jsonb_build_object($2::text, ${NOW_MILLISECONDS} + $4))
ON CONFLICT (host) DO UPDATE SET
  next_start_at = clock_timestamp() + $3 * gate.slowdown * interval '1 millisecond',
  leases = ${LIVE_LEASES} || jsonb_build_object($2::text, ${NOW_MILLISECONDS} + $4)
WHERE gate.next_start_at <= clock_timestamp()
  AND (SELECT count(*) FROM jsonb_each(gate.leases) WHERE value::text::double precision > ${NOW_MILLISECONDS}) < $5
RETURNING true AS taken`;

const WAIT = `
SELECT extract(epoch FROM next_start_at - clock_timestamp()) * 1000 AS wait FROM host_gates WHERE host = $1`;

const GIVE_BACK = `
UPDATE host_gates AS gate SET
  leases = ${LIVE_LEASES} - $2::text,
  slowdown = least($5, greatest(1, slowdown * $3)),
  next_start_at = greatest(next_start_at, clock_timestamp() + $4 * interval '1 millisecond')
WHERE host = $1`;

/** Gates as rows of `host_gates`: no session locks, so it works over poolers and over one shared session too. */
export function createPostgresGateStore(database: PostgresQueries): GateStore {
  return {
    async take(host, lease, limits) {
      const { spacingMilliseconds, leaseMilliseconds, maxConcurrent } = limits;
      const taken = await database.query(TAKE, [host, lease, spacingMilliseconds, leaseMilliseconds, maxConcurrent]);
      if (taken.rows.length > 0) return 0;
      const { rows } = await database.query(WAIT, [host]);
      return Math.max(Math.ceil(Number(rows[0]?.wait ?? 0)), FULL_WAIT_MILLISECONDS);
    },
    async giveBack(host, lease, { slowdown, holdMilliseconds }) {
      await database.query(GIVE_BACK, [host, lease, slowdown, holdMilliseconds, MAX_SLOWDOWN]);
    },
  };
}

// ------------------------------------------------------------------------------------------------------------- Redis

/** What is used of an ioredis client, single or Cluster. */
export interface RedisScripts {
  eval(script: string, numberOfKeys: number, ...keysAndValues: (string | number)[]): Promise<unknown>;
}

const CLOCK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

const TAKE_SCRIPT = `${CLOCK}
local gate = redis.call('HGETALL', KEYS[1])
local next_start, slowdown, running = 0, 1, 0
for i = 1, #gate, 2 do
  local field, value = gate[i], tonumber(gate[i + 1])
  if field == 'next' then next_start = value
  elseif field == 'slowdown' then slowdown = value
  elseif value > now then running = running + 1
  else redis.call('HDEL', KEYS[1], field) end
end
if next_start > now then return next_start - now end
if running >= tonumber(ARGV[4]) then return tonumber(ARGV[5]) end
redis.call('HSET', KEYS[1], 'next', now + math.ceil(ARGV[2] * slowdown), 'lease:' .. ARGV[1], now + ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return 0`;

const GIVE_BACK_SCRIPT = `${CLOCK}
redis.call('HDEL', KEYS[1], 'lease:' .. ARGV[1])
local slowdown = tonumber(redis.call('HGET', KEYS[1], 'slowdown') or '1') * ARGV[2]
redis.call('HSET', KEYS[1], 'slowdown', math.min(tonumber(ARGV[4]), math.max(1, slowdown)))
local held = now + ARGV[3]
if held > tonumber(redis.call('HGET', KEYS[1], 'next') or '0') then redis.call('HSET', KEYS[1], 'next', held) end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 0`;

/** A gate nobody used for longer than any hold lasts is forgotten, in milliseconds. */
const FORGET_MILLISECONDS = 2 * MAX_HOLD_SECONDS * 1000;

/** Gates as one hash each; the host is the hash tag, so that Redis Cluster spreads them. */
export function createRedisGateStore(redis: RedisScripts, prefix = 'belfry'): GateStore {
  const keyOf = (host: string): string => `${prefix}:gate:{${host}}`;
  return {
    async take(host, lease, { spacingMilliseconds, leaseMilliseconds, maxConcurrent }) {
      const values = [lease, spacingMilliseconds, leaseMilliseconds, maxConcurrent, FULL_WAIT_MILLISECONDS];
      return Number(await redis.eval(TAKE_SCRIPT, 1, keyOf(host), ...values, FORGET_MILLISECONDS));
    },
    async giveBack(host, lease, { slowdown, holdMilliseconds }) {
      const values = [lease, slowdown, Math.round(holdMilliseconds), MAX_SLOWDOWN, FORGET_MILLISECONDS];
      await redis.eval(GIVE_BACK_SCRIPT, 1, keyOf(host), ...values);
    },
  };
}
