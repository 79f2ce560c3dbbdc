/** `belfry demo`: a small newsroom on loopback, and the whole chain over it. */
import { Command } from 'commander';

export function demoCommand(): Command {
  return new Command('demo')
    .description('serve a small invented newsroom on loopback, run the whole chain over it and open the dashboard')
    .option('--no-open', 'leave the browser alone')
    .addHelpText('after', '\nExample:\n  belfry demo')
    .action(async (options: { readonly open: boolean }) => {
      const { runDemo } = await import('./run-demo.js');
      await runDemo(options);
    });
}
