/** Which language a text is in. Importing this file loads eld's smallest table (about 0.2 s), so import it only where it is used. */
import { eld } from 'eld/extrasmall';

/** Enough letters to be sure, few enough to stay under a millisecond. */
const SAMPLE_CHARACTERS = 1500;

/** One lone word is too often the same in several languages ('sabotage', 'drone'). */
const LEAST_WORDS = 2;

const word = /\p{L}{2,}/gu;

/** ISO 639-1 code of the text's language, `und` when unsure; right on headlines of a few words. */
export function detectLanguage(text: string): string {
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  if ((sample.match(word)?.length ?? 0) < LEAST_WORDS) return 'und';
  const found = eld.detect(sample);
  return found.language !== '' && found.isReliable() ? found.language : 'und';
}
