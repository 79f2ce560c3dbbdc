/** Points in time, the way people speak of them; the exact time is in the element and its tooltip. */
import type { Words } from '../words/en.js';
import { useWords } from './wording.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function Moment({ at, now }: { readonly at: Date; readonly now: Date }) {
  const say = useWords();
  return (
    <time datetime={at.toISOString()} title={say.exactly(at)}>
      {inWords(at, now, say)}
    </time>
  );
}

function inWords(at: Date, now: Date, say: Words): string {
  const ago = now.getTime() - at.getTime();
  if (Math.abs(ago) >= DAY) return say.date(at, now);
  if (ago < 0) return say.moment.ahead(span(-ago, say));
  return ago < MINUTE ? say.moment.justNow : say.moment.ago(span(ago, say));
}

/** A length of time in its two-digit unit: `5 min`, `3 h`, `12 days`. */
export function span(milliseconds: number, { units }: Words): string {
  if (milliseconds < MINUTE) return units.seconds(Math.max(1, Math.round(milliseconds / 1000)));
  if (milliseconds < HOUR) return units.minutes(Math.floor(milliseconds / MINUTE));
  if (milliseconds < DAY) return units.hours(Math.floor(milliseconds / HOUR));
  return units.days(Math.floor(milliseconds / DAY));
}
