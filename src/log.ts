/** Structured logs on standard error: for people on a terminal, JSON otherwise. */
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export type { Logger };

/** `page` in a log line is the id that follows an item through all stages. */
export function createLogger(level: string): Logger {
  const options = { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime };
  if (!process.stderr.isTTY) return pino(options, pino.destination({ dest: 2, sync: true }));
  return pino(
    options,
    pretty({ destination: 2, sync: true, ignore: 'pid', translateTime: 'SYS:HH:MM:ss', singleLine: true }),
  );
}
