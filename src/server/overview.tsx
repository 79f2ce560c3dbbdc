/** `/`: what the overview asks the store for. */
import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { ARTICLES_PATH } from '../outputs/list-name.js';
import { countArticles, listArticles } from '../store/articles.js';
import { feedsWithRhythm } from '../store/rhythms.js';
import type { DailyCount } from '../store/statistics.js';
import { addressWith, parametersOf } from './list-query.js';
import { listedArticles } from './listed-articles.js';
import { OverviewPage } from './pages/overview.js';
import type { SendPage } from './pages.js';
import { risingTypes } from './rising.js';
import { OVERVIEW_PATH } from './security.js';
import { silentFeeds } from './silent-feeds.js';
import type { ThreatNames } from './threat-names.js';

/** Score from which an item is worth a look before breakfast. */
const HIGH_CONFIDENCE = 0.9;
const LATEST_ARTICLES = 8;

export interface OverviewOptions {
  /** For reading: gives up what takes too long. */
  readonly reader: pg.Pool;
  readonly names: ThreatNames;
  readonly sendPage: SendPage;
  /** Articles per type and day, for as many days as the overview shows; may be some seconds old. */
  readonly daily: () => Promise<readonly DailyCount[]>;
}

export function serveOverview(app: FastifyInstance, { reader, names, sendPage, daily }: OverviewOptions): void {
  app.get(OVERVIEW_PATH, async (request, reply) => {
    const parameters = parametersOf(request.url);
    // The list of articles stood here once: addresses of its filters still lead to it.
    if (parameters.size > 0) return reply.redirect(addressWith(ARTICLES_PATH, parameters, {}), 301);
    const [days, stored, feeds, latest] = await Promise.all([
      daily(),
      countArticles(reader, {}, 1),
      feedsWithRhythm(reader),
      listArticles(reader, { minScore: HIGH_CONFIDENCE }, { limit: LATEST_ARTICLES }),
    ]);
    const articles = await listedArticles(reader, latest);
    const now = new Date();
    return sendPage(request, reply, {
      title: 'Overview',
      section: 'overview',
      body: (
        <OverviewPage
          daily={days}
          stored={stored}
          rising={risingTypes(days, now.toISOString().slice(0, 10))}
          latest={articles}
          leastScore={HIGH_CONFIDENCE}
          silent={silentFeeds(feeds, now)}
          names={names}
          now={now}
        />
      ),
    });
  });
}
