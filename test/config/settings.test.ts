/** Settings: documented where operators look, checked, and explained when wrong. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { environmentVariables, loadSettings, SettingsError } from '../../src/config.js';
import { shippedConfig } from '../../src/paths.js';

const directory = mkdtempSync(join(tmpdir(), 'belfry-settings-'));
const path = join(directory, 'belfry.yaml');
afterAll(() => rmSync(directory, { recursive: true }));

function settingsOf(yaml: string, environment: NodeJS.ProcessEnv = {}): ReturnType<typeof loadSettings> {
  writeFileSync(path, yaml);
  return loadSettings({ BELFRY_CONFIG: path, ...environment });
}

function mistakeIn(yaml: string, environment: NodeJS.ProcessEnv = {}): string {
  try {
    settingsOf(yaml, environment);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as Error).message;
  }
  throw new Error('the settings were accepted');
}

/** `net.allow`, `server.port`, …: every setting that has a value of its own. */
function keysOf(value: object, before = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) && Object.keys(inner).length > 0
      ? keysOf(inner as object, `${before}${key}.`)
      : [`${before}${key}`],
  );
}

const shipped = readFileSync(shippedConfig('belfry.yaml'), 'utf8');
/** The file as it would be with the settings that have no default switched on: `# redisUrl: …` becomes `redisUrl: …`. */
const complete = shipped.replace(/^( *)# ([a-z]\w*: \S+)$/gm, '$1$2');

describe('config/belfry.yaml', () => {
  test('holds every setting, and no other', () => {
    const documented = keysOf(parse(complete) as object).sort();
    const known = new Set([...keysOf(settingsOf(complete)), ...Object.values(environmentVariables)]);
    expect(documented).toEqual([...known].sort());
  });

  test('gives the defaults', () => {
    writeFileSync(path, '');
    expect(loadSettings({ BELFRY_CONFIG: shippedConfig('belfry.yaml') })).toEqual(
      loadSettings({ BELFRY_CONFIG: path }),
    );
  });

  test('names each environment variable beside its setting', () => {
    for (const [variable, setting] of Object.entries(environmentVariables)) {
      const name = setting.split('.').at(-1) as string;
      const lines = complete.split('\n');
      const line = lines.findIndex((text) => new RegExp(`^ *${name}:`).test(text));
      const comment = lines.slice(Math.max(0, line - 4), line).join('\n');
      expect([variable, comment]).toEqual([variable, expect.stringContaining(`[${variable}]`)]);
    }
  });
});

describe('a mistake names its place, the setting and what was expected', () => {
  test.each([
    ['feeds: { pollMinutes: often }', 'feeds.pollMinutes', /expected number/],
    ['feeds: { pollMinutes: 0 }', 'feeds.pollMinutes', /0\.05/],
    ['fetch: { concurrency: 1.5 }', 'fetch.concurrency', /int/],
    ['server: { port: 65536 }', 'server.port', /65535/],
    ['net: { allow: 7 }', 'net.allow', /expected|Invalid input/],
    ['net: { allowedPorts: [0] }', 'net.allowedPorts.0', /1/],
    ['logLevel: loud', 'logLevel', /trace.*silent/],
    ['extract: { memoryMegabytes: 8 }', 'extract.memoryMegabytes', /64/],
    ['dataDirectory: ""', 'dataDirectory', /1/],
    ['pages: 14', 'pages', /expected object/],
    ['secondOpinion: { url: "ftp://127.0.0.1/v1", model: m }', 'secondOpinion.url', /http or https/],
    ['secondOpinion: { url: "http://127.0.0.1/v1", model: m, folder: models/nli }', 'secondOpinion.url', /not both/],
    ['secondOpinion: { url: "http://127.0.0.1/v1" }', 'secondOpinion.model', /name of a model/],
    ['secondOpinion: { key: "a b" }', 'secondOpinion.key', /without spaces/],
    ['secondOpinion: { margin: 0 }', 'secondOpinion.margin', />0/],
    ['secondOpinion: { timeoutSeconds: 0 }', 'secondOpinion.timeoutSeconds', /1/],
  ])('%s', (yaml, setting, expected) => {
    const mistake = mistakeIn(yaml);
    expect(mistake.startsWith(`${path}:1: ${setting}: `), mistake).toBe(true);
    expect(mistake).toMatch(expected);
  });

  test('an unknown setting is named with its line, at any depth', () => {
    expect(mistakeIn('logLevel: info\nnet:\n  stallSecond: 5\n')).toMatch(/belfry\.yaml:3: net: .*stallSecond/);
    expect(mistakeIn('logLevel: info\nnets:\n  allow: []\n')).toMatch(/belfry\.yaml:2: .*nets/);
    expect(mistakeIn('pollMinutes: 5\n')).toMatch(/belfry\.yaml:1: .*pollMinutes/);
  });

  test('several mistakes are reported together, each with its line', () => {
    expect(mistakeIn('logLevel: loud\nserver:\n  port: x\n').split('\n')).toEqual([
      expect.stringMatching(/belfry\.yaml:1: logLevel: /),
      expect.stringMatching(/belfry\.yaml:3: server\.port: /),
    ]);
  });

  test('broken YAML is named with its line', () => {
    expect(mistakeIn('logLevel: info\nnet: { allow: [\n')).toMatch(/belfry\.yaml:[23]: /);
    expect(mistakeIn('- a\n- b\n')).toMatch(/belfry\.yaml:1: expected settings/);
  });

  test('a variable is named instead of the file when it is what is wrong', () => {
    expect(mistakeIn('', { PORT: 'http' })).toMatch(/^PORT: server\.port: /);
  });

  test('a key that is wrong is not repeated', () => {
    expect(mistakeIn('', { BELFRY_OPINION_KEY: 'secret key' })).toBe(
      'BELFRY_OPINION_KEY: secondOpinion.key: expected a key without spaces',
    );
  });

  test('a file that is not there is said to be so, with the way to another', () => {
    expect(() => loadSettings({ BELFRY_CONFIG: join(directory, 'nowhere.yaml') })).toThrow(
      /nowhere\.yaml: can't be read \(ENOENT\); BELFRY_CONFIG/,
    );
  });
});

describe('the environment', () => {
  test('wins over the file', () => {
    const yaml = 'server: { port: 1111, host: 127.0.0.2 }\nnet: { allow: [10.0.0.1] }\n';
    const settings = settingsOf(yaml, { PORT: '2222', BELFRY_NET_ALLOW: '127.0.0.1, 10.1.0.0/16' });
    expect(settings.server).toMatchObject({ port: 2222, host: '127.0.0.2' });
    expect(settings.net.allow).toEqual(['127.0.0.1', '10.1.0.0/16']);
  });

  test('counts for nothing where a variable is empty', () => {
    expect(settingsOf('server: { port: 1111 }', { PORT: '', REDIS_URL: '' })).toMatchObject({ server: { port: 1111 } });
  });

  test('gives a data directory relative to where the command runs, the file one relative to the package', () => {
    expect(settingsOf('', { BELFRY_DATA_DIR: 'here' }).dataDirectory).toBe(join(process.cwd(), 'here'));
    expect(settingsOf('dataDirectory: /srv/belfry').dataDirectory).toBe('/srv/belfry');
  });
});
