/** Dates as readers see them, in the page's own words: `3. März 2026, 14.05 Uhr`, `le 3 mars 2026 à 14h05`, `March 3, 2026`. */

/** Names of the months by their first letters, without accents; what tells two months apart is all that is given. */
const MONTHS: ReadonlyArray<readonly [pattern: string, month: number]> = [
  ['jan(?:uar[iy]?|vier|ner)?|ja[nm]|genn?(?:aio)?|ene(?:ro)?|januari|janeiro', 1],
  ['feb(?:r(?:uar[iy]?)?)?|fev(?:r(?:ier)?|ereiro)?|febbraio|febrero|feber', 2],
  ['mar(?:ch|s|zo|co|t)?|maerz|marz|mrz|maart|mrt', 3],
  ['apr(?:il[e]?)?|avr(?:il)?|abr(?:il)?', 4],
  ['may|mai|mei|maggio|mag|mayo|maio|maj', 5],
  ['jun[ie]?|juin|giu(?:gno)?|junio|junho', 6],
  ['jul[iy]?|juil(?:let)?|lug(?:lio)?|julio|julho', 7],
  ['aug(?:ust(?:us|i)?)?|aout|ago(?:sto)?', 8],
  ['sep(?:t(?:ember|embre|embro)?)?|set(?:tembre|embro)?|septiembre', 9],
  ['o[ck]t(?:ober|obre)?|ott(?:obre)?|octubre|out(?:ubro)?', 10],
  ['nov(?:ember|embre|iembre|embro)?', 11],
  ['de[czs](?:ember|embre|embro)?|dic(?:embre|iembre)?', 12],
];
const MONTH_NAME = MONTHS.map(([pattern]) => pattern).join('|');
const YEAR = '((?:19|20)\\d{2})';

const DAY_FIRST_WORDS = new RegExp(
  `(?<![\\d.])(\\d{1,2})(?:\\.|st|nd|rd|th|er|º)?\\s*(?:de\\s+)?(?<![a-z])(${MONTH_NAME})\\.?,?\\s*(?:de[l]?\\s+)?${YEAR}(?!\\d)`,
);
const MONTH_FIRST_WORDS = new RegExp(`(?<![a-z])(${MONTH_NAME})\\.?\\s+(\\d{1,2})(?:st|nd|rd|th)?,?\\s+${YEAR}(?!\\d)`);
const YEAR_FIRST = new RegExp(`(?<!\\d)${YEAR}\\s?[-./年년]\\s?(\\d{1,2})\\s?[-./月월]\\s?(\\d{1,2})(?!\\d)`);
const NUMBERS = /(?<![\d./-])(\d{1,2})([./-])\s?(\d{1,2})\2\s?((?:19|20)\d{2}|(?<!-)\d{2})(?![\d/]|[.-]\d)/;
const CLOCK = /(?<![\d:.])([01]?\d|2[0-3])\s?[:.h]\s?([0-5]\d)(?!\d|\.\d)\s*(am|pm|a\.m\.|p\.m\.)?/;

/** How far behind the date its time of day may stand. */
const CLOCK_CHARACTERS = 24;

/**
 * Reads the first date in a short text.
 *
 * @param language of the page as it claims, e.g. `en-US`: among numbers only, Americans put the month first
 * @returns ISO 8601 in UTC, since readers aren't told the zone; null where there is no date
 */
export function readPrintedDate(text: string, language: string): string | null {
  const plain = text.toLowerCase().replace(/ä/g, 'ae').normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC');
  const found = inWords(plain) ?? yearFirst(plain) ?? inNumbers(plain, language);
  if (!found) return null;
  const { year, month, day, end } = found;
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const clock = CLOCK.exec(plain.slice(end, end + CLOCK_CHARACTERS));
  const iso = date.toISOString().slice(0, 10);
  return clock ? `${iso}T${hourOf(clock)}:${clock[2]}:00Z` : `${iso}T00:00:00Z`;
}

interface FoundDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** Where the date ends in the text. */
  readonly end: number;
}

function inWords(text: string): FoundDate | null {
  const dayFirst = DAY_FIRST_WORDS.exec(text);
  if (dayFirst) return found(dayFirst, dayFirst[3], monthOf(dayFirst[2]), dayFirst[1]);
  const monthFirst = MONTH_FIRST_WORDS.exec(text);
  return monthFirst ? found(monthFirst, monthFirst[3], monthOf(monthFirst[1]), monthFirst[2]) : null;
}

function yearFirst(text: string): FoundDate | null {
  const match = YEAR_FIRST.exec(text);
  return match ? found(match, match[1], Number(match[2]), match[3]) : null;
}

function inNumbers(text: string, language: string): FoundDate | null {
  const match = NUMBERS.exec(text);
  if (!match) return null;
  const [, first = '', mark, second = '', year = ''] = match;
  const monthFirst = Number(second) > 12 || (mark === '/' && Number(first) <= 12 && /^en(?:-us)?$/i.test(language));
  const fullYear = year.length === 2 ? `20${year}` : year;
  return monthFirst ? found(match, fullYear, Number(first), second) : found(match, fullYear, Number(second), first);
}

function found(match: RegExpExecArray, year = '', month = 0, day = ''): FoundDate | null {
  const date = { year: Number(year), month, day: Number(day), end: match.index + match[0].length };
  return date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= 31 ? date : null;
}

const WHOLE_MONTHS = MONTHS.map(([pattern, month]) => [new RegExp(`^(?:${pattern})$`), month] as const);

function monthOf(name = ''): number {
  return WHOLE_MONTHS.find(([pattern]) => pattern.test(name))?.[1] ?? 0;
}

function hourOf([, hour = '', , half]: RegExpExecArray): string {
  const afternoon = half?.startsWith('p') && Number(hour) < 12 ? 12 : 0;
  const midnight = half?.startsWith('a') && Number(hour) === 12 ? -12 : 0;
  return String(Number(hour) + afternoon + midnight).padStart(2, '0');
}

/** A day written into an address, as `/2026/03/02/` or `/2026-03-02-`; null where there is none. */
export function readDateInAddress(url: string): string | null {
  const match = /[/_-]((?:19|20)\d{2})[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_.-])/.exec(url);
  return match ? `${match[1]}-${match[2]}-${match[3]}T00:00:00Z` : null;
}
