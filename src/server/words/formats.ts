/** Numbers, days, languages and countries as a language writes them (ECMA-402). */

export interface OwnNames {
  /** Of an article whose language nobody knows. */
  readonly unknownLanguage: string;
  /** Of a source that is of no country. */
  readonly international: string;
}

/** @param locale BCP 47, such as nl-BE; times are in the time zone of the machine that serves the page (TZ) */
export function createFormats(locale: string, { unknownLanguage, international }: OwnNames) {
  const numbers = new Intl.NumberFormat(locale);
  const percents = new Intl.NumberFormat(locale, { style: 'percent' });
  const tenths = new Intl.NumberFormat(locale, {
    style: 'percent',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  const ratios = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const weights = new Intl.NumberFormat(locale, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
    signDisplay: 'always',
  });
  const languages = new Intl.DisplayNames(locale, { type: 'language' });
  const regions = new Intl.DisplayNames(locale, { type: 'region' });
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const daysOfYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' });
  const sameYear = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  const otherYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
  return {
    number: (value: number): string => numbers.format(value),
    /** @param share 0–1 */
    percent: (share: number): string => percents.format(share),
    /** Where whole per cents would often be the same. @param share 0–1 */
    percentTenths: (share: number): string => tenths.format(share),
    /** With one digit behind the point. */
    ratio: (value: number): string => ratios.format(value),
    /** The share of a score that a span carries, with its sign: `+0.42`. */
    weight: (value: number): string => weights.format(value),
    /** @param day in UTC, `2026-11-24` */
    day: (day: string): string => days.format(new Date(`${day}T00:00:00Z`)),
    /** Where the year is told beside it. @param day in UTC, `2026-11-24` */
    dayOfYear: (day: string): string => daysOfYear.format(new Date(`${day}T00:00:00Z`)),
    exactly: (at: Date): string => exact.format(at),
    date: (at: Date, now: Date): string => (at.getFullYear() === now.getFullYear() ? sameYear : otherYear).format(at),
    /** ISO 639-1 as a name; feeds say all kinds of things, so what is no code is shown as it is. */
    languageName: (code: string): string => {
      if (code === 'und') return unknownLanguage;
      return /^[a-z]{2,3}$/.test(code) ? (languages.of(code) ?? code) : code;
    },
    /** ISO 3166-1 alpha-2 as a name; Belfry's own EU and INT besides. */
    countryName: (code: string): string => {
      if (code === 'INT') return international;
      return /^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : code;
    },
  };
}
