/** Opens store and queues for the length of one command. */
import { loadSettings, type Settings } from '../config.js';
import { createLogger } from '../log.js';
import { openRuntime, type Runtime } from '../pipeline/runtime.js';

export async function withRuntime<Result>(
  work: (runtime: Runtime) => Promise<Result>,
  settings: Settings = loadSettings(),
): Promise<Result> {
  const runtime = await openRuntime(
    settings,
    createLogger(process.env.LOG_LEVEL ? settings.logLevel : 'warn'),
    'command',
  );
  try {
    return await work(runtime);
  } finally {
    await runtime.close();
  }
}
