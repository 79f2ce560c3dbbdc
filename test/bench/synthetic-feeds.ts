/** Feeds of known rhythm for the simulated week: when each publishes, what it holds, and how its server answers. */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Monday 2 March 2026, 00:00 UTC: a week without a change of clocks. */
export const WEEK_START = Date.UTC(2026, 2, 2);
export const WEEK_END = WEEK_START + 7 * DAY;
/** What the feeds published before, so that their first copy is full. */
const HISTORY = 60 * DAY;
/** Time after the week in which what was published late in it can still arrive. */
export const GRACE = 2 * DAY;

export type FeedKind = 'fast' | 'newsroom' | 'bursty' | 'slow' | 'ttl-setting' | 'lying' | 'dead';

export interface SyntheticFeed {
  readonly name: string;
  readonly kind: FeedKind;
  /** When each entry was published, oldest first, in milliseconds since 1970. */
  readonly published: readonly number[];
  /** Entries in a copy. */
  readonly window: number;
  readonly ttlMinutes: number | null;
  /** The server makes a new copy this often and says so in Cache-Control; 0 for a fresh one at each request. */
  readonly maxAgeSeconds: number;
  /** `stale`: the validators change only every so often, so that a 304 may hide new entries. */
  readonly validators: { readonly kind: 'honest' } | { readonly kind: 'stale'; readonly forMilliseconds: number };
  /** Whether every request fails. */
  readonly state: 'answers' | 'fails';
}

/** Two hundred feeds; the same seed gives the same feeds. */
export function createFeeds(seed: number): SyntheticFeed[] {
  const counts: readonly (readonly [FeedKind, number])[] = [
    ['fast', 25],
    ['newsroom', 65],
    ['bursty', 25],
    ['slow', 45],
    ['ttl-setting', 15],
    ['lying', 10],
    ['dead', 15],
  ];
  return counts.flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, index) => createFeed(kind, index, createChance(seed, kind, index))),
  );
}

function createFeed(kind: FeedKind, index: number, chance: Chance): SyntheticFeed {
  const plain: SyntheticFeed = {
    name: `${kind}-${index}`,
    kind,
    published: [],
    window: Math.round(chance.between(15, 50)),
    ttlMinutes: null,
    maxAgeSeconds: 0,
    validators: { kind: 'honest' },
    state: 'answers',
  };
  switch (kind) {
    case 'fast':
      return { ...plain, published: publish(chance, wire(chance)), window: Math.round(chance.between(30, 100)) };
    case 'newsroom':
      return { ...plain, published: publish(chance, newsroom(chance)) };
    case 'bursty':
      return { ...plain, published: publishBursts(chance) };
    case 'slow':
      return { ...plain, published: publish(chance, { ...newsroom(chance), perDay: chance.spread(1 / 7, 8 / 7) }) };
    case 'ttl-setting': {
      const ttlMinutes = chance.pick([15, 30, 60, 60, 120]);
      const maxAgeSeconds = chance.pick([0, 300, 600, 900]);
      return { ...plain, published: publish(chance, newsroom(chance)), ttlMinutes, maxAgeSeconds };
    }
    case 'lying': {
      const forMilliseconds = chance.between(6, 24) * HOUR;
      return { ...plain, published: publish(chance, newsroom(chance)), validators: { kind: 'stale', forMilliseconds } };
    }
    case 'dead': {
      const ended = WEEK_START - chance.between(20, 50) * DAY;
      const published = publish(chance, newsroom(chance)).filter((instant) => instant < ended);
      return { ...plain, published, state: index % 2 === 0 ? 'answers' : 'fails' };
    }
  }
}

// ------------------------------------------------------------------------------------------------------------ rhythms

interface Rhythm {
  readonly perDay: number;
  /** Of the site's clock against UTC. */
  readonly zoneHours: number;
  /** Share of the day's rate that is left in the dead of night, and of a weekday's that is left on Saturday and Sunday. */
  readonly night: number;
  readonly weekend: number;
  /** Spread of good and bad news days (sigma of a log-normal factor). */
  readonly unrest: number;
}

const wire = (chance: Chance): Rhythm => ({
  perDay: chance.spread(80, 400),
  zoneHours: chance.pick([-8, -5, 0, 0, 1, 1, 1, 2, 3, 8]),
  night: chance.between(0.2, 0.6),
  weekend: chance.between(0.5, 0.9),
  unrest: 0.25,
});

const newsroom = (chance: Chance): Rhythm => ({
  perDay: chance.spread(10, 80),
  zoneHours: chance.pick([-5, 0, 0, 1, 1, 1, 1, 2, 3]),
  night: chance.between(0.02, 0.15),
  weekend: chance.between(0.3, 0.8),
  unrest: 0.35,
});

/** An inhomogeneous Poisson process, by thinning. */
function publish(chance: Chance, rhythm: Rhythm): number[] {
  const published: number[] = [];
  const days = new Map<number, number>();
  const most = (rhythm.perDay / DAY) * 2.2 * Math.exp(3 * rhythm.unrest);
  for (let at = WEEK_START - HISTORY; at < WEEK_END + GRACE; ) {
    at += -Math.log(1 - chance.next()) / most;
    const day = Math.floor(at / DAY);
    if (!days.has(day)) days.set(day, Math.exp(rhythm.unrest * chance.normal() - rhythm.unrest ** 2 / 2));
    const rate = (rhythm.perDay / DAY) * shapeAt(rhythm, at) * (days.get(day) ?? 1);
    if (chance.next() < rate / most) published.push(Math.round(at));
  }
  return published;
}

/** Around 1 over a week: a morning and an afternoon hump over a floor, lower at weekends. */
function shapeAt({ zoneHours, night, weekend }: Rhythm, at: number): number {
  const local = at + zoneHours * HOUR;
  const hour = (local % DAY) / HOUR;
  const hump = (middle: number, width: number): number => Math.exp(-(((hour - middle) / width) ** 2) / 2);
  const day = (Math.floor(local / DAY) + 4) % 7;
  const ofDay = night + (1 - night) * Math.min(1, hump(10, 2.5) + 0.9 * hump(16.5, 3));
  return ofDay * 2 * (day === 0 || day === 6 ? weekend : 1);
}

/** Some events a day, each with a handful of entries close together, over a trickle. */
function publishBursts(chance: Chance): number[] {
  const eventsPerDay = chance.spread(0.3, 2);
  const published = publish(chance, { ...newsroom(chance), perDay: chance.spread(0.3, 3) });
  for (let at = WEEK_START - HISTORY; at < WEEK_END + GRACE; ) {
    at += (-Math.log(1 - chance.next()) / eventsPerDay) * DAY;
    const entries = 3 + Math.floor(chance.next() * 13);
    const lasting = chance.between(20, 150) * MINUTE;
    for (let entry = 0; entry < entries; entry++) published.push(Math.round(at + chance.next() * lasting));
  }
  return published.sort((one, other) => one - other);
}

// ------------------------------------------------------------------------------------------------------------- chance

export interface Chance {
  next(): number;
  between(least: number, most: number): number;
  /** Evenly over the logarithm: as many from 1 to 10 as from 10 to 100. */
  spread(least: number, most: number): number;
  normal(): number;
  pick<Value>(values: readonly Value[]): Value;
}

/** Mulberry32 over a hash (FNV-1a) of the parts: repeatable on every machine. */
export function createChance(...parts: readonly (string | number)[]): Chance {
  let state = 2_166_136_261;
  for (const character of parts.join('/')) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16_777_619);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number): number => least + next() * (most - least);
  return {
    next,
    between,
    spread: (least, most) => Math.exp(between(Math.log(least), Math.log(most))),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    pick: (values) => values[Math.floor(next() * values.length)] as (typeof values)[number],
  };
}
