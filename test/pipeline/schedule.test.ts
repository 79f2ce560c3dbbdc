import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scheduleFeed, syncSchedules, unscheduleFeed } from '../../src/pipeline/schedule.js';
import { addTestFeed, openTestService, type TestService } from '../server/newsroom-store.js';
import { serversAtHand, startRedis } from '../support/servers.js';

describe.each(serversAtHand() ? ['postgres', 'redis'] : ['postgres'])('schedules on %s', (on) => {
  let service: TestService;
  let redis: Awaited<ReturnType<typeof startRedis>> | undefined;
  let id: number;

  beforeAll(async () => {
    if (on === 'redis') redis = await startRedis();
    service = await openTestService(redis ? { REDIS_URL: redis.url } : {});
    id = await addTestFeed(service.runtime, 'https://feed.example/', 'Feed');
  });
  afterAll(async () => {
    await service.close();
    await redis?.stop();
  });

  const planned = async (): Promise<number[]> => {
    const jobs = await service.runtime.queues.queue('fetch').getDelayed();
    return jobs.map(({ timestamp, delay }) => timestamp + delay);
  };

  it('hold one poll a feed, at the very time that it is due next, however often that is set', async () => {
    const { queues } = service.runtime;
    for (const minutes of [10, 45, 45, 5]) {
      const due = Date.now() + minutes * 60_000;
      await scheduleFeed(queues, { id, nextPollAt: new Date(due) });
      const [only, another] = await planned();
      expect(Math.abs((only ?? 0) - due)).toBeLessThan(2_000);
      expect(another).toBeUndefined();
    }
  });

  it('come back by themselves for feeds that lost theirs, and go with feeds that are not polled', async () => {
    const { runtime } = service;
    await runtime.database.pool.query("UPDATE feeds SET next_poll_at = now() + interval '20 minutes'");
    await unscheduleFeed(runtime.queues, id);
    expect(await planned()).toEqual([]);
    await Promise.all([syncSchedules(runtime), syncSchedules(runtime)]);
    expect(await planned()).toHaveLength(1);
    await runtime.database.pool.query('UPDATE feeds SET retired_at = now()');
    await syncSchedules(runtime);
    expect(await planned()).toEqual([]);
  });
});
