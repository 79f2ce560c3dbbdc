/** Small things that several pages say in the same way. */
import { hostName } from '../../web/identity.js';
import type { PlainOutcome } from '../outcomes.js';
import type { ThreatNames } from '../threat-names.js';

const numbers = new Intl.NumberFormat('en-GB');
const percents = new Intl.NumberFormat('en-GB', { style: 'percent' });
const languages = new Intl.DisplayNames('en', { type: 'language' });
const regions = new Intl.DisplayNames('en', { type: 'region' });

const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** A day in UTC, `2026-11-24`, the way people write it. */
export const dayName = (day: string): string => days.format(new Date(`${day}T00:00:00Z`));

export const number = (value: number): string => numbers.format(value);
export const percent = (share: number): string => percents.format(share);

/** `1 article`, `1,234 articles`. */
export const counted = (value: number, one: string, many: string): string =>
  `${number(value)} ${value === 1 ? one : many}`;

/** ISO 639-1 as a name; feeds say all kinds of things, so what is no code is shown as it is. */
export function languageName(code: string): string {
  if (code === 'und') return 'Unknown language';
  return /^[a-z]{2,3}$/.test(code) ? (languages.of(code) ?? code) : code;
}

/** ISO 3166-1 alpha-2 as a name; Belfry's own EU and INT besides. */
export function countryName(code: string): string {
  if (code === 'INT') return 'International';
  return /^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : code;
}

/** What a list calls the source of an article or the feed itself. */
export const feedName = (title: string | null, url: string): string => title ?? hostName(url);

export function TypeChip({
  type,
  score,
  names,
}: {
  readonly type: string;
  readonly score: number;
  readonly names: ThreatNames;
}) {
  return (
    <span class={`chip ${names.colour(type)}`}>
      {names.label(type)} <span class="score">{percent(score)}</span>
    </span>
  );
}

/** An outcome with its tone as a sign besides the colour. */
export function OutcomeWords({ outcome }: { readonly outcome: PlainOutcome }) {
  return <span class={`outcome ${outcome.tone}`}>{outcome.words}</span>;
}
