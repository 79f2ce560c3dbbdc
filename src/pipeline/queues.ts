/** The queue factory: BullMQ on Redis where there is one, on PostgreSQL otherwise. All other code sees just a queue. */
import { createPostgresBackend, type Job, Queue, Worker, type WorkerOptions, withBackend } from 'bullmq';
import { Cluster, Redis } from 'ioredis';
import type { Settings } from '../config.js';
import type { Database } from '../store/database.js';
import { inTime } from './in-time.js';
import { type JobData, type JobName, type Stage, stages } from './stages.js';

/** One hash tag for all keys: a Redis Cluster keeps them in one slot, which BullMQ's scripts need. */
const REDIS_PREFIX = '{belfry}';
const REDIS_RETRY_MAX_MILLISECONDS = 5_000;

const IDLE_SECONDS = 5;
/** A server that is away must not keep a process from stopping in time. */
const READY_BEFORE_CLOSE_MILLISECONDS = 3_000;
/** A poison job is given up after this many processes died with it; each kill of a worker costs its innocent jobs one. */
const MAX_STALLED = 20;
const LOCK_MILLISECONDS = 15_000;
const STALLED_CHECK_MILLISECONDS = 5_000;

export type StageQueue = Queue<JobData, string, JobName>;
export type StageJob = Job<JobData, string, JobName>;
export type StageWorker = Worker<JobData, string, JobName>;

export interface Queues {
  readonly on: 'redis' | 'postgres';
  queue(stage: Stage): StageQueue;
  startWorker(
    stage: Stage,
    concurrency: number,
    process: (job: StageJob, token: string | undefined) => Promise<string>,
  ): StageWorker;
  /** The Redis connection, for state that processes share; undefined on PostgreSQL. */
  readonly redis: Redis | Cluster | undefined;
  close(): Promise<void>;
}

/** Opens the queues. Connections come up by themselves when a server is away; `onError` hears of it. */
export function openQueues(settings: Settings, database: Database, onError: (error: Error) => void): Queues {
  const redis = settings.redisUrl ? connectRedis(settings.redisUrl, onError) : undefined;
  const postgres = withBackend(createPostgresBackend);
  const pool = redis ? undefined : database.queuePool();
  const queues = new Map<Stage, StageQueue>();
  const workers: StageWorker[] = [];
  return {
    on: redis ? 'redis' : 'postgres',
    redis,
    queue(stage) {
      let queue = queues.get(stage);
      if (!queue) {
        const options = { defaultJobOptions: { removeOnComplete: true } };
        queue = redis
          ? new Queue(stage, { ...options, connection: redis, prefix: REDIS_PREFIX })
          : (new postgres.Queue(stage, { ...options, connection: pool as never }) as unknown as StageQueue);
        queue.on('error', onError);
        queues.set(stage, queue);
      }
      return queue;
    },
    startWorker(stage, concurrency, process) {
      const options = {
        concurrency,
        lockDuration: LOCK_MILLISECONDS,
        stalledInterval: STALLED_CHECK_MILLISECONDS,
        maxStalledCount: MAX_STALLED,
        drainDelay: IDLE_SECONDS,
        runRetryDelay: 1_000,
      } satisfies Partial<WorkerOptions>;
      const worker = redis
        ? new Worker(stage, process, { ...options, connection: redis, prefix: REDIS_PREFIX })
        : (new postgres.Worker(stage, process, { ...options, connection: pool as never }) as unknown as StageWorker);
      worker.on('error', onError);
      workers.push(worker);
      return worker;
    },
    async close() {
      // On PostgreSQL a worker that is closed while it is still connecting never ends (BullMQ 6.7).
      const ready = Promise.all(workers.map((worker) => worker.waitUntilReady().catch(() => undefined)));
      await inTime(ready, READY_BEFORE_CLOSE_MILLISECONDS);
      await Promise.all(workers.map((worker) => worker.close()));
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      redis?.disconnect();
    },
  };
}

/** Opens the queues of all stages, for commands that look at them. */
export const allQueues = (queues: Queues): { stage: Stage; queue: StageQueue }[] =>
  stages.map((stage) => ({ stage, queue: queues.queue(stage) }));

/**
 * `redis://` and `rediss://` for one server, `redis+sentinel://h1:26379,h2:26379/MASTER` for Sentinel,
 * `redis+cluster://h1:6379,h2:6379` for Cluster.
 *
 * @throws Error when the address has another form.
 */
export function connectRedis(url: string, onError: (error: Error) => void): Redis | Cluster {
  const retryStrategy = (times: number): number => Math.min(100 * 2 ** times, REDIS_RETRY_MAX_MILLISECONDS);
  // BullMQ needs commands that wait for the connection instead of failing.
  const common = { maxRetriesPerRequest: null, retryStrategy };
  const match = /^redis\+(sentinel|cluster):\/\/(?:([^:@/]*):([^@/]*)@)?([^/]+)(?:\/([^?]*))?$/.exec(url);
  let redis: Redis | Cluster;
  if (match) {
    const [, form, username, password, hosts = '', master] = match;
    const nodes = hosts.split(',').map((node) => {
      const [host = '', port] = node.split(':');
      return { host, port: port ? Number(port) : form === 'sentinel' ? 26379 : 6379 };
    });
    const credentials = { ...(username && { username }), ...(password && { password: decodeURIComponent(password) }) };
    if (form === 'sentinel') {
      if (!master) throw new Error(`REDIS_URL: expected the master's name at the end: redis+sentinel://${hosts}/NAME`);
      redis = new Redis({ ...common, ...credentials, sentinels: nodes, name: master });
    } else {
      redis = new Cluster(nodes, {
        clusterRetryStrategy: retryStrategy,
        redisOptions: { ...credentials, maxRetriesPerRequest: null },
      });
    }
  } else if (/^rediss?:\/\//.test(url)) {
    redis = new Redis(url, common);
  } else {
    throw new Error('REDIS_URL: expected redis://, rediss://, redis+sentinel:// or redis+cluster://');
  }
  redis.on('error', onError);
  return redis;
}
