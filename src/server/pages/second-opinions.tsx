/** What other models said of types near their threshold, given as tags or not, each beside the first opinion. */
import type { StoredArticle } from '../../store/articles.js';
import type { ThreatNames } from '../threat-names.js';
import { Moment } from './moment.js';
import { useWords } from './wording.js';
import { knownLanguage } from './words.js';

interface SecondOpinionsModel {
  readonly article: StoredArticle;
  readonly names: ThreatNames;
  readonly now: Date;
}

export function SecondOpinions({ article, names, now }: SecondOpinionsModel) {
  const say = useWords();
  if (article.secondOpinions.length === 0) return null;
  const lang = knownLanguage(article);
  return (
    <section aria-labelledby="second-opinions">
      <h2 id="second-opinions">{say.secondOpinions.title}</h2>
      <ul class="judgements">
        {article.secondOpinions.map(({ type, verdict, by, at, quote, first }) => (
          <li key={type}>
            <span>
              {verdict === 'is' ? '' : say.judging.not}
              <strong>{names.label(type)}</strong>
              {say.judging.says(by)}
              <Moment at={new Date(at)} now={now} />
              {quote !== null && <q lang={lang}>{quote}</q>}
            </span>{' '}
            <span class="note">
              <code>{first.origin}</code>
              {say.secondOpinions.first(first.score, first.threshold)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
