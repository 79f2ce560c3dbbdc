/** Outcomes in plain words: what happened, for people who didn't write the code. */
import { STATUS_CODES } from 'node:http';
import type { Words } from './words/en.js';

export type Tone = 'good' | 'quiet' | 'bad';

export interface PlainOutcome {
  readonly tone: Tone;
  readonly words: string;
}

/** All others are bad. */
const pollTones: Readonly<Record<string, Tone>> = { new: 'good', unchanged: 'good', polling: 'quiet' };
const pageTones: Readonly<Record<string, Tone>> = {
  ok: 'good',
  tagged: 'good',
  untagged: 'good',
  stored: 'good',
  'no-link': 'quiet',
  'not-html': 'quiet',
  login: 'quiet',
  'page-gone': 'quiet',
};

/** @param outcome of a feed's last poll; null before the first */
export function describePoll(outcome: string | null, { outcomes }: Words): PlainOutcome {
  if (outcome === null) return { tone: 'quiet', words: outcomes.notPolled };
  const words = outcomes.polls[outcome];
  return words === undefined ? describeFault(outcome, outcomes) : { tone: pollTones[outcome] ?? 'bad', words };
}

export function describePage(outcome: string, { outcomes }: Words): PlainOutcome {
  const words = outcomes.pages[outcome];
  return words === undefined ? describeFault(outcome, outcomes) : { tone: pageTones[outcome] ?? 'bad', words };
}

/** What may go wrong on the way to any address, be it a feed's or a page's. */
function describeFault(outcome: string, { status, web }: Words['outcomes']): PlainOutcome {
  const code = /^http-(\d{3})$/.exec(outcome)?.[1];
  return { tone: 'bad', words: code ? status(code, STATUS_CODES[code] ?? '') : (web[outcome] ?? outcome) };
}
