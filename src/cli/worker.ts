/** `belfry worker STAGE...`: some stages as a process of their own. */
import { Argument, Command } from 'commander';
import { type Stage, stages } from '../pipeline/stages.js';

export function workerCommand(): Command {
  return new Command('worker')
    .description(
      'run one or more stages of the chain as a process of their own (needs DATABASE_URL to share work; REDIS_URL puts the queues on Redis)',
    )
    .addArgument(new Argument('<stage...>', 'the stages').choices(stages))
    .addHelpText(
      'after',
      `
Example:
  REDIS_URL=redis://127.0.0.1 DATABASE_URL=postgres://127.0.0.1/belfry belfry worker extract classify

METRICS_PORT serves /healthz, /readyz and /metrics of the process.`,
    )
    .action(async (names: Stage[]) => {
      const { serveStages } = await import('./serve-stages.js');
      const { startStages } = await import('./stages.js');
      await serveStages(startStages([...new Set(names)]));
    });
}
