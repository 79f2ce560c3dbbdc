/** `/api/v1`: the same list, article and state as on the pages, for programs. Errors are problem documents (RFC 9457). */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { checkReadiness } from '../pipeline/health.js';
import type { Runtime } from '../pipeline/runtime.js';
import { countArticles, listArticles } from '../store/articles.js';
import { articleTotals, feedsByOutcome, pageOutcomes, pollOutcomes, tagTotals } from '../store/statistics.js';
import { encodeCursor } from './cursor.js';
import { findArticle } from './find-article.js';
import { addressWith, filterOf, parametersOf, readListQuery } from './list-query.js';
import { PROBLEM_TYPE, type Problem, problem } from './problem.js';
import { deadLetters, queueState } from './queue-state.js';

export const API_PATH = '/api/v1';
const DEFAULT_LIMIT = 50;
const DEAD_LETTERS_GIVEN = 50;
const DAY_MILLISECONDS = 86_400_000;

export const sendProblem = (reply: FastifyReply, document: Problem): FastifyReply =>
  reply.code(document.status).header('cache-control', 'no-store').type(PROBLEM_TYPE).send(JSON.stringify(document));

export function serveApi(app: FastifyInstance, runtime: Runtime): void {
  const { database, queues } = runtime;
  const { pool } = database;

  app.get(`${API_PATH}/articles`, async (request, reply) => {
    const parameters = parametersOf(request.url);
    const reading = readListQuery(parameters);
    if (!reading.ok) return sendProblem(reply, problem(400, 'The query is not valid.', reading.faults));
    const { query } = reading;
    const limit = query.limit ?? DEFAULT_LIMIT;
    const filter = filterOf(query, new Date());
    const [found, total] = await Promise.all([
      listArticles(pool, filter, { limit: limit + 1, after: query.after }),
      countArticles(pool, filter),
    ]);
    const articles = found.slice(0, limit);
    const last = articles.at(-1);
    const next = found.length > limit && last ? encodeCursor(last) : null;
    return reply.header('cache-control', 'no-cache').send({
      articles,
      /** Of all pages together. */
      total,
      /** Value of `after` for the next page; null on the last. */
      next,
      nextAddress: next && addressWith(`${API_PATH}/articles`, parameters, { after: next }),
    });
  });

  app.get<{ Params: { id: string } }>(`${API_PATH}/articles/:id`, async (request, reply) => {
    const choice = await findArticle(pool, request.params.id);
    if (!choice.found) return sendProblem(reply, problem(404, choice.reason));
    return reply.header('cache-control', 'no-cache').send(choice.article);
  });

  app.get(`${API_PATH}/status`, async (_request, reply) => {
    const since = new Date(Date.now() - DAY_MILLISECONDS);
    const [readiness, articles, tags, feeds, state, dead, polls, pages] = await Promise.all([
      checkReadiness(runtime),
      articleTotals(pool),
      tagTotals(pool),
      feedsByOutcome(pool),
      queueState(queues),
      deadLetters(queues, DEAD_LETTERS_GIVEN),
      pollOutcomes(pool, since),
      pageOutcomes(pool, since),
    ]);
    return reply.header('cache-control', 'no-store').send({
      readiness,
      articles: { stored: articles.articles, tagged: articles.tagged, tags },
      feeds,
      queues: { on: queues.on, ...state },
      deadLetters: dead,
      last24Hours: { polls, pages },
    });
  });
}
