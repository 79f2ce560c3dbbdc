/** `/websub/…`: where hubs ask whether a subscription is meant, and push. Every request ends in a counted outcome. */
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import type { Metrics } from '../metrics.js';
import type { Runtime } from '../pipeline/runtime.js';
import { handOn } from '../pipeline/stage-worker.js';
import { answerHub, CALLBACK_PATH } from '../pipeline/steps/follow-hub.js';
import { takePush } from '../pipeline/steps/take-push.js';
import { parametersOf } from './list-query.js';

const MEGABYTE = 1 << 20;
/** Longer than any token that was ever given out. */
const MAX_TOKEN_LENGTH = 128;

const VERIFY_STATUS: Readonly<Record<string, number>> = { denied: 200, 'bad-intent': 400 };
/**
 * A push that is not the hub's own is acknowledged like one that is (section 8): whoever tries signatures learns nothing.
 * 410 tells the hub to push no more.
 */
const PUSH_STATUS: Readonly<Record<string, number>> = {
  'unknown-subscription': 404,
  'not-active': 410,
  'not-followed': 410,
  retired: 410,
  paused: 410,
  encoded: 415,
};

/** Serves the callbacks of WebSub subscriptions (W3C Recommendation, sections 5.3, 7 and 8). */
export async function serveWebSub(app: FastifyInstance, runtime: Runtime, metrics: Metrics): Promise<void> {
  const log = runtime.log.child({ part: 'websub' });
  const count = (kind: 'verification' | 'push', outcome: string): void => metrics.hubRequests.inc({ kind, outcome });

  await app.register(async (scope) => {
    // A push is bytes whatever it says it is: the signature is over the bytes, and the feed reader looks for itself.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.setErrorHandler((error: FastifyError, request, reply) => {
      if (error.statusCode === 413) {
        count('push', 'too-large');
        return reply.code(413).send();
      }
      return app.errorHandler(error, request, reply);
    });

    scope.get<{ Params: { token: string } }>(
      `${CALLBACK_PATH}:token`,
      { exposeHeadRoute: false, config: { access: 'public' } },
      async (request, reply) => {
        const answer = await answerHub(runtime.database.pool, tokenOf(request), parametersOf(request.url));
        count('verification', answer.outcome);
        reply.header('cache-control', 'no-store').type('text/plain; charset=utf-8');
        if ('challenge' in answer) {
          log.info({ outcome: answer.outcome }, 'answered a hub');
          return reply.send(answer.challenge);
        }
        log.warn({ outcome: answer.outcome }, 'refused what a hub asked');
        return reply.code(VERIFY_STATUS[answer.outcome] ?? 404).send('');
      },
    );

    scope.post<{ Params: { token: string } }>(
      `${CALLBACK_PATH}:token`,
      { bodyLimit: runtime.settings.net.maxFeedMegabytes * MEGABYTE, config: { access: 'public' } },
      async (request, reply) => {
        const { outcome, feedId, pages } = request.headers['content-encoding']
          ? { outcome: 'encoded', feedId: null, pages: [] }
          : await takePush(runtime.database, {
              token: tokenOf(request),
              body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
              contentType: request.headers['content-type'],
              signature: single(request.headers['x-hub-signature']),
            });
        count('push', outcome);
        await handOn(runtime, 'fetch', pages);
        const isTaken = outcome === 'new' || outcome === 'unchanged';
        log[isTaken ? 'debug' : 'warn']({ outcome, feed: feedId, pages: pages.length }, 'a hub pushed');
        return reply
          .header('cache-control', 'no-store')
          .code(PUSH_STATUS[outcome] ?? 202)
          .send();
      },
    );
  });
}

const tokenOf = (request: FastifyRequest<{ Params: { token: string } }>): string =>
  request.params.token.slice(0, MAX_TOKEN_LENGTH);

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;
