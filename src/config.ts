/**
 * Every setting of Belfry in one place: type, default, bounds, and the environment variable that overrides it.
 * `config/belfry.yaml` shows them all with their defaults; the environment wins over the file.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { packageRoot, shippedConfig } from './paths.js';
import { webAddress } from './web/identity.js';

const list = z.union([z.array(z.string()), z.string().transform((text) => text.split(/[\s,]+/).filter(Boolean))]);
/** Host → address: a mapping in the file, `host=address` pairs in the environment. */
const addresses = z.union([
  z.record(z.string(), z.union([z.ipv4(), z.ipv6()])),
  z
    .string()
    .transform((text) =>
      Object.fromEntries(
        text
          .split(/[\s,]+/)
          .filter(Boolean)
          .map((pair) => pair.split('=', 2)),
      ),
    )
    .pipe(z.record(z.string(), z.union([z.ipv4(), z.ipv6()]))),
]);
/** `none`, or an address on the web. */
const addressOrNone = z
  .string()
  .refine((text) => text === 'none' || webAddress(text) !== undefined, 'expected an http or https address, or none');
const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

/** Strict throughout: a misspelt setting must not pass in silence. */
const schema = z.strictObject({
  dataDirectory: z.string().min(1).default('data'),
  redisUrl: z.string().min(1).optional(),
  databaseUrl: z.string().min(1).optional(),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  feeds: z
    .strictObject({
      list: z.string().default('config/feeds.opml'),
      pollMinutes: z.coerce.number().min(0.05).max(1440).optional(),
      floorMinutes: z.coerce.number().min(0.05).max(1440).default(5),
      ceilingMinutes: z.coerce.number().min(1).max(10_080).default(1440),
      fullPollEvery: whole(1, 1000).default(12),
      moveAfter: whole(1, 100).default(3),
    })
    .prefault({}),
  taxonomy: z.strictObject({ directory: z.string().default('config/taxonomy') }).prefault({}),
  pages: z.strictObject({ keepDays: z.coerce.number().min(0).max(3650).default(14) }).prefault({}),
  net: z
    .strictObject({
      allow: list.default([]),
      allowedPorts: z.array(whole(1, 65535)).default([80, 443, 8080, 8443]),
      resolve: addresses.default({}),
      contactUrl: z.string().min(1).default('https://github.com/belfry-osint/belfry'),
      totalSeconds: whole(1, 600).default(30),
      stallSeconds: whole(1, 600).default(10),
      maxFeedMegabytes: whole(1, 1024).default(10),
      maxPageMegabytes: whole(1, 1024).default(10),
    })
    .prefault({}),
  politeness: z
    .strictObject({
      perHost: whole(1, 100).default(2),
      spacingSeconds: z.coerce.number().min(0).max(3600).default(1),
      ownHosts: list.default(['localhost', '127.0.0.1', '[::1]']),
    })
    .prefault({}),
  fetch: z.strictObject({ concurrency: whole(1, 256).default(16), attempts: whole(1, 20).default(4) }).prefault({}),
  extract: z
    .strictObject({
      threads: whole(0, 64).default(0),
      timeoutSeconds: whole(1, 120).default(10),
      memoryMegabytes: whole(64, 8192).default(1024),
    })
    .prefault({}),
  classify: z.strictObject({ concurrency: whole(1, 64).default(8) }).prefault({}),
  secondOpinion: z
    .strictObject({
      folder: z.string().min(1).default('none'),
      url: addressOrNone.default('none'),
      model: z.string().min(1).max(200).default('none'),
      key: z
        .string()
        .regex(/^[\x21-\x7e]+$/, 'expected a key without spaces')
        .optional(),
      margin: z.coerce.number().gt(0).max(1).default(0.15),
      mostTypes: whole(1, 50).default(4),
      timeoutSeconds: whole(1, 120).default(10),
    })
    .refine(({ folder, url }) => folder === 'none' || url === 'none', {
      path: ['url'],
      error: 'expected one of folder and url, not both',
    })
    .refine(({ url, model }) => url === 'none' || model !== 'none', {
      path: ['model'],
      error: 'expected the name of a model, which url needs',
    })
    .prefault({}),
  store: z.strictObject({ concurrency: whole(1, 64).default(8) }).prefault({}),
  outputs: z
    .strictObject({
      organisation: z.string().min(1).max(200).default('Belfry'),
      trafficLight: z.enum(['clear', 'green', 'amber', 'amber+strict', 'red']).default('clear'),
    })
    .prefault({}),
  server: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: whole(0, 65535).default(8080),
      metricsPort: whole(0, 65535).optional(),
      requestsPerMinute: whole(1, 1_000_000).default(600),
      statementSeconds: whole(1, 600).default(10),
      publicUrl: z
        .url({ protocol: /^https?$/, error: 'expected an http or https address' })
        .transform((url) => url.replace(/\/+$/, ''))
        .optional(),
    })
    .prefault({}),
});

export type Settings = z.infer<typeof schema>;

/** Environment variable → path of the setting that it overrides. */
export const environmentVariables: Readonly<Record<string, string>> = {
  BELFRY_DATA_DIR: 'dataDirectory',
  REDIS_URL: 'redisUrl',
  DATABASE_URL: 'databaseUrl',
  LOG_LEVEL: 'logLevel',
  BELFRY_FEEDS: 'feeds.list',
  BELFRY_POLL_MINUTES: 'feeds.pollMinutes',
  BELFRY_TAXONOMY: 'taxonomy.directory',
  BELFRY_KEEP_DAYS: 'pages.keepDays',
  BELFRY_NET_ALLOW: 'net.allow',
  BELFRY_NET_RESOLVE: 'net.resolve',
  BELFRY_CONTACT_URL: 'net.contactUrl',
  BELFRY_HOST_REQUESTS: 'politeness.perHost',
  BELFRY_HOST_SPACING: 'politeness.spacingSeconds',
  BELFRY_OWN_HOSTS: 'politeness.ownHosts',
  BELFRY_EXTRACT_THREADS: 'extract.threads',
  BELFRY_OPINION_FOLDER: 'secondOpinion.folder',
  BELFRY_OPINION_URL: 'secondOpinion.url',
  BELFRY_OPINION_MODEL: 'secondOpinion.model',
  BELFRY_OPINION_KEY: 'secondOpinion.key',
  BELFRY_ORGANISATION: 'outputs.organisation',
  BELFRY_TLP: 'outputs.trafficLight',
  HOST: 'server.host',
  PORT: 'server.port',
  METRICS_PORT: 'server.metricsPort',
  BELFRY_PUBLIC_URL: 'server.publicUrl',
};

/** A setting is wrong: says which, where it stands, and what was expected. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Reads `config/belfry.yaml` (or the file that BELFRY_CONFIG names) and the environment.
 *
 * @throws SettingsError when the file can't be read or a setting is unknown or out of bounds.
 */
export function loadSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const path = environment.BELFRY_CONFIG ?? shippedConfig('belfry.yaml');
  const { values, lineOf } = readYaml(path);
  const fromEnvironment = new Map<string, string>();
  for (const [variable, setting] of Object.entries(environmentVariables)) {
    const value = environment[variable];
    if (value === undefined || value === '') continue;
    assign(values, setting.split('.'), value);
    fromEnvironment.set(setting, variable);
  }
  const result = schema.safeParse(values);
  if (!result.success)
    throw new SettingsError(
      result.error.issues.map((issue) => explain(issue, path, lineOf, fromEnvironment)).join('\n'),
    );
  const settings = result.data;
  return {
    ...settings,
    dataDirectory: environment.BELFRY_DATA_DIR ? resolve(settings.dataDirectory) : fromPackage(settings.dataDirectory),
    feeds: { ...settings.feeds, list: fromPackageOrNone(settings.feeds.list) },
    secondOpinion: { ...settings.secondOpinion, folder: fromPackageOrNone(settings.secondOpinion.folder) },
    taxonomy: { directory: fromPackage(settings.taxonomy.directory) },
  };
}

interface SettingsFile {
  readonly values: Record<string, unknown>;
  /** Where a setting stands, 1-based; its section's line where it has none of its own. */
  lineOf(setting: readonly PropertyKey[]): number;
}

function readYaml(path: string): SettingsFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new SettingsError(
      `${path}: can't be read (${(error as NodeJS.ErrnoException).code}); BELFRY_CONFIG names another file`,
    );
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { prettyErrors: true, lineCounter });
  const [fault] = document.errors;
  if (fault) throw new SettingsError(`${path}:${fault.linePos?.[0].line ?? 1}: ${fault.message}`);
  const value: unknown = document.toJS() ?? {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new SettingsError(`${path}:1: expected settings as "name: value" lines`);
  return {
    values: value as Record<string, unknown>,
    lineOf: (setting) => {
      const offset = offsetOf(document, setting);
      return offset === undefined ? 1 : lineCounter.linePos(offset).line;
    },
  };
}

function offsetOf(document: Document, setting: readonly PropertyKey[]): number | undefined {
  for (let length = setting.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(setting.slice(0, length - 1), true);
    const name = setting[length - 1];
    // The name's own place: what stands under it may begin a line later.
    const key = isMap(parent) && parent.items.find((pair) => isScalar(pair.key) && pair.key.value === name)?.key;
    const node = key || document.getIn(setting.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}

function assign(target: Record<string, unknown>, [head, ...rest]: string[], value: string): void {
  if (head === undefined) return;
  if (rest.length === 0) {
    target[head] = value;
    return;
  }
  const inner = target[head];
  const section = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
  target[head] = section;
  assign(section, rest, value);
}

function explain(
  issue: z.core.$ZodIssue,
  path: string,
  lineOf: SettingsFile['lineOf'],
  fromEnvironment: ReadonlyMap<string, string>,
): string {
  const setting = issue.path.join('.');
  const inFile = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  const where = fromEnvironment.get(setting) ?? `${path}:${lineOf(inFile)}`;
  return `${where}: ${setting ? `${setting}: ` : ''}${issue.message}`;
}

/** Relative paths in the file are relative to the package, so that a command works from any folder. */
const fromPackage = (path: string): string => (path.startsWith('/') ? path : join(packageRoot, path));

const fromPackageOrNone = (path: string): string => (path === 'none' ? path : fromPackage(path));
