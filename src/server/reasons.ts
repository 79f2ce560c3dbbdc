/** Reasons in the language of a page. What other programs said, such as an error of Node, stays as it is: in English. */
import { literal } from './literal.js';
import { describeFailure } from './outcomes.js';
import type { Words } from './words/en.js';
import { reasonTexts } from './words/reasons.js';

export interface ReasonPart {
  readonly words: string;
  /** Where it is not the page's own language. */
  readonly lang?: 'en';
}

const PLACES = /\{(\d|reason|foreign)\}/g;
/** `timeout: not done within 30 s`: the name of an outcome before its message. */
const NAMED = /^([a-z]+(?:-[a-z\d]+)*): (.+)$/s;

interface ReasonPattern {
  readonly text: (typeof reasonTexts)[number];
  readonly pattern: RegExp;
  /** What stands at each place of the text, in order. */
  readonly places: readonly string[];
}

const patterns: readonly ReasonPattern[] = reasonTexts.map((text) => ({
  text,
  pattern: new RegExp(
    `^${text
      .split(PLACES)
      .map((piece, index) => (index % 2 === 0 ? literal(piece) : '(.+?)'))
      .join('')}$`,
    's',
  ),
  places: [...text.matchAll(PLACES)].map(([, place = '']) => place),
}));

/** @param reason in English, as it was stored or thrown */
export function reasonIn(say: Words, reason: string): readonly ReasonPart[] {
  const [, outcome = '', message = ''] = NAMED.exec(reason) ?? [];
  const failure = describeFailure(outcome, say);
  if (failure !== undefined) {
    // The status stands in the failure's own words.
    if (/^HTTP \d+$/.test(message)) return [{ words: failure }];
    return [{ words: `${failure} (` }, ...reasonIn(say, message), { words: ')' }];
  }
  if (say.reasons === undefined) return [{ words: reason }];
  for (const { text, pattern, places } of patterns) {
    const [, ...found] = pattern.exec(reason) ?? [];
    if (found.length > 0 || reason === text) {
      return filled(say, say.reasons[text], new Map(places.map((place, index) => [place, found[index] ?? ''])));
    }
  }
  return [{ words: reason, lang: 'en' }];
}

function filled(say: Words, translation: string, values: ReadonlyMap<string, string>): readonly ReasonPart[] {
  return translation.split(PLACES).flatMap((piece, index): readonly ReasonPart[] => {
    if (index % 2 === 0) return piece === '' ? [] : [{ words: piece }];
    const value = values.get(piece) ?? '';
    if (piece === 'reason') return reasonIn(say, value);
    return [piece === 'foreign' ? { words: value, lang: 'en' } : { words: value }];
  });
}
