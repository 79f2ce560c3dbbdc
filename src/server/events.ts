/** Articles of a list as they come: server-sent events (WHATWG HTML, section 9.2), from the place where the reader left off. */
import { PassThrough } from 'node:stream';
import type { FastifyBaseLogger, FastifyReply } from 'fastify';
import type pg from 'pg';
import { canonicalFilter } from '../outputs/list-name.js';
import { describe } from '../pipeline/runtime.js';
import {
  type ChangePosition,
  decodePosition,
  encodePosition,
  isResumable,
  settledPosition,
} from '../store/article-changes.js';
import { type ArticleListening, type ArticleNews, watchArticles } from './article-watch.js';
import { filterOf, type ListQuery } from './list-query.js';
import { API_PATH } from './security.js';

export const EVENTS_PATH = '/events';

/** How long things take, in milliseconds, and how many may listen. */
export interface EventLimits {
  /** Between two looks at the store: how late an event may be. */
  readonly everyMilliseconds: number;
  /** Below the minute after which proxies take a silent connection for a dead one. */
  readonly heartbeatMilliseconds: number;
  /** Then the reader comes back with its token or session, which may have ended meanwhile. */
  readonly lifeMilliseconds: number;
  /** Each costs a socket, and a query whenever articles change. */
  readonly listeners: number;
}

const DEFAULT_LIMITS: EventLimits = {
  everyMilliseconds: 2_000,
  heartbeatMilliseconds: 20_000,
  lifeMilliseconds: 600_000,
  listeners: 100,
};

/** How long a reader waits before it comes back. */
const RETRY_MILLISECONDS = 3_000;

/** The address of a list's events, from a position on. */
export function eventsAddress(list: URLSearchParams, from: ChangePosition): string {
  const parameters = canonicalFilter(list);
  parameters.set('lastEventId', encodePosition(from));
  return `${API_PATH}${EVENTS_PATH}?${parameters}`;
}

export interface EventsOptions {
  /** For reading: gives up what takes too long. */
  readonly reader: pg.Pool;
  readonly log: FastifyBaseLogger;
  /** Other than the usual ones, for tests. */
  readonly limits?: Partial<EventLimits> | undefined;
}

export interface ArticleEvents {
  /**
   * Answers with events until the reader goes away, its time is up, or `close`.
   *
   * @param lastEventId what the reader saw last; where it can't be gone on from, the first event is `reset`
   */
  send(
    reply: FastifyReply,
    query: Omit<ListQuery, 'after' | 'limit'>,
    lastEventId: string | undefined,
  ): Promise<FastifyReply | 'full'>;
  /** Ends all answers at once, and resolves when nothing is read any more. */
  close(): Promise<void>;
}

export function createArticleEvents({ reader, log, limits }: EventsOptions): ArticleEvents {
  const { everyMilliseconds, heartbeatMilliseconds, lifeMilliseconds, listeners } = { ...DEFAULT_LIMITS, ...limits };
  const open = new Set<PassThrough>();
  const watch = watchArticles(reader, {
    everyMilliseconds,
    onFailure: (error) => log.warn({ error: describe(error) }, 'could not look for new articles; trying again'),
  });
  let closed = false;

  return {
    async send(reply, query, lastEventId) {
      if (closed || open.size >= listeners) return 'full';
      const stream = new PassThrough();
      open.add(stream);
      stream.once('close', () => open.delete(stream));
      let settled: ChangePosition;
      try {
        settled = await settledPosition(reader);
      } catch (error) {
        stream.destroy();
        throw error;
      }
      if (closed || stream.destroyed) return 'full';
      const asked = lastEventId === undefined ? undefined : decodePosition(lastEventId);
      const from = asked && isResumable(asked, settled) ? asked : settled;
      stream.write(`retry: ${RETRY_MILLISECONDS}\n${idLine(from)}\n`);
      if (lastEventId !== undefined && from !== asked) stream.write(event('reset', from, {}));
      const listening = watch.listen(
        {
          filter: () => filterOf(query, new Date()),
          isBusy: () => stream.writableNeedDrain,
          tell: (news) => stream.write(news.map(eventOf).join('')),
        },
        from,
      );
      keepAlive(stream, listening);
      return reply
        .type('text/event-stream')
        .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
        .send(stream);
    },

    async close() {
      closed = true;
      await watch.close();
      for (const stream of open) stream.end();
    },
  };

  function keepAlive(stream: PassThrough, listening: ArticleListening): void {
    // The place goes along: who hears nothing for hours can still go on from there.
    const heartbeat = setInterval(() => {
      if (!stream.writableNeedDrain) stream.write(`: still here\n${idLine(listening.position())}\n`);
    }, heartbeatMilliseconds);
    const end = setTimeout(() => {
      silence();
      stream.end();
    }, lifeMilliseconds);
    // One that takes nothing any more would never hear of the end.
    const cut = setTimeout(() => stream.destroy(), lifeMilliseconds + heartbeatMilliseconds);
    stream.once('close', () => {
      silence();
      clearTimeout(end);
      clearTimeout(cut);
    });

    function silence(): void {
      clearInterval(heartbeat);
      listening.stop();
    }
  }
}

const idLine = (position: ChangePosition): string => `id: ${encodePosition(position)}\n`;

const event = (name: string, position: ChangePosition, data: unknown): string =>
  `event: ${name}\n${idLine(position)}data: ${JSON.stringify(data)}\n\n`;

const eventOf = ({ kind, article, position }: ArticleNews): string => event('article', position, { kind, article });
