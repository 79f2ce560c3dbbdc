/** `belfry doctor`: what is configured, reachable, missing, and the command that mends it. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command } from 'commander';
import colors from 'picocolors';
import type { Settings } from '../config.js';
import { exitCode } from './exit-codes.js';
import { printJson } from './terminal.js';

const MINIMUM_NODE = [20, 19] as const;

interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'note' | 'fault';
  readonly detail: string;
  /** The command or change that mends it. */
  readonly mend?: string;
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'check settings, servers, taxonomy, feed list and the model for second opinions, and say what mends what is wrong',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  belfry doctor')
    .action(async (options: { readonly json?: true }) => {
      const findings = await examine();
      if (options.json) printJson(findings);
      else for (const finding of findings) print(finding);
      if (findings.some(({ state }) => state === 'fault')) process.exitCode = exitCode.failed;
    });
}

function print({ check, state, detail, mend }: Finding): void {
  const sign = { ok: colors.green('ok   '), note: colors.yellow('note '), fault: colors.red('FAULT') }[state];
  process.stdout.write(`${sign}  ${check.padEnd(10)} ${detail}\n${mend ? `       ${' '.repeat(10)} → ${mend}\n` : ''}`);
}

async function examine(): Promise<Finding[]> {
  const findings: Finding[] = [nodeVersion()];
  const { loadSettings } = await import('../config.js');
  let settings: Settings;
  try {
    settings = loadSettings();
  } catch (error) {
    return [
      ...findings,
      {
        check: 'settings',
        state: 'fault',
        detail: (error as Error).message,
        mend: 'correct the line, or unset the variable',
      },
    ];
  }
  findings.push({
    check: 'settings',
    state: 'ok',
    detail: process.env.BELFRY_CONFIG ?? 'config/belfry.yaml and the environment',
  });
  findings.push(
    modeOf(settings),
    await taxonomy(settings),
    await feedList(settings),
    ...(await secondOpinion(settings)),
  );
  if (!settings.databaseUrl) findings.push(dataDirectory(settings));
  findings.push(...(await servers(settings)));
  return findings;
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const fits = major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1]);
  return {
    check: 'node',
    state: fits ? 'ok' : 'fault',
    detail: `Node.js ${process.versions.node}`,
    ...(!fits && { mend: `install Node.js ${MINIMUM_NODE.join('.')} or newer` }),
  };
}

function modeOf({ redisUrl, databaseUrl }: Settings): Finding {
  const queues = redisUrl ? 'Redis' : databaseUrl ? 'PostgreSQL' : 'the embedded database';
  const store = databaseUrl ? 'PostgreSQL' : 'the embedded database';
  const detail = `queues on ${queues}, store on ${store}`;
  if (redisUrl && !databaseUrl) {
    return {
      check: 'mode',
      state: 'note',
      detail,
      mend: 'workers in several processes need a shared store: set DATABASE_URL',
    };
  }
  return { check: 'mode', state: 'ok', detail };
}

async function taxonomy({ taxonomy: { directory } }: Settings): Promise<Finding> {
  try {
    const { createClassifier } = await import('../threats/classifier.js');
    const { types, version } = createClassifier({ taxonomyDirectory: directory });
    return { check: 'taxonomy', state: 'ok', detail: `${types.length} threat types, version ${version}` };
  } catch (error) {
    return {
      check: 'taxonomy',
      state: 'fault',
      detail: (error as Error).message,
      mend: 'correct that line; belfry taxonomy check reports all',
    };
  }
}

async function feedList({ feeds }: Settings): Promise<Finding> {
  if (feeds.list === 'none')
    return { check: 'feeds', state: 'ok', detail: 'no list; feeds come from the command line' };
  try {
    const { readOpml } = await import('../feeds/opml.js');
    const { feeds: listed, faults } = readOpml(readFileSync(feeds.list, 'utf8'));
    const [fault] = faults;
    if (fault)
      return {
        check: 'feeds',
        state: 'fault',
        detail: `${feeds.list}:${fault.line}: ${fault.message}`,
        mend: 'correct that line',
      };
    return { check: 'feeds', state: 'ok', detail: `${listed.length} feeds in ${feeds.list}` };
  } catch (error) {
    return {
      check: 'feeds',
      state: 'fault',
      detail: `${feeds.list}: ${(error as Error).message}`,
      mend: 'set feeds.list or BELFRY_FEEDS',
    };
  }
}

/** Invented, and about something: whoever can answer at all has an answer to it. */
const QUESTION = {
  title: 'Arson at a rail depot near Ghent',
  text: 'Two hired men set fire to signal cables at a rail depot near Ghent, police said on Monday. Trains stood still for a day.',
  language: 'en',
};

/** Asks the second model, where there is one. */
async function secondOpinion(settings: Settings): Promise<Finding[]> {
  const check = 'opinion';
  const mend = 'see secondOpinion in config/belfry.yaml; without an answer all goes on by the first opinion';
  const { openAdviser } = await import('../second-opinion/open.js');
  const { loadTaxonomy } = await import('../threats/taxonomy.js');
  try {
    const adviser = await openAdviser(settings);
    if (adviser === undefined) return [];
    const [type] = loadTaxonomy(settings.taxonomy.directory).types;
    const began = performance.now();
    const answer = type && (await adviser.ask(QUESTION, [type]));
    await adviser.close();
    if (answer?.outcome !== 'answered')
      return [{ check, state: 'fault', detail: `${adviser.name} does not answer: ${answer?.reason}`, mend }];
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    return answer.verdicts.size > 0
      ? [{ check, state: 'ok', detail: `${adviser.name} answers within ${seconds} s` }]
      : [{ check, state: 'note', detail: `${adviser.name} answers, but quotes what the article does not say`, mend }];
  } catch (error) {
    return [{ check, state: 'fault', detail: (error as Error).message, mend }];
  }
}

function dataDirectory({ dataDirectory: directory }: Settings): Finding {
  let place = directory;
  while (!existsSync(place)) place = dirname(place);
  try {
    accessSync(place, constants.W_OK);
    return { check: 'data', state: 'ok', detail: directory };
  } catch {
    return {
      check: 'data',
      state: 'fault',
      detail: `${place} can't be written to`,
      mend: 'set BELFRY_DATA_DIR to a folder of yours',
    };
  }
}

async function servers(settings: Settings): Promise<Finding[]> {
  const { withRuntime } = await import('./with-runtime.js');
  const { queueStatus } = await import('../pipeline/status.js');
  try {
    return await withRuntime(async (runtime) => {
      const findings: Finding[] = [{ check: 'store', state: 'ok', detail: 'reachable, schema up to date' }];
      const queues = await queueStatus(runtime);
      const dead = queues.reduce((sum, queue) => sum + queue.dead, 0);
      findings.push({
        check: 'queues',
        state: 'ok',
        detail: `reachable, ${queues.reduce((sum, queue) => sum + queue.waiting, 0)} jobs waiting`,
      });
      if (dead > 0)
        findings.push({ check: 'dead', state: 'note', detail: `${dead} dead letters`, mend: 'belfry dead list' });
      if (runtime.queues.redis) findings.push(...(await redisPersistence(runtime.queues.redis)));
      return findings;
    }, settings);
  } catch (error) {
    return [
      {
        check: 'servers',
        state: 'fault',
        detail: (error as Error).message,
        mend: 'start the server, or correct the address',
      },
    ];
  }
}

/** Queues on a Redis that evicts or forgets lose jobs. */
async function redisPersistence(
  redis: NonNullable<import('../pipeline/queues.js').Queues['redis']>,
): Promise<Finding[]> {
  const info = await redis.info();
  const value = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const findings: Finding[] = [];
  const policy = value('maxmemory_policy');
  if (policy && policy !== 'noeviction') {
    findings.push({
      check: 'redis',
      state: 'fault',
      detail: `maxmemory-policy is ${policy}: jobs can vanish`,
      mend: 'redis-cli config set maxmemory-policy noeviction',
    });
  }
  if (value('aof_enabled') === '0') {
    findings.push({
      check: 'redis',
      state: 'note',
      detail: 'the append-only file is off: a crash of Redis loses its last minutes',
      mend: 'redis-cli config set appendonly yes',
    });
  }
  return findings;
}
