/** `/`: what the overview asks the store for. */
import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { ARTICLES_PATH } from '../outputs/list-name.js';
import { articlesPerTypeAndDay } from '../store/statistics.js';
import { addressWith, parametersOf } from './list-query.js';
import { RHYTHM_DAYS } from './pages/article-list.js';
import { OverviewPage } from './pages/overview.js';
import type { SendPage } from './pages.js';
import { remember } from './remember.js';
import { OVERVIEW_PATH } from './security.js';
import type { ThreatNames } from './threat-names.js';

/** The figures may be so old. */
const REMEMBERED_SECONDS = 30;

export interface OverviewOptions {
  /** For reading: gives up what takes too long. */
  readonly reader: pg.Pool;
  readonly names: ThreatNames;
  readonly sendPage: SendPage;
}

export function serveOverview(app: FastifyInstance, { reader, names, sendPage }: OverviewOptions): void {
  const daily = remember(REMEMBERED_SECONDS, () => articlesPerTypeAndDay(reader, RHYTHM_DAYS));

  app.get(OVERVIEW_PATH, async (request, reply) => {
    const parameters = parametersOf(request.url);
    // The list of articles stood here once: addresses of its filters still lead to it.
    if (parameters.size > 0) return reply.redirect(addressWith(ARTICLES_PATH, parameters, {}), 301);
    return sendPage(request, reply, {
      title: 'Overview',
      section: 'overview',
      body: <OverviewPage daily={await daily()} names={names} now={new Date()} />,
    });
  });
}
