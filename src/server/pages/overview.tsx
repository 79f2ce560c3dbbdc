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
import { useWords } from './wording.js';
import { feedName } from './words.js';

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
  const say = useWords();
  if (model.stored === 0) return <NothingYet />;
  return (
    <>
      <div class="overview" id="overview">
        <h1>{say.overview.title}</h1>
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
  const say = useWords();
  const { first, last, days, isChosen } = period;
  const today = dayBefore(now, 0);
  const [least, most] = [dayBefore(now, LONGEST_DAYS - 1), today];
  return (
    <form class="period" action={OVERVIEW_PATH} method="get" aria-label={say.overview.period}>
      <ul class="switch" aria-label={say.overview.weeksLabel}>
        {PERIODS_DAYS.map((length) => (
          <li key={length}>
            <a
              href={length === USUAL_DAYS ? OVERVIEW_PATH : `${OVERVIEW_PATH}?from=${dayBefore(now, length - 1)}`}
              aria-current={days === length && last === today ? 'true' : undefined}
            >
              {say.overview.weeks(length / WEEK_DAYS)}
            </a>
          </li>
        ))}
      </ul>
      <p class="field">
        <label for="from">{say.from}</label>
        <input id="from" name="from" type="date" min={least} max={most} value={first} />
      </p>
      <p class="field">
        <label for="to">{say.to}</label>
        <input id="to" name="to" type="date" min={least} max={most} value={last} />
      </p>
      <button type="submit" class="quiet">
        {say.show}
      </button>
      {isChosen && (
        <a id="whole-period" href={OVERVIEW_PATH} aria-keyshortcuts="Escape">
          {say.overview.whole}
        </a>
      )}
    </form>
  );
}

/** `from=2026-09-01`, and the last day where it is not today. */
const fromTo = ({ first, last, isChosen }: OverviewPeriod): string =>
  isChosen ? `from=${first}&to=${last}` : `from=${first}`;

function NothingYet() {
  const say = useWords();
  return (
    <div class="empty">
      <h1>{say.overview.nothingYet}</h1>
      <p>
        {say.overview.begin} <a href={FEEDS_PATH}>{say.overview.addFeed}</a>
      </p>
    </div>
  );
}

function Rising({ rising, names, period }: OverviewModel) {
  const say = useWords();
  const week = { ...period, first: dayBefore(dayOf(period.last), RISING_DAYS - 1) };
  return (
    <section aria-labelledby="rising">
      <h2 id="rising">{period.isChosen ? say.overview.risingTo(period.last) : say.overview.rising}</h2>
      {rising.length === 0 ? (
        <p class="soft">{period.isChosen ? say.overview.noneRose : say.overview.noneRises}</p>
      ) : (
        <ul class="rising">
          {rising.map(({ type, articles, baseline, probability }) => (
            <li key={type} class={names.colour(type)}>
              <a href={`${ARTICLES_PATH}?type=${type}&${fromTo(week)}`}>{names.label(type)}</a>
              {say.overview.rose(articles, RISING_DAYS, baseline)}
              {say.overview.chance(probability)}
            </li>
          ))}
        </ul>
      )}
      <p class="note">{say.overview.risingNote(BASELINE_DAYS)}</p>
    </section>
  );
}

function Multiples({ daily, names, period }: OverviewModel) {
  const say = useWords();
  const { first, last, days, isChosen } = period;
  return (
    <section aria-labelledby="over-time">
      <h2 id="over-time">
        {isChosen ? say.overview.aDayBetween(first, last) : say.overview.aDay(USUAL_DAYS / WEEK_DAYS)}
      </h2>
      <p class="note" id="brush-hint" hidden>
        {say.overview.brush}
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
              <p class="note">{say.overview.counts(sum(counts), sum(counts.slice(-WEEK_DAYS)), Math.max(...counts))}</p>
            </li>
          );
        })}
      </ul>
      <details>
        <summary>{say.overview.asTable}</summary>
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
  const say = useWords();
  const { last, days } = period;
  const weeks = Array.from({ length: Math.ceil(days / WEEK_DAYS) }, (_, index) => index * WEEK_DAYS);
  const dayAt = (place: number): string => dayBefore(dayOf(last), Math.max(0, days - 1 - place));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section class="scroll" aria-label={say.overview.tableName} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{say.overview.weekFrom}</th>
            {weeks.map((start) => (
              <th key={start} scope="col">
                {say.dayOfYear(dayAt(start))}
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
                      {say.number(sum(counts.slice(start, start + WEEK_DAYS)))}
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
  const say = useWords();
  const dates = period.isChosen ? `&${fromTo(period)}` : '';
  return (
    <section aria-labelledby="latest">
      <h2 id="latest">{say.overview.latest(leastScore)}</h2>
      {latest.length === 0 ? (
        <p class="soft">
          {say.overview.noneYet} <a href={`${ARTICLES_PATH}?tagged=yes${dates}`}>{say.overview.allTagged}</a>
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
            <a href={`${ARTICLES_PATH}?score=${leastScore}${dates}`}>{say.overview.allOfThem}</a>
          </p>
        </>
      )}
    </section>
  );
}

function Silent({ silent, now }: OverviewModel) {
  const say = useWords();
  return (
    <section aria-labelledby="silent">
      <h2 id="silent">{say.overview.silent}</h2>
      {silent.length === 0 ? (
        <p class="soft">{say.overview.noneSilent}</p>
      ) : (
        <ul>
          {silent.map(({ id, title, url, lastPublishedAt, missed }) => (
            <li key={id}>
              <a href={feedPath(id)}>{feedName(title, url)}</a>
              {say.overview.silentSince(span(now.getTime() - lastPublishedAt.getTime(), say))}
              <Moment at={lastPublishedAt} now={now} />
              {say.overview.silentMissed(missed)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
