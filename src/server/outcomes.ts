/** Outcomes in plain words: what happened, for people who didn't write the code. */
import { STATUS_CODES } from 'node:http';

export type Tone = 'good' | 'quiet' | 'bad';

export interface PlainOutcome {
  readonly tone: Tone;
  readonly words: string;
}

/** What may go wrong on the way to any address, be it a feed's or a page's. */
const webFaults: Readonly<Record<string, string>> = {
  'bad-url': 'The address is no web address',
  'address-forbidden': 'The address is private; net.allow in the settings would permit it',
  dns: 'The host name is unknown',
  connection: 'The host refuses or breaks off the connection',
  tls: 'The certificate is not valid',
  timeout: 'No complete answer in time',
  stalled: 'The answer stopped half-way',
  'too-large': 'Larger than the settings allow',
  'too-many-redirects': 'Redirects go round in circles',
  'bad-response': 'The answer is not proper HTTP',
  aborted: 'Interrupted',
  robots: 'The site’s robots.txt forbids it',
  'host-held': 'The host asked to be left alone for a while',
};

const pollOutcomes: Readonly<Record<string, PlainOutcome>> = {
  new: { tone: 'good', words: 'New items' },
  unchanged: { tone: 'good', words: 'Nothing new' },
  polling: { tone: 'quiet', words: 'Being polled' },
  empty: { tone: 'bad', words: 'The feed’s answer is empty' },
  'not-a-feed': { tone: 'bad', words: 'The address gives something that is no feed' },
  html: { tone: 'bad', words: 'The address gives a web page instead of a feed' },
  'entity-bomb': { tone: 'bad', words: 'The feed holds an entity bomb and was not read' },
  unreadable: { tone: 'bad', words: 'The feed is too broken to be read' },
};

const pageOutcomes: Readonly<Record<string, PlainOutcome>> = {
  ok: { tone: 'good', words: 'Fine' },
  tagged: { tone: 'good', words: 'Tagged with a threat type' },
  untagged: { tone: 'good', words: 'No threat type' },
  stored: { tone: 'good', words: 'Stored' },
  'no-link': { tone: 'quiet', words: 'The feed gives no link' },
  empty: { tone: 'bad', words: 'The page is empty' },
  'not-html': { tone: 'quiet', words: 'Not a web page (a PDF, an image, …)' },
  'no-text': { tone: 'bad', words: 'No article found in the page' },
  login: { tone: 'quiet', words: 'A login, paywall or consent page' },
  'too-deep': { tone: 'bad', words: 'Nested beyond reason' },
  'out-of-memory': { tone: 'bad', words: 'Needed too much memory' },
  failed: { tone: 'bad', words: 'The extractor failed (a defect of Belfry)' },
  'page-gone': { tone: 'quiet', words: 'The page was pruned before its turn' },
  dead: { tone: 'bad', words: 'Parked among the dead letters' },
};

/** @param outcome of a feed's last poll; null before the first */
export function describePoll(outcome: string | null): PlainOutcome {
  if (outcome === null) return { tone: 'quiet', words: 'Not polled yet' };
  return pollOutcomes[outcome] ?? describeFault(outcome);
}

export const describePage = (outcome: string): PlainOutcome => pageOutcomes[outcome] ?? describeFault(outcome);

function describeFault(outcome: string): PlainOutcome {
  const status = /^http-(\d{3})$/.exec(outcome)?.[1];
  if (status) return { tone: 'bad', words: `The site answers ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd() };
  return { tone: 'bad', words: webFaults[outcome] ?? outcome };
}
