import { describe, expect, it } from 'vitest';
import {
  defaultBounds,
  freshForSeconds,
  isSilenceDoubtful,
  nextPoll,
  noHints,
  observePoll,
  type PollMoment,
  type RhythmState,
  rateAt,
} from '../../src/feeds/rhythm.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Monday, 00:00 UTC. */
const MONDAY = Date.UTC(2026, 2, 2);

const moment = (over: Partial<PollMoment> & { readonly at: Date }): PollMoment => ({
  rule: { kind: 'rhythm' },
  feed: '7',
  state: null,
  hints: noHints,
  bounds: defaultBounds,
  failures: 0,
  retryAfterSeconds: null,
  pushes: null,
  ...over,
});

/** Polls a feed hourly through `days` from Monday on; `published` gives its dates within an hour. */
function learn(days: number, published: (hourStart: number) => readonly number[], entries = 30): RhythmState {
  let state = observePoll(null, { at: new Date(MONDAY), newEntries: [], entries, answer: 'sent' });
  for (let at = MONDAY; at < MONDAY + days * DAY; at += HOUR) {
    const newEntries = published(at).map((instant) => new Date(instant));
    state = observePoll(state, { at: new Date(at + HOUR), newEntries, entries, answer: 'sent' });
  }
  return state;
}

const evenly =
  (perHour: number) =>
  (hourStart: number): number[] =>
    Array.from({ length: perHour }, (_, index) => hourStart + ((index + 0.5) / perHour) * HOUR);

const minutesAfter = (at: number, next: Date): number => (next.getTime() - at) / MINUTE;

describe('the interval', () => {
  it('follows the rate: a feed of one entry an hour is polled after about an hour', () => {
    const state = learn(7, evenly(1));
    const at = MONDAY + 7 * DAY;
    const next = nextPoll(moment({ at: new Date(at), state }));
    expect(minutesAfter(at, next.at)).toBeGreaterThan(30);
    expect(minutesAfter(at, next.at)).toBeLessThan(75);
    expect(next.because).toBe('rhythm');
  });

  it('never falls below the floor, however fast the feed', () => {
    const at = MONDAY + 2 * DAY;
    const next = nextPoll(moment({ at: new Date(at), state: learn(2, evenly(100), 1000) }));
    expect(minutesAfter(at, next.at)).toBe(5);
    expect(next.because).toBe('floor');
  });

  it('never rises above the ceiling, however dead the feed', () => {
    const at = MONDAY + 28 * DAY;
    const next = nextPoll(moment({ at: new Date(at), state: learn(28, () => []) }));
    expect(minutesAfter(at, next.at)).toBeLessThanOrEqual(24 * 60);
    expect(minutesAfter(at, next.at)).toBeGreaterThan(22 * 60);
    expect(next.because).toBe('ceiling');
  });

  it('takes the rhythm of a new feed from the dates in its first copy', () => {
    const dates = (gap: number): Date[] => Array.from({ length: 20 }, (_, index) => new Date(MONDAY - index * gap));
    const interval = (gap: number): number => {
      const state = observePoll(null, { at: new Date(MONDAY), newEntries: dates(gap), entries: 20, answer: 'sent' });
      return minutesAfter(MONDAY, nextPoll(moment({ at: new Date(MONDAY), state })).at);
    };
    expect(interval(10 * MINUTE)).toBeLessThan(15);
    expect(interval(22 * HOUR)).toBeGreaterThan(5 * 60);
  });

  it('asks a feed without any dates again soon, and less and less often while nothing comes', () => {
    let state: RhythmState | null = null;
    let at = MONDAY;
    const intervals: number[] = [];
    for (let poll = 0; poll < 6; poll++) {
      state = observePoll(state, {
        at: new Date(at),
        newEntries: poll === 0 ? [null, null] : [],
        entries: 2,
        answer: 'sent',
      });
      const next = nextPoll(moment({ at: new Date(at), state })).at.getTime();
      intervals.push((next - at) / MINUTE);
      at = next;
    }
    expect(intervals[0]).toBeLessThan(2 * 60);
    expect(intervals).toEqual([...intervals].sort((one, other) => one - other));
  });

  it('is short in the hours in which the newsroom works and long at night', () => {
    const state = learn(14, (hourStart) => (new Date(hourStart).getUTCHours() % 24 < 8 ? [] : evenly(4)(hourStart)));
    const morning = MONDAY + 14 * DAY + 10 * HOUR;
    const night = MONDAY + 14 * DAY + HOUR;
    const interval = (at: number): number => minutesAfter(at, nextPoll(moment({ at: new Date(at), state })).at);
    expect(interval(morning)).toBeLessThan(25);
    expect(interval(night)).toBeGreaterThan(120);
  });

  it('knows the days of the week', () => {
    const isWeekend = (instant: number): boolean => [0, 6].includes(new Date(instant).getUTCDay());
    const state = learn(21, (hourStart) => (isWeekend(hourStart) ? [] : evenly(2)(hourStart)));
    expect(rateAt(state, MONDAY + 24 * DAY + 12 * HOUR)).toBeGreaterThan(1);
    expect(rateAt(state, MONDAY + 26 * DAY + 12 * HOUR)).toBeLessThan(0.5);
  });

  it('shortens when more comes than usual, and finds back to the usual within a day', () => {
    const usual = learn(7, evenly(1));
    const began = MONDAY + 7 * DAY;
    const stirred = observePoll(usual, {
      at: new Date(began + HOUR),
      newEntries: evenly(12)(began).map((instant) => new Date(instant)),
      entries: 30,
      answer: 'sent',
    });
    expect(rateAt(stirred, began + HOUR)).toBeGreaterThan(2 * rateAt(usual, began + HOUR));
    expect(rateAt(stirred, began + 25 * HOUR)).toBeLessThan(1.5 * rateAt(usual, began + 25 * HOUR));
  });

  it('comes back soon after an entry of a feed that publishes in clusters', () => {
    const state = learn(14, (hourStart) =>
      new Date(hourStart).getUTCHours() % 12 === 3 ? [0, 4, 8, 12].map((minute) => hourStart + minute * MINUTE) : [],
    );
    const last = MONDAY + 14 * DAY + 6 * HOUR;
    const after = observePoll(state, {
      at: new Date(last + MINUTE),
      newEntries: [new Date(last)],
      entries: 30,
      answer: 'sent',
    });
    expect(rateAt(after, last + 2 * MINUTE)).toBeGreaterThan(2 * rateAt(after, last + 2 * HOUR));
  });

  it('comes before more than half of the feed’s window has turned over, whatever the feed asks for', () => {
    const at = MONDAY + 7 * DAY;
    const next = nextPoll(
      moment({ at: new Date(at), state: learn(7, evenly(10), 20), hints: { ...noHints, minutes: 600 } }),
    );
    expect(minutesAfter(at, next.at)).toBeGreaterThan(45);
    expect(minutesAfter(at, next.at)).toBeLessThan(75);
    expect(next.because).toBe('window');
  });

  it('is the same for the same feed at the same moment and differs by jitter between feeds', () => {
    const state = learn(7, evenly(1));
    const at = new Date(MONDAY + 7 * DAY);
    const one = nextPoll(moment({ at, state, feed: '1' })).at.getTime();
    expect(nextPoll(moment({ at, state, feed: '1' })).at.getTime()).toBe(one);
    const others = Array.from({ length: 20 }, (_, index) =>
      nextPoll(moment({ at, state, feed: `other ${index}` })).at.getTime(),
    );
    expect(new Set(others).size).toBe(20);
    for (const other of others) expect(Math.abs(other - one)).toBeLessThan(10 * MINUTE);
  });
});

describe('what the feed asks for', () => {
  const at = MONDAY + 7 * DAY;
  const fast = learn(7, evenly(4), 1000);
  const interval = (hints: Partial<typeof noHints>): { minutes: number; because: string } => {
    const next = nextPoll(moment({ at: new Date(at), state: fast, hints: { ...noHints, ...hints } }));
    return { minutes: minutesAfter(at, next.at), because: next.because };
  };

  it('puts the poll off until the ttl is over, at most to the ceiling', () => {
    expect(interval({ minutes: 90 })).toEqual({ minutes: 90, because: 'ttl' });
    expect(interval({ minutes: 100_000 }).minutes).toBeLessThanOrEqual(24 * 60);
  });

  it('puts the poll off until the copy is no longer fresh', () => {
    expect(interval({ freshForSeconds: 3600 })).toEqual({ minutes: 60, because: 'max-age' });
  });

  it('believes sy:updatePeriod only as far as the feed’s own dates bear it out', () => {
    expect(interval({ periodMinutes: 7 * 24 * 60 }).minutes).toBeLessThan(25);
  });

  it('leaves the feed alone in the hours and on the days that it names', () => {
    expect(interval({ skipHours: [0, 1, 2] })).toEqual({ minutes: 180, because: 'skip' });
    expect(interval({ skipDays: [1, 2] })).toEqual({ minutes: 48 * 60, because: 'skip' });
  });

  it('is not obeyed where it leaves no hour at all', () => {
    expect(interval({ skipDays: [0, 1, 2, 3, 4, 5, 6] }).minutes).toBeLessThan(30);
  });
});

describe('after failures', () => {
  const at = MONDAY + 7 * DAY;
  const state = learn(7, evenly(2));
  const interval = (failures: number, retryAfterSeconds: number | null = null): number =>
    minutesAfter(at, nextPoll(moment({ at: new Date(at), state, failures, retryAfterSeconds })).at);

  it('the interval doubles from failure to failure, up to the ceiling', () => {
    expect(interval(2)).toBeCloseTo(2 * interval(1));
    expect(interval(3)).toBeCloseTo(4 * interval(1));
    expect(interval(1000)).toBe(24 * 60);
  });

  it('Retry-After is waited for, beyond the ceiling too, but no longer than a week', () => {
    expect(interval(1, 2 * 3600)).toBe(120);
    expect(interval(1, 2 * 86_400)).toBe(48 * 60);
    expect(interval(1, 30 * 86_400)).toBe(7 * 24 * 60);
  });
});

describe('an operator’s rule', () => {
  const at = Date.UTC(2026, 2, 2, 10, 7);

  it('sets a fixed interval, below the floor too', () => {
    const next = nextPoll(moment({ at: new Date(at), rule: { kind: 'every', minutes: 2 } }));
    expect(next).toEqual({ at: new Date(at + 2 * MINUTE), because: 'fixed' });
  });

  it('sets a cron expression, in UTC', () => {
    const next = nextPoll(moment({ at: new Date(at), rule: { kind: 'cron', pattern: '30 6 * * 1-5' } }));
    expect(next).toEqual({ at: new Date(Date.UTC(2026, 2, 3, 6, 30)), because: 'cron' });
  });

  it('backs off on failures and waits for Retry-After', () => {
    const waits = (failures: number, rule: PollMoment['rule'], retryAfterSeconds: number | null): number =>
      minutesAfter(at, nextPoll(moment({ at: new Date(at), rule, failures, retryAfterSeconds })).at);
    expect(waits(3, { kind: 'every', minutes: 10 }, null)).toBe(40);
    expect(waits(1, { kind: 'cron', pattern: '*/10 * * * *' }, 3600)).toBe(63);
  });

  it('that never comes round leaves the feed with a poll a day', () => {
    const next = nextPoll(moment({ at: new Date(at), rule: { kind: 'cron', pattern: '0 0 30 2 *' } }));
    expect(minutesAfter(at, next.at)).toBe(24 * 60);
  });
});

describe('"not modified"', () => {
  it('is doubted once the feed should have published several times since it was last sent', () => {
    const state = learn(7, evenly(2));
    const at = MONDAY + 7 * DAY;
    const silent = observePoll(state, {
      at: new Date(at + HOUR),
      newEntries: [],
      entries: null,
      answer: 'not-modified',
    });
    expect(isSilenceDoubtful(silent, new Date(at + HOUR))).toBe(false);
    expect(isSilenceDoubtful(silent, new Date(at + 4 * HOUR))).toBe(true);
  });

  it('is believed for as long again once the feed was sent and held nothing new', () => {
    const state = learn(7, evenly(2));
    const at = MONDAY + 7 * DAY + 4 * HOUR;
    const checked = observePoll(state, { at: new Date(at), newEntries: [], entries: 30, answer: 'sent' });
    expect(isSilenceDoubtful(checked, new Date(at + HOUR))).toBe(false);
  });

  it('of a feed that has long been dead is believed', () => {
    const state = learn(28, () => []);
    expect(isSilenceDoubtful(state, new Date(MONDAY + 29 * DAY))).toBe(false);
  });
});

describe('pushes', () => {
  const at = MONDAY + 7 * DAY + 12 * HOUR;
  const state = learn(7, evenly(1));
  const interval = (pushes: PollMoment['pushes']): { minutes: number; because: string } => {
    const next = nextPoll(moment({ at: new Date(at), state, pushes }));
    return { minutes: minutesAfter(at, next.at), because: next.because };
  };
  const lease = new Date(at + 5 * DAY);

  it('make polls rarer while they arrive', () => {
    const pushed = interval({ lastAt: new Date(at), leaseEndsAt: lease });
    expect(pushed.minutes).toBeGreaterThan(1.5 * interval(null).minutes);
    expect(pushed.because).toBe('pushes');
  });

  it('are doubted when they stay away for longer than the feed’s rhythm explains', () => {
    expect(interval({ lastAt: new Date(at - DAY), leaseEndsAt: lease })).toEqual(interval(null));
  });

  it('count for nothing once the lease is over', () => {
    expect(interval({ lastAt: new Date(at), leaseEndsAt: new Date(at - 1) })).toEqual(interval(null));
  });

  it('never put a poll off beyond the lease or the ceiling', () => {
    const slow = learn(28, (hourStart) => (hourStart % (7 * DAY) === 0 ? [hourStart] : []));
    const next = nextPoll(
      moment({ at: new Date(at), state: slow, pushes: { lastAt: new Date(at), leaseEndsAt: lease } }),
    );
    expect(minutesAfter(at, next.at)).toBeLessThanOrEqual(24 * 60);
    const ends = new Date(at + 90 * MINUTE);
    expect(interval({ lastAt: new Date(at), leaseEndsAt: ends }).minutes).toBeLessThanOrEqual(90);
  });
});

describe('how long an answer stays fresh', () => {
  const none = { cacheControl: null, expires: null, date: null, age: null };
  it.each([
    ['max-age, less the age', { ...none, cacheControl: 'public, max-age=600', age: '100' }, 500],
    ['no-cache before max-age', { ...none, cacheControl: 'no-cache, max-age=600' }, 0],
    ['s-maxage is for shared caches only', { ...none, cacheControl: 's-maxage=600' }, null],
    [
      'Expires against Date',
      { ...none, expires: 'Mon, 02 Mar 2026 10:10:00 GMT', date: 'Mon, 02 Mar 2026 10:00:00 GMT' },
      600,
    ],
    ['Expires that is no date counts as past', { ...none, expires: '0', date: 'Mon, 02 Mar 2026 10:00:00 GMT' }, 0],
    ['nothing', none, null],
  ])('%s', (_, headers, seconds) => {
    expect(freshForSeconds(headers)).toBe(seconds);
  });
});

it('the state stays small: some 75 numbers after years', () => {
  const json = JSON.stringify(learn(60, evenly(3)));
  expect(json.length).toBeLessThan(2500);
});
