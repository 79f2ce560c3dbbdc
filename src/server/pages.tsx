/** The pages: what each asks the store for, and where it stands. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type pg from 'pg';
import { ARTICLES_PATH } from '../outputs/list-name.js';
import { checkReadiness } from '../pipeline/health.js';
import type { Runtime } from '../pipeline/runtime.js';
import { settledPosition } from '../store/article-changes.js';
import { countArticles, findInTime, neighbours } from '../store/articles.js';
import { listFeeds } from '../store/feeds.js';
import { findAct, judgementsOf } from '../store/judgements.js';
import {
  articlesPerTypeAndDay,
  languagesInUse,
  pageOutcomes,
  pageSubjects,
  pollOutcomes,
} from '../store/statistics.js';
import { storiesOf, storyMembers } from '../store/stories.js';
import { articleScript, keysScript, listScript, liveScript } from './assets.js';
import { serveDeadLetters } from './dead-letters.js';
import { eventsAddress } from './events.js';
import { serveFeeds } from './feeds-forms.js';
import { feedLinks } from './feeds-out.js';
import { findArticle } from './find-article.js';
import { judgeName, judgingPath, LIST_JUDGING_PATH, serveJudging } from './judging.js';
import { listPlaceOf, readListOf } from './list-place.js';
import { addressWith, filterOf, readListQuery } from './list-query.js';
import { listedArticles } from './listed-articles.js';
import { serveOverview } from './overview.js';
import { LONGEST_DAYS, USUAL_DAYS } from './overview-period.js';
import { ArticlePage, type ArticlePageModel } from './pages/article.js';
import { ArticleList } from './pages/article-list.js';
import { ErrorPage, type ErrorPageModel } from './pages/error.js';
import { type Page, renderPage } from './pages/layout.js';
import { OperationsPage } from './pages/operations.js';
import { feedName } from './pages/words.js';
import { deadLetters, queueState } from './queue-state.js';
import type { Refuse } from './refuse.js';
import { remember } from './remember.js';
import { BASELINE_DAYS, RISING_DAYS } from './rising.js';
import { OVERVIEW_PATH } from './security.js';
import type { NamesFor } from './threat-names.js';
import { wordsFor } from './words/language.js';

const ARTICLES_A_PAGE = 30;
const DEAD_LETTERS_SHOWN = 50;
/** Beyond this the list says no more than that there are more: nobody reads so far, and counting would take longer than listing. */
const COUNTED_ARTICLES = 1_000;
const STORY_ARTICLES_SHOWN = 30;
/** Counts over the whole store that stand beside the list. */
const COUNT_SECONDS = 30;
const DAY_MILLISECONDS = 86_400_000;

export type SendPage = (request: FastifyRequest, reply: FastifyReply, page: Page, status?: number) => FastifyReply;

export const sendPage: SendPage = (request, reply, page, status = 200) =>
  reply
    .code(status)
    .header('cache-control', 'no-cache')
    .header('vary', 'Accept-Language, Cookie')
    .type('text/html; charset=utf-8')
    .send(
      renderPage(page, {
        visitor: request.visitor,
        say: wordsFor(request),
        // What a form was sent to can't be come back to.
        address: request.method === 'GET' ? request.url : OVERVIEW_PATH,
      }),
    );

export type SendErrorPage = (request: FastifyRequest, reply: FastifyReply, error: ErrorPageModel) => FastifyReply;

export const sendErrorPage: SendErrorPage = (request, reply, error) =>
  sendPage(
    request,
    reply,
    { title: error.title(wordsFor(request)), section: 'none', body: <ErrorPage {...error} /> },
    error.status,
  );

export interface PagesOptions {
  readonly runtime: Runtime;
  /** For reading: gives up what takes too long. */
  readonly reader: pg.Pool;
  readonly namesFor: NamesFor;
  /** Ids of the taxonomy. */
  readonly types: readonly string[];
}

export function servePages(app: FastifyInstance, { runtime, reader: pool, namesFor, types }: PagesOptions): void {
  const { database, queues } = runtime;
  const countedOver = (days: number) => {
    const count = () => articlesPerTypeAndDay(pool, days);
    const counted = remember(COUNT_SECONDS, count);
    return async () => {
      const known = await counted();
      // In a new store the first articles show at once.
      return known.length === 0 ? count() : known;
    };
  };
  // As far back as the overview usually shows, of which the list shows the end; a whole year only for who asks for it.
  const daily = countedOver(USUAL_DAYS);
  const dailyOfYear = countedOver(LONGEST_DAYS + RISING_DAYS + BASELINE_DAYS);
  // Counted before the server listens: who comes first doesn't wait for it. A failure shows when it is asked for.
  app.addHook('onReady', async () => {
    await daily().catch(() => undefined);
  });

  serveOverview(app, {
    reader: pool,
    namesFor,
    sendPage,
    sendErrorPage,
    daily: (days) => (days <= USUAL_DAYS ? daily() : dailyOfYear()),
  });

  app.get(ARTICLES_PATH, async (request, reply) => {
    const { parameters, done } = listPlaceOf(request.url);
    if ([...parameters.values()].includes('')) return reply.redirect(canonical(parameters));
    const reading = readListQuery(parameters);
    if (!reading.ok) {
      return sendErrorPage(request, reply, {
        status: 400,
        title: (say) => say.list.unknownFilter,
        detail: (say) => say.list.noFilter,
        faults: reading.faults,
      });
    }
    const { query } = reading;
    const { visitor } = request;
    const names = namesFor(request);
    const now = new Date();
    const filter = filterOf(query, now);
    const limit = query.limit ?? ARTICLES_A_PAGE;
    const action = addressWith(LIST_JUDGING_PATH, parameters, { after: parameters.get('after') ?? undefined });
    // How much of the list is shown is a matter of this page: its neighbours begin anew.
    parameters.delete('limit');
    // Taken before the list is read: what comes in between is in both, and the page leaves out what it shows already.
    const events = query.after ? undefined : eventsAddress(parameters, await settledPosition(pool));
    const [found, feeds, days, languages, stored, act] = await Promise.all([
      findInTime(pool, filter, { limit: limit + 1, after: query.after }, COUNTED_ARTICLES),
      listFeeds(pool),
      daily(),
      languagesInUse(pool),
      countArticles(pool, {}, 1),
      done && findAct(pool, done.act, judgeName(visitor)),
    ]);
    const shown = found.articles.slice(0, limit);
    const articles = await listedArticles(pool, shown);
    return sendPage(request, reply, {
      title: wordsFor(request).list.title,
      section: 'articles',
      feeds: feedLinks(parameters),
      body: (
        <ArticleList
          daily={days}
          languages={languages}
          stored={stored}
          query={query}
          parameters={parameters}
          articles={articles}
          more={found.articles.length > limit ? 'older' : 'none'}
          count={found.count}
          stopped={found.stopped}
          feeds={feeds.map(({ id, title, url, folder }) => ({ id, name: feedName(title, url), folder }))}
          names={names}
          visitor={visitor}
          judged={{ done, act, action, names, visitor }}
          events={events}
          now={now}
        />
      ),
      scripts: [keysScript, listScript, ...(events ? [liveScript] : [])],
    });
  });

  app.get<{ Params: { id: string } }>('/articles/:id', async (request, reply) => {
    const { id } = request.params;
    const choice = await findArticle(pool, id);
    if (!choice.found) {
      return sendErrorPage(request, reply, { status: 404, title: (say) => say.article.none, detail: choice.reason });
    }
    const { article } = choice;
    const names = namesFor(request);
    const { search } = new URL(request.url, 'http://belfry');
    if (article.id !== id) return reply.redirect(`/articles/${article.id}${search}`);
    const { visitor } = request;
    const now = new Date();
    const { parameters, done } = listPlaceOf(request.url);
    const { parameters: list, filter } = readListOf(parameters, now);
    const [judgements, act, beside, story] = await Promise.all([
      judgementsOf(pool, article.id),
      done && findAct(pool, done.act, judgeName(visitor)),
      neighbours(pool, filter, article),
      storyOf(pool, article.id),
    ]);
    const model = { article, story, judgements, names, visitor, list, now, ...beside };
    const action = addressWith(judgingPath(article.id), list, {});
    return sendPage(request, reply, {
      title: article.title,
      section: 'articles',
      body: <ArticlePage {...model} judged={{ done, act, action, names, visitor }} />,
      scripts: [keysScript, articleScript],
    });
  });

  const refuse: Refuse = (request, reply, status, title, detail, reason) =>
    sendErrorPage(request, reply, { status, title, detail, reason });

  serveJudging(app, runtime, types, refuse);

  serveFeeds(app, { runtime, reader: pool, sendPage, refuse });
  serveDeadLetters(app, runtime, refuse);

  app.get<{ Querystring: { done?: unknown } }>('/operations', async (request, reply) => {
    const now = new Date();
    const since = new Date(now.getTime() - DAY_MILLISECONDS);
    const [readiness, state, dead, polls, pages, feeds] = await Promise.all([
      checkReadiness(runtime),
      queueState(queues),
      deadLetters(queues, DEAD_LETTERS_SHOWN),
      pollOutcomes(pool, since),
      pageOutcomes(pool, since),
      listFeeds(pool),
    ]);
    const pageIds = dead.known
      ? dead.letters.flatMap(({ subject }) => (subject && 'pageId' in subject ? [subject.pageId] : []))
      : [];
    const subjects = await pageSubjects(pool, pageIds);
    return sendPage(request, reply, {
      title: wordsFor(request).operations.title,
      section: 'operations',
      body: (
        <OperationsPage
          readiness={readiness}
          queuesOn={queues.on}
          embedded={database.embedded}
          queues={state}
          polls={polls}
          pages={pages}
          dead={dead}
          done={typeof request.query.done === 'string' ? request.query.done : undefined}
          visitor={request.visitor}
          subjects={new Map(subjects.map((subject) => [subject.id, subject]))}
          feedNames={new Map(feeds.map(({ id, title, url }) => [id, feedName(title, url)]))}
          now={now}
        />
      ),
    });
  });
}

async function storyOf(database: pg.Pool, articleId: string): Promise<ArticlePageModel['story']> {
  const story = (await storiesOf(database, [articleId])).get(articleId);
  return story && { story, members: await storyMembers(database, story.id, STORY_ARTICLES_SHOWN) };
}

/** A form sends its empty fields along; the address that people copy should not have them. */
function canonical(parameters: URLSearchParams): string {
  const after = parameters.get('after') || undefined;
  return addressWith(ARTICLES_PATH, parameters, after === undefined ? {} : { after });
}
