/** `/api/v1`: the same list, article and state as on the pages, for programs. Errors are problem documents (RFC 9457). */
import type { FastifyInstance, FastifyReply, RouteShorthandOptions } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type pg from 'pg';
import { z } from 'zod';
import { exportable } from '../outputs/formats.js';
import { quoteAround } from '../outputs/quote.js';
import { checkReadiness } from '../pipeline/health.js';
import type { Runtime } from '../pipeline/runtime.js';
import { countArticles, listArticles, type StoredArticle } from '../store/articles.js';
import { listFeeds } from '../store/feeds.js';
import { addJudgements, judgementsOf, withdrawJudgement } from '../store/judgements.js';
import { feedsWithRhythm } from '../store/rhythms.js';
import {
  articleLanguages,
  articlesPerTypeAndDay,
  articleTotals,
  feedsByOutcome,
  feedYields,
  pageOutcomes,
  pollOutcomes,
  tagTotals,
} from '../store/statistics.js';
import { findStory, listStories, storyMembers } from '../store/stories.js';
import {
  articleParameters,
  articleShape,
  articlesQueryShape,
  articlesShape,
  eventsHeadersShape,
  eventsQueryShape,
  evidenceListShape,
  judgementParameters,
  judgementsShape,
  judgingShape,
  oneStoryShape,
  problemShape,
  sourcesShape,
  statsQueryShape,
  statsShape,
  statusShape,
  storiesQueryShape,
  storiesShape,
  storyParameters,
  taxonomyShape,
} from './api-shapes.js';
import { encodeCursor } from './cursor.js';
import { answerWithEntityTag } from './entity-tag.js';
import { createArticleEvents, EVENTS_PATH, type EventLimits } from './events.js';
import { findArticle } from './find-article.js';
import { judgeName } from './judging.js';
import { addressWith, filterOf, parametersOf } from './list-query.js';
import { describeApi, serveDescription } from './openapi.js';
import { dayBefore, USUAL_DAYS } from './overview-period.js';
import { PROBLEM_TYPE, type Problem, problem } from './problem.js';
import { deadLetters, queueState } from './queue-state.js';
import { risingTypes } from './rising.js';
import { API_PATH } from './security.js';
import { silentFeeds } from './silent-feeds.js';
import type { NamedTaxonomy } from './threat-names.js';
import { en } from './words/en.js';

const DEFAULT_LIMIT = 50;
const DEAD_LETTERS_GIVEN = 50;
/** More than a story can have. */
const STORY_ARTICLES_GIVEN = 1_000;
const DAY_MILLISECONDS = 86_400_000;

export const sendProblem = (reply: FastifyReply, document: Problem): FastifyReply =>
  reply.code(document.status).header('cache-control', 'no-store').type(PROBLEM_TYPE).send(JSON.stringify(document));

const problemAnswer = (description: string) => ({
  description,
  content: { [PROBLEM_TYPE]: { schema: problemShape } },
});

const answers = <Shape extends z.ZodType>(shape: Shape, description: string) => ({
  200: { description, content: { 'application/json': { schema: shape } } },
  default: problemAnswer('What is wrong, as a problem document'),
});

export interface ApiOptions {
  readonly runtime: Runtime;
  /** For reading: gives up what takes too long. */
  readonly reader: pg.Pool;
  readonly taxonomy: NamedTaxonomy;
  /** Of events, where they are not the usual ones. */
  readonly events?: Partial<EventLimits> | undefined;
}

export async function serveApi(app: FastifyInstance, options: ApiOptions): Promise<void> {
  await app.register(
    async (plain) => {
      await describeApi(plain);
      plain.addHook('onSend', answerWithEntityTag);
      plain.addHook('onRequest', async (_request, reply) => {
        reply.header('cache-control', 'private, no-cache').header('vary', 'Authorization, Cookie');
      });
      const routes = withShapes(plain);
      const { requestsPerMinute } = options.runtime.settings.server;
      const limits: RouteShorthandOptions = {
        config: { rateLimit: { max: requestsPerMinute, timeWindow: '1 minute' } },
      };
      serveArticles(routes, options, limits);
      serveEvents(routes, options, limits);
      serveJudgements(routes, options, limits);
      serveStories(routes, options, limits);
      serveWhole(routes, options, limits);
      await serveDescription(plain);
    },
    { prefix: API_PATH },
  );
}

const withShapes = (app: FastifyInstance) => app.withTypeProvider<ZodTypeProvider>();
type Routes = ReturnType<typeof withShapes>;

function serveArticles(routes: Routes, { reader }: ApiOptions, limits: RouteShorthandOptions): void {
  routes.get(
    '/articles',
    {
      ...limits,
      schema: {
        summary: 'Articles, newest first',
        tags: ['articles'],
        querystring: articlesQueryShape,
        response: {
          200: {
            description: 'A page of the list, or with `format` (or `Accept`) all that match in one stream',
            content: {
              'application/json': { schema: articlesShape },
              ...Object.fromEntries(exportable.map(({ mediaType }) => [mediaType, { schema: z.any() }])),
            },
          },
          default: problemAnswer('What is wrong, as a problem document'),
        },
      },
    },
    async (request, reply) => {
      const { query } = request; // other formats than JSON are served by feeds-out.ts and don't come here
      const filter = filterOf(query, new Date());
      const limit = query.limit ?? DEFAULT_LIMIT;
      const [found, total] = await Promise.all([
        listArticles(reader, filter, { limit: limit + 1, after: query.after }),
        countArticles(reader, filter),
      ]);
      const articles = found.slice(0, limit);
      const last = articles.at(-1);
      const next = found.length > limit && last ? encodeCursor(last) : null;
      const nextAddress =
        next && addressWith(`${API_PATH}/articles`, parametersOf(request.originalUrl), { after: next });
      return reply.type('application/json').send({ articles, total, next, nextAddress });
    },
  );

  routes.get(
    '/articles/:id',
    {
      ...limits,
      schema: {
        summary: 'One article with its text, its tags and the evidence for them',
        tags: ['articles'],
        params: articleParameters,
        response: answers(articleShape, 'The article'),
      },
    },
    async (request, reply) => {
      const choice = await findArticle(reader, request.params.id);
      if (!choice.found) return sendProblem(reply, problem(404, choice.reason(en)));
      return reply.type('application/json').send(choice.article);
    },
  );

  routes.get(
    '/articles/:id/evidence',
    {
      ...limits,
      schema: {
        summary: 'Why an article is tagged as it is: each span with the sentence around it',
        tags: ['articles'],
        params: articleParameters,
        response: answers(evidenceListShape, 'The tags with their evidence'),
      },
    },
    async (request, reply) => {
      const choice = await findArticle(reader, request.params.id);
      if (!choice.found) return sendProblem(reply, problem(404, choice.reason(en)));
      const { article } = choice;
      const { secondOpinions, rejections } = article;
      return reply.type('application/json').send({ tags: quoted(article), secondOpinions, rejections });
    },
  );
}

function serveEvents(routes: Routes, { reader, events: eventLimits }: ApiOptions, limits: RouteShorthandOptions): void {
  const events = createArticleEvents({ reader, log: routes.log, limits: eventLimits });
  routes.addHook('preClose', () => events.close());

  routes.get(
    EVENTS_PATH,
    {
      ...limits,
      // The answer has no end of its own for HEAD to wait for.
      exposeHeadRoute: false,
      schema: {
        summary: 'Articles of a list as they come, as server-sent events',
        description:
          'An event `article` for each article that was added, edited or judged and stands in the list: its data is ' +
          '`{"kind": "added" | "edited" | "judged", "article": ArticleSummary}`. Its `id` is a place to go on from within ' +
          '12 hours, missing no change and repeating none; from a place that is too old the first event is `reset`: ask for the ' +
          'list again. Silence is broken by comments. An answer ends after ten minutes, for its reader to come back.',
        tags: ['articles'],
        querystring: eventsQueryShape,
        headers: eventsHeadersShape,
        response: {
          200: { description: 'Events without end', content: { 'text/event-stream': { schema: z.string() } } },
          default: problemAnswer('What is wrong, as a problem document; 503 where too many listen'),
        },
      },
    },
    async (request, reply) => {
      const { lastEventId, ...query } = request.query;
      const answer = await events.send(reply, query, request.headers['last-event-id'] ?? lastEventId);
      if (answer !== 'full') return answer;
      return sendProblem(
        reply.header('retry-after', '60'),
        problem(503, 'As many listen for articles as this server takes. Try again later.'),
      );
    },
  );
}

/** Each span of evidence with the sentence that it stands in, as the text is now. */
function quoted({ tags, text, language }: StoredArticle) {
  return tags.map((tag) => ({
    ...tag,
    evidence: tag.evidence.map((span) => {
      if (span.field === 'title' || text.slice(span.start, span.end) !== span.text) return { ...span, quote: null };
      const { start, end } = quoteAround(text, span, language);
      return { ...span, quote: text.slice(start, end) };
    }),
  }));
}

function serveJudgements(
  routes: Routes,
  { runtime, taxonomy: { types } }: ApiOptions,
  limits: RouteShorthandOptions,
): void {
  const { pool } = runtime.database;
  const known = types.map(({ id }) => id);
  const judging = { ...limits, config: { ...limits.config, access: 'judge' as const } };

  async function standing(id: string) {
    const [choice, judgements] = await Promise.all([findArticle(pool, id), judgementsOf(pool, id)]);
    return { judgements, tags: choice.found ? choice.article.tags : [] };
  }

  routes.get(
    '/articles/:id/judgements',
    {
      ...limits,
      schema: {
        summary: 'What people said of an article, and the tags that follow from it',
        tags: ['judgements'],
        params: articleParameters,
        response: answers(judgementsShape, 'Judgements and tags'),
      },
    },
    async (request, reply) => {
      const choice = await findArticle(pool, request.params.id);
      if (!choice.found) return sendProblem(reply, problem(404, choice.reason(en)));
      const { id, tags } = choice.article;
      return reply.type('application/json').send({ judgements: await judgementsOf(pool, id), tags });
    },
  );

  routes.post(
    '/articles/:id/judgements',
    {
      ...judging,
      schema: {
        summary: 'Say what an article is and is not about; it wins over the model everywhere',
        tags: ['judgements'],
        params: articleParameters,
        body: judgingShape,
        response: answers(judgementsShape, 'Judgements and tags as they stand now'),
      },
    },
    async (request, reply) => {
      const { judgements, by } = request.body;
      const choice = await findArticle(pool, request.params.id);
      if (!choice.found) return sendProblem(reply, problem(404, choice.reason(en)));
      const unknown = judgements.filter(({ type }) => !known.includes(type));
      if (unknown.length > 0) {
        const faults = unknown.map(({ type }) => ({ parameter: 'judgements', message: `no threat type "${type}"` }));
        return sendProblem(reply, problem(422, `Unknown threat type; there are ${known.join(', ')}.`, faults));
      }
      const { visitor } = request;
      const { id } = choice.article;
      await addJudgements(pool, id, visitor.name ?? by ?? judgeName(visitor), judgements);
      return reply.type('application/json').send(await standing(id));
    },
  );

  routes.delete(
    '/articles/:id/judgements/:judgement',
    {
      ...judging,
      schema: {
        summary: 'Take a judgement back; it stays on record as withdrawn',
        tags: ['judgements'],
        params: judgementParameters,
        response: answers(judgementsShape, 'Judgements and tags as they stand now'),
      },
    },
    async (request, reply) => {
      const choice = await findArticle(pool, request.params.id);
      if (!choice.found) return sendProblem(reply, problem(404, choice.reason(en)));
      const { id } = choice.article;
      const by = judgeName(request.visitor);
      const withdrawn = await withdrawJudgement(pool, { articleId: id, id: request.params.judgement, by });
      if (!withdrawn) return sendProblem(reply, problem(404, 'This article has no such judgement that still stands.'));
      return reply.type('application/json').send(await standing(id));
    },
  );
}

function serveStories(routes: Routes, { reader }: ApiOptions, limits: RouteShorthandOptions): void {
  routes.get(
    '/stories',
    {
      ...limits,
      schema: {
        summary: 'Articles that tell the same story, put together',
        tags: ['stories'],
        querystring: storiesQueryShape,
        response: answers(storiesShape, 'A page of the list, latest founded first'),
      },
    },
    async (request, reply) => {
      const { limit } = request.query;
      const found = await listStories(reader, { ...request.query, limit: limit + 1 });
      const stories = found.slice(0, limit);
      const last = stories.at(-1);
      const next = found.length > limit && last ? encodeCursor({ happenedAt: last.foundedAt, id: last.id }) : null;
      return reply.type('application/json').send({ stories, next });
    },
  );

  routes.get(
    '/stories/:id',
    {
      ...limits,
      schema: {
        summary: 'One story with its articles',
        tags: ['stories'],
        params: storyParameters,
        response: answers(oneStoryShape, 'The story'),
      },
    },
    async (request, reply) => {
      const story = await findStory(reader, request.params.id);
      if (!story) return sendProblem(reply, problem(404, 'There is no such story.'));
      const members = await storyMembers(reader, story.id, STORY_ARTICLES_GIVEN);
      return reply.type('application/json').send({ ...story, members });
    },
  );
}

function serveWhole(
  routes: Routes,
  { runtime, reader, taxonomy: { types, facets } }: ApiOptions,
  limits: RouteShorthandOptions,
): void {
  const { queues } = runtime;

  routes.get(
    '/sources',
    {
      ...limits,
      schema: {
        summary: 'The feeds that are followed, how they are and what they brought',
        tags: ['whole'],
        response: answers(sourcesShape, 'By folder and title'),
      },
    },
    async (_request, reply) => {
      const [feeds, yields] = await Promise.all([listFeeds(reader), feedYields(reader)]);
      const byFeed = new Map(yields.map((each) => [each.feedId, each]));
      const none = { articles: 0, tagged: 0, lastWeek: 0 };
      return reply
        .type('application/json')
        .send({ sources: feeds.map((feed) => ({ ...none, ...byFeed.get(feed.id), ...feed })) });
    },
  );

  routes.get(
    '/stats',
    {
      ...limits,
      schema: {
        summary: 'Articles per type, day and language, types that rise and feeds that fell silent',
        tags: ['whole'],
        querystring: statsQueryShape,
        response: answers(statsShape, 'Counts; judgements are in them'),
      },
    },
    async (request, reply) => {
      const { days } = request.query;
      const now = new Date();
      const [totals, perType, daily, perLanguage, feeds] = await Promise.all([
        articleTotals(reader),
        tagTotals(reader),
        // What rises is told from as many days as on the overview, or both might say different things of a young store.
        articlesPerTypeAndDay(reader, Math.max(days, USUAL_DAYS)),
        articleLanguages(reader),
        feedsWithRhythm(reader),
      ]);
      const firstDay = dayBefore(now, days - 1);
      return reply.type('application/json').send({
        ...totals,
        perType: perType.map(({ type, tags }) => ({ type, articles: tags })),
        perDay: daily.filter(({ day }) => day >= firstDay),
        perLanguage,
        rising: risingTypes(daily, dayBefore(now, 0)),
        silentFeeds: silentFeeds(feeds, now),
      });
    },
  );

  routes.get(
    '/taxonomy',
    {
      ...limits,
      schema: {
        summary:
          'Threat types with their definitions and their names in other vocabularies, and facets with their values',
        tags: ['whole'],
        response: answers(taxonomyShape, 'In the order of the taxonomy'),
      },
    },
    async (_request, reply) => reply.type('application/json').send({ types, facets }),
  );

  routes.get(
    '/status',
    {
      ...limits,
      schema: {
        summary: 'How the whole is doing',
        tags: ['whole'],
        response: answers(statusShape, 'Servers, queues, dead letters and the last 24 hours'),
      },
    },
    async (_request, reply) => {
      const since = new Date(Date.now() - DAY_MILLISECONDS);
      const [readiness, articles, tags, feeds, state, dead, polls, pages] = await Promise.all([
        checkReadiness(runtime),
        articleTotals(reader),
        tagTotals(reader),
        feedsByOutcome(reader),
        queueState(queues),
        deadLetters(queues, DEAD_LETTERS_GIVEN),
        pollOutcomes(reader, since),
        pageOutcomes(reader, since),
      ]);
      return reply
        .header('cache-control', 'no-store')
        .type('application/json')
        .send({
          readiness,
          articles: { stored: articles.articles, tagged: articles.tagged, tags },
          feeds,
          queues: { on: queues.on, ...state },
          deadLetters: dead,
          last24Hours: { polls, pages },
        });
    },
  );
}
