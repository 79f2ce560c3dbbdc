/**
 * When to poll a feed next.
 *
 * A feed's own dates tell its rhythm better than polls can: each new entry says when it was published, so that the rate of
 * publication is known by the hour and the day of the week even where polls were rare. The next poll comes when about as
 * much has been published as makes it likely, but not sure, that the poll brings something new.
 */
import { createHash } from 'node:crypto';
import { CronExpressionParser } from 'cron-parser';
import type { FeedRhythm } from './feed.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What is learned is half forgotten after this time: long enough for the days of a week, short enough for a new schedule. */
const MEMORY_HALF_LIFE_DAYS = 14;
/** Dates of the first copy that lie further back say little about the present. */
const HISTORY_DAYS = 28;
/** Today's news level (a slow Sunday, a day of attacks) is half forgotten after this time. */
const LEVEL_HALF_LIFE_HOURS = 3;
/** Publications that must speak against the profile before the level moves half the way towards what they say. */
const LEVEL_STRENGTH = 3;
/** How far the level can lift or lower the profile. */
const LEVEL_BOUNDS = [0.15, 6] as const;
/** A feed of which nothing is known is taken for one that publishes every other hour, until an hour or two say otherwise. */
const PRIOR_MOMENTS = 0.5;
const PRIOR_HOURS = 1;
/** Publications that the average weighs against those of one hour of the day, and of one day of the week. */
const HOUR_STRENGTH = 2;
const DAY_STRENGTH = 4;
/** Entries dated within this time of each other came out together: one poll brings them all. */
const TOGETHER_MILLISECONDS = 60_000;

/** A publication is often followed by others: the time in which that is looked for. */
const FOLLOWED_WITHIN_HOURS = 0.5;
const FOLLOWED_STRENGTH = 8;

/**
 * Publications that are awaited before the next poll. A poll after m expected ones brings something new with the
 * probability 1 − e^−m, which these keep between a third and two thirds. Polls of a slow feed are few anyway and spare more
 * delay each, so a feed of one an hour or more waits for the most, and slower ones for less by a root of their rate: the
 * direction in which the least mean delay under a given number of polls lies.
 */
const AWAITED_MOST = 0.95;
const AWAITED_LEAST = -Math.log(1 - 1 / 3);
const AWAITED_EXPONENT = 0.3;

/** A poll must come before so much of the feed's window has turned over: the rest is for what the estimate gets wrong. */
const WINDOW_SHARE = 0.5;

/** The interval is longer or shorter by up to this share, so that feeds of one host or schedule drift apart. */
const JITTER = 0.05;

/** While pushes arrive polls are this much rarer: they only see to it that no push got lost. */
const PUSHED_STRETCH = 12;
const PUSHED_LEAST_MINUTES = 60;
/** Silence of the hub that is longer than it takes for this many publications is doubted: by chance it comes in 1 of 20. */
const PUSHED_SILENCE = 3;

/** Publications that fail to appear before the feed's own word for it is checked: by chance it comes in 1 of 20. */
const DOUBTED_SILENCE = 3;

const STEP_MILLISECONDS = 5 * 60_000;
/** `skipHours` and `skipDays` can't put a poll off for longer: that would be all hours or days. */
const SKIP_DAYS = 7;
/** A host that names a longer time is asked after this all the same: it may have meant something else. */
const RETRY_AFTER_DAYS = 7;
/** 2^20 floors are years: enough for any ceiling, and far from overflow. */
const MAX_DOUBLINGS = 20;

/** How often a feed may be polled at all. */
export interface RhythmBounds {
  readonly floorMinutes: number;
  readonly ceilingMinutes: number;
}

export const defaultBounds: RhythmBounds = { floorMinutes: 5, ceilingMinutes: 24 * 60 };

/**
 * What has been learned of a feed: some 75 numbers, kept as JSON beside it. Counts are of publication moments and fade; each
 * stands beside the hours in which it was counted, faded alike. Hours and days are in UTC.
 */
export interface RhythmState {
  /** Until when the feed has been observed, in milliseconds since 1970. */
  readonly observedUntil: number;
  readonly lastMomentAt: number | null;
  readonly hourCounts: readonly number[];
  readonly hourExposures: readonly number[];
  /** By day of the week, 0 = Sunday: what came, and what the hours of the day alone led to expect. */
  readonly dayCounts: readonly number[];
  readonly dayExpected: readonly number[];
  /** The same over the last hours. */
  readonly recentCount: number;
  readonly recentExpected: number;
  /** Moments, those that another followed soon, and those that chance would have let another follow. */
  readonly moments: number;
  readonly followed: number;
  readonly followedByChance: number;
  /** When the feed itself was last sent, rather than that it has not changed. */
  readonly copiedAt: number;
  /** Entries that the feed holds at a time. */
  readonly windowEntries: number;
  /** Entries that come out in one moment, on average. */
  readonly entriesAtOnce: number;
}

/** What a successful poll brought; one that was answered with 304 brought no entries. */
export interface PollObservation {
  readonly at: Date;
  /** Of each new entry: when it was published by its own date; null without one. All entries at the first poll. */
  readonly newEntries: readonly (Date | null)[];
  /** Entries in the copy; null when nobody counted them. */
  readonly entries: number | null;
  /** Whether the feed was sent, or only the word that it has not changed (304). */
  readonly answer: 'sent' | 'not-modified';
}

/** Learns from a successful poll. `state` is null before the first. */
export function observePoll(state: RhythmState | null, observation: PollObservation): RhythmState {
  const { newEntries, entries, answer } = observation;
  const now = observation.at.getTime();
  const from = state === null ? historyStart(now, newEntries) : Math.min(state.observedUntil, now);
  const moments = state === null ? datedMoments(newEntries, from, now) : arrivedMoments(newEntries, from, now);
  const known = forget(state ?? emptyState(from), now - from);
  const slices = slicesByHour(Math.max(from, now - HISTORY_DAYS * DAY), now);
  const withHours = learnHours(known, slices, moments);
  const withDays = learnDays(withHours, slices, moments);
  const withLevel = learnLevel(withDays, slices, moments, now);
  const withFollowing = learnFollowing(withLevel, moments);
  return {
    ...withFollowing,
    observedUntil: now,
    copiedAt: answer === 'sent' ? now : known.copiedAt,
    windowEntries: entries ?? known.windowEntries,
    entriesAtOnce: averageAtOnce(known.entriesAtOnce, newEntries.length, moments.length),
  };
}

/** Publications an hour that are expected at an instant, in milliseconds since 1970. */
export const rateAt = (state: RhythmState, instant: number): number => rateWith(profileOf(state), state, instant);

/**
 * Whether "not modified" is hard to believe: by its profile the feed should have published several times since it was last
 * sent. Some servers go on sending a validator of old when the content has long changed.
 */
export function isSilenceDoubtful(state: RhythmState, at: Date): boolean {
  return profiledPublications(state, Math.max(state.copiedAt, state.lastMomentAt ?? 0), at) >= DOUBTED_SILENCE;
}

/** How many publications by its profile a feed has let pass since its last one; null where it has never published anything. */
export const missedPublications = (state: RhythmState, at: Date): number | null =>
  state.lastMomentAt === null ? null : profiledPublications(state, state.lastMomentAt, at);

/** @param from in milliseconds since 1970; what lies further back than the profile reaches is left out */
function profiledPublications(state: RhythmState, from: number, at: Date): number {
  const since = Math.max(from, at.getTime() - HISTORY_DAYS * DAY);
  const profile = profileOf(state);
  return sum(slicesByHour(since, at.getTime()).map(({ start, hours }) => profiledRate(profile, start) * hours));
}

/** What a feed and the answer to a poll of it say about when to come back. */
export interface PollHints extends FeedRhythm {
  /** For how long the answer may be reused (see `freshForSeconds`). */
  readonly freshForSeconds: number | null;
}

export const noHints: PollHints = {
  minutes: null,
  periodMinutes: null,
  skipHours: [],
  skipDays: [],
  freshForSeconds: null,
};

/** Who decides when a feed is polled: its rhythm, or the operator by a fixed interval or a cron expression (in UTC). */
export type PollRule =
  | { readonly kind: 'rhythm' }
  | { readonly kind: 'every'; readonly minutes: number }
  | { readonly kind: 'cron'; readonly pattern: string };

/**
 * The first moment of a cron expression (five or six fields, in UTC) after `from`.
 *
 * @throws Error that says what is wrong with the expression
 */
export function nextOfCron(expression: string, from: Date): Date {
  return CronExpressionParser.parse(expression, { currentDate: from, tz: 'UTC' }).next().toDate();
}

export interface PollMoment {
  readonly rule: PollRule;
  /** Some text that is the feed's own, such as its id: decides the jitter. */
  readonly feed: string;
  /** When the poll came back. */
  readonly at: Date;
  readonly state: RhythmState | null;
  readonly hints: PollHints;
  readonly bounds: RhythmBounds;
  /** Polls that failed in a row, this one included. */
  readonly failures: number;
  /** What a failed poll's Retry-After said. */
  readonly retryAfterSeconds: number | null;
  /** Of a verified WebSub subscription whose pushes have missed nothing so far; null otherwise. */
  readonly pushes: { readonly lastAt: Date; readonly leaseEndsAt: Date } | null;
}

/** When to poll next, and what decided it. */
export interface NextPoll {
  readonly at: Date;
  readonly because: NextPollReason;
}

export type NextPollReason =
  | 'rhythm'
  | 'floor'
  | 'ceiling'
  | 'window'
  | 'ttl'
  | 'period'
  | 'max-age'
  | 'skip'
  | 'pushes'
  | 'fixed'
  | 'cron'
  | 'back-off'
  | 'retry-after';

/**
 * When to poll a feed next: as the operator set it, or by its rhythm.
 *
 * What the feed asks for (`ttl`, `sy:updatePeriod`, Cache-Control, `skipHours`, `skipDays`) can put a poll by rhythm off up
 * to the ceiling, but not so far that entries would drop out of the feed unseen. After failures the interval doubles, up to
 * the ceiling; Retry-After is waited for under every rule, beyond the ceiling too, but no longer than a week. The same input gives the same answer.
 */
export function nextPoll(moment: PollMoment): NextPoll {
  const { at, rule, failures, retryAfterSeconds, bounds } = moment;
  const now = at.getTime();
  const ceiling = bounds.ceilingMinutes * 60_000;
  const asked = failures > 0 ? Math.min((retryAfterSeconds ?? 0) * 1000, RETRY_AFTER_DAYS * DAY) : 0;
  if (rule.kind === 'cron') return { at: nextCron(rule.pattern, now + asked), because: 'cron' };
  const usual: Interval =
    rule.kind === 'every' ? { interval: rule.minutes * 60_000, because: 'fixed' } : usualPoll(moment);
  if (failures === 0) return { at: new Date(now + usual.interval), because: usual.because };
  const longest = Math.max(ceiling, usual.interval);
  const interval = Math.min(usual.interval * 2 ** Math.min(failures - 1, MAX_DOUBLINGS), longest);
  if (asked > interval) return { at: new Date(now + asked), because: 'retry-after' };
  return { at: new Date(now + interval), because: failures > 1 ? 'back-off' : usual.because };
}

/** A pattern that never comes round again (30 February) is looked at once a day, so that its feed is not lost for good. */
function nextCron(pattern: string, after: number): Date {
  try {
    return nextOfCron(pattern, new Date(after));
  } catch {
    return new Date(after + DAY);
  }
}

interface Interval {
  /** Milliseconds. */
  readonly interval: number;
  readonly because: NextPollReason;
}

function usualPoll(moment: PollMoment): Interval {
  const { feed, at, state, hints, bounds, pushes } = moment;
  const now = at.getTime();
  const floor = bounds.floorMinutes * 60_000;
  const ceiling = bounds.ceilingMinutes * 60_000;
  const plan = planPolls(state ?? emptyState(now), now, ceiling);
  let interval = plan.interval * (1 + JITTER * (2 * chanceOf(feed, String(now)) - 1));
  let because: NextPollReason = plan.interval < ceiling ? 'rhythm' : 'ceiling';
  const putOff = (until: number, reason: NextPollReason): void => {
    const bounded = Math.min(until, ceiling, Math.max(plan.windowTurns, floor));
    if (bounded <= interval) return;
    interval = bounded;
    because = bounded < until && bounded < ceiling ? 'window' : reason;
  };
  putOff(floor, 'floor');
  if (pushes !== null && pushes.leaseEndsAt.getTime() > now) {
    const doubted =
      pushes.lastAt.getTime() + expectedAfter(state, pushes.lastAt.getTime(), PUSHED_SILENCE, ceiling) - now;
    const slowed = Math.max(interval * PUSHED_STRETCH, PUSHED_LEAST_MINUTES * 60_000);
    putOff(Math.min(slowed, doubted, pushes.leaseEndsAt.getTime() - now), 'pushes');
  }
  putOff((hints.minutes ?? 0) * 60_000, 'ttl');
  // Content systems send "hourly" for every site: a feed's own dates outweigh it.
  putOff(Math.min((hints.periodMinutes ?? 0) * 60_000, plan.onePublication), 'period');
  putOff((hints.freshForSeconds ?? 0) * 1000, 'max-age');
  interval = Math.min(interval, ceiling);
  const open = afterSkipped(now + interval, hints);
  return open > now + interval ? { interval: open - now, because: 'skip' } : { interval, because };
}

// ------------------------------------------------------------------------------------------------------------ looking

interface PollPlan {
  /** Milliseconds until the awaited number of publications, until one, and until the feed's window has half turned over. */
  readonly interval: number;
  readonly onePublication: number;
  readonly windowTurns: number;
}

/** Walks from `now` along the expected rate. */
function planPolls(state: RhythmState, now: number, ceiling: number): PollPlan {
  const profile = profileOf(state);
  const awaited = awaitedAt(averageRate(state));
  const windowMoments = (state.windowEntries * WINDOW_SHARE) / state.entriesAtOnce;
  let interval = Number.POSITIVE_INFINITY;
  let onePublication = Number.POSITIVE_INFINITY;
  let windowTurns = Number.POSITIVE_INFINITY;
  let expected = 0;
  const step = STEP_MILLISECONDS / HOUR;
  for (let ahead = 0; ahead < ceiling; ahead += STEP_MILLISECONDS) {
    const rate = rateWith(profile, state, now + ahead + STEP_MILLISECONDS / 2);
    const reaches = (target: number): boolean => expected < target && expected + rate * step >= target;
    const reachedAt = (target: number): number => ahead + ((target - expected) / rate) * HOUR;
    if (reaches(awaited)) interval = reachedAt(awaited);
    if (reaches(1)) onePublication = reachedAt(1);
    if (reaches(windowMoments)) windowTurns = reachedAt(windowMoments);
    expected += rate * step;
    if (expected >= Math.max(1, windowMoments)) break;
  }
  const bounded = Math.min(interval, windowTurns, ceiling);
  return { interval: bounded, onePublication, windowTurns };
}

const awaitedAt = (rate: number): number =>
  Math.max(AWAITED_LEAST, AWAITED_MOST * Math.min(1, rate) ** AWAITED_EXPONENT);

/** Milliseconds from `from` in which so many publications are expected, at most `limit`. */
function expectedAfter(state: RhythmState | null, from: number, publications: number, limit: number): number {
  if (state === null) return 0;
  const profile = profileOf(state);
  let expected = 0;
  for (let ahead = 0; ahead < limit; ahead += STEP_MILLISECONDS) {
    expected += rateWith(profile, state, from + ahead) * (STEP_MILLISECONDS / HOUR);
    if (expected >= publications) return ahead;
  }
  return limit;
}

/** The first instant from `instant` on that lies in no hour or day that the feed asks to be left alone in (RSS 2.0). */
function afterSkipped(instant: number, { skipHours, skipDays }: PollHints): number {
  if (skipHours.length === 0 && skipDays.length === 0) return instant;
  const limit = instant + SKIP_DAYS * DAY;
  for (let open = instant; open < limit; open = (Math.floor(open / HOUR) + 1) * HOUR) {
    const date = new Date(open);
    if (!skipHours.includes(date.getUTCHours()) && !skipDays.includes(date.getUTCDay())) return open;
  }
  return instant;
}

/** A number from 0 to 1 that the parts decide. */
function chanceOf(...parts: readonly string[]): number {
  return createHash('sha256').update(parts.join('\0')).digest().readUInt32BE() / 2 ** 32;
}

// ----------------------------------------------------------------------------------------------------------- the rate

interface Profile {
  readonly hourRates: readonly number[];
  readonly dayFactors: readonly number[];
  /** Further publications an hour for a while after one. */
  readonly afterOne: number;
}

function profileOf(state: RhythmState): Profile {
  const share =
    (state.followed - state.followedByChance) / (state.moments - state.followedByChance + FOLLOWED_STRENGTH);
  return {
    hourRates: hourRatesOf(state),
    dayFactors: state.dayCounts.map(
      (counted, day) => (counted + DAY_STRENGTH) / ((state.dayExpected[day] ?? 0) + DAY_STRENGTH),
    ),
    afterOne: -Math.log(1 - Math.min(0.9, Math.max(0, share))) / FOLLOWED_WITHIN_HOURS,
  };
}

/** Counts and exposures of neighbouring hours are taken together; what is still thin leans on the average. */
function hourRatesOf(state: RhythmState): number[] {
  const { hourCounts, hourExposures } = state;
  const average = averageRate(state);
  const around = (values: readonly number[], hour: number): number =>
    ((values[(hour + 23) % 24] ?? 0) + 2 * (values[hour] ?? 0) + (values[(hour + 1) % 24] ?? 0)) / 4;
  return hourCounts.map(
    (_, hour) => (around(hourCounts, hour) + HOUR_STRENGTH) / (around(hourExposures, hour) + HOUR_STRENGTH / average),
  );
}

/** Publications an hour over all hours. */
const averageRate = ({ hourCounts, hourExposures }: RhythmState): number =>
  (sum(hourCounts) + PRIOR_MOMENTS) / (sum(hourExposures) + PRIOR_HOURS);

function rateWith(profile: Profile, state: RhythmState, instant: number): number {
  const { lastMomentAt, observedUntil, recentCount, recentExpected } = state;
  const lasting = halved(Math.max(0, instant - observedUntil), LEVEL_HALF_LIFE_HOURS * HOUR);
  const level = (recentCount * lasting + LEVEL_STRENGTH) / (recentExpected * lasting + LEVEL_STRENGTH);
  const [least, most] = LEVEL_BOUNDS;
  const isAfterOne = lastMomentAt !== null && instant - lastMomentAt < FOLLOWED_WITHIN_HOURS * HOUR;
  return profiledRate(profile, instant) * Math.min(most, Math.max(least, level)) + (isAfterOne ? profile.afterOne : 0);
}

function profiledRate({ hourRates, dayFactors }: Profile, instant: number): number {
  return (hourRates[hourOf(instant)] ?? 0) * (dayFactors[dayOf(instant)] ?? 1);
}

// ----------------------------------------------------------------------------------------------------------- learning

const emptyState = (at: number): RhythmState => ({
  observedUntil: at,
  copiedAt: at,
  lastMomentAt: null,
  hourCounts: Array<number>(24).fill(0),
  hourExposures: Array<number>(24).fill(0),
  dayCounts: Array<number>(7).fill(0),
  dayExpected: Array<number>(7).fill(0),
  recentCount: 0,
  recentExpected: 0,
  moments: 0,
  followed: 0,
  followedByChance: 0,
  windowEntries: 0,
  entriesAtOnce: 1,
});

interface Slice {
  readonly start: number;
  readonly hours: number;
}

/** The time between two instants in parts that lie within one hour of the clock. */
function slicesByHour(from: number, to: number): Slice[] {
  const slices: Slice[] = [];
  for (let start = from; start < to; ) {
    const end = Math.min(to, (Math.floor(start / HOUR) + 1) * HOUR);
    slices.push({ start, hours: (end - start) / HOUR });
    start = end;
  }
  return slices;
}

function forget(state: RhythmState, elapsed: number): RhythmState {
  const slowly = halved(elapsed, MEMORY_HALF_LIFE_DAYS * DAY);
  const fast = halved(elapsed, LEVEL_HALF_LIFE_HOURS * HOUR);
  const fade = (values: readonly number[]): number[] => values.map((value) => value * slowly);
  return {
    ...state,
    hourCounts: fade(state.hourCounts),
    hourExposures: fade(state.hourExposures),
    dayCounts: fade(state.dayCounts),
    dayExpected: fade(state.dayExpected),
    recentCount: state.recentCount * fast,
    recentExpected: state.recentExpected * fast,
    moments: state.moments * slowly,
    followed: state.followed * slowly,
    followedByChance: state.followedByChance * slowly,
  };
}

function learnHours(state: RhythmState, slices: readonly Slice[], moments: readonly number[]): RhythmState {
  const hourCounts = [...state.hourCounts];
  const hourExposures = [...state.hourExposures];
  for (const { start, hours } of slices) add(hourExposures, hourOf(start), hours);
  for (const moment of moments) add(hourCounts, hourOf(moment), 1);
  return { ...state, hourCounts, hourExposures };
}

function learnDays(state: RhythmState, slices: readonly Slice[], moments: readonly number[]): RhythmState {
  const hourRates = hourRatesOf(state);
  const dayCounts = [...state.dayCounts];
  const dayExpected = [...state.dayExpected];
  for (const { start, hours } of slices) add(dayExpected, dayOf(start), (hourRates[hourOf(start)] ?? 0) * hours);
  for (const moment of moments) add(dayCounts, dayOf(moment), 1);
  return { ...state, dayCounts, dayExpected };
}

function learnLevel(
  state: RhythmState,
  slices: readonly Slice[],
  moments: readonly number[],
  now: number,
): RhythmState {
  const profile = profileOf(state);
  const weight = (instant: number): number => halved(now - instant, LEVEL_HALF_LIFE_HOURS * HOUR);
  const expected = slices.map(({ start, hours }) => profiledRate(profile, start) * hours * weight(start));
  return {
    ...state,
    recentCount: state.recentCount + sum(moments.map(weight)),
    recentExpected: state.recentExpected + sum(expected),
  };
}

function learnFollowing(state: RhythmState, moments: readonly number[]): RhythmState {
  const profile = profileOf(state);
  let { lastMomentAt, followed, followedByChance } = state;
  for (const moment of moments) {
    if (lastMomentAt !== null && moment - lastMomentAt < FOLLOWED_WITHIN_HOURS * HOUR) followed++;
    followedByChance += 1 - Math.exp(-profiledRate(profile, moment) * FOLLOWED_WITHIN_HOURS);
    lastMomentAt = Math.max(lastMomentAt ?? moment, moment);
  }
  return { ...state, lastMomentAt, followed, followedByChance, moments: state.moments + moments.length };
}

function averageAtOnce(before: number, entries: number, moments: number): number {
  return moments === 0 ? before : before + (entries / moments - before) * 0.2;
}

/** Where the first copy's dates begin to tell something: at the oldest, or as far back as counts. */
function historyStart(now: number, entries: readonly (Date | null)[]): number {
  const dates = entries.flatMap((date) => (date !== null && date.getTime() <= now ? [date.getTime()] : []));
  return Math.max(Math.min(now, ...dates), now - HISTORY_DAYS * DAY);
}

/** Moments of the first copy; the oldest entry only says where the time begins that the copy covers. */
function datedMoments(entries: readonly (Date | null)[], from: number, now: number): number[] {
  return merge(
    entries.flatMap((date) => {
      const instant = date?.getTime() ?? Number.NaN;
      return instant > from && instant <= now ? [instant] : [];
    }),
  );
}

/** Moments since the last poll; entries without a date in that time are spread over it. */
function arrivedMoments(entries: readonly (Date | null)[], from: number, now: number): number[] {
  const isWithin = (date: Date | null): date is Date =>
    date !== null && date.getTime() > from - TOGETHER_MILLISECONDS && date.getTime() <= now;
  const dated = entries.filter(isWithin).map((date) => date.getTime());
  const undated = entries.length - dated.length;
  const spread = Array.from({ length: undated }, (_, index) => from + ((index + 0.5) / undated) * (now - from));
  return merge([...dated, ...spread]);
}

function merge(instants: readonly number[]): number[] {
  const moments: number[] = [];
  for (const instant of [...instants].sort((one, other) => one - other)) {
    const last = moments.at(-1);
    if (last === undefined || instant - last >= TOGETHER_MILLISECONDS) moments.push(instant);
  }
  return moments;
}

const hourOf = (instant: number): number => Math.floor(instant / HOUR) % 24;
/** 1 January 1970 was a Thursday. */
const dayOf = (instant: number): number => (Math.floor(instant / DAY) + 4) % 7;
const halved = (elapsed: number, halfLife: number): number => 0.5 ** (elapsed / halfLife);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const add = (values: number[], index: number, value: number): void => {
  values[index] = (values[index] ?? 0) + value;
};

/**
 * For how many seconds an answer may be reused (RFC 9111, section 4.2.1): `max-age`, else `Expires`, less the time that it
 * has already lain in caches; 0 when it may not be reused, null when the server says nothing.
 */
export function freshForSeconds(headers: {
  readonly cacheControl: string | null;
  readonly expires: string | null;
  readonly date: string | null;
  readonly age: string | null;
}): number | null {
  const directives = (headers.cacheControl ?? '').toLowerCase();
  if (/(?:^|[\s,])no-(?:cache|store)(?:$|[\s,])/.test(directives)) return 0;
  const age = Number(headers.age ?? 0) || 0;
  const maxAge = /(?:^|[\s,])max-age\s*=\s*"?(\d+)/.exec(directives)?.[1];
  if (maxAge !== undefined) return Math.max(0, Number(maxAge) - age);
  if (headers.expires === null) return null;
  const lasts = Date.parse(headers.expires) - Date.parse(headers.date ?? '');
  return Number.isNaN(lasts) ? 0 : Math.max(0, lasts / 1000 - age);
}
