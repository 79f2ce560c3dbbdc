/** What this process counts, in Prometheus form. What the store knows is counted there (see server/metrics.ts). */
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  /** Jobs ended, by stage and named outcome. */
  readonly outcomes: Counter<'stage' | 'outcome'>;
  readonly seconds: Histogram<'stage'>;
  /** Jobs put off because a server was away. */
  readonly postponed: Counter<'stage'>;
  /** What hubs sent to the callbacks of WebSub subscriptions, by outcome. */
  readonly hubRequests: Counter<'kind' | 'outcome'>;
  /** Requests to hubs, by outcome. */
  readonly hubsAsked: Counter<'outcome'>;
  /** Types near their threshold, by what became of the second opinion on them. */
  readonly secondOpinions: Counter<'outcome'>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    outcomes: new Counter({
      name: 'belfry_stage_outcomes_total',
      help: 'Jobs that ended, by stage and outcome',
      labelNames: ['stage', 'outcome'],
      registers,
    }),
    seconds: new Histogram({
      name: 'belfry_stage_duration_seconds',
      help: 'Time that a job took in its stage',
      labelNames: ['stage'],
      buckets: [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30],
      registers,
    }),
    postponed: new Counter({
      name: 'belfry_stage_postponed_total',
      help: 'Jobs put off because the store was away',
      labelNames: ['stage'],
      registers,
    }),
    secondOpinions: new Counter({
      name: 'belfry_second_opinions_total',
      help: 'Threat types near their threshold, by outcome: asked; then agreed, changed, void or failed; known (not asked again), skipped (the model is left alone)',
      labelNames: ['outcome'],
      registers,
    }),
    hubRequests: new Counter({
      name: 'belfry_websub_requests_total',
      help: 'Verifications and pushes that came to WebSub callbacks, by outcome',
      labelNames: ['kind', 'outcome'],
      registers,
    }),
    hubsAsked: new Counter({
      name: 'belfry_websub_asked_total',
      help: 'Subscriptions, renewals and leaves asked of WebSub hubs, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
  };
}
