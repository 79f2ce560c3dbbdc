/** A text as words: folded for comparison, with offsets into the original, sentences and clauses. */

/** Words of one field, column by column. All columns have the same length. */
export interface Words {
  /** As written. */
  readonly raw: readonly string[];
  /** UTF-16 offsets in the field. */
  readonly start: readonly number[];
  readonly end: readonly number[];
  /** Number of the sentence that the word stands in, from 0. */
  readonly sentence: readonly number[];
  /** Number of the clause; a 'but' or a semicolon opens the next. */
  readonly clause: readonly number[];
}

const wordPattern = /[\p{L}\p{N}\p{M}]+/gu;
const sentenceEnd = /[.!?…]["'”’»)\]]*\s|\n|[•|]/;
const clauseEnd = /[;—–]/;
const startsLower = /^\p{Ll}/u;

/** Words that turn a sentence round: what was denied before them is not denied after them. */
const contrast = new Set(
  'but however although though yet despite maar echter hoewel niettemin toch mais cependant toutefois pourtant aber jedoch doch obwohl sondern dennoch'.split(
    ' ',
  ),
);

/** Letters left over by an elision or a genitive: l'attentat, d'État, Russia's, auto's. */
const elided = new Set(['s', 'l', 'd', 'n', 'qu', 'j', 'm', 't', 'c']);

/** Splits a field into words. Numbers its sentences from `firstSentence`. */
export function splitWords(field: string): Words {
  const raw: string[] = [];
  const start: number[] = [];
  const end: number[] = [];
  const sentence: number[] = [];
  const clause: number[] = [];
  let sentenceNumber = 0;
  let clauseNumber = 0;
  let previousEnd = 0;
  for (const found of field.matchAll(wordPattern)) {
    const text = found[0];
    const at = found.index;
    const between = field.slice(previousEnd, at);
    if (raw.length > 0 && between !== ' ') {
      const initial = at - previousEnd <= 2 && (raw.at(-1) as string).length === 1;
      if (sentenceEnd.test(between) && (between.includes('\n') || (!initial && !startsLower.test(text)))) {
        sentenceNumber++;
        clauseNumber++;
      } else if (clauseEnd.test(between)) clauseNumber++;
    }
    const afterApostrophe = between === "'" || between === '’';
    const beforeApostrophe = field[at + text.length] === "'" || field[at + text.length] === '’';
    previousEnd = at + text.length;
    if (text.length <= 2 && (afterApostrophe || beforeApostrophe) && elided.has(text.toLowerCase())) continue;
    if (contrast.has(text.toLowerCase())) clauseNumber++;
    raw.push(text);
    start.push(at);
    end.push(previousEnd);
    sentence.push(sentenceNumber);
    clause.push(clauseNumber);
  }
  return { raw, start, end, sentence, clause };
}

const plainAscii = /^[a-z0-9]*$/;
const marks = /\p{M}/gu;
const ligatures: Readonly<Record<string, string>> = { ß: 'ss', œ: 'oe', æ: 'ae', ø: 'o', ł: 'l', đ: 'd', ı: 'i' };

/** Lower case without accents, so that Attentäter, ATTENTÄTER and Attentater are one word. */
export function fold(word: string): string {
  const lower = word.toLowerCase();
  if (plainAscii.test(lower)) return lower;
  return lower
    .normalize('NFD')
    .replace(marks, '')
    .replace(/[ßœæøłđı]/g, (letter) => ligatures[letter] as string);
}
