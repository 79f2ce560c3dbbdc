/** `/healthz`, `/readyz` and `/metrics` of a worker process. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from '../metrics.js';
import { inTime } from './in-time.js';
import type { Runtime } from './runtime.js';

const CHECK_SECONDS = 3;

export interface Readiness {
  readonly ready: boolean;
  readonly store: 'ok' | 'away';
  readonly queues: 'ok' | 'away';
}

/** Asks store and queues for a sign of life. */
export async function checkReadiness({ database, queues }: Runtime): Promise<Readiness> {
  const [store, queue] = await Promise.all([
    answers(database.pool.query('SELECT 1')),
    queues.redis ? answers(queues.redis.ping()) : true,
  ]);
  return {
    ready: store && queue,
    store: store ? 'ok' : 'away',
    queues: queue && (queues.redis || store) ? 'ok' : 'away',
  };
}

async function answers(question: Promise<unknown>): Promise<boolean> {
  try {
    return (await inTime(question, CHECK_SECONDS * 1000)).inTime;
  } catch {
    return false;
  }
}

export async function serveHealth(
  { runtime, metrics }: { readonly runtime: Runtime; readonly metrics: Metrics },
  host: string,
  port: number,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void (async () => {
      if (request.url === '/metrics') {
        response.setHeader('content-type', metrics.registry.contentType).end(await metrics.registry.metrics());
      } else if (request.url === '/healthz') {
        response.end('ok\n');
      } else if (request.url === '/readyz') {
        const readiness = await checkReadiness(runtime);
        response
          .writeHead(readiness.ready ? 200 : 503, { 'content-type': 'application/json' })
          .end(JSON.stringify(readiness));
      } else {
        response.writeHead(404).end('not found: /healthz, /readyz and /metrics are here\n');
      }
    })();
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
