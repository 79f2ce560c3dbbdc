/** A worker process: its stages, and their health for whoever watches. */
import { pathToFileURL } from 'node:url';
import { loadSettings } from '../config.js';
import { createLogger } from '../log.js';
import { serveHealth } from '../pipeline/health.js';
import { readFeedList, syncFeedList, syncSchedules } from '../pipeline/schedule.js';
import { startService, unlessStopped } from '../pipeline/service.js';
import type { StartStage } from '../pipeline/stage-worker.js';
import { failWith } from './failure.js';

/** Runs the stages until a signal comes: the whole life of a worker process. */
export async function serveStages(starts: readonly StartStage[]): Promise<void> {
  const settings = loadSettings();
  const log = createLogger(settings.logLevel);
  readFeedList(settings);
  const service = await startService(settings, log, starts);
  let health: Awaited<ReturnType<typeof serveHealth>> | undefined;
  try {
    if (settings.server.metricsPort !== undefined)
      health = await serveHealth(service, settings.server.host, settings.server.metricsPort);
    await unlessStopped(service, async () => {
      if (service.stages.includes('fetch')) {
        await syncFeedList(service.runtime);
        await syncSchedules(service.runtime);
      }
      log.info({ stages: service.stages, queues: service.runtime.queues.on }, 'worker started');
    });
    log.info(`stopping: ${await service.stopped}`);
  } catch (error) {
    failWith(error); // before closing, which may take its time and must not cost the exit code
  } finally {
    await health?.close();
    await service.close();
  }
}

/** Lets a worker's file be a process of its own: `node dist/workers/fetch.js`. */
export async function runIfMain(moduleUrl: string, start: StartStage): Promise<void> {
  if (!process.argv[1] || moduleUrl !== pathToFileURL(process.argv[1]).href) return;
  try {
    await serveStages([start]);
  } catch (error) {
    failWith(error);
  }
}
