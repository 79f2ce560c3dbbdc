/** How a feed is, when it is polled and why, in plain words. */
import type { NextPollReason } from '../feeds/rhythm.js';
import { shortInterval } from '../pipeline/interval.js';
import { feedState } from '../pipeline/status.js';
import type { StoredFeed } from '../store/feeds.js';
import type { SubscriptionState } from '../store/subscriptions.js';
import { describePoll, type PlainOutcome, type Tone } from './outcomes.js';
import type { Words } from './words/en.js';

export function describeHealth(feed: StoredFeed, say: Words): PlainOutcome {
  switch (feedState(feed)) {
    case 'retired':
      return { tone: 'bad', words: say.feed.retired };
    case 'paused':
      return { tone: 'quiet', words: say.feed.paused };
    default:
      return describePoll(feed.lastOutcome, say);
  }
}

/** What is unusual about a feed that may work well otherwise. */
export function remarksOn(
  { validatorsTrusted, movedTo, movedSeen, formerUrl }: StoredFeed,
  { feed }: Words,
): readonly string[] {
  return [
    ...(validatorsTrusted ? [] : [feed.lying]),
    ...(movedTo ? [feed.movingTo(movedSeen, movedTo)] : []),
    ...(formerUrl ? [feed.movedFrom(formerUrl)] : []),
  ];
}

type Plan = Pick<StoredFeed, 'pollMinutes' | 'pollCron'>;

/** @param forAll the settings' fixed interval for all feeds, in minutes */
export function describePlan({ pollMinutes, pollCron }: Plan, forAll: number | undefined, say: Words): string {
  if (pollCron !== null) return say.feed.cronPlan(pollCron);
  if (pollMinutes !== null) return say.feed.every(intervalWords(pollMinutes, say));
  return forAll === undefined ? say.feed.adaptivePlan : say.feed.everyForAll(intervalWords(forAll, say));
}

function intervalWords(minutes: number, { units }: Words): string {
  const [, amount, unit] = /^([\d.]+)(\w)$/.exec(shortInterval(minutes)) ?? [];
  const inUnit = { s: units.seconds, m: units.minutes, h: units.hours, d: units.days }[unit ?? ''] ?? units.minutes;
  return inUnit(Number(amount));
}

/** What decided the next poll; undefined before the first one. */
export const describeNextPoll = (because: string | null, { feed }: Words): string | undefined =>
  because === null ? undefined : (feed.nextBecause[because as NextPollReason] ?? because);

const hubTones: Readonly<Record<SubscriptionState, Tone>> = {
  new: 'quiet',
  asked: 'quiet',
  active: 'good',
  denied: 'bad',
  failed: 'bad',
  leaving: 'quiet',
  ending: 'quiet',
};

export const describeHub = (state: SubscriptionState, { feed }: Words): PlainOutcome => ({
  tone: hubTones[state],
  words: feed.hubs[state],
});
