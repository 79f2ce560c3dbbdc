/** The life of a process of workers: opens what they need, starts them, and stops them when asked, in time. */
import type { Settings } from '../config.js';
import type { Logger } from '../log.js';
import { createMetrics, type Metrics } from '../metrics.js';
import { openRuntime, type Runtime } from './runtime.js';
import type { RunningStage, StartStage } from './stage-worker.js';
import type { Stage } from './stages.js';

/** Jobs under way get this long to end after SIGTERM; one that does not runs again elsewhere. */
const STOP_SECONDS = 12;

/** EX_UNAVAILABLE: whoever supervises the process starts it again. */
const LOST_DATABASE_EXIT_CODE = 69;

export interface Service {
  readonly runtime: Runtime;
  readonly metrics: Metrics;
  readonly stages: readonly Stage[];
  /** Resolves with the reason when the service has to end: a signal, or its database is gone. */
  readonly stopped: Promise<string>;
  close(): Promise<void>;
}

/**
 * Opens the runtime and starts the given stages.
 *
 * @param kind see `openRuntime`.
 */
export async function startService(
  settings: Settings,
  log: Logger,
  starts: readonly StartStage[],
  kind: 'service' | 'command' = 'service',
): Promise<Service> {
  const stopSignal = untilSignal();
  let opening = true;
  void stopSignal.then((reason) => {
    if (!opening) return;
    log.info(`stopping: ${reason}, before anything was begun`);
    process.exit();
  });
  const runtime = await openRuntime(settings, log, kind);
  opening = false;
  const metrics = createMetrics();
  const running: RunningStage[] = [];
  let closing = false;
  void runtime.database.ended.then((reason) => {
    if (closing) return;
    log.fatal(`${reason}: this process can't go on`);
    process.exitCode = LOST_DATABASE_EXIT_CODE;
    setTimeout(() => process.exit(), STOP_SECONDS * 1000).unref();
  });
  const close = async () => {
    closing = true;
    const timer = setTimeout(() => {
      log.warn(`jobs still ran ${STOP_SECONDS} s after the stop: they will run again`);
      process.exit(process.exitCode ?? 0);
    }, STOP_SECONDS * 1000);
    await Promise.all(running.map((stage) => stage.close()));
    await runtime.close();
    clearTimeout(timer);
  };
  try {
    for (const start of starts) running.push(await start({ runtime, metrics }));
  } catch (error) {
    // In the background: workers that were only just starting may take their time, and the error need not wait for them.
    close().catch(() => undefined);
    throw error;
  }
  return {
    runtime,
    metrics,
    stages: running.map(({ stage }) => stage),
    stopped: Promise.race([stopSignal, runtime.database.ended]),
    close,
  };
}

/**
 * Does what a service does once at its start. That may have to wait for a server that is away, which must not keep the
 * process from stopping when it is told to.
 */
export async function unlessStopped(service: Service, work: () => Promise<void>): Promise<void> {
  const working = work();
  working.catch(() => undefined); // after a stop nobody waits for it any more
  await Promise.race([working, service.stopped]);
}

function untilSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => resolve(signal));
    }
  });
}
