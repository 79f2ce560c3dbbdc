/** What matters this morning: what rises, what came, and which sources fell silent. */
import { ARTICLES_PATH } from '../../outputs/list-name.js';
import type { DailyCount } from '../../store/statistics.js';
import { FEEDS_PATH, feedPath } from '../feed-paths.js';
import { BASELINE_DAYS, RISING_DAYS, type RisingType } from '../rising.js';
import type { SilentFeed } from '../silent-feeds.js';
import type { ThreatNames } from '../threat-names.js';
import { dailyCounts, Item, type ListedArticle } from './article-list.js';
import { Moment, span } from './moment.js';
import { counted, feedName, number, percent } from './words.js';

/** Thirteen weeks, today included. */
export const OVERVIEW_DAYS = 91;
const WEEK_DAYS = 7;

export interface OverviewModel {
  readonly daily: readonly DailyCount[];
  /** Articles in the store; 0 where there are none, else any number. */
  readonly stored: number;
  readonly rising: readonly RisingType[];
  readonly latest: readonly ListedArticle[];
  /** Of the latest, 0–1. */
  readonly leastScore: number;
  readonly silent: readonly SilentFeed[];
  readonly names: ThreatNames;
  readonly now: Date;
}

export function OverviewPage(model: OverviewModel) {
  if (model.stored === 0) return <NothingYet />;
  return (
    <div class="overview">
      <h1>Overview</h1>
      <Rising {...model} />
      <Multiples {...model} />
      <Latest {...model} />
      <Silent {...model} />
    </div>
  );
}

function NothingYet() {
  return (
    <div class="empty">
      <h1>Nothing to see yet</h1>
      <p>
        Add a feed, or a page whose feeds Belfry finds by itself; the first articles come within a minute or so.{' '}
        <a href={FEEDS_PATH}>Add a feed</a>
      </p>
    </div>
  );
}

function Rising({ rising, names, now }: OverviewModel) {
  const from = dayBefore(now, RISING_DAYS - 1);
  return (
    <section aria-labelledby="rising">
      <h2 id="rising">Rising</h2>
      {rising.length === 0 ? (
        <p class="soft">No type brings more articles this week than chance would, beside its four weeks before.</p>
      ) : (
        <ul class="rising">
          {rising.map(({ type, articles, baseline, probability }) => (
            <li key={type} class={names.colour(type)}>
              <a href={`${ARTICLES_PATH}?type=${type}&from=${from}`}>{names.label(type)}</a>: {number(articles)} in{' '}
              {RISING_DAYS} days, where {number(Math.round(baseline * 10) / 10)} were usual
              {baseline > 0 && ` (×${(articles / baseline).toFixed(1)})`}; {chance(probability)}
            </li>
          ))}
        </ul>
      )}
      <p class="note">
        Beside the {BASELINE_DAYS} days before, by the exact test of two Poisson counts (Przyborowski and Wilenski,
        1940); counts are of articles that Belfry stored, by their own dates in UTC.
      </p>
    </section>
  );
}

const chance = (probability: number): string =>
  probability < 0.000_1
    ? 'by chance in fewer than 1 of 10,000 weeks'
    : `by chance in 1 of ${number(Math.round(1 / probability))} weeks`;

function Multiples({ daily, names, now }: OverviewModel) {
  const first = dayBefore(now, OVERVIEW_DAYS - 1);
  return (
    <section aria-labelledby="over-time">
      <h2 id="over-time">Articles a day, last {OVERVIEW_DAYS / WEEK_DAYS} weeks</h2>
      <ul class="multiples">
        {names.types.map(({ id }) => {
          const counts = dailyCounts(daily, id, now, OVERVIEW_DAYS);
          const total = sum(counts);
          return (
            <li key={id} class={names.colour(id)}>
              <h3>
                <a href={`${ARTICLES_PATH}?type=${id}&from=${first}`}>{names.label(id)}</a>
              </h3>
              <Plot counts={counts} />
              <p class="note">
                {counted(total, 'article', 'articles')}, {number(sum(counts.slice(-WEEK_DAYS)))} in the last week, at
                most {number(Math.max(...counts))} a day
              </p>
            </li>
          );
        })}
      </ul>
      <details>
        <summary>The same by week, as a table</summary>
        <WeekTable daily={daily} names={names} now={now} />
      </details>
    </section>
  );
}

const PLOT_HEIGHT = 40;

/** Decoration beside figures and a table that say the same; each plot has its own scale. */
function Plot({ counts }: { readonly counts: readonly number[] }) {
  const highest = Math.max(1, ...counts);
  const points = counts.map((count, index) => `${index},${(PLOT_HEIGHT * (1 - count / highest)).toFixed(1)}`).join(' ');
  const last = counts.length - 1;
  return (
    <svg class="plot" viewBox={`0 -1 ${last} ${PLOT_HEIGHT + 2}`} preserveAspectRatio="none" aria-hidden="true">
      <polygon points={`0,${PLOT_HEIGHT} ${points} ${last},${PLOT_HEIGHT}`} />
      <polyline points={points} />
    </svg>
  );
}

function WeekTable({ daily, names, now }: Pick<OverviewModel, 'daily' | 'names' | 'now'>) {
  const weeks = Array.from({ length: OVERVIEW_DAYS / WEEK_DAYS }, (_, index) => index * WEEK_DAYS);
  const firstDay = (start: number): string => dayBefore(now, OVERVIEW_DAYS - 1 - start);
  return (
    <section class="scroll" aria-label="Articles by type and week">
      <table>
        <thead>
          <tr>
            <th scope="col">Week from</th>
            {weeks.map((start) => (
              <th key={start} scope="col">
                {firstDay(start).slice(5)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.types.map(({ id }) => {
            const counts = dailyCounts(daily, id, now, OVERVIEW_DAYS);
            return (
              <tr key={id}>
                <th scope="row">{names.label(id)}</th>
                {weeks.map((start) => (
                  <td key={start}>
                    <a
                      href={`${ARTICLES_PATH}?type=${id}&from=${firstDay(start)}&to=${firstDay(start + WEEK_DAYS - 1)}`}
                    >
                      {number(sum(counts.slice(start, start + WEEK_DAYS)))}
                    </a>
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Latest({ latest, leastScore, names, now }: OverviewModel) {
  return (
    <section aria-labelledby="latest">
      <h2 id="latest">Latest with a score of {percent(leastScore)} or more</h2>
      {latest.length === 0 ? (
        <p class="soft">
          None yet. <a href={`${ARTICLES_PATH}?tagged=yes`}>All tagged articles</a>
        </p>
      ) : (
        <>
          <ol class="articles">
            {latest.map((article) => (
              <li key={article.summary.id}>
                <Item
                  {...article}
                  types={[]}
                  list={new URLSearchParams({ score: String(leastScore) })}
                  names={names}
                  now={now}
                />
              </li>
            ))}
          </ol>
          <p>
            <a href={`${ARTICLES_PATH}?score=${leastScore}`}>All of them</a>
          </p>
        </>
      )}
    </section>
  );
}

function Silent({ silent, now }: OverviewModel) {
  return (
    <section aria-labelledby="silent">
      <h2 id="silent">Sources that fell silent</h2>
      {silent.length === 0 ? (
        <p class="soft">None: each source publishes about as often as it used to.</p>
      ) : (
        <ul>
          {silent.map(({ id, title, url, lastPublishedAt, missed }) => (
            <li key={id}>
              <a href={feedPath(id)}>{feedName(title, url)}</a>: nothing for{' '}
              {span(now.getTime() - lastPublishedAt.getTime())} (last <Moment at={lastPublishedAt} now={now} />
              ), where its rhythm led to expect {counted(missed, 'publication', 'publications')}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** A day in UTC, `2026-11-24`. */
const dayBefore = (now: Date, days: number): string =>
  new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10);
