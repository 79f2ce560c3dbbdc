/** Word forms brought to one stem, per language, with natural's stemmers (each imported alone: the root loads databases). */
import english from 'natural/lib/natural/stemmers/porter_stemmer.js';
import german from 'natural/lib/natural/stemmers/porter_stemmer_de.js';
import spanish from 'natural/lib/natural/stemmers/porter_stemmer_es.js';
import french from 'natural/lib/natural/stemmers/porter_stemmer_fr.js';
import italian from 'natural/lib/natural/stemmers/porter_stemmer_it.js';
import dutch from 'natural/lib/natural/stemmers/porter_stemmer_nl.js';
import portuguese from 'natural/lib/natural/stemmers/porter_stemmer_pt.js';
import russian from 'natural/lib/natural/stemmers/porter_stemmer_ru.js';
import swedish from 'natural/lib/natural/stemmers/porter_stemmer_sv.js';

const stemmers: Readonly<Record<string, { stem(word: string): string }>> = {
  en: english,
  de: german,
  es: spanish,
  fr: french,
  it: italian,
  nl: dutch,
  pt: portuguese,
  ru: russian,
  sv: swedish,
};

/** Languages that write compounds as one word. */
const compounding = new Set(['de', 'nl', 'sv', 'no', 'da', 'af']);

/** Shorter words carry no ending worth cutting, and names such as IS or RAF are short. */
const LEAST_STEMMED = 4;

/** The stem of a folded word; the word itself where the language has no stemmer. */
export function stem(folded: string, language: string): string {
  if (folded.length < LEAST_STEMMED) return folded;
  const stemmer = stemmers[language];
  return stemmer === undefined ? folded : stemmer.stem(folded);
}

export const writesCompounds = (language: string): boolean => compounding.has(language);

/** Letters by which two forms of one word may differ at their ends. */
const LONGEST_ENDING = 3;
/** French words up to this length differ too little from each other to allow more than a plural: port, porte, porter. */
const SHORT_FRENCH_WORD = 5;

/**
 * Whether two folded words with one stem are forms of one word. Stemmers also bring together words that only look alike
 * (authorities and author, opération and opéra), whose endings are long.
 */
export function areFormsOfOneWord(one: string, other: string, language: string): boolean {
  let shared = 0;
  while (shared < one.length && one[shared] === other[shared]) shared++;
  const endings = [one.slice(shared), other.slice(shared)] as const;
  if (language === 'fr' && Math.min(one.length, other.length) <= SHORT_FRENCH_WORD) {
    return endings.every((ending) => ending === '' || ending === 's' || ending === 'x');
  }
  return endings.every(({ length }) => length <= Math.min(LONGEST_ENDING, shared - 1));
}
