/** The chain's vocabulary: its stages, the shapes of their jobs, and the ids that make a job the same job twice. */
import { createHash } from 'node:crypto';
import type { Journey } from '../web/polite-client.js';

/** In the order of the chain; each has one queue and one worker of its name. */
export const stages = ['fetch', 'extract', 'classify', 'store'] as const;
export type Stage = (typeof stages)[number];

/** Ask the fetch stage to poll a feed. */
export interface PollJob extends Deferred {
  readonly feedId: number;
  /** The run that asked for it; a scheduled poll has none. */
  readonly runId?: string;
  /** In the middle of a poll: whether the feed is asked again, in full, to see whether "not modified" was true. */
  readonly phase?: 'full';
}

/** What a fetch job that has to wait for its host's turn comes back with. */
export interface Deferred {
  readonly journey?: Journey;
  /** How often it was told to come back. */
  readonly deferrals?: number;
}

/** Ask a stage to do its part for a page. All else travels through the pages table. */
export interface PageJob extends Deferred {
  readonly pageId: string;
  /** Fingerprint of the feed's entry that brought the page. */
  readonly revision: string;
  /** Tells the jobs of a replay from those of the first journey. */
  readonly run?: string;
}

/** Upkeep of the store stage: forget what is older than the settings keep. */
export type PruneJob = Record<string, never>;

/** Ask the fetch stage to subscribe, renew and take leave at WebSub hubs, wherever that is due. */
export type HubsJob = Record<string, never>;

export type JobData = PollJob | PageJob | HubsJob | PruneJob;
export type JobName = 'poll' | 'page' | 'hubs' | 'prune';

/** 96 bits in hexadecimal: among 10^9 pages the chance of any two alike is 10^-11. */
const ID_HEX_DIGITS = 24;

/** An id derived from what it is about: the same parts always give the same id. */
export function identityOf(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, ID_HEX_DIGITS);
}

/** The id of a page's job; BullMQ ignores a second job with the id of one that still exists. */
export function pageJobId({ pageId, revision, run }: PageJob): string {
  return ['page', pageId, revision, ...(run === undefined ? [] : [run])].join('-');
}
