/** What matters this morning: articles per threat type over time. */
import { ARTICLES_PATH } from '../../outputs/list-name.js';
import type { DailyCount } from '../../store/statistics.js';
import type { ThreatNames } from '../threat-names.js';
import { dailyCounts } from './article-list.js';
import { Sparkline } from './sparkline.js';
import { counted } from './words.js';

export interface OverviewModel {
  readonly daily: readonly DailyCount[];
  readonly names: ThreatNames;
  readonly now: Date;
}

export function OverviewPage({ daily, names, now }: OverviewModel) {
  return (
    <section>
      <h1>Overview</h1>
      <ul class="types">
        {names.types.map(({ id }) => {
          const counts = dailyCounts(daily, id, now);
          return (
            <li key={id} class={names.colour(id)}>
              <a href={`${ARTICLES_PATH}?type=${id}`}>{names.label(id)}</a>
              <Sparkline counts={counts} />
              {counted(
                counts.reduce((sum, count) => sum + count, 0),
                'article',
                'articles',
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
