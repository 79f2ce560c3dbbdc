/** `belfry run`: all stages, the schedules and the dashboard, until a signal comes. */
import { loadSettings, type Settings } from '../config.js';
import { createLogger, type Logger } from '../log.js';
import { readFeedList, syncFeedList, syncSchedules } from '../pipeline/schedule.js';
import { type Service, startService, unlessStopped } from '../pipeline/service.js';
import { stages } from '../pipeline/stages.js';
import { startServer } from '../server/server.js';
import { failWith } from './failure.js';
import { startStages } from './stages.js';

export async function runService(): Promise<void> {
  const settings = loadSettings();
  const log = createLogger(settings.logLevel);
  readFeedList(settings);
  const service = await startService(settings, log, startStages(stages));
  await serveUntilStopped(service, settings, log);
}

/** Serves the dashboard, and keeps the schedules where the service fetches, until the service has to stop; then closes all. */
export async function serveUntilStopped(service: Service, settings: Settings, log: Logger): Promise<void> {
  const { runtime } = service;
  try {
    const server = await startServer(service, {
      host: settings.server.host,
      port: settings.server.port,
    });
    try {
      await unlessStopped(service, async () => {
        if (service.stages.includes('fetch')) {
          await syncFeedList(runtime);
          const { feeds } = await syncSchedules(runtime);
          log.info(
            {
              feeds,
              queues: runtime.queues.on,
              store: runtime.database.embedded ? settings.dataDirectory : 'postgres',
            },
            'watching',
          );
        }
        log.info(`Belfry is at ${server.url}`);
      });
      log.info(`stopping: ${await service.stopped}`);
    } finally {
      await server.close();
    }
  } catch (error) {
    failWith(error); // before closing, which may take its time and must not cost the exit code
  } finally {
    await service.close();
  }
}
