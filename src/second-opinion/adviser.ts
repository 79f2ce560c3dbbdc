/** Whoever gives a second opinion on threat types: one interface, and one file each for those who can (`open.ts` chooses). */
import type { ThreatType } from '../threats/taxonomy.js';
import type { ClassifyInput } from '../threats/threat.js';

/** What is said of one type. */
export interface Verdict {
  readonly verdict: 'is' | 'is-not';
  /** The passage of the article that it rests on, as the adviser gives it; null where it gives none. */
  readonly quote: string | null;
  /** How probable the adviser finds the type, 0–1; null where it doesn't say. */
  readonly probability: number | null;
}

export type Answer =
  /** Type id → verdict; a type whose answer is void has none. */
  | { readonly outcome: 'answered'; readonly verdicts: ReadonlyMap<string, Verdict> }
  /** No answer in time, or none in the form that was asked for. */
  | { readonly outcome: 'failed'; readonly reason: string };

export interface Adviser {
  /** `endpoint:MODEL` or `local:FOLDER`: stands in the origin of tags. */
  readonly name: string;
  /** Asks whether the article is about each of these types, one or more. Never throws, and ends within the settings' time. */
  ask(article: ClassifyInput, types: readonly ThreatType[]): Promise<Answer>;
  close(): Promise<void>;
}

/** A second opinion is set up but can't be had: says what is missing, where, and what mends it. */
export class SecondOpinionError extends Error {
  override readonly name = 'SecondOpinionError';
}
