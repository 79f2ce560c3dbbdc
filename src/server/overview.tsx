/** `/`: what the overview asks the store for. */
import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { ARTICLES_PATH } from '../outputs/list-name.js';
import { countArticles, listArticles } from '../store/articles.js';
import { feedsWithRhythm } from '../store/rhythms.js';
import type { DailyCount } from '../store/statistics.js';
import { chartScript, chartStylesheet, overviewScript } from './assets.js';
import { addressWith, parametersOf } from './list-query.js';
import { listedArticles } from './listed-articles.js';
import { countedDays, dayOf, type OverviewPeriod, readPeriod } from './overview-period.js';
import { OverviewPage } from './pages/overview.js';
import type { SendErrorPage, SendPage } from './pages.js';
import { risingTypes } from './rising.js';
import { OVERVIEW_PATH } from './security.js';
import { silentFeeds } from './silent-feeds.js';
import type { NamesFor } from './threat-names.js';
import { wordsFor } from './words/language.js';

/** Score from which an item is worth a look before breakfast. */
const HIGH_CONFIDENCE = 0.9;
const LATEST_ARTICLES = 8;
const DAY_MILLISECONDS = 86_400_000;

export interface OverviewOptions {
  /** For reading: gives up what takes too long. */
  readonly reader: pg.Pool;
  readonly namesFor: NamesFor;
  readonly sendPage: SendPage;
  readonly sendErrorPage: SendErrorPage;
  /** Articles per type and day over at least so many days, today included; may be some seconds old. */
  readonly daily: (days: number) => Promise<readonly DailyCount[]>;
}

export function serveOverview(
  app: FastifyInstance,
  { reader, namesFor, sendPage, sendErrorPage, daily }: OverviewOptions,
): void {
  app.get(OVERVIEW_PATH, async (request, reply) => {
    const parameters = parametersOf(request.url);
    // The list of articles stood here once: addresses of its filters still lead to it.
    const isPeriod = [...parameters.keys()].every((name) => name === 'from' || name === 'to');
    if (!isPeriod) return reply.redirect(addressWith(ARTICLES_PATH, parameters, {}), 301);
    if ([...parameters.values()].includes('')) return reply.redirect(addressWith(OVERVIEW_PATH, parameters, {}));
    const now = new Date();
    const reading = readPeriod(parameters, now);
    if (!reading.ok) {
      return sendErrorPage(request, reply, {
        status: 400,
        title: (say) => say.list.unknownFilter,
        detail: (say) => say.overview.noSuchPeriod,
        faults: reading.faults,
      });
    }
    const { period } = reading;
    const [days, stored, feeds, latest] = await Promise.all([
      daily(countedDays(period, now)),
      countArticles(reader, {}, 1),
      feedsWithRhythm(reader),
      listArticles(reader, { minScore: HIGH_CONFIDENCE, ...within(period) }, { limit: LATEST_ARTICLES }),
    ]);
    const articles = await listedArticles(reader, latest);
    return sendPage(request, reply, {
      title: wordsFor(request).overview.title,
      section: 'overview',
      body: (
        <OverviewPage
          period={period}
          daily={days}
          stored={stored}
          rising={risingTypes(days, period.last)}
          latest={articles}
          leastScore={HIGH_CONFIDENCE}
          silent={silentFeeds(feeds, now)}
          names={namesFor(request)}
          now={now}
        />
      ),
      stylesheets: [chartStylesheet],
      scripts: [chartScript, overviewScript],
    });
  });
}

const within = ({ first, last, isChosen }: OverviewPeriod) =>
  isChosen ? { since: dayOf(first), until: new Date(dayOf(last).getTime() + DAY_MILLISECONDS) } : {};
