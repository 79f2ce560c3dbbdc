/** How a feed is, when it is polled and why, in plain words. */
import type { NextPollReason } from '../feeds/rhythm.js';
import { shortInterval } from '../pipeline/interval.js';
import { feedState } from '../pipeline/status.js';
import type { StoredFeed } from '../store/feeds.js';
import type { SubscriptionState } from '../store/subscriptions.js';
import { describePoll, type PlainOutcome } from './outcomes.js';

export function describeHealth(feed: StoredFeed): PlainOutcome {
  switch (feedState(feed)) {
    case 'retired':
      return { tone: 'bad', words: 'Not polled any more' };
    case 'paused':
      return { tone: 'quiet', words: 'Paused' };
    default:
      return describePoll(feed.lastOutcome);
  }
}

/** What is unusual about a feed that may work well otherwise. */
export function remarksOn({ validatorsTrusted, movedTo, movedSeen, formerUrl }: StoredFeed): readonly string[] {
  return [
    ...(validatorsTrusted
      ? []
      : ['Validators lie: it said “not modified” and had new entries, so it is always asked in full']),
    ...(movedTo ? [`Moving: ${movedSeen === 1 ? 'once' : `${movedSeen} times in a row`} sent on to ${movedTo}`] : []),
    ...(formerUrl ? [`Moved here from ${formerUrl}`] : []),
  ];
}

type Plan = Pick<StoredFeed, 'pollMinutes' | 'pollCron'>;

/** @param forAll the settings' fixed interval for all feeds, in minutes */
export function describePlan({ pollMinutes, pollCron }: Plan, forAll: number | undefined): string {
  if (pollCron !== null) return `By cron: ${pollCron} (UTC)`;
  if (pollMinutes !== null) return `Every ${intervalWords(pollMinutes)}`;
  return forAll === undefined ? 'Adaptive' : `Every ${intervalWords(forAll)}, as for all feeds`;
}

const intervalWords = (minutes: number): string => {
  const [, amount, unit] = /^([\d.]+)(\w)$/.exec(shortInterval(minutes)) ?? [];
  return `${amount} ${{ s: 's', m: 'min', h: 'h', d: amount === '1' ? 'day' : 'days' }[unit ?? ''] ?? ''}`;
};

const nextPollReasons: Readonly<Record<NextPollReason, string>> = {
  rhythm: 'by how often it brings something new',
  floor: 'no sooner, by the settings’ shortest interval',
  ceiling: 'the settings’ longest interval, for it brings little',
  window: 'before entries could drop out of the feed unseen',
  ttl: 'the feed asks to be left alone for so long (ttl)',
  period: 'the feed says that it is renewed so often',
  'max-age': 'its server calls the answer fresh until then',
  skip: 'the feed names hours or days on which it rests',
  pushes: 'its hub pushes what is new',
  fixed: 'a fixed interval is set',
  cron: 'a cron expression is set',
  'back-off': 'after failures, each wait is twice as long',
  'retry-after': 'its server asked to be left alone until then',
};

/** What decided the next poll; undefined before the first one. */
export const describeNextPoll = (because: string | null): string | undefined =>
  because === null ? undefined : (nextPollReasons[because as NextPollReason] ?? because);

const hubStates: Readonly<Record<SubscriptionState, PlainOutcome>> = {
  new: { tone: 'quiet', words: 'Its hub will be asked to push' },
  asked: { tone: 'quiet', words: 'Its hub was asked to push and has not confirmed yet' },
  active: { tone: 'good', words: 'Its hub pushes what is new' },
  denied: { tone: 'bad', words: 'Its hub won’t push' },
  failed: { tone: 'bad', words: 'Its hub can’t be asked to push' },
  leaving: { tone: 'quiet', words: 'Leaving its hub, which the feed names no more' },
  ending: { tone: 'quiet', words: 'Its hub was told to push no more' },
};

export const describeHub = (state: SubscriptionState): PlainOutcome => hubStates[state];
