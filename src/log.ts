/** Structured logs on standard error: for people on a terminal, JSON otherwise. */
import { createRequire } from 'node:module';
import { type Logger, pino } from 'pino';

export type { Logger };

/** `page` in a log line is the id that follows an item through all stages. */
export function createLogger(level: string): Logger {
  const options = { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime };
  if (!process.stderr.isTTY) return pino(options, pino.destination({ dest: 2, sync: true }));
  // Loaded only where somebody watches: services and most commands start without it.
  const pretty = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty');
  return pino(
    options,
    pretty({ destination: 2, sync: true, ignore: 'pid', translateTime: 'SYS:HH:MM:ss', singleLine: true }),
  );
}
