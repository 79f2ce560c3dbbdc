/** What other models said of types near their threshold, given as tags or not, each beside the first opinion. */
import type { StoredArticle } from '../../store/articles.js';
import type { ThreatNames } from '../threat-names.js';
import { Moment } from './moment.js';

interface SecondOpinionsModel {
  readonly article: StoredArticle;
  readonly names: ThreatNames;
  readonly now: Date;
}

export function SecondOpinions({ article, names, now }: SecondOpinionsModel) {
  if (article.secondOpinions.length === 0) return null;
  const lang = article.language === 'und' ? undefined : article.language;
  return (
    <section aria-labelledby="second-opinions">
      <h2 id="second-opinions">Second opinions</h2>
      <ul class="judgements">
        {article.secondOpinions.map(({ type, verdict, by, at, quote, first }) => (
          <li key={type}>
            <span>
              {verdict === 'is' ? '' : 'Not '}
              <strong>{names.label(type)}</strong>, says {by}, <Moment at={new Date(at)} now={now} />
              {quote !== null && <q lang={lang}>{quote}</q>}
            </span>{' '}
            <span class="note">
              <code>{first.origin}</code>: {tenths(first.score)}, given from {tenths(first.threshold)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Near a threshold whole per cents would often be the same. */
const percents = new Intl.NumberFormat('en-GB', { style: 'percent', minimumFractionDigits: 1 });
const tenths = (share: number): string => percents.format(share);
