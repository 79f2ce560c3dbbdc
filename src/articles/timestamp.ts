/** Machine-readable times as pages write them → ISO 8601. */

const ISO =
  /^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?/i;
/** Earliest year that is believed: pages with 1970 or 0001 mean that they don't know. */
const EARLIEST_YEAR = 1990;

/**
 * Reads an ISO-like or RFC 2822 time.
 *
 * @returns ISO 8601 with the zone as given, UTC where none is given; null for anything else
 */
export function readTimestamp(text: string): string | null {
  const match = ISO.exec(text);
  if (match) return isoTimestamp(match);
  if (/^\s*\d{10}(?:\d{3})?\s*$/.test(text)) {
    const number = Number(text);
    return believable(new Date(number < 1e11 ? number * 1000 : number));
  }
  if (/\b\d{4}\b/.test(text) && /[a-z]{3}/i.test(text)) return believable(new Date(text));
  return null;
}

function isoTimestamp(match: RegExpExecArray): string | null {
  const [, year = '', month = '', day = '', hour = '0', minute = '00', second = '00', zone] = match;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const time = `${hour.padStart(2, '0')}:${minute}:${second}`;
  const iso = `${date}T${time}${zoneOffset(zone)}`;
  return Number(year) >= EARLIEST_YEAR && !Number.isNaN(Date.parse(iso)) ? iso : null;
}

function zoneOffset(zone: string | undefined): string {
  if (!zone || /^(?:z|utc|gmt)$/i.test(zone)) return 'Z';
  const digits = zone.replace(':', '').padEnd(5, '0');
  return `${digits.slice(0, 3)}:${digits.slice(3)}`;
}

function believable(date: Date): string | null {
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < EARLIEST_YEAR) return null;
  return date.toISOString().replace('.000Z', 'Z');
}
