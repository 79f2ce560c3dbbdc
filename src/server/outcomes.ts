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
export function describePoll(outcome: string | null, say: Words): PlainOutcome {
  const { outcomes } = say;
  if (outcome === null) return { tone: 'quiet', words: outcomes.notPolled };
  const words = outcomes.polls[outcome];
  if (words !== undefined) return { tone: pollTones[outcome] ?? 'bad', words };
  return { tone: 'bad', words: describeFailure(outcome, say) ?? outcome };
}

export function describePage(outcome: string, say: Words): PlainOutcome {
  const words = say.outcomes.pages[outcome];
  if (words !== undefined) return { tone: pageTones[outcome] ?? 'bad', words };
  return { tone: 'bad', words: describeFailure(outcome, say) ?? outcome };
}

/** What may go wrong on the way to any address, be it a feed's or a page's; undefined for what is no such failure. */
export function describeFailure(outcome: string, { outcomes: { status, web } }: Words): string | undefined {
  const code = /^http-(\d{3})$/.exec(outcome)?.[1];
  return code ? status(code, STATUS_CODES[code] ?? '') : web[outcome];
}
