/** Reaching out with the settings' limits, and with the manners that all processes share. */
import type { Settings } from '../config.js';
import { packageVersion } from '../paths.js';
import { createPostgresGateStore } from '../store/host-gates.js';
import { createStoredRobotsCache } from '../store/robots.js';
import { createWebClient, defaultWebSettings, type WebClient, type WebSettings } from '../web/client.js';
import { createPoliteClient, type PoliteClient } from '../web/polite-client.js';
import { createHostGate, createRedisGateStore, type RedisScripts } from '../web/politeness.js';
import { createRobots } from '../web/robots.js';
import type { Runtime } from './runtime.js';

/** The name that robots.txt knows us by (RFC 9309, section 2.2.1). */
const PRODUCT_TOKEN = 'Belfry';
/** How much longer than any request its place at the host is kept, should the process have died, in seconds. */
const LEASE_MARGIN_SECONDS = 15;

export function webSettings({ net }: Settings): WebSettings {
  return {
    ...defaultWebSettings,
    userAgent: `${PRODUCT_TOKEN}/${packageVersion}`,
    contactUrl: net.contactUrl,
    allow: net.allow,
    allowedPorts: net.allowedPorts,
    resolve: net.resolve,
    totalSeconds: net.totalSeconds,
    stallSeconds: net.stallSeconds,
  };
}

/** Opens the client that asks feeds and pages; its gates and rules are shared through Redis or the store. */
export function openWeb({ settings, database, queues }: Runtime): {
  readonly web: PoliteClient;
  /** The same without the gates, for hubs: they ask to be asked. */
  readonly client: WebClient;
  close(): Promise<void>;
} {
  const { net, politeness } = settings;
  const limits = webSettings(settings);
  const client = createWebClient(limits);
  const gates = queues.redis
    ? createRedisGateStore(queues.redis as RedisScripts)
    : createPostgresGateStore(database.pool);
  const gate = createHostGate(gates, {
    maxConcurrent: politeness.perHost,
    spacingSeconds: politeness.spacingSeconds,
    leaseSeconds: net.totalSeconds + LEASE_MARGIN_SECONDS,
    ownHosts: politeness.ownHosts,
  });
  const robots = createRobots({ cache: createStoredRobotsCache(database.pool), productToken: PRODUCT_TOKEN });
  const web = createPoliteClient({ client, gate, robots, maxRedirects: limits.maxRedirects });
  return { web, client, close: () => client.close() };
}
