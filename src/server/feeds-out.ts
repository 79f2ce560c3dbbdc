/** Articles for other programs: feeds of any filter to subscribe to, and whole lists to take along in any output format. */
import { createHash } from 'node:crypto';
import { PassThrough, Writable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type pg from 'pg';
import { laterOf, updatedAt } from '../outputs/feed-entry.js';
import type { DetailedArticle, NamedFacet, NamedThreatType, OutputContext, OutputFormat } from '../outputs/format.js';
import { exportable, outputFormats } from '../outputs/formats.js';
import { canonicalFilter, listAddress, listTitle } from '../outputs/list-name.js';
import { readDetailedArticles, writeArticles } from '../outputs/read-articles.js';
import { ReaderGone } from '../outputs/write.js';
import { describe, type Runtime } from '../pipeline/runtime.js';
import { findFeed } from '../store/feeds.js';
import { sendProblem } from './api.js';
import { filterOf, type ListQuery, parametersOf, readListQuery } from './list-query.js';
import { problem } from './problem.js';
import { API_PATH } from './security.js';

/** Entries in a feed unless `limit` says otherwise. */
const FEED_ENTRIES = 50;

/** The feeds of every list, in the order in which a page offers them: readers take the first. */
const feeds = [
  { path: '/feeds/articles.atom', name: 'Atom', format: outputFormats.atom },
  { path: '/feeds/articles.rss', name: 'RSS', format: outputFormats.rss },
  { path: '/feeds/articles.json', name: 'JSON Feed', format: outputFormats['json-feed'] },
] as const;

const withoutParameters = (mediaType: string): string => mediaType.split(';')[0] ?? mediaType;

/** A feed of a list, for `<link rel="alternate">` in the list's page. */
export interface FeedLink {
  readonly type: string;
  readonly title: string;
  readonly address: string;
}

/** @param parameters the page's own, as they stand in its address */
export function feedLinks(parameters: URLSearchParams): readonly FeedLink[] {
  const filter = canonicalFilter(parameters).toString();
  return feeds.map(({ path, name, format }) => ({
    type: withoutParameters(format.mediaType),
    title: name,
    address: filter === '' ? path : `${path}?${filter}`,
  }));
}

export interface FeedsOutOptions {
  readonly runtime: Runtime;
  /** For reading: gives up what takes too long. */
  readonly reader: pg.Pool;
  /** As in the taxonomy; names alone will do, without the words of other vocabularies. */
  readonly taxonomy: { readonly types: readonly NamedThreatType[]; readonly facets: readonly NamedFacet[] };
}

export function serveFeedsOut(app: FastifyInstance, { runtime, reader, taxonomy }: FeedsOutOptions): void {
  const { outputs } = runtime.settings;

  for (const { path, format } of feeds) {
    app.get(path, async (request, reply) => {
      const reading = readListQuery(parametersOf(request.url));
      if (!reading.ok) return sendProblem(reply, problem(400, 'The query is not valid.', reading.faults));
      return sendFeed(request, reply, format, reading.query);
    });
  }

  // `/api/v1/articles` answers with pages of a list; asked for a format, it gives the whole list at once. What a request may
  // read has been decided before this hook, and nothing has looked at its parameters yet. Routes in a plugin of their own see
  // the hook only when it was there before them.
  app.addHook('preValidation', async (request, reply) => {
    const address = new URL(request.url, 'http://belfry');
    if (address.pathname !== `${API_PATH}/articles`) return;
    const asked = askedFormat(request, address.searchParams);
    if (asked === undefined) return;
    if (asked === 'unknown') {
      const known = exportable.map(({ name }) => name).join(', ');
      return sendProblem(
        reply,
        problem(400, 'The query is not valid.', [{ parameter: 'format', message: `expected one of ${known}` }]),
      );
    }
    address.searchParams.delete('format');
    const reading = readListQuery(address.searchParams);
    if (!reading.ok) return sendProblem(reply, problem(400, 'The query is not valid.', reading.faults));
    return sendAll(request, reply, asked, reading.query);
  });

  async function sendFeed(
    request: FastifyRequest,
    reply: FastifyReply,
    format: (typeof feeds)[number]['format'],
    query: ListQuery,
  ): Promise<FastifyReply> {
    let modified: Date | undefined;
    async function* noting(articles: AsyncIterable<DetailedArticle>): AsyncGenerator<DetailedArticle> {
      for await (const article of articles) {
        modified = modified === undefined ? updatedAt(article) : laterOf(modified, updatedAt(article));
        yield article;
      }
    }
    const range = { limit: query.limit ?? FEED_ENTRIES, after: query.after };
    const articles = noting(readDetailedArticles(reader, filterOf(query, new Date()), range));
    const body = collect();
    await format.write(articles, body.to, await contextOf(request, query));
    const text = body.text();
    const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
    reply.headers({
      etag,
      ...(modified && { 'last-modified': modified.toUTCString() }),
      'cache-control': 'no-cache',
      // The feed names its own address.
      vary: 'host',
    });
    if (isFresh(request, etag, modified)) return reply.code(304).send();
    return reply.type(format.mediaType).send(text);
  }

  async function sendAll(
    request: FastifyRequest,
    reply: FastifyReply,
    format: OutputFormat,
    query: ListQuery,
  ): Promise<FastifyReply> {
    const day = new Date().toISOString().slice(0, 10);
    reply
      .type(format.mediaType)
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="belfry-${day}.${format.fileExtension}"`)
      .header('vary', 'accept');
    if (request.method === 'HEAD') return reply.send('');
    const context = await contextOf(request, query);
    const to = new PassThrough();
    const from = {
      database: reader,
      filter: filterOf(query, new Date()),
      range: { limit: query.limit, after: query.after },
    };
    writeArticles(format, from, to, context).then(
      () => to.end(),
      (error: unknown) => {
        if (!(error instanceof ReaderGone)) request.log.warn({ error: describe(error) }, 'an output was cut short');
        // Half a list must not look like a whole one: the connection breaks instead of ending.
        to.destroy(error as Error);
      },
    );
    return reply.send(to);
  }

  async function contextOf(request: FastifyRequest, query: ListQuery): Promise<OutputContext> {
    const filter = canonicalFilter(parametersOf(request.url));
    const source = query.feed === undefined ? undefined : await findFeed(reader, query.feed);
    const here = runtime.settings.server.publicUrl ?? `${request.protocol}://${request.host}`;
    const { pathname, search } = new URL(request.url, 'http://belfry');
    return {
      ...outputs,
      types: taxonomy.types,
      title: listTitle(filter, taxonomy, source?.title),
      listId: filter.toString(),
      address: `${here}${pathname}${search}`,
      pageAddress: listAddress(here, filter),
    };
  }
}

/**
 * The format that a request asks for, by `?format=` or by an Accept header (RFC 9110 section 12.5.1) that names a format's
 * media type and prefers it. `application/json` and wildcards mean the paged list: undefined.
 */
function askedFormat(request: FastifyRequest, parameters: URLSearchParams): OutputFormat | 'unknown' | undefined {
  const name = parameters.get('format');
  if (name === 'json') return undefined;
  if (name !== null && name !== '') return exportable.find((format) => format.name === name) ?? 'unknown';
  const [preferred] = (request.headers.accept ?? '')
    .split(',')
    .map((range) => {
      const [type = '', ...rest] = range.split(';').map((part) => part.trim().toLowerCase());
      const quality = rest.find((part) => part.startsWith('q='));
      return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality);
  if (preferred === undefined || preferred.type === 'application/json') return undefined;
  return exportable.find(({ mediaType }) => withoutParameters(mediaType) === preferred.type);
}

/** RFC 9110 section 13.2.2: an entity tag is asked first, and a date only where there is no tag. */
function isFresh(request: FastifyRequest, etag: string, modified: Date | undefined): boolean {
  const tags = request.headers['if-none-match'];
  if (tags !== undefined) {
    return tags.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
  }
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  // HTTP dates know whole seconds.
  return modified !== undefined && Math.floor(modified.getTime() / 1000) * 1000 <= since;
}

/** A feed is short: it is held in memory, so that its tag is known before its first byte leaves. */
function collect(): { readonly to: Writable; text(): string } {
  const chunks: string[] = [];
  const to = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { to, text: () => chunks.join('') };
}
