/** `/metrics`: what this process counts, and what store and queues hold at the moment of asking. */
import { Gauge, Registry } from 'prom-client';
import type { Metrics } from '../metrics.js';
import { jobStates } from '../pipeline/queue-depths.js';
import type { Runtime } from '../pipeline/runtime.js';
import { articleTotals, feedsByOutcome, pageOutcomes, pollOutcomes, tagTotals } from '../store/statistics.js';
import { subscriptionStates } from '../store/subscriptions.js';
import { queueState } from './queue-state.js';
import { remember } from './remember.js';

const DAY_MILLISECONDS = 86_400_000;
/** Several scrapers, or one that is too eager, cost the store one count in this time. */
const COUNT_SECONDS = 5;

export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** Makes the function that answers a scrape. With store or queues away it still gives the rest, and says which is away. */
export function createExposition({ database, queues }: Runtime, metrics: Metrics): () => Promise<Exposition> {
  const registry = new Registry();
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const storeUp = gauge('belfry_store_up', 'Whether the store answers');
  const queuesUp = gauge('belfry_queues_up', 'Whether the queues answer');
  const depth = gauge('belfry_queue_jobs', 'Jobs in a queue, by state', ['stage', 'state']);
  const oldest = gauge('belfry_queue_oldest_job_seconds', 'Age of the job that has waited longest, 0 without any', [
    'stage',
  ]);
  const articles = gauge('belfry_articles', 'Articles in the store');
  const tagged = gauge('belfry_articles_tagged', 'Articles with at least one threat type');
  const tags = gauge('belfry_tags', 'Tags in the store, by threat type', ['type']);
  const feeds = gauge('belfry_feeds', 'Followed feeds, by the outcome of their last poll', ['outcome']);
  const polls = gauge('belfry_polls_24h', 'Polls of the last 24 hours, by outcome', ['outcome']);
  const pages = gauge('belfry_pages_24h', 'Pages that feeds brought in the last 24 hours, by stage and outcome', [
    'stage',
    'outcome',
  ]);

  const subscriptions = gauge('belfry_websub_subscriptions', 'WebSub subscriptions, by state', ['state']);

  async function countStore(): Promise<void> {
    const since = new Date(Date.now() - DAY_MILLISECONDS);
    try {
      const pool = database.pool;
      const [totals, perType, perFeedOutcome, perPoll, perPage, perState] = await Promise.all([
        articleTotals(pool),
        tagTotals(pool),
        feedsByOutcome(pool),
        pollOutcomes(pool, since),
        pageOutcomes(pool, since),
        subscriptionStates(pool),
      ]);
      storeUp.set(1);
      articles.set(totals.articles);
      tagged.set(totals.tagged);
      for (const row of perType) tags.set({ type: row.type }, row.tags);
      for (const row of perFeedOutcome) feeds.inc({ outcome: row.outcome ?? 'not-polled' }, row.feeds);
      for (const row of perPoll) polls.set({ outcome: row.outcome }, row.count);
      for (const { state, count } of perState) subscriptions.set({ state }, count);
      for (const { stage, outcome, count } of perPage) pages.set({ stage, outcome }, count);
    } catch {
      storeUp.set(0);
    }
  }

  async function countQueues(): Promise<void> {
    const state = await queueState(queues);
    queuesUp.set(state.known ? 1 : 0);
    if (!state.known) return;
    for (const { stage, depths, oldestAt } of state.queues) {
      for (const name of jobStates) depth.set({ stage, state: name }, depths[name]);
      oldest.set({ stage }, oldestAt ? Math.max(0, (Date.now() - oldestAt.getTime()) / 1000) : 0);
    }
  }

  const count = remember(COUNT_SECONDS, async () => {
    registry.resetMetrics();
    await Promise.all([countStore(), countQueues()]);
    return registry.metrics();
  });

  return async () => ({
    contentType: metrics.registry.contentType,
    text: `${await metrics.registry.metrics()}\n${await count()}`,
  });
}
