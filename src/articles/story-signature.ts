/** What two tellings of one story have in common whoever wrote them: the words that carry it, as a small signature. */
import { createHash } from 'node:crypto';

/** News says first what happened; further down stands what stood in yesterday's article too. */
const LOOKED_AT_CHARACTERS = 4_000;
const MOST_WORDS = 160;
/** With fewer words any two short notices are alike. */
const LEAST_WORDS = 14;
/** Cut words are one whatever their ending, in any language: `arsonist` and `arsonists`, `Brandstiftung` and `Brandstiftungen`. */
const STEM_LETTERS = 6;
const LEAST_LETTERS = 4;
/**
 * Bands of two hashes each: two tellings that share 30 % of their words meet in one of 20 with 85 %, 40 % with 97 %; two
 * articles with 5 % in common, as any two have, with 5 %.
 */
const BANDS = 20;
const HASHES_A_BAND = 2;
/** Of the title's longest words each pair is a key, so that a short notice meets the long report. */
const TITLE_WORDS = 3;
/** A short notice is rarely all in the long report, and a few of its words are in any: the share counts squared, and less than whole. */
const CONTAINED_WEIGHT = 0.55;

export interface StorySignature {
  /** Hashes of the words that carry the story (32 bit, signed as PostgreSQL's integer), ascending. */
  readonly words: readonly number[];
  /** Keys to look for candidates by, of the same kind: tellings of one story share at least one. */
  readonly keys: readonly number[];
}

/** Undefined for a text too short to tell a story by. */
export function storySignature(title: string, text: string, language: string): StorySignature | undefined {
  const words = carryingWords(`${title}\n${text.slice(0, LOOKED_AT_CHARACTERS)}`);
  if (words.length < LEAST_WORDS) return undefined;
  const hashes = words.map((word) => remembered(hashOf, word, hash)).sort((a, b) => a - b);
  const titleWords = carryingWords(title)
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .slice(0, TITLE_WORDS)
    .sort();
  const keys = new Set<number>();
  for (let band = 0; band < BANDS; band++) {
    const least = Array.from({ length: HASHES_A_BAND }, (_, place) => leastUnder(hashes, band * HASHES_A_BAND + place));
    keys.add(hash(`${language} ${band} ${least.join(' ')}`));
  }
  for (const [place, one] of titleWords.entries()) {
    for (const other of titleWords.slice(place + 1)) keys.add(hash(`${language} title ${one} ${other}`));
  }
  return { words: [...new Set(hashes)], keys: [...keys].sort((a, b) => a - b) };
}

/**
 * How much of what carries the one carries the other: the share of all their words that both have, or, where one is much
 * shorter, `CONTAINED_WEIGHT` of the squared share of its words that the longer one has too. 0–1.
 */
export function storySimilarity(one: readonly number[], other: readonly number[]): number {
  let shared = 0;
  for (let a = 0, b = 0; a < one.length && b < other.length; ) {
    const difference = (one[a] as number) - (other[b] as number);
    if (difference === 0) shared++;
    if (difference <= 0) a++;
    if (difference >= 0) b++;
  }
  const shorter = Math.min(one.length, other.length);
  if (shorter === 0) return 0;
  const ofAll = shared / (one.length + other.length - shared);
  return Math.max(ofAll, CONTAINED_WEIGHT * (shared / shorter) ** 2);
}

/** Names, numbers and the longer words, each once, in the order of the text; frequent function words are short or listed. */
function carryingWords(text: string): string[] {
  const found = new Set<string>();
  for (const [word] of text.matchAll(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu)) {
    const carried = remembered(carriedBy, word, carriedIn);
    if (carried === null) continue;
    found.add(carried);
    if (found.size >= MOST_WORDS) break;
  }
  return [...found];
}

/** What of a word carries a story; null where it carries none. */
function carriedIn(word: string): string | null {
  const folded = word.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  const isNumber = /^\p{N}{2,}/u.test(folded);
  const isName = folded.length >= 2 && word === word.toUpperCase();
  if (folded.length < LEAST_LETTERS && !isNumber && !isName) return null;
  return functionWords.has(folded) ? null : folded.slice(0, STEM_LETTERS);
}

/** SHA-256 rather than a quick hash of our own. */
const hash = (text: string): number => createHash('sha256').update(text).digest().readInt32LE();

/** News uses the same words over and over: folding and hashing each anew would be most of the work. */
const carriedBy = new Map<string, string | null>();
const hashOf = new Map<string, number>();
/** More distinct words, or longer ones, are noise; the memory starts anew. */
const MOST_REMEMBERED_WORDS = 60_000;
const LONGEST_REMEMBERED_WORD = 50;

function remembered<Value>(memory: Map<string, Value>, word: string, make: (word: string) => Value): Value {
  const known = memory.get(word);
  if (known !== undefined) return known;
  const made = make(word);
  if (memory.size >= MOST_REMEMBERED_WORDS) memory.clear();
  // A copy: a part of a text would keep the whole text in memory.
  if (word.length <= LONGEST_REMEMBERED_WORD) memory.set(Buffer.from(word, 'utf16le').toString('utf16le'), made);
  return made;
}

/** The least of all hashes after they were mixed in the way of this number (MinHash). */
function leastUnder(hashes: readonly number[], number: number): number {
  const seed = Math.imul(number + 1, 0x9e3779b1);
  let least = 0xffffffff;
  for (const each of hashes) {
    // The finaliser of MurmurHash3: every bit of the input moves every bit of the result.
    let mixed = (each ^ seed) >>> 0;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    mixed = (mixed ^ (mixed >>> 16)) >>> 0;
    if (mixed < least) least = mixed;
  }
  return least;
}

/** Words of four letters and more that any article has, in the four languages of the taxonomy. */
const functionWords = new Set(
  (
    'about after again also although among another because been before being between both could does down during each even ' +
    'ever every from further have having here however into itself just like made make many more most much must never only ' +
    'other over said same says should since some still such than that their them then there these they this those though ' +
    'through under until upon very were what when where which while will with within without would your monday tuesday ' +
    'wednesday thursday friday saturday sunday ' +
    'alle alleen allen alles ander andere anderen altijd bij binnen daar daarom deze dingen door echter eens eerst enkele ' +
    'geen gaat geweest haar hadden hebben heeft hier hierbij hoewel iets iemand kunnen maar maken meer meest meer moet ' +
    'moeten naar niet niets nadat nogal omdat onder ondanks onze over samen sinds tegen terwijl toen tijdens tussen uitgaan ' +
    'vaak vanaf veel volgens voor waar waarbij waren want wanneer weer welke werd werden wordt worden zegt zeggen zelf ' +
    'zelfs zich zijn zoals zonder zouden maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ' +
    'aber alle allem allen aller alles also andere anderen auch auf beim bereits bevor damit dann dass dazu dein denen denn ' +
    'deren dessen diese diesem diesen dieser dieses doch dort durch eine einem einen einer eines etwa etwas gegen gewesen ' +
    'haben hatte hatten ihre ihrem ihren ihrer immer jede jedoch jetzt kann kein keine konnte mehr mich muss nach nachdem ' +
    'nicht nichts noch nach oder ohne sehr sein seine seinem seinen seiner seit sich sind soll sollen sowie uber unter viele ' +
    'vom waren warum weil weiter welche wenn werden wieder wird worden wurde wurden zwar zwischen montag dienstag mittwoch ' +
    'donnerstag freitag samstag sonntag ' +
    'ainsi alors apres aupres aussi autre autres avait avant avec avoir beaucoup cela celle celui cette ceux chaque comme ' +
    'contre dans depuis dont elle elles encore entre etaient etait etant etre fait faire fois font leur leurs lors lorsque ' +
    'mais meme moins notamment notre nous ont parce pendant peut plus pour pourtant pres puis quand quel quelle quelques ' +
    'qui sans selon sera serait seront sont sous sur tous tout toute toutes tres vers vous lundi mardi mercredi jeudi ' +
    'vendredi samedi dimanche'
  ).split(' '),
);
