/**
 * Dates as feeds write them: RFC 822, W3CDTF, ISO 8601, asctime, and month names in the languages of Europe's press.
 * What names no instant is refused with a reason; nothing is ever guessed into a wrong one.
 */

export type DateFault =
  /** No form of date that is known here. */
  | 'unreadable'
  /** A known form with a value that doesn't exist, such as 31 June or 25:00. */
  | 'impossible'
  /** More than one instant fits, such as 03/04/2025 or the zone IST. */
  | 'ambiguous';

export type DateReading =
  | {
      readonly ok: true;
      /** ISO 8601 in UTC with milliseconds. */
      readonly at: string;
      /** How exact the text is; a coarser one gives the first instant of its day, month or year. */
      readonly precision: 'time' | 'day' | 'month' | 'year';
      /** Where the text names no zone, UTC is taken (W3CDTF and RFC 822 require one, so feeds without mean UTC mostly). */
      readonly zone: 'given' | 'assumed';
    }
  | { readonly ok: false; readonly reason: DateFault };

export interface DateHints {
  /** BCP 47 language of the feed: decides the order of day and month in all-numeric dates. */
  readonly language?: string | null;
}

/** No date a feed writes is longer; anything longer is prose. */
const MAX_DATE_CHARACTERS = 120;

/** Reads one date as a feed writes it. */
export function readDate(text: string, hints: DateHints = {}): DateReading {
  const { body, comment } = simplify(text);
  if (body === '' || body.length > MAX_DATE_CHARACTERS) return fault('unreadable');
  return readIso(body) ?? readEpoch(body) ?? readWords(body, comment, hints);
}

const fault = (reason: DateFault): DateReading => ({ ok: false, reason });

/** Lower case without accents, one space between words, with a trailing comment such as `(CEST)` set apart. */
function simplify(text: string): { body: string; comment: string } {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
  const comment = /\(([^)]*)\)\s*$/.exec(plain)?.[1] ?? '';
  return { body: plain.replace(/\s*\([^)]*\)\s*$/, ''), comment };
}

// ---------------------------------------------------------------------------------------------------------- ISO 8601

const ISO_TIME = String.raw`(?:[t ]\s?(?<hour>\d{1,2})(?::?(?<minute>\d{2})(?::?(?<second>\d{2})(?:[.,](?<fraction>\d+))?)?)?\s?(?<zone>z|utc|gmt|[+-]\d{1,2}(?::?\d{2})?)?)?`;

/** Calendar, ordinal and week dates, basic and extended, with the truncated years of ISO 8601:1988. */
const isoForms: readonly RegExp[] = [
  String.raw`(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})`,
  String.raw`(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})`,
  String.raw`(?<year>\d{4})-(?<month>\d{2})`,
  String.raw`(?<year>\d{4})-?(?<ordinal>\d{3})`,
  String.raw`(?<year>\d{4})-?w(?<week>\d{2})(?:-?(?<weekday>[1-7]))?`,
  String.raw`(?<shortyear>\d{2})-?(?<ordinal>\d{3})`,
  String.raw`(?<shortyear>\d{2})(?<month>\d{2})(?<day>\d{2})`,
  String.raw`-(?<shortyear>\d{2})-?(?<month>\d{2})`,
  String.raw`(?<year>\d{4})`,
].map((date) => new RegExp(`^${date}${ISO_TIME}$`));

function readIso(text: string): DateReading | null {
  for (const form of isoForms) {
    const parts = form.exec(text)?.groups;
    if (!parts) continue;
    const year = parts.year === undefined ? fullYear(Number(parts.shortyear)) : Number(parts.year);
    const time = clock(parts.hour, parts.minute, parts.second, parts.fraction);
    const zone = parts.zone === undefined ? null : offsetOf(parts.zone);
    if (parts.zone !== undefined && zone === null) return fault('impossible');
    const given = zone ?? { kind: 'assumed' };
    if (parts.ordinal !== undefined) return ordinalDate(year, Number(parts.ordinal), time, given);
    if (parts.week !== undefined) return weekDate(year, Number(parts.week), Number(parts.weekday ?? 1), time, given);
    const precision = parts.day !== undefined ? 'day' : parts.month !== undefined ? 'month' : 'year';
    return assemble(year, Number(parts.month ?? 1), Number(parts.day ?? 1), time, given, precision);
  }
  return null;
}

function ordinalDate(year: number, ordinal: number, time: Clock | null, zone: Zone): DateReading {
  const date = utcDate(year, 1, ordinal);
  if (ordinal < 1 || date.getUTCFullYear() !== year) return fault('impossible');
  return assemble(year, date.getUTCMonth() + 1, date.getUTCDate(), time, zone, 'day');
}

/** ISO 8601 week 1 is the one with 4 January in it; weeks begin on Monday. */
function weekDate(year: number, week: number, weekday: number, time: Clock | null, zone: Zone): DateReading {
  if (week < 1 || week > 53) return fault('impossible');
  const fourth = utcDate(year, 1, 4);
  const mondayOffset = (fourth.getUTCDay() + 6) % 7;
  const date = utcDate(year, 1, 4 - mondayOffset + (week - 1) * 7 + weekday - 1);
  return assemble(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), time, zone, 'day');
}

/** Seconds or milliseconds since 1970, where they fall between 1990 and 2100. */
function readEpoch(text: string): DateReading | null {
  if (!/^(?:\d{9,10}|\d{12,13})$/.test(text)) return null;
  const milliseconds = text.length > 10 ? Number(text) : Number(text) * 1000;
  const date = new Date(milliseconds);
  const year = date.getUTCFullYear();
  if (year < 1990 || year > 2100) return fault('unreadable');
  return { ok: true, at: date.toISOString(), precision: 'time', zone: 'given' };
}

// ------------------------------------------------------------------------------------------------- words and numbers

/** A time of day: 14:05, 14:05:33.25, 14h05, 14 h 05, 2:05 pm; the half of the day may stand before it in Korean. */
const TIME =
  /(?<![\d:.])(?:(?<half>오전|오후)\s?)?(?<hour>\d{1,2})(?:\s?h\s?|:|\.(?=\d{2}\s?(?:uhr|uur)))(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d+))?)?(?![\d:])(?:\s?(?<meridiem>[ap]\.?m\b\.?))?/;
const HOUR_ONLY = /(?<!\d)(?<hour>\d{1,2})\s?(?:(?<meridiem>[ap]\.?m\b\.?)|h\b(?!\s?\d)|uhr\b|uur\b)/;
const OFFSET =
  /(?:(?<=^|[\s\d])(?:gmt|utc|ut|z)\s?)?(?<![\d/.])[+-]\d{2}:?\d{2}\b|(?<![a-z])(?:gmt|utc)\s?[+-]\s?\d{1,2}(?::?\d{2})?\b/;

/** Words that dates are spelled with but that say nothing: articles, prepositions, ordinal endings, the word for hour. */
const fillers = new Set(
  'the of on at op om de den der le la du a um am im the uhr uur h st nd rd th er e ste vom t en el os y do'.split(' '),
);

function readWords(body: string, comment: string, hints: DateHints): DateReading {
  // Japanese, Chinese and Korean counters: year, month, day.
  const isKorean = /[가-힣]/.test(body);
  let rest = ` ${body.replace(/(\d)\s?[年년]\s?(\d+)\s?[月월]\s?(\d+)\s?[日일]/, '$1-$2-$3')} `;

  const timeMatch = TIME.exec(rest) ?? HOUR_ONLY.exec(rest);
  let time: Clock | null = null;
  if (timeMatch?.groups) {
    const { hour, minute, second, fraction, meridiem, half } = timeMatch.groups;
    const halfOfDay = half === '오후' ? 'p' : half === '오전' ? 'a' : meridiem?.[0];
    const onTheClock = halfOfDay === undefined ? hour : hourOfHalf(Number(hour), halfOfDay);
    time = clock(onTheClock, minute, second, fraction);
    const after = timeMatch.index + timeMatch[0].length;
    rest = `${rest.slice(0, timeMatch.index)} @ ${rest.slice(after)}`;
  }

  let zone: Zone | null = null;
  const offset = timeMatch ? OFFSET.exec(rest.slice(rest.indexOf('@'))) : null;
  if (offset) {
    const at = rest.indexOf('@') + offset.index;
    zone = offsetOf(offset[0]);
    if (zone === null) return fault('impossible');
    rest = `${rest.slice(0, at)} ${rest.slice(at + offset[0].length)}`;
  }

  if (/\d:/.test(rest)) return fault('unreadable');

  const words: string[] = [];
  const numbers: { readonly digits: string; readonly before: string }[] = [];
  for (const [token, separator = '', digits] of rest.matchAll(/([-/.]?)(\d+)|[^\s\d,;@]+/g)) {
    if (digits !== undefined) numbers.push({ digits, before: separator });
    else words.push(...splitWord(token));
  }

  let month: number | null = null;
  for (const [index, word] of words.entries()) {
    const months = monthsNamed(word);
    const laterNamesMonth = words.slice(index + 1).some((other) => monthsNamed(other).length > 0);
    if (isWeekday(word) && (months.length === 0 || laterNamesMonth)) continue;
    if (months.length > 1) return fault('ambiguous');
    if (months[0] !== undefined && month === null) {
      month = months[0];
      continue;
    }
    const named = zoneNamed(word);
    if (named === 'ambiguous') {
      if (zone === null) return fault('ambiguous');
      continue;
    }
    if (named !== null) {
      zone ??= named;
      continue;
    }
    if (!fillers.has(word)) return fault('unreadable');
  }
  if (zone === null && comment !== '') {
    const named = zoneNamed(comment);
    if (named === 'ambiguous') return fault('ambiguous');
    zone = named;
  }
  // Korean blog services write Seoul's time without saying so.
  zone ??= isKorean ? { kind: 'offset', minutes: 9 * 60 } : { kind: 'assumed' };

  return month === null ? numericDate(numbers, time, zone, hints) : namedMonthDate(numbers, month, time, zone);
}

/** `13-juli` and `europe/brussels` come as one token: the hyphens go, the zone's slash stays. */
function splitWord(token: string): string[] {
  if (/^[a-z_]+\/[a-z_/+-]+$/.test(token)) return [token];
  return token.split(/[-/.'’]+/).filter((word) => word !== '');
}

type Numbers = readonly { readonly digits: string; readonly before: string }[];

function namedMonthDate(numbers: Numbers, month: number, time: Clock | null, zone: Zone): DateReading {
  const [first, second] = numbers.map((number) => number.digits);
  if (numbers.length === 1 && first?.length === 4) return assemble(Number(first), month, 1, time, zone, 'month');
  if (numbers.length !== 2 || first === undefined || second === undefined) return fault('unreadable');
  if (first.length >= 3 && second.length >= 3) return fault('unreadable');
  // RFC 822 has the day first; a year in front is known by its length.
  const [day, year] = first.length >= 3 ? [second, first] : [first, second];
  return assemble(yearOf(year), month, Number(day), time, zone, 'day');
}

/** Languages in whose countries the day stands before the month; English does both. */
const dayFirstLanguages = /^(?:nl|fr|de|es|it|pt|da|sv|no|nb|fi|pl|cs|sk|el|tr|ru|uk|ro|bg|hr|sl)\b/;

function numericDate(numbers: Numbers, time: Clock | null, zone: Zone, hints: DateHints): DateReading {
  if (numbers.length !== 3) return fault('unreadable');
  const [a, b, c] = numbers as readonly [Numbers[number], Numbers[number], Numbers[number]];
  if (b.before === '' || b.before !== c.before) return fault('unreadable');
  const [first, second, third] = [Number(a.digits), Number(b.digits), Number(c.digits)];
  if (a.digits.length === 4) return assemble(first, second, third, time, zone, 'day');
  if (c.digits.length !== 4) {
    // 03-12-31 is ISO 8601:1988 only where nothing but a year can stand first.
    if (a.digits.length === 2 && b.before === '-' && first > 31)
      return assemble(yearOf(a.digits), second, third, time, zone, 'day');
    if (b.before !== '.' || c.digits.length !== 2) return fault('ambiguous');
  }
  const year = yearOf(c.digits);
  const isDayFirst = b.before === '.' || dayFirstLanguages.test(hints.language ?? '');
  if (isDayFirst || first > 12 || first === second) return assemble(year, second, first, time, zone, 'day');
  if (second > 12) return assemble(year, first, second, time, zone, 'day');
  return fault('ambiguous');
}

/** RFC 2822, section 4.3: 00–49 are 2000–2049, 50–99 and three digits count from 1900. */
function yearOf(digits: string): number {
  if (digits.length === 3) return 1900 + Number(digits);
  return digits.length <= 2 ? fullYear(Number(digits)) : Number(digits);
}

const fullYear = (short: number): number => (short < 50 ? 2000 : 1900) + short;

// ---------------------------------------------------------------------------------------------------- names and zones

/** Month names without accents; any beginning of three letters or more names the month, unless it begins two. */
const monthNames: readonly string[] = [
  'january januari janvier januar janner enero gennaio janeiro ιανουαριος ιανουαριου januar января янв styczen stycznia ocak',
  'february februari fevrier februar feber febrero febbraio fevereiro φεβρουαριος φεβρουαριου februar февраля luty lutego subat',
  'march maart mars marz marzo marco μαρτιος μαρτιου marcius марта marzec marca mart mrt mrz maerz',
  'april avril abril aprile απριλιος απριλιου aprilis апреля kwiecien kwietnia nisan avr',
  'may mei mai mayo maggio maio μαιος μαιου majus мая maj maja mayis',
  'june juni juin junio giugno junho ιουνιος ιουνιου junius июня czerwiec czerwca haziran',
  'july juli juillet julio luglio julho ιουλιος ιουλιου julius июля lipiec lipca temmuz',
  'august augustus aout agosto αυγουστος αυγουστου augusztus августа sierpien sierpnia agustos aou',
  'september septembre septiembre settembre setembro σεπτεμβριος σεπτεμβριου szeptember сентября wrzesien wrzesnia eylul',
  'october oktober octobre octubre ottobre outubro οκτωβριος οκτωβριου октября pazdziernik pazdziernika ekim',
  'november novembre noviembre novembro νοεμβριος νοεμβριου ноября listopad listopada kasim',
  'december dezember decembre diciembre dicembre dezembro δεκεμβριος δεκεμβριου декабря grudzien grudnia aralik',
];
const weekdayNames: readonly string[] = [
  ...'monday tuesday wednesday thursday friday saturday sunday tues wednes thurs'.split(' '),
  ...'maandag dinsdag woensdag donderdag vrijdag zaterdag zondag'.split(' '),
  ...'lundi mardi mercredi jeudi vendredi samedi dimanche'.split(' '),
  ...'montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag'.split(' '),
  ...'lunes martes miercoles jueves viernes sabado domingo lunedi martedi mercoledi giovedi venerdi domenica'.split(
    ' ',
  ),
  ...'segunda terca quarta quinta sexta feira δευτερα τριτη τεταρτη πεμπτη παρασκευη σαββατο κυριακη'.split(' '),
  ...'hetfo kedd szerda csutortok pentek szombat vasarnap пн вт ср чт пт сб вс'.split(' '),
];

const monthsByName: readonly (readonly string[])[] = monthNames.map((names) => names.split(' '));
const SHORTEST_MONTH_ABBREVIATION = 3;

function monthsNamed(word: string): number[] {
  if (word.length < SHORTEST_MONTH_ABBREVIATION) return [];
  // Greek capitals end in another sigma than small letters do; a cut-off name may end in either.
  const spelled = word.replace(/ς$/, 'σ');
  const exact = monthsByName.flatMap((names, index) => (names.includes(word) ? [index + 1] : []));
  if (exact.length === 1) return exact;
  return monthsByName.flatMap((names, index) =>
    names.some((name) => name.startsWith(word) || name.startsWith(spelled)) ? [index + 1] : [],
  );
}

const isWeekday = (word: string): boolean => word.length >= 2 && weekdayNames.some((name) => name.startsWith(word));

type Zone =
  | { readonly kind: 'offset'; readonly minutes: number }
  | { readonly kind: 'place'; readonly name: string }
  | { readonly kind: 'assumed' };

/** Zone names with one meaning in the press, in hours east of Greenwich: RFC 822's and those of Europe first. */
const zoneHours: Readonly<Record<string, number>> = {
  ...{ ut: 0, utc: 0, gmt: 0, z: 0, zulu: 0, wet: 0, 'etc/gmt': 0, 'etc/utc': 0, uct: 0 },
  ...{ est: -5, edt: -4, et: -5, cst: -6, cdt: -5, ct: -6, mst: -7, mdt: -6, mt: -7, pst: -8, pdt: -7, pt: -8 },
  ...{ ast: -4, adt: -3, at: -4, nst: -3.5, ndt: -2.5, akst: -9, akdt: -8, hst: -10, hdt: -9, yst: -9, ydt: -8 },
  ...{ bst: 1, west: 1, cet: 1, met: 1, mez: 1, mewt: 1, swt: 1, fwt: 1, hnec: 1, mesz: 2, cest: 2, mest: 2, heec: 2 },
  ...{
    fst: 2,
    sast: 2,
    cat: 2,
    eet: 2,
    oez: 2,
    eest: 3,
    oesz: 3,
    eat: 3,
    msk: 3,
    trt: 3,
    msd: 4,
    wat: 1,
    gst: 4,
    pkt: 5,
  },
  ...{
    hkt: 8,
    sgt: 8,
    awst: 8,
    jst: 9,
    kst: 9,
    acst: 9.5,
    acdt: 10.5,
    aest: 10,
    aedt: 11,
    nzst: 12,
    nzt: 12,
    nzdt: 13,
  },
  ...{ brt: -3, art: -3, clt: -4, irst: 3.5, npt: 5.75, wib: 7, ict: 7, pht: 8 },
};
/** Names that several countries use, and the military letters that RFC 822 had the wrong way round (RFC 2822, 4.3). */
const ambiguousZones = new Set('ist sst wst amt cast ect gt ist bt lt'.split(' ').concat([...'bcdfgijklmnopqrsuvwxy']));

function zoneNamed(word: string): Zone | 'ambiguous' | null {
  const hours = Object.hasOwn(zoneHours, word) ? zoneHours[word] : undefined;
  if (hours !== undefined) return { kind: 'offset', minutes: hours * 60 };
  if (ambiguousZones.has(word)) return 'ambiguous';
  if (!word.includes('/')) return null;
  try {
    return { kind: 'place', name: new Intl.DateTimeFormat('en', { timeZone: word }).resolvedOptions().timeZone };
  } catch {
    return null;
  }
}

/** `z`, `+02:00`, `-0530`, `gmt+2`; null for an offset that no place on Earth has. */
function offsetOf(text: string): Zone | null {
  const match = /([+-])\s?(\d{1,2}):?(\d{2})?$/.exec(text);
  if (!match) return { kind: 'offset', minutes: 0 };
  const [, sign, hours, minutes = '0'] = match;
  if (Number(hours) > MAX_OFFSET_HOURS || Number(minutes) > 59) return null;
  const total = Number(hours) * 60 + Number(minutes);
  return { kind: 'offset', minutes: sign === '-' ? -total : total };
}

/** Kiribati is 14 hours ahead of Greenwich; nothing is further. */
const MAX_OFFSET_HOURS = 14;

// ------------------------------------------------------------------------------------------------------------ instants

interface Clock {
  readonly milliseconds: number;
  readonly isPossible: boolean;
}

function clock(hour?: string, minute?: string, second?: string, fraction?: string): Clock | null {
  if (hour === undefined) return null;
  const [h, m, s] = [Number(hour), Number(minute ?? 0), Number(second ?? 0)];
  const milliseconds = Math.floor(Number(`0.${fraction ?? 0}`) * 1000);
  // 24:00 is the end of a day in ISO 8601, 60 a leap second.
  const isPossible = (h < 24 || (h === 24 && m === 0 && s === 0)) && m < 60 && s <= 60;
  return { milliseconds: ((h * 60 + m) * 60 + s) * 1000 + milliseconds, isPossible };
}

function hourOfHalf(hour: number, half: string): string {
  if (hour < 1 || hour > 12) return hour > 12 && half === 'p' ? String(hour) : '99';
  return String((hour % 12) + (half === 'p' ? 12 : 0));
}

/** `Date.UTC` reads years below 100 as 19xx; this does not. */
function utcDate(year: number, month: number, day: number): Date {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date;
}

function assemble(
  year: number,
  month: number,
  day: number,
  time: Clock | null,
  zone: Zone,
  precision: 'day' | 'month' | 'year',
): DateReading {
  const date = utcDate(year, month, day);
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!exists || (time !== null && !time.isPossible)) return fault('impossible');
  const local = date.getTime() + (time?.milliseconds ?? 0);
  const instant = zone.kind === 'place' ? instantAtPlace(local, zone.name) : local - offsetMinutes(zone) * 60_000;
  if (Number.isNaN(new Date(instant).getTime())) return fault('impossible');
  return {
    ok: true,
    at: new Date(instant).toISOString(),
    precision: time ? 'time' : precision,
    zone: zone.kind === 'assumed' ? 'assumed' : 'given',
  };
}

const offsetMinutes = (zone: Zone): number => (zone.kind === 'offset' ? zone.minutes : 0);

/** The instant at which clocks in a place show a local time; twice through, as the offset depends on the instant. */
function instantAtPlace(local: number, place: string): number {
  const first = local - offsetAt(local, place);
  return local - offsetAt(first, place);
}

function offsetAt(instant: number, place: string): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: place, timeZoneName: 'longOffset' }).formatToParts(
    instant,
  );
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const match = /([+-])(\d{2}):(\d{2})/.exec(name);
  if (!match) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * 60_000;
}
