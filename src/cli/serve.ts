/** `belfry serve`: the dashboard alone, beside workers in other processes. */
import { Command } from 'commander';

export function serveCommand(): Command {
  return new Command('serve')
    .description('serve the dashboard alone, beside workers in other processes')
    .addHelpText('after', '\nExample:\n  HOST=0.0.0.0 PORT=8080 belfry serve')
    .action(async () => {
      const { loadSettings } = await import('../config.js');
      const { createLogger } = await import('../log.js');
      const { startService } = await import('../pipeline/service.js');
      const { serveUntilStopped } = await import('./run-service.js');
      const settings = loadSettings();
      const log = createLogger(settings.logLevel);
      await serveUntilStopped(await startService(settings, log, []), settings, log);
    });
}
