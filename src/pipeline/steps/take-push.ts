/** A hub's push: the feed's copy comes to us instead of being fetched, and goes the way of a poll from there on. */
import { readFeed } from '../../feeds/read.js';
import { observePoll } from '../../feeds/rhythm.js';
import { checkSignature } from '../../feeds/websub.js';
import { type Database, transaction } from '../../store/database.js';
import { findFeed, startPoll } from '../../store/feeds.js';
import { type PageReference, recordItems, travellingPages } from '../../store/pages.js';
import { finishPush, learnRhythm } from '../../store/rhythms.js';
import { notePush, subscriptionByToken } from '../../store/subscriptions.js';
import { datesOf, identify, LOST_AFTER_MINUTES } from './poll-feed.js';

export interface Push {
  /** Last part of the address that was called. */
  readonly token: string;
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  /** X-Hub-Signature as received. */
  readonly signature: string | undefined;
}

export interface PushResult {
  /** `new`, `unchanged`, or why the push was not taken. */
  readonly outcome: string;
  readonly feedId: number | null;
  readonly pages: readonly PageReference[];
}

/** Takes a push when it is the hub's own; never throws for what the push holds. */
export async function takePush(database: Database, push: Push): Promise<PushResult> {
  const subscription = await subscriptionByToken(database.pool, push.token);
  if (!subscription) return { outcome: 'unknown-subscription', feedId: null, pages: [] };
  const { feedId } = subscription;
  const refused = (outcome: string): PushResult => ({ outcome, feedId, pages: [] });
  if (subscription.state !== 'active') return refused('not-active');
  const signature = checkSignature(subscription.secret, push.signature, push.body);
  if (signature !== 'valid') return refused(signature);
  const feed = await findFeed(database.pool, feedId);
  if (!feed) return refused('not-followed');
  if (feed.retiredAt) return refused('retired');
  if (feed.pausedAt) return refused('paused');
  const read = await readFeed(push.body, { url: subscription.topic, contentType: push.contentType });
  if (!read.ok) return refused(read.reason);
  const startedAt = new Date();
  const pollId = await startPoll(database.pool, { feedId, runId: null, startedAt });
  const outcome = await transaction(database.pool, async (client) => {
    const found = read.feed.items.map((item) => identify(feed, item));
    const counts = await recordItems(client, feedId, pollId, found);
    const came = counts.newItems + counts.changedItems > 0 ? 'new' : 'unchanged';
    await learnRhythm(client, feedId, (state) =>
      observePoll(state, {
        at: startedAt,
        newEntries: datesOf(found, counts.newKeys),
        entries: null,
        answer: 'not-modified',
      }),
    );
    await finishPush(client, pollId, feedId, {
      outcome: came,
      items: found.length,
      bytes: push.body.byteLength,
      ...counts,
    });
    await notePush(client, subscription.id);
    return came;
  });
  return { outcome, feedId, pages: await travellingPages(database.pool, feedId, pollId, LOST_AFTER_MINUTES) };
}
