/**
 * The web client behind the manners: each request, redirects and robots.txt included, waits for its host's turn.
 *
 * Nobody waits in here. Where a request may not start yet, the answer is how long to stay away and a journey (plain data)
 * to come back with: it holds how far the redirects have led and which turn was promised.
 */
import { type FetchResult, failureName, type GetOptions, type Redirect, type WebClient } from './client.js';
import { type GateRequest, type HostGate, hostOutcome } from './politeness.js';
import { MAX_ROBOTS_BYTES, type Robots, robotsAddress } from './robots.js';

/** How far a request has come. */
export interface Journey {
  /** Where the last redirect led, or where all began. */
  readonly url: string;
  readonly redirects: readonly Redirect[];
  /** The turn that was promised at the host of `url`. */
  readonly ticket: number | null;
  /** The way to the robots.txt that has to be read before. */
  readonly robots?: Journey;
}

export interface PoliteOptions extends Omit<GetOptions, 'redirects'> {
  readonly lane: NonNullable<GateRequest['lane']>;
  readonly robots: 'obey' | 'ignore';
  /** What an earlier visit for this very request was given. */
  readonly journey?: Journey | undefined;
}

export type PoliteResult =
  | { readonly kind: 'answered'; readonly result: FetchResult }
  /** robots.txt forbids it. */
  | { readonly kind: 'robots'; readonly url: string; readonly message: string }
  /** Come back after `waitMilliseconds` with the journey. */
  | { readonly kind: 'wait'; readonly waitMilliseconds: number; readonly journey: Journey }
  /** The host asked to be left alone for longer than a request should wait. */
  | { readonly kind: 'held'; readonly url: string; readonly waitMilliseconds: number };

export interface PoliteClient {
  get(url: string, options: PoliteOptions): Promise<PoliteResult>;
}

export interface PoliteClientParts {
  readonly client: WebClient;
  readonly gate: HostGate;
  readonly robots: Robots;
  readonly maxRedirects: number;
}

export function createPoliteClient({ client, gate, robots, maxRedirects }: PoliteClientParts): PoliteClient {
  const get = async (url: string, options: PoliteOptions): Promise<PoliteResult> => {
    const { lane, robots: manners, journey: from, ...request } = options;
    let journey: Journey = from ?? { url, redirects: [], ticket: null };
    for (;;) {
      // What is no web address has no host to be polite to; the client says what is wrong with it.
      const host = hostOf(journey.url);
      if (host === null) return answered(await client.get(journey.url, { ...request, redirects: 'tell' }), journey);

      let spacingSeconds: number | null = null;
      if (manners === 'obey' && !gate.isOwn(host)) {
        const permission = await askRobots(journey);
        if (permission.kind !== 'allowed') return permission;
        spacingSeconds = permission.crawlDelaySeconds;
      }
      const admission = await gate.acquire(host, { lane, ticket: ticketOf(journey, host), spacingSeconds });
      if (!admission.ok) {
        const { waitMilliseconds } = admission;
        if (admission.held) return { kind: 'held', url: journey.url, waitMilliseconds };
        const { robots: _, ...rest } = journey;
        return { kind: 'wait', waitMilliseconds, journey: { ...rest, ticket: admission.ticket } };
      }
      const result = await client.get(journey.url, { ...request, redirects: 'tell' });
      await admission.release(hostOutcome(result));
      if (result.ok || result.reason !== 'redirected') return answered(result, journey);
      if (journey.redirects.length >= maxRedirects) {
        const message = `more than ${maxRedirects} redirects`;
        return answered({ ...result, reason: 'too-many-redirects', message }, journey);
      }
      const location = result.location ?? '';
      const redirects = [...journey.redirects, { status: result.status ?? 302, url: location }];
      journey = { url: location, redirects, ticket: null };
    }
  };

  /** Permission for where the journey stands; fetches robots.txt where its rules are not known. */
  const askRobots = async (
    journey: Journey,
  ): Promise<PoliteResult | { readonly kind: 'allowed'; readonly crawlDelaySeconds: number | null }> => {
    let verdict = await robots.check(journey.url);
    if (verdict === null) {
      const asked = await get(robotsAddress(journey.url), {
        lane: 'express',
        robots: 'ignore',
        accept: 'text/plain, */*;q=0.5',
        maxBytes: MAX_ROBOTS_BYTES,
        overflow: 'cut',
        journey: journey.robots,
      });
      if (asked.kind === 'wait') return { ...asked, journey: { ...journey, robots: asked.journey } };
      if (asked.kind === 'held') return asked;
      if (asked.kind === 'answered') {
        // An address that is never asked is no site without rules.
        if (isRefusedHere(asked.result)) return answered({ ...asked.result, url: journey.url }, journey);
        await robots.learn(journey.url, asked.result);
      }
      verdict = await robots.check(journey.url);
    }
    if (verdict?.kind === 'allowed') return verdict;
    return { kind: 'robots', url: journey.url, message: verdict?.message ?? 'robots.txt could not be had' };
  };

  return { get };
}

const answered = (result: FetchResult, { redirects }: Journey): PoliteResult => ({
  kind: 'answered',
  result: { ...result, redirects },
});

/** A turn that was promised for robots.txt, which another request has fetched meanwhile, does for the page. */
function ticketOf({ ticket, robots }: Journey, host: string): number | null {
  return ticket ?? (robots && hostOf(robots.url) === host ? robots.ticket : null);
}

const isRefusedHere = (result: FetchResult): boolean =>
  !result.ok && ['address-forbidden', 'bad-url'].includes(failureName(result)) && result.redirects.length === 0;

function hostOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  return /^https?:$/.test(url.protocol) && url.hostname !== '' ? url.hostname : null;
}
