/** How much of Redis a waiting item takes: its job and its share of the queue's own keys, in the stage where it is most. */
import { Redis } from 'ioredis';
import { handOn } from '../../src/pipeline/stage-worker.js';
import { stages } from '../../src/pipeline/stages.js';
import type { BenchKey } from './key.js';
import { openQueueOnlyRuntime, pageJobs } from './queue-only.js';

const items = { quick: 500, full: 5_000 } as const;
const PIPELINED = 1_000;

export const redisBytesPerItem: BenchKey = {
  key: 'redis_bytes_per_item',
  meaning: 'bytes of all keys of a queue (MEMORY USAGE) for each job that waits in it',
  aim: { atMost: 2048 },
  needs: ['redis-server'],
  async measure(grounds, size) {
    const url = await grounds.redis();
    const runtime = await grounds.scope.hold(
      async () => openQueueOnlyRuntime(url),
      (held) => held.close(),
    );
    const redis = await grounds.scope.hold(
      async () => new Redis(url),
      (held) => held.disconnect(),
    );
    const perStage: { stage: string; bytes: number }[] = [];
    for (const stage of stages) {
      await redis.flushdb();
      await handOn(runtime, stage, pageJobs(items[size], stage));
      perStage.push({ stage, bytes: (await bytesOfAllKeys(redis)) / items[size] });
    }
    return {
      value: Math.max(...perStage.map(({ bytes }) => bytes)),
      detail: perStage.map(({ stage, bytes }) => `${stage} ${Math.round(bytes)}`).join(', '),
    };
  },
};

async function bytesOfAllKeys(redis: Redis): Promise<number> {
  let total = 0;
  for await (const keys of redis.scanStream({ count: PIPELINED })) {
    const pipeline = redis.pipeline();
    for (const key of keys as string[]) pipeline.memory('USAGE', key, 'SAMPLES', 0);
    for (const [error, bytes] of (await pipeline.exec()) ?? []) {
      if (error) throw error;
      total += Number(bytes);
    }
  }
  return total;
}
