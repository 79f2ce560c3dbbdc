/** Small things that several pages say in the same way. */
import { hostName } from '../../web/identity.js';
import type { PlainOutcome } from '../outcomes.js';
import type { ThreatNames } from '../threat-names.js';
import { useWords } from './wording.js';

/** What a list calls the source of an article or the feed itself. */
export const feedName = (title: string | null, url: string): string => title ?? hostName(url);

/** The `lang` of what an article or its source says; undefined where nobody knows. */
export const knownLanguage = ({ language }: { readonly language: string }): string | undefined =>
  language === 'und' ? undefined : language;

export function TypeChip({
  type,
  score,
  names,
}: {
  readonly type: string;
  readonly score: number;
  readonly names: ThreatNames;
}) {
  const say = useWords();
  return (
    <span class={`chip ${names.colour(type)}`}>
      {names.label(type)} <span class="score">{say.percent(score)}</span>
    </span>
  );
}

/** An outcome with its tone as a sign besides the colour. */
export function OutcomeWords({ outcome }: { readonly outcome: PlainOutcome }) {
  return <span class={`outcome ${outcome.tone}`}>{outcome.words}</span>;
}
