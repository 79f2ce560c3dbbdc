/** What Belfry's own layer over BullMQ costs: four hops with nothing to do, through its stages and through bare workers. */
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { createMetrics } from '../../src/metrics.js';
import { handOn, startStageWorker } from '../../src/pipeline/stage-worker.js';
import { type PageJob, stages } from '../../src/pipeline/stages.js';
import type { BenchKey } from './key.js';
import { alternate, describePairs, medianRatio } from './median.js';
import { openQueueOnlyRuntime, pageJobs } from './queue-only.js';

const CONCURRENCY = 16;
const sizes = { quick: { rounds: 3, items: 400 }, full: { rounds: 7, items: 3_000 } } as const;

interface Hops {
  /** Sends jobs through all four and gives items a second. */
  run(jobs: readonly PageJob[]): Promise<number>;
  close(): Promise<unknown>;
}

export const chainVsBareBullmq: BenchKey = {
  key: 'chain_vs_bare_bullmq',
  meaning: 'items/s of four idle stages over those of four bare BullMQ workers',
  needs: ['redis-server'],
  async measure(grounds, size) {
    const { rounds, items } = sizes[size];
    const ourRedis = await grounds.redis();
    const bareRedis = await grounds.redis();
    const ours = await grounds.scope.hold(
      async () => openStages(ourRedis),
      (hops) => hops.close(),
    );
    const bare = await grounds.scope.hold(
      async () => openBare(bareRedis),
      (hops) => hops.close(),
    );
    await ours.run(pageJobs(items, 'warm'));
    await bare.run(pageJobs(items, 'warm'));
    const pairs = await alternate(
      rounds,
      (round) => ours.run(pageJobs(items, String(round))),
      (round) => bare.run(pageJobs(items, String(round))),
    );
    return { value: medianRatio(pairs), detail: describePairs(pairs, 'items/s') };
  },
};

function openStages(redisUrl: string): Hops {
  const runtime = openQueueOnlyRuntime(redisUrl);
  const arrivals = createArrivals();
  const context = { runtime, metrics: createMetrics() };
  const workers = stages.map((stage, place) =>
    startStageWorker(context, stage, CONCURRENCY, async (job) => {
      const next = stages[place + 1];
      if (next) await handOn(runtime, next, [job.data as PageJob]);
      else arrivals.arrive();
      return 'ok';
    }),
  );
  return {
    run: (jobs) => arrivals.time(jobs.length, () => handOn(runtime, 'fetch', jobs)),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
      await runtime.close();
    },
  };
}

function openBare(redisUrl: string): Hops {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const arrivals = createArrivals();
  const options = { connection, prefix: '{bare}' };
  const queues = stages.map(
    (stage) => new Queue<PageJob>(stage, { ...options, defaultJobOptions: { removeOnComplete: true } }),
  );
  const jobId = ({ pageId, revision }: PageJob): string => `page-${pageId}-${revision}`;
  const workers = stages.map(
    (stage, place) =>
      new Worker<PageJob>(
        stage,
        async (job) => {
          const next = queues[place + 1];
          if (next) await next.add('page', job.data, { jobId: jobId(job.data) });
          else arrivals.arrive();
        },
        { ...options, concurrency: CONCURRENCY },
      ),
  );
  return {
    run: (jobs) =>
      arrivals.time(jobs.length, () =>
        queues[0]?.addBulk(jobs.map((data) => ({ name: 'page', data, opts: { jobId: jobId(data) } }))),
      ),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
      await Promise.all(queues.map((queue) => queue.close()));
      connection.disconnect();
    },
  };
}

/** Counts what comes out at the end. */
function createArrivals() {
  let missing = 0;
  let complete: () => void = () => {};
  return {
    arrive(): void {
      missing--;
      if (missing === 0) complete();
    },
    async time(count: number, send: () => Promise<unknown> | undefined): Promise<number> {
      missing = count;
      const arrived = new Promise<void>((resolve) => {
        complete = resolve;
      });
      const began = performance.now();
      await send();
      await arrived;
      return count / ((performance.now() - began) / 1000);
    },
  };
}
