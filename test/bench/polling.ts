/**
 * A simulated week of polling: 200 synthetic feeds under Belfry's own rhythm (`src/feeds/rhythm.ts`, as it runs), under
 * fixed 30-minute polling and under Miniflux's entry-frequency rule, on a clock that costs nothing.
 *
 *   node dist/test/bench/polling.js [--seeds 11,12,13] [--kinds] [--json]
 */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { loadSettings } from '../../src/config.js';
import {
  defaultBounds,
  isSilenceDoubtful,
  nextPoll,
  noHints,
  observePoll,
  type RhythmState,
} from '../../src/feeds/rhythm.js';
import {
  createChance,
  createFeeds,
  type FeedKind,
  GRACE,
  type SyntheticFeed,
  WEEK_END,
  WEEK_START,
} from './synthetic-feeds.js';

const MINUTE = 60_000;
const WEEK_MINUTES = 7 * 24 * 60;
/** All feeds get their first poll within this time; what they hold then is no news. */
const START_MINUTES = 30;
/** As polls do it: after so many 304 in a row the feed is asked in full at once; new entries then end the conditional ones. */
const FULL_POLL_EVERY = loadSettings({}).feeds.fullPollEvery;
/** None of these was used to choose the rhythm's constants; those were seeds 1 to 3. */
export const reportedSeeds = [101, 102, 103, 104, 105, 106, 107, 108, 109, 110];

/** What a poll came to. */
interface Poll {
  readonly at: number;
  readonly outcome: 'new' | 'unchanged' | 'not-modified' | 'failed';
  /** Publication dates of entries that were not known before. */
  readonly fresh: readonly number[];
  readonly entries: number | null;
}

/** A rule for when to poll a feed. */
interface Polling {
  /** Told each poll, says when the next is (milliseconds since 1970, or never). */
  next(poll: Poll): number;
  /** Whether "not modified" is hard to believe at an instant; absent where only their number counts. */
  doubts?(at: number): boolean;
}

type Rule = (feed: SyntheticFeed) => Polling;

interface Policy {
  readonly name: string;
  readonly rule: Rule;
  /** `checked`: lying validators are found out; `believed`: a 304 is taken at its word. */
  readonly validators: 'checked' | 'believed';
}

export const policies: readonly Policy[] = [
  { name: 'Belfry', rule: belfry, validators: 'checked' },
  { name: 'every 30 minutes', rule: everyHalfHour, validators: 'checked' },
  { name: 'Miniflux rule', rule: miniflux, validators: 'checked' },
  { name: 'Miniflux rule, validators believed', rule: miniflux, validators: 'believed' },
];

export interface PollingFigures {
  readonly policy: string;
  readonly requests: number;
  /** Minutes from publication to arrival, over all entries. */
  readonly medianDelay: number;
  readonly p90Delay: number;
  readonly meanDelay: number;
  /** Median over feeds of each feed's median delay: a slow feed counts as much as a fast one. */
  readonly medianFeedDelay: number;
  /** Share of requests that brought nothing new. */
  readonly emptyShare: number;
  readonly entries: number;
  /** Entries that dropped out of their feed before a poll saw them. */
  readonly missed: number;
}

/** Runs the week for each seed and averages; `kind` looks at feeds of one kind only. */
export function simulatePolling(seeds: readonly number[] = reportedSeeds, kind?: FeedKind): PollingFigures[] {
  return policies.map((policy) => {
    const runs = seeds.map((seed) => runWeek(policy, seed, kind));
    const mean = (of: (run: Omit<PollingFigures, 'policy'>) => number): number =>
      runs.reduce((total, run) => total + of(run), 0) / runs.length;
    return {
      policy: policy.name,
      requests: mean((run) => run.requests),
      medianDelay: mean((run) => run.medianDelay),
      p90Delay: mean((run) => run.p90Delay),
      meanDelay: mean((run) => run.meanDelay),
      medianFeedDelay: mean((run) => run.medianFeedDelay),
      emptyShare: mean((run) => run.emptyShare),
      entries: mean((run) => run.entries),
      missed: mean((run) => run.missed),
    };
  });
}

// -------------------------------------------------------------------------------------------------------------- rules

function belfry(feed: SyntheticFeed): Polling {
  let state: RhythmState | null = null;
  let failures = 0;
  const doubts = (at: number): boolean => state !== null && isSilenceDoubtful(state, new Date(at));
  const next = ({ at, outcome, fresh, entries }: Poll): number => {
    failures = outcome === 'failed' ? failures + 1 : 0;
    if (outcome !== 'failed') {
      state = observePoll(state, {
        at: new Date(at),
        newEntries: fresh.map((date) => new Date(date)),
        entries,
        answer: outcome === 'not-modified' ? 'not-modified' : 'sent',
      });
    }
    const { at: due } = nextPoll({
      feed: feed.name,
      rule: { kind: 'rhythm' },
      at: new Date(at),
      state,
      hints: { ...noHints, minutes: feed.ttlMinutes, freshForSeconds: feed.maxAgeSeconds || null },
      bounds: defaultBounds,
      failures,
      retryAfterSeconds: null,
      pushes: null,
    });
    return due.getTime();
  };
  return { next, doubts };
}

function everyHalfHour(): Polling {
  return { next: ({ at }) => at + 30 * MINUTE };
}

/**
 * Miniflux 2.2, POLLING_SCHEDULER=entry_frequency with its defaults (internal/model/feed.go, internal/storage/feed.go):
 * a week divided by the entries of a week, from 5 minutes to 24 hours, the count taken from the dates of the last seven days
 * before the poll; `ttl` and Cache-Control lengthen it when the feed was sent; three failures end it. The hourly batches
 * (POLLING_FREQUENCY=60) that would delay every poll further are left out: each poll comes when it is due.
 */
function miniflux({ ttlMinutes, maxAgeSeconds }: SyntheticFeed): Polling {
  const leastMinutes = 5;
  const mostMinutes = 1440;
  const factor = 1;
  const errorLimit = 3;
  let stored: number[] = [];
  let errors = 0;
  let began = false;
  const next = ({ at, outcome, fresh }: Poll): number => {
    if (outcome === 'failed') {
      errors++;
      return errors >= errorLimit ? Number.POSITIVE_INFINITY : at + mostMinutes * MINUTE;
    }
    errors = 0;
    const lastWeek = (): number[] => stored.filter((date) => date >= at - WEEK_MINUTES * MINUTE);
    let recent = lastWeek();
    stored = [...recent, ...fresh];
    if (!began) recent = lastWeek();
    began = true;
    const span = Math.max(...recent) - Math.min(...recent);
    const weekly = recent.length > 1 && span > 0 ? Math.ceil((WEEK_MINUTES * MINUTE * (recent.length - 1)) / span) : 0;
    const byFrequency = weekly === 0 ? mostMinutes : Math.round(WEEK_MINUTES / (weekly * factor));
    const asked = outcome === 'not-modified' ? 0 : Math.max(ttlMinutes ?? 0, maxAgeSeconds / 60);
    return at + Math.min(mostMinutes, Math.max(leastMinutes, byFrequency, asked)) * MINUTE;
  };
  return { next };
}

// ----------------------------------------------------------------------------------------------------------- the week

interface FeedWeek {
  readonly delays: readonly number[];
  readonly requests: number;
  readonly empty: number;
  readonly missed: number;
}

function runWeek(policy: Policy, seed: number, kind: FeedKind | undefined): Omit<PollingFigures, 'policy'> {
  const feeds = createFeeds(seed).filter((feed) => kind === undefined || feed.kind === kind);
  const weeks = feeds.map((feed) => pollThroughWeek(feed, policy, seed));
  const delays = weeks.flatMap((week) => week.delays).sort(ascending);
  const total = (of: (week: FeedWeek) => number): number => weeks.reduce((all, week) => all + of(week), 0);
  const requests = total((week) => week.requests);
  const feedMedians = weeks.filter((week) => week.delays.length > 0).map((week) => quantile(week.delays, 0.5));
  return {
    requests,
    medianDelay: quantile(delays, 0.5),
    p90Delay: quantile(delays, 0.9),
    meanDelay: delays.reduce((all, delay) => all + delay, 0) / delays.length,
    medianFeedDelay: quantile(feedMedians.sort(ascending), 0.5),
    emptyShare: total((week) => week.empty) / requests,
    entries: delays.length,
    missed: total((week) => week.missed),
  };
}

/** Polls one feed from the week's start until all that it published in the week has arrived or dropped out. */
function pollThroughWeek(feed: SyntheticFeed, { rule, validators }: Policy, seed: number): FeedWeek {
  const { next, doubts } = rule(feed);
  const firstAt = WEEK_START + Math.floor(createChance(seed, feed.name, 'start').next() * START_MINUTES * MINUTE);
  const server = createServer(feed);
  const delays: number[] = [];
  let known = 0;
  let requests = 0;
  let empty = 0;
  let missed = 0;
  let validator: number | null = null;
  let trusted = true;
  let notModified = 0;
  for (let at = firstAt; at < WEEK_END + GRACE; ) {
    let asked = 1;
    let answer = server.ask(at, trusted ? validator : null);
    notModified = answer.kind === 'kept' ? notModified + 1 : 0;
    const isDoubted =
      validators === 'checked' && answer.kind === 'kept' && (notModified >= FULL_POLL_EVERY || doubts?.(at) === true);
    if (isDoubted) {
      asked = 2;
      answer = server.ask(at, null);
      notModified = 0;
    }
    let fresh: readonly number[] = [];
    if (answer.kind === 'sent') {
      const { from, until } = answer;
      if (isDoubted && until > known) trusted = false;
      fresh = feed.published.slice(Math.max(from, known), until);
      const lost = feed.published.slice(known, Math.max(from, known));
      for (const date of fresh) if (isMeasured(date, firstAt)) delays.push((at - date) / MINUTE);
      missed += lost.filter((date) => isMeasured(date, firstAt)).length;
      known = until;
      validator = answer.validator;
    }
    if (at < WEEK_END) {
      requests += asked;
      empty += fresh.length === 0 ? asked : asked - 1;
    }
    const outcome =
      answer.kind === 'failed'
        ? 'failed'
        : answer.kind === 'kept'
          ? 'not-modified'
          : fresh.length
            ? 'new'
            : 'unchanged';
    const entries = answer.kind === 'sent' ? answer.until - answer.from : null;
    at = next({ at, outcome, fresh, entries });
  }
  return { delays, requests, empty, missed };
}

const isMeasured = (date: number, firstAt: number): boolean => date > firstAt && date < WEEK_END;

type Answer =
  | { readonly kind: 'failed' }
  | { readonly kind: 'kept' }
  /** Indices of the entries in the copy: from the oldest to before `until`. */
  | { readonly kind: 'sent'; readonly from: number; readonly until: number; readonly validator: number };

function createServer(feed: SyntheticFeed): { ask(at: number, validator: number | null): Answer } {
  let until = 0;
  return {
    ask(at, validator) {
      if (feed.state === 'fails') return { kind: 'failed' };
      const cached = feed.maxAgeSeconds * 1000;
      const madeAt = cached === 0 ? at : at - (at % cached);
      while (until < feed.published.length && (feed.published[until] as number) <= madeAt) until++;
      const current = feed.validators.kind === 'honest' ? until : Math.floor(at / feed.validators.forMilliseconds);
      if (validator === current) return { kind: 'kept' };
      return { kind: 'sent', from: Math.max(0, until - feed.window), until, validator: current };
    },
  };
}

// ------------------------------------------------------------------------------------------------------------ figures

const ascending = (one: number, other: number): number => one - other;

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort(ascending);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function tableOf(title: string, rows: readonly PollingFigures[]): string {
  const table = new Table({
    head: [title, 'requests', 'median min', 'p90', 'mean', 'median of feeds', 'brought nothing', 'missed'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    table.push([
      row.policy,
      Math.round(row.requests).toLocaleString('en'),
      row.medianDelay.toFixed(1),
      row.p90Delay.toFixed(1),
      row.meanDelay.toFixed(1),
      row.medianFeedDelay.toFixed(1),
      `${(row.emptyShare * 100).toFixed(0)} %`,
      row.missed.toFixed(0),
    ]);
  }
  return table.toString();
}

function main(): void {
  const { values } = parseArgs({
    options: { seeds: { type: 'string' }, kinds: { type: 'boolean' }, json: { type: 'boolean' } },
  });
  const seeds = values.seeds?.split(',').map(Number) ?? reportedSeeds;
  const all = simulatePolling(seeds);
  const kinds: FeedKind[] = ['fast', 'newsroom', 'bursty', 'slow', 'ttl-setting', 'lying', 'dead'];
  const perKind = values.kinds ? kinds.map((kind) => ({ kind, figures: simulatePolling(seeds, kind) })) : [];
  if (values.json) {
    console.log(JSON.stringify({ seeds, figures: all, ...(values.kinds && { kinds: perKind }) }, null, 2));
    return;
  }
  console.log(tableOf(`200 feeds, one week, ${seeds.length} seeds`, all));
  for (const { kind, figures } of perKind) console.log(tableOf(kind, figures));
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) main();
