/**
 * Host politeness: at most K requests at a time and S seconds between their starts for all worker processes together,
 * per registrable host, slower after a host said that it is too much. The state lives in Redis or PostgreSQL.
 *
 * Whoever may not start yet is promised a moment of its own and comes back then, so that a thousand requests for one host
 * cost two or three visits each, not a thousand, and none of them occupies anything while it waits. Promises lie as far
 * apart as the host's requests may start (or, for a host slower than that, as it ends them). Who comes when promised and
 * still can't start gets the next moment of a second, express lane, which also serves polls: few, and urgent.
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
  /** One's own sites: without limits and robots.txt. A host stands for all below it too. */
  readonly ownHosts: readonly string[];
}

export const defaultPoliteness: PolitenessSettings = {
  maxConcurrent: 2,
  spacingSeconds: 1,
  leaseSeconds: 120,
  ownHosts: [],
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
  /** Come back after `waitMilliseconds` and show the ticket, null where none was to be had. */
  | { readonly ok: false; readonly held: false; readonly waitMilliseconds: number; readonly ticket: number | null }
  /** The host wants to be left alone for longer than anyone should wait. */
  | { readonly ok: false; readonly held: true; readonly waitMilliseconds: number };

export interface GateRequest {
  /** Default `ordinary`. */
  readonly lane?: 'ordinary' | 'express';
  /** What an earlier visit for the same request was given. */
  readonly ticket?: number | null | undefined;
  /** Seconds between starts that the host itself asks for (robots.txt); the longer of both counts. */
  readonly spacingSeconds?: number | null;
}

export interface HostGate {
  /**
   * Asks to start one request to a host (a name as it stands in a URL) now. Start it at once when admitted, and release
   * the place when it ended, however it ended.
   */
  acquire(host: string, request?: GateRequest): Promise<Admission>;
  /** Whether the host is set to be without limits. */
  isOwn(host: string): boolean;
}

/** The state of gates: one atomic step each way, by whatever clock all processes share. */
export interface GateStore {
  take(host: string, lease: string, request: GateClaim, limits: GateLimits): Promise<GateAnswer>;
  giveBack(host: string, lease: string, change: GateChange): Promise<void>;
}

export interface GateClaim {
  readonly lane: 'ordinary' | 'express';
  readonly ticket: number | null;
}

export interface GateAnswer {
  /** 0 when the place was taken. */
  readonly waitMilliseconds: number;
  readonly ticket: number | null;
  readonly held: boolean;
}

export interface GateLimits {
  readonly maxConcurrent: number;
  readonly spacingMilliseconds: number;
  /** Promises lie this much further apart than starts have to, so that who comes a little late delays nobody. */
  readonly marginMilliseconds: number;
  readonly leaseMilliseconds: number;
  readonly longestWaitMilliseconds: number;
}

export interface GateChange {
  /** The spacing is multiplied by this, within 1 and `MAX_SLOWDOWN`. */
  readonly slowdown: number;
  /** Nothing starts for this long, in milliseconds. */
  readonly holdMilliseconds: number;
  readonly durationMilliseconds: number;
}

/** How late a request may reach its host after its place was given: added to the spacing, in milliseconds. */
const GRACE_MILLISECONDS = 300;
/**
 * A place that came later than this is given back, so that starts keep their distance however busy a process or a network
 * is: the rest of the grace is for the way from here to the host. In milliseconds.
 */
const LATEST_PLACE_MILLISECONDS = GRACE_MILLISECONDS / 2;
/** A ticket whose moment has come. */
const LONG_DUE = 1;
/** Queues are about this exact in waking a job, in milliseconds. */
const MARGIN_MILLISECONDS = 50;
/**
 * No promise reaches further ahead, in milliseconds: a queue of thousands would be kept to a spacing that may long have
 * changed. Who gets no promise asks again after this long, each at a moment of its own.
 */
export const LONGEST_WAIT_MILLISECONDS = 15 * 60 * 1000;
/** A host that throttles gets half as many requests, one that serves a tenth more, until it is as before. */
const SLOWDOWN_FACTOR = 2;
const RECOVERY_FACTOR = 0.9;
export const MAX_SLOWDOWN = 64;
/** The longest pause a host can ask for by Retry-After, in seconds. */
const MAX_HOLD_SECONDS = 24 * 60 * 60;
/** The longest spacing a host can ask for by `Crawl-delay`, in seconds: some ask for days, which is no spacing. */
const MAX_CRAWL_DELAY_SECONDS = 30;

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
  const own = new Set(settings.ownHosts.map((host) => host.toLowerCase()));
  const limitsFor = (spacingSeconds: number | null): GateLimits => ({
    maxConcurrent: settings.maxConcurrent,
    spacingMilliseconds:
      Math.max(settings.spacingSeconds, Math.min(spacingSeconds ?? 0, MAX_CRAWL_DELAY_SECONDS)) * 1000 +
      GRACE_MILLISECONDS,
    marginMilliseconds: MARGIN_MILLISECONDS,
    leaseMilliseconds: settings.leaseSeconds * 1000,
    longestWaitMilliseconds: LONGEST_WAIT_MILLISECONDS,
  });

  return {
    isOwn: (host) => isAmong(host, own),
    async acquire(host, { lane = 'ordinary', ticket = null, spacingSeconds = null } = {}) {
      if (isAmong(host, own)) return { ok: true, release: async () => {} };
      const name = registrableHost(host);
      const lease = randomUUID();
      const askedAt = performance.now();
      const answer = await store.take(name, lease, { lane, ticket }, limitsFor(spacingSeconds));
      if (answer.waitMilliseconds > 0) return refusal(answer);
      const admittedAt = performance.now();
      if (admittedAt - askedAt > LATEST_PLACE_MILLISECONDS) {
        await store.giveBack(name, lease, { slowdown: 1, holdMilliseconds: 0, durationMilliseconds: 0 });
        const waitMilliseconds = settings.spacingSeconds * 1000 + GRACE_MILLISECONDS;
        return { ok: false, held: false, waitMilliseconds, ticket: ticket ?? LONG_DUE };
      }
      return {
        ok: true,
        release: (outcome) => store.giveBack(name, lease, changeAfter(outcome, performance.now() - admittedAt)),
      };
    },
  };
}

function refusal({ waitMilliseconds, ticket, held }: GateAnswer): Admission {
  if (held) return { ok: false, held, waitMilliseconds };
  // Without a promise, all would come back together.
  const spread = ticket === null ? Math.random() * waitMilliseconds * 0.5 : 0;
  return { ok: false, held, waitMilliseconds: waitMilliseconds + spread, ticket };
}

function isAmong(host: string, names: ReadonlySet<string>): boolean {
  const plain = host.toLowerCase().replace(/^\[|\]$/g, '');
  for (let name = plain; name !== ''; name = name.includes('.') ? name.slice(name.indexOf('.') + 1) : '') {
    if (names.has(name)) return true;
  }
  return false;
}

function changeAfter(outcome: HostOutcome, durationMilliseconds: number): GateChange {
  switch (outcome.kind) {
    case 'served':
      return { slowdown: RECOVERY_FACTOR, holdMilliseconds: 0, durationMilliseconds };
    case 'throttled': {
      const seconds = Math.min(outcome.retryAfterSeconds ?? 0, MAX_HOLD_SECONDS);
      return { slowdown: SLOWDOWN_FACTOR, holdMilliseconds: seconds * 1000, durationMilliseconds };
    }
    case 'failed':
      return { slowdown: 1, holdMilliseconds: 0, durationMilliseconds };
  }
}

// ------------------------------------------------------------------------------------------------------------- Redis

/** What is used of an ioredis client, single or Cluster. */
export interface RedisScripts {
  eval(script: string, numberOfKeys: number, ...keysAndValues: (string | number)[]): Promise<unknown>;
}

const CLOCK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** Numbers leave as text: Redis cuts what Lua returns to whole ones, and so does it large ones to their exponent. */
const TAKE_SCRIPT = `${CLOCK}
local key, lease, lane, ticket = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local spacing, margin, lease_length, places = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local longest = tonumber(ARGV[8])
local function answer(wait, promised, held)
  return { string.format('%.0f', wait), string.format('%.0f', promised), held }
end
if ticket > now then return answer(ticket - now, ticket, 0) end
local fields = redis.call('HGETALL', key)
local gate, running = { next = 0, slowdown = 1, mean = 0, ordinary = 0, express = 0 }, 0
for i = 1, #fields, 2 do
  local field, value = fields[i], tonumber(fields[i + 1])
  if gate[field] then gate[field] = value
  elseif value > now then running = running + 1
  else redis.call('HDEL', key, field) end
end
redis.call('PEXPIRE', key, ARGV[9])
local is_express = ticket > 0 or lane == 'express'
local is_first = ticket > 0 or (gate.express <= now and (is_express or gate.ordinary <= now))
if gate.next <= now and running < places and is_first then
  redis.call('HSET', key, 'next', string.format('%.0f', now + math.ceil(spacing * gate.slowdown)),
    'lease:' .. lease, string.format('%.0f', now + lease_length))
  redis.call('PEXPIRE', key, ARGV[9])
  return answer(0, 0, 0)
end
if gate.next - now > longest then return answer(gate.next - now, 0, 1) end
local slot_length = math.max(spacing * gate.slowdown + margin, gate.mean / places)
local tail = is_express and gate.express or gate.ordinary
local promised = math.max(gate.next, tail, now + (running >= places and slot_length or 1))
if promised - now > longest then return answer(longest, 0, 0) end
redis.call('HSET', key, is_express and 'express' or 'ordinary', string.format('%.0f', promised + slot_length))
redis.call('PEXPIRE', key, ARGV[9])
return answer(promised - now, promised, 0)`;

const GIVE_BACK_SCRIPT = `${CLOCK}
redis.call('HDEL', KEYS[1], 'lease:' .. ARGV[1])
local held = redis.call('HMGET', KEYS[1], 'slowdown', 'mean', 'next')
local slowdown = math.min(tonumber(ARGV[4]), math.max(1, tonumber(held[1] or '1') * ARGV[2]))
local mean, duration = tonumber(held[2] or '0'), tonumber(ARGV[6])
if duration > 0 then mean = mean == 0 and duration or mean * 0.7 + duration * 0.3 end
redis.call('HSET', KEYS[1], 'slowdown', tostring(slowdown), 'mean', string.format('%.0f', mean))
if tonumber(ARGV[3]) > 0 and now + ARGV[3] > tonumber(held[3] or '0') then
  redis.call('HSET', KEYS[1], 'next', string.format('%.0f', now + ARGV[3]))
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 0`;

/** A gate nobody used for longer than any hold lasts is forgotten, in milliseconds. */
export const FORGET_MILLISECONDS = 2 * MAX_HOLD_SECONDS * 1000;

/** Gates as one hash each; the host is the hash tag, so that Redis Cluster spreads them. */
export function createRedisGateStore(redis: RedisScripts, prefix = 'belfry'): GateStore {
  const keyOf = (host: string): string => `${prefix}:gate:{${host}}`;
  return {
    async take(host, lease, { lane, ticket }, limits) {
      const values = [
        ...[lease, lane, ticket ?? 0, limits.spacingMilliseconds, limits.marginMilliseconds, limits.leaseMilliseconds],
        ...[limits.maxConcurrent, limits.longestWaitMilliseconds, FORGET_MILLISECONDS],
      ];
      const [wait, promised, held] = (await redis.eval(TAKE_SCRIPT, 1, keyOf(host), ...values)) as [
        string,
        string,
        number,
      ];
      return { waitMilliseconds: Number(wait), ticket: Number(promised) || null, held: held === 1 };
    },
    async giveBack(host, lease, { slowdown, holdMilliseconds, durationMilliseconds }) {
      const values = [
        ...[lease, slowdown, Math.round(holdMilliseconds), MAX_SLOWDOWN, FORGET_MILLISECONDS],
        Math.round(durationMilliseconds),
      ];
      await redis.eval(GIVE_BACK_SCRIPT, 1, keyOf(host), ...values);
    },
  };
}
