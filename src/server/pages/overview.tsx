/** What matters this morning: what rises, what came, and which sources fell silent. */
import { ARTICLES_PATH } from '../../outputs/list-name.js';
import type { DailyCount } from '../../store/statistics.js';
import { FEEDS_PATH, feedPath } from '../feed-paths.js';
import { dayBefore, dayOf, LONGEST_DAYS, type OverviewPeriod, USUAL_DAYS } from '../overview-period.js';
import { BASELINE_DAYS, RISING_DAYS, type RisingType } from '../rising.js';
import { OVERVIEW_PATH } from '../security.js';
import type { SilentFeed } from '../silent-feeds.js';
import type { ThreatNames } from '../threat-names.js';
import { dailyCounts, Item, type ListedArticle } from './article-list.js';
import { Moment, span } from './moment.js';
import { counted, dayName, feedName, number, percent } from './words.js';

const WEEK_DAYS = 7;
const PERIODS_DAYS = [28, USUAL_DAYS, LONGEST_DAYS] as const;

export interface OverviewModel {
  readonly period: OverviewPeriod;
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
    <>
      <div class="overview" id="overview">
        <h1>Overview</h1>
        <Period {...model} />
        <Rising {...model} />
        <Multiples {...model} />
        <Latest {...model} />
        <Silent {...model} />
      </div>
      <p class="spoken" role="status" id="period-shown" />
    </>
  );
}

/** By days or by length; the script adds the way by dragging over a chart. */
function Period({ period, now }: OverviewModel) {
  const { first, last, days, isChosen } = period;
  const today = dayBefore(now, 0);
  const [least, most] = [dayBefore(now, LONGEST_DAYS - 1), today];
  return (
    <form class="period" action={OVERVIEW_PATH} method="get" aria-label="Period">
      <ul class="switch" aria-label="Weeks">
        {PERIODS_DAYS.map((length) => (
          <li key={length}>
            <a
              href={length === USUAL_DAYS ? OVERVIEW_PATH : `${OVERVIEW_PATH}?from=${dayBefore(now, length - 1)}`}
              aria-current={days === length && last === today ? 'true' : undefined}
            >
              {length / WEEK_DAYS} weeks
            </a>
          </li>
        ))}
      </ul>
      <p class="field">
        <label for="from">From</label>
        <input id="from" name="from" type="date" min={least} max={most} value={first} />
      </p>
      <p class="field">
        <label for="to">To</label>
        <input id="to" name="to" type="date" min={least} max={most} value={last} />
      </p>
      <button type="submit" class="quiet">
        Show
      </button>
      {isChosen && (
        <a id="whole-period" href={OVERVIEW_PATH} aria-keyshortcuts="Escape">
          Whole period
        </a>
      )}
    </form>
  );
}

/** `from=2026-09-01`, and the last day where it is not today. */
const fromTo = ({ first, last, isChosen }: OverviewPeriod): string =>
  isChosen ? `from=${first}&to=${last}` : `from=${first}`;

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

function Rising({ rising, names, period }: OverviewModel) {
  const week = { ...period, first: dayBefore(dayOf(period.last), RISING_DAYS - 1) };
  return (
    <section aria-labelledby="rising">
      <h2 id="rising">Rising{period.isChosen && ` in the week to ${dayName(period.last)}`}</h2>
      {rising.length === 0 ? (
        <p class="soft">
          No type brings more articles {period.isChosen ? 'that' : 'this'} week than chance would, beside its four weeks
          before.
        </p>
      ) : (
        <ul class="rising">
          {rising.map(({ type, articles, baseline, probability }) => (
            <li key={type} class={names.colour(type)}>
              <a href={`${ARTICLES_PATH}?type=${type}&${fromTo(week)}`}>{names.label(type)}</a>: {number(articles)} in{' '}
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

function Multiples({ daily, names, period }: OverviewModel) {
  const { first, last, days, isChosen } = period;
  return (
    <section aria-labelledby="over-time">
      <h2 id="over-time">
        Articles a day, {isChosen ? `${dayName(first)} to ${dayName(last)}` : `last ${USUAL_DAYS / WEEK_DAYS} weeks`}
      </h2>
      <p class="note" id="brush-hint" hidden>
        Drag over a chart to look closer; Escape shows the whole period.
      </p>
      <ul class="multiples" data-first={first}>
        {names.types.map(({ id }) => {
          const counts = dailyCounts(daily, id, dayOf(last), days);
          return (
            <li key={id} class={names.colour(id)}>
              <h3>
                <a href={`${ARTICLES_PATH}?type=${id}&${fromTo(period)}`}>{names.label(id)}</a>
                <span class="pointed-at" aria-hidden="true" />
              </h3>
              <Plot counts={counts} />
              <p class="note">
                {counted(sum(counts), 'article', 'articles')}, {number(sum(counts.slice(-WEEK_DAYS)))} in the last week,
                at most {number(Math.max(...counts))} a day
              </p>
            </li>
          );
        })}
      </ul>
      <details>
        <summary>The same by week, as a table</summary>
        <WeekTable daily={daily} names={names} period={period} />
      </details>
    </section>
  );
}

const PLOT_HEIGHT = 40;

/** Decoration beside figures and a table that say the same; each plot has its own scale. The script draws it anew to drag over. */
function Plot({ counts }: { readonly counts: readonly number[] }) {
  const highest = Math.max(1, ...counts);
  // A single day is a line, too.
  const drawn = counts.length === 1 ? [...counts, ...counts] : counts;
  const points = drawn.map((count, index) => `${index},${(PLOT_HEIGHT * (1 - count / highest)).toFixed(1)}`).join(' ');
  const last = drawn.length - 1;
  return (
    <div class="plot" data-counts={counts.join(' ')}>
      <svg viewBox={`0 -1 ${last} ${PLOT_HEIGHT + 2}`} preserveAspectRatio="none" aria-hidden="true">
        <polygon points={`0,${PLOT_HEIGHT} ${points} ${last},${PLOT_HEIGHT}`} />
        <polyline points={points} />
      </svg>
    </div>
  );
}

/** Weeks are counted from the period's first day; its last one may be shorter. */
function WeekTable({ daily, names, period }: Pick<OverviewModel, 'daily' | 'names' | 'period'>) {
  const { last, days } = period;
  const weeks = Array.from({ length: Math.ceil(days / WEEK_DAYS) }, (_, index) => index * WEEK_DAYS);
  const dayAt = (place: number): string => dayBefore(dayOf(last), Math.max(0, days - 1 - place));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section class="scroll" aria-label="Articles by type and week" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Week from</th>
            {weeks.map((start) => (
              <th key={start} scope="col">
                {dayAt(start).slice(5)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.types.map(({ id }) => {
            const counts = dailyCounts(daily, id, dayOf(last), days);
            return (
              <tr key={id}>
                <th scope="row">{names.label(id)}</th>
                {weeks.map((start) => (
                  <td key={start}>
                    <a href={`${ARTICLES_PATH}?type=${id}&from=${dayAt(start)}&to=${dayAt(start + WEEK_DAYS - 1)}`}>
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

function Latest({ latest, leastScore, period, names, now }: OverviewModel) {
  const dates = period.isChosen ? `&${fromTo(period)}` : '';
  return (
    <section aria-labelledby="latest">
      <h2 id="latest">Latest with a score of {percent(leastScore)} or more</h2>
      {latest.length === 0 ? (
        <p class="soft">
          None yet. <a href={`${ARTICLES_PATH}?tagged=yes${dates}`}>All tagged articles</a>
        </p>
      ) : (
        <>
          <ol class="articles">
            {latest.map((article) => (
              <li key={article.summary.id}>
                <Item
                  {...article}
                  types={[]}
                  list={new URLSearchParams(`score=${leastScore}${dates}`)}
                  names={names}
                  now={now}
                />
              </li>
            ))}
          </ol>
          <p>
            <a href={`${ARTICLES_PATH}?score=${leastScore}${dates}`}>All of them</a>
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
