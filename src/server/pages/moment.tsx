/** Points in time, the way people speak of them; the exact time is in the element and its tooltip. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** In the time zone of the machine that serves the page (TZ). */
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' });
const sameYear = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const otherYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

export function Moment({ at, now }: { readonly at: Date; readonly now: Date }) {
  return (
    <time datetime={at.toISOString()} title={exact.format(at)}>
      {inWords(at, now)}
    </time>
  );
}

export function inWords(at: Date, now: Date): string {
  const ago = now.getTime() - at.getTime();
  if (Math.abs(ago) < DAY) return ago >= 0 ? (ago < MINUTE ? 'just now' : `${span(ago)} ago`) : `in ${span(-ago)}`;
  return (at.getFullYear() === now.getFullYear() ? sameYear : otherYear).format(at);
}

/** A length of time in its two-digit unit: `5 min`, `3 h`, `12 days`. */
export function span(milliseconds: number): string {
  if (milliseconds < MINUTE) return `${Math.max(1, Math.round(milliseconds / 1000))} s`;
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min`;
  if (milliseconds < DAY) return `${Math.floor(milliseconds / HOUR)} h`;
  const days = Math.floor(milliseconds / DAY);
  return days === 1 ? '1 day' : `${days} days`;
}
