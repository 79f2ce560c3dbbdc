/**
 * Keeps the subscriptions at hubs: makes one for a feed that names a hub, asks the hub, asks again before the lease ends,
 * and takes leave when the feed is not polled any more or names no hub. What the hub answers comes in through `answerHub`.
 */
import { type HubIntent, type HubLinks, newSecret, readHubIntent, subscriptionForm } from '../../feeds/websub.js';
import type { Queryable } from '../../store/database.js';
import {
  expectIntent,
  keepSubscription,
  noteAsked,
  noteAskFailed,
  noteDenied,
  noteVerified,
  removeSubscription,
  type Subscription,
  subscriptionByToken,
  takeDueSubscriptions,
} from '../../store/subscriptions.js';
import { failureName, type WebClient } from '../../web/client.js';

/** Where hubs find Belfry; the subscription's token follows. */
export const CALLBACK_PATH = '/websub/';

const ASK_AT_A_TIME = 20;
/** While one process asks, others leave the subscription alone. */
const CLAIM_MINUTES = 5;
/** A hub that took the request but has not asked back within this time is asked again. */
const UNVERIFIED_HOURS = 6;
/** Hubs that can't be asked: waits double from the first to the second. */
const RETRY_HOURS = [0.5, 24] as const;
const DENIED_DAYS = 7;
/** Asking anew when this share of the lease is over leaves time for a hub that is away for a while. */
const RENEW_AT_SHARE = 0.75;

const HOUR = 3_600_000;
/** A hub's answer to a request says little; more is not read. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** The address that a hub calls for a subscription; `publicUrl` ends without a slash. */
export const callbackFor = (publicUrl: string, token: string): string => `${publicUrl}${CALLBACK_PATH}${token}`;

/** Makes sure that a feed which names a hub has a subscription there; returns whether it is new. */
export function followHub(database: Queryable, publicUrl: string, feedId: number, links: HubLinks): Promise<boolean> {
  const token = newSecret();
  const callback = callbackFor(publicUrl, token);
  return keepSubscription(database, publicUrl + CALLBACK_PATH, {
    feedId,
    ...links,
    token,
    callback,
    secret: newSecret(),
  });
}

/** What became of asking one hub, by name, for the metrics and the log. */
export interface HubAsked {
  readonly hub: string;
  readonly outcome: string;
}

/** Asks all hubs that have to be asked now, one after the other. */
export async function askHubs(database: Queryable, web: Pick<WebClient, 'post'>): Promise<HubAsked[]> {
  const asked: HubAsked[] = [];
  for (const subscription of await takeDueSubscriptions(database, ASK_AT_A_TIME, CLAIM_MINUTES)) {
    const outcome = subscription.isWanted
      ? await ask(database, web, subscription, 'subscribe')
      : await takeLeave(database, web, subscription);
    asked.push({ hub: subscription.hub, outcome });
  }
  return asked;
}

async function ask(
  database: Queryable,
  web: Pick<WebClient, 'post'>,
  subscription: Subscription,
  mode: 'subscribe' | 'unsubscribe',
): Promise<string> {
  const { id, hub, topic, callback, secret, attempts } = subscription;
  await expectIntent(database, id, mode);
  const answer = await web.post(hub, subscriptionForm({ hub, topic, callback, secret, mode }), {
    contentType: 'application/x-www-form-urlencoded',
    maxBytes: MAX_ANSWER_BYTES,
  });
  if (answer.ok) {
    await noteAsked(database, id, inHours(UNVERIFIED_HOURS));
    return `${mode}-asked`;
  }
  const [least, most] = RETRY_HOURS;
  const wait = Math.max(Math.min(least * 2 ** Math.min(attempts, 10), most), (answer.retryAfterSeconds ?? 0) / 3600);
  const name = failureName(answer);
  await noteAskFailed(database, id, `${name}: ${answer.message}`, inHours(wait));
  return name;
}

/** Once is enough: a hub that does not hear it finds the callback gone when it pushes next. */
async function takeLeave(
  database: Queryable,
  web: Pick<WebClient, 'post'>,
  subscription: Subscription,
): Promise<string> {
  const { state, leaseEndsAt } = subscription;
  const isHeard = state === 'active' || state === 'leaving';
  if (!isHeard || leaseEndsAt === null || leaseEndsAt.getTime() < Date.now()) {
    await removeSubscription(database, subscription.id);
    return 'ended';
  }
  return ask(database, web, subscription, 'unsubscribe');
}

/** What a hub's GET came to; only the first two get the challenge back. */
export type HubAnswer =
  | { readonly outcome: 'verified' | 'unsubscribed'; readonly challenge: string }
  | { readonly outcome: 'denied' | 'unknown-subscription' | 'bad-intent' | 'wrong-topic' | 'not-asked' };

/** Answers a hub that asks whether a subscription is meant: yes only to what was asked of it (section 5.3). */
export async function answerHub(database: Queryable, token: string, query: URLSearchParams): Promise<HubAnswer> {
  const subscription = await subscriptionByToken(database, token);
  if (!subscription) return { outcome: 'unknown-subscription' };
  const intent = readHubIntent(query);
  if (intent === null) return { outcome: 'bad-intent' };
  if (intent.topic !== subscription.topic) return { outcome: 'wrong-topic' };
  if (intent.mode === 'denied') return deny(database, subscription, intent);
  if (intent.mode !== subscription.pendingIntent) return { outcome: 'not-asked' };
  const { challenge } = intent;
  if (intent.mode === 'unsubscribe') {
    await removeSubscription(database, subscription.id);
    return { outcome: 'unsubscribed', challenge };
  }
  const lease = intent.leaseSeconds * 1000;
  await noteVerified(database, subscription.id, {
    endsAt: new Date(Date.now() + lease),
    renewAt: new Date(Date.now() + lease * RENEW_AT_SHARE),
  });
  return { outcome: 'verified', challenge };
}

/** A hub may deny at any time, also what it once granted (section 5.2). */
async function deny(
  database: Queryable,
  subscription: Subscription,
  { reason }: Extract<HubIntent, { mode: 'denied' }>,
): Promise<HubAnswer> {
  await noteDenied(database, subscription.id, reason?.slice(0, 500) ?? null, inHours(DENIED_DAYS * 24));
  return { outcome: 'denied' };
}

const inHours = (hours: number): Date => new Date(Date.now() + hours * HOUR);
