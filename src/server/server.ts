/** The dashboard: pages, API, Bull Board, health and metrics in one web server. */
import { STATUS_CODES } from 'node:http';
import rateLimit from '@fastify/rate-limit';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Metrics } from '../metrics.js';
import type { NamedFacet } from '../outputs/format.js';
import { checkReadiness } from '../pipeline/health.js';
import { describe, type Runtime } from '../pipeline/runtime.js';
import { isDatabaseAway } from '../store/away.js';
import { isTooSlow } from '../store/database.js';
import { anyToken } from '../store/tokens.js';
import { loadTaxonomy } from '../threats/taxonomy.js';
import { type AccessRefusal, createAccess, LOGIN_PATH, nobody, takeForms } from './access.js';
import { sendProblem, serveApi } from './api.js';
import { serveAssets } from './assets.js';
import { serveBullBoard } from './bull-board.js';
import type { EventLimits } from './events.js';
import { serveFeedsOut } from './feeds-out.js';
import { serveLanguageChoice } from './language-choice.js';
import { serveLogin } from './login.js';
import { createExposition } from './metrics.js';
import { sendErrorPage, sendPage, servePages } from './pages.js';
import { type Problem, problem } from './problem.js';
import { DOCUMENTATION_PATH, isLoopback, isUnder, refusalOf, setSecurityHeaders } from './security.js';
import { type NamedType, namesInLanguages } from './threat-names.js';
import { serveWebSub } from './websub.js';
import { en, type Said, type Words } from './words/en.js';

const REQUEST_SECONDS = 30;

/** Errors here are problem documents; elsewhere they are pages. */
const PROGRAM_PATHS = /^\/(api|queues\/api)\//;

export interface ServedService {
  readonly runtime: Runtime;
  readonly metrics: Metrics;
}

export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Names and colours on the pages, in this order; those of the taxonomy in the settings where absent. */
  readonly types?: readonly NamedType[];
  /** Beside types that are given; else those of the taxonomy in the settings. */
  readonly facets?: readonly NamedFacet[];
  /** Of events, where they are not the usual ones. */
  readonly events?: Partial<EventLimits>;
}

export interface RunningServer {
  /** Where a browser on this machine finds it, without a slash at the end. */
  readonly url: string;
  /** Ends all connections. Store and queues stay open: they are the service's. */
  close(): Promise<void>;
}

/** The server can't listen where it was told to. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen';
}

/**
 * Serves the dashboard of a service that runs in this process.
 *
 * @throws CannotListen when the port is in use, the host is not this machine's, or it is not a loopback one and no token exists.
 * @throws TaxonomyError when no types are given and the taxonomy can't be read.
 */
export async function startServer(service: ServedService, options: ServerOptions): Promise<RunningServer> {
  const { host, port } = options;
  if (!isLoopback(host) && !(await anyToken(service.runtime.database.pool))) {
    throw new CannotListen(
      `${host} is reached from elsewhere, and there is no token yet: make one with ` +
        '"belfry token create NAME --scopes read,judge,operate" (under Docker Compose: ' +
        '"docker compose run --rm server token create NAME --scopes read,judge,operate"), or set HOST=127.0.0.1',
    );
  }
  const app = await createApp(service, options);
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw cannotListen(error as NodeJS.ErrnoException, host, port);
  }
  const address = app.server.address();
  const listens = typeof address === 'object' && address ? address.port : port;
  return { url: urlOf(host, listens), close: () => app.close() };
}

async function createApp(
  { runtime, metrics }: ServedService,
  { host, types: given, facets: ofGiven = [], events }: ServerOptions,
): Promise<FastifyInstance> {
  const taxonomy = given ? { types: given, facets: ofGiven } : loadTaxonomy(runtime.settings.taxonomy.directory);
  const app: FastifyInstance = Fastify({
    loggerInstance: runtime.log.child({ part: 'server' }) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: REQUEST_SECONDS * 1000,
    forceCloseConnections: true,
    frameworkErrors: answerError,
  });
  const refusedAccess = createAccess(runtime.database.pool, host);
  app.decorateRequest('visitor');
  app.addHook('onRequest', async (request, reply) => {
    request.visitor = nobody;
    setSecurityHeaders(request, reply);
    const refusal = refusalOf(request, host);
    if (refusal?.status === 405) reply.header('allow', 'GET, HEAD');
    if (refusal) return answerWith(request, reply, refusal.status, refusal.message);
    const denial = await refusedAccess(request);
    if (denial) return answerDenied(request, reply, denial);
  });
  takeForms(app, (request, reply) => answerWith(request, reply, 403, (say) => say.errors.outdatedForm));
  await app.register(rateLimit, { global: false, keyGenerator: visitorKey, errorResponseBuilder: tooMany });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) => answerWith(request, reply, 404, (say) => say.errors.nothingHere));

  serveProbes();
  serveAssets(app);
  const reader = runtime.database.limitedPool(runtime.settings.server.statementSeconds);
  app.addHook('onClose', () => reader.end());
  servePages(app, {
    runtime,
    reader,
    namesFor: namesInLanguages(taxonomy),
    types: taxonomy.types.map(({ id }) => id),
  });
  serveLanguageChoice(app);
  serveFeedsOut(app, { runtime, reader, taxonomy });
  serveLogin(app, runtime, sendPage);
  await serveApi(app, { runtime, reader, taxonomy, events });
  if (runtime.settings.server.publicUrl !== undefined) await serveWebSub(app, runtime, metrics);
  await serveBullBoard(app, runtime.queues);
  return app;

  function serveProbes(): void {
    const expose = createExposition(runtime, metrics);
    app.get('/healthz', { config: { access: 'public' } }, (_request, reply) =>
      reply.header('cache-control', 'no-store').type('text/plain').send('ok\n'),
    );
    app.get('/readyz', { config: { access: 'public' } }, async (_request, reply) => {
      const readiness = await checkReadiness(runtime);
      return reply
        .code(readiness.ready ? 200 : 503)
        .header('cache-control', 'no-store')
        .send(readiness);
    });
    app.get('/metrics', async (_request, reply) => {
      const { contentType, text } = await expose();
      return reply.header('cache-control', 'no-store').type(contentType).send(text);
    });
  }
}

/** An error for whoever asked: a problem document for programs, a page for people. What is inside stays in the log. */
function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  request.visitor ??= nobody;
  setSecurityHeaders(request, reply);
  if (isDatabaseAway(error)) {
    request.log.warn({ error: describe(error) }, 'the store is away');
    reply.header('retry-after', '5');
    return answerWith(request, reply, 503, (say) => say.errors.storeAway);
  }
  if (isTooSlow(error)) {
    request.log.warn({ path: request.url }, 'a query took too long and was given up');
    return answerWith(request, reply, 503, (say) => say.errors.tooSlow);
  }
  if (error.validation) return sendProblem(reply, problem(400, 'The request is not valid.', faultsOf(error)));
  const status = error.statusCode ?? 500;
  if (status < 500) return answerWith(request, reply, status, (say) => detailOf(status, say) ?? error.message);
  request.log.error({ error: describe(error), stack: error.stack, path: request.url }, 'a page failed');
  return answerWith(request, reply, 500, (say) => say.errors.defect);
}

/** A language that has no words of its own for a status says that the request can't be read. */
const detailOf = (status: number, { errors: { details } }: Words): string | undefined =>
  details[status] ?? details[400];

/** Programs are told, people are shown the way in. */
function answerDenied(request: FastifyRequest, reply: FastifyReply, { status, message }: AccessRefusal): FastifyReply {
  if (status === 401) {
    if (isPage(request)) return reply.redirect(`${LOGIN_PATH}?next=${encodeURIComponent(request.url)}`, 303);
    // Feed readers know Basic: the token is the password.
    const basic = PROGRAM_PATHS.test(request.url) ? '' : ', Basic realm="Belfry", charset="UTF-8"';
    reply.header('www-authenticate', `Bearer realm="Belfry"${basic}`);
  }
  return answerWith(request, reply, status, message);
}

/** What a person opens in a browser, as far as the address and what is accepted tell. */
const isPage = ({ method, url, headers }: FastifyRequest): boolean =>
  method === 'GET' &&
  (!PROGRAM_PATHS.test(url) || isUnder(DOCUMENTATION_PATH, url)) &&
  (headers.accept ?? '').includes('text/html');

/** Each token has its own allowance; without one, each address. */
const visitorKey = ({ visitor, ip }: FastifyRequest): string => (visitor.name ? `token ${visitor.name}` : ip);

const tooMany = (_request: FastifyRequest, { after }: { readonly after: string }): Error =>
  Object.assign(new Error(`Too many requests. Try again in ${after}.`), { statusCode: 429 });

/** Programs are answered in English. */
function answerWith(request: FastifyRequest, reply: FastifyReply, status: number, detail: Said): FastifyReply {
  if (PROGRAM_PATHS.test(request.url)) return sendProblem(reply, problem(status, detail(en)));
  const title: Said = ({ errors: { titles } }) =>
    titles[status] ?? titles[400] ?? STATUS_CODES[status] ?? String(status);
  return sendErrorPage(request, reply, { status, title, detail });
}

/** What the schema of a route found wrong, by parameter. */
function faultsOf({ validation = [] }: FastifyError): Problem['faults'] {
  return validation.flatMap(({ instancePath, message = '', params }) => {
    const { keys } = params as { readonly keys?: readonly string[] };
    if (keys) return keys.map((parameter) => ({ parameter, message: 'unknown' }));
    return [{ parameter: instancePath.split('/').filter(Boolean).join('.') || 'body', message }];
  });
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} is in use; set PORT`,
    EACCES: `port ${port} needs a privilege that this process doesn't have; set PORT to one above 1023`,
    EADDRNOTAVAIL: `${host} is no address of this machine; set HOST`,
    ENOTFOUND: `${host} is no address of this machine; set HOST`,
  };
  const reason = reasons[error.code ?? ''];
  return reason === undefined ? error : new CannotListen(reason);
}

/** An address that stands for all interfaces is not one to open in a browser. */
function urlOf(host: string, port: number): string {
  const open = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${open.includes(':') ? `[${open}]` : open}:${port}`;
}
