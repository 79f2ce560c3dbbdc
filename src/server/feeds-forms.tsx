/** The feeds' pages and what their forms do: the same as `belfry feeds`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type pg from 'pg';
import type { FoundFeeds } from '../feeds/find-feeds.js';
import type { ListedFeed } from '../feeds/opml.js';
import {
  exportList,
  follow,
  importList,
  pause,
  pollSoon,
  readPlan,
  resume,
  searchFeeds,
  setPlan,
  unfollow,
} from '../pipeline/feed-list.js';
import type { Runtime } from '../pipeline/runtime.js';
import { type AddedFeed, findFeed, listFeeds, type StoredFeed } from '../store/feeds.js';
import { feedYields } from '../store/statistics.js';
import { hubsOfFeeds } from '../store/subscriptions.js';
import { webAddress } from '../web/identity.js';
import { formOf } from './access.js';
import { EXPORT_PATH, FEEDS_PATH, feedFields, feedPath, IMPORT_PATH } from './feed-paths.js';
import { describePoll } from './outcomes.js';
import { FeedPage } from './pages/feed.js';
import { type Adding, ChooseFeeds, type Fault } from './pages/feed-forms.js';
import { FeedsPage, type Notice } from './pages/feeds.js';
import { feedName } from './pages/words.js';
import type { SendPage } from './pages.js';
import { changeInTime } from './queue-state.js';
import { type Refuse, refuseWithoutQueues } from './refuse.js';
import { remember } from './remember.js';
import type { Words } from './words/en.js';
import { wordsFor } from './words/language.js';

/** What feeds brought is counted over the whole store. */
const YIELD_SECONDS = 30;
/** A person waits for the search behind an address. */
const SEARCH_SECONDS = 20;
/** Longest name of a folder, in characters. */
const FOLDER_MAX_CHARACTERS = 100;
/** Largest id that PostgreSQL's bigint and a number share has 15 digits and a bit. */
const FEED_ID = /^\d{1,15}$/;

export interface FeedsOptions {
  readonly runtime: Runtime;
  /** For reading: gives up what takes too long. */
  readonly reader: pg.Pool;
  readonly sendPage: SendPage;
  readonly refuse: Refuse;
}

export function serveFeeds(app: FastifyInstance, { runtime, reader, sendPage, refuse }: FeedsOptions): void {
  const { pollMinutes } = runtime.settings.feeds;
  const yields = remember(
    YIELD_SECONDS,
    async () => new Map((await feedYields(reader)).map((one) => [one.feedId, one])),
  );

  const showList = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { notice, adding }: { readonly notice?: Notice | undefined; readonly adding?: Adding } = {},
  ): Promise<FastifyReply> => {
    const [feeds, brought, hubs] = await Promise.all([listFeeds(reader), yields(), hubsOfFeeds(reader)]);
    const model = { feeds, hubs, pollMinutes, notice, adding, visitor: request.visitor, now: new Date() };
    const body = <FeedsPage {...model} yields={brought} />;
    return sendPage(
      request,
      reply,
      { title: wordsFor(request).feeds.title, section: 'feeds', body },
      adding ? 422 : 200,
    );
  };

  const showFeed = async (
    request: FastifyRequest,
    reply: FastifyReply,
    feed: StoredFeed,
    { notice, planFault }: { readonly notice?: Notice | undefined; readonly planFault?: Fault } = {},
  ): Promise<FastifyReply> => {
    const [brought, hubs] = await Promise.all([yields(), hubsOfFeeds(reader)]);
    const model = { feed, pollMinutes, notice, planFault, visitor: request.visitor, now: new Date() };
    const body = <FeedPage {...model} brought={brought.get(feed.id)} hub={hubs.get(feed.id)} />;
    const title = feedName(feed.title, feed.url);
    return sendPage(request, reply, { title, section: 'feeds', body }, planFault ? 422 : 200);
  };

  const noSuchFeed = (request: FastifyRequest, reply: FastifyReply) =>
    refuse(
      request,
      reply,
      404,
      (say) => say.feeds.noSuch,
      (say) => say.feeds.notFollowed,
    );

  /** Does something that needs the queues, or says that they are away. */
  const change = async <Done,>(
    request: FastifyRequest,
    reply: FastifyReply,
    work: () => Promise<Done>,
    then: (done: Done) => FastifyReply | Promise<FastifyReply>,
  ): Promise<FastifyReply> => {
    const answer = await changeInTime(runtime.queues, work);
    if (answer.known) return then(answer.done);
    return refuseWithoutQueues(refuse, request, reply, answer.reason);
  };

  app.get<{ Querystring: { done?: string } }>(FEEDS_PATH, (request, reply) =>
    showList(request, reply, { notice: noticeOf(request.query.done, wordsFor(request)) }),
  );

  app.get(EXPORT_PATH, async (_request, reply) =>
    reply
      .type('text/x-opml; charset=utf-8')
      .header('cache-control', 'no-cache')
      .header('content-disposition', 'attachment; filename="belfry-feeds.opml"')
      .send(await exportList(reader)),
  );

  app.get<{ Params: { id: string }; Querystring: { done?: string } }>(feedPath(':id'), async (request, reply) => {
    const feed = await feedOf(reader, request.params.id);
    if (!feed) return noSuchFeed(request, reply);
    return showFeed(request, reply, feed, { notice: noticeOf(request.query.done, wordsFor(request)) });
  });

  app.post(FEEDS_PATH, { config: { access: 'operate' } }, async (request, reply) => {
    const say = wordsFor(request);
    const read = readAddForm(formOf(request), say);
    const followAll = (entries: readonly ListedFeed[]) =>
      change(
        request,
        reply,
        () => follow(runtime, entries),
        (added) => reply.redirect(afterAdding(added), 303),
      );
    if (read.kind === 'nothing') return showList(request, reply, { adding: read.adding });
    if (read.kind === 'chosen') return followAll(read.entries);
    const { address, folder } = read;
    const found = await searchFeeds(runtime.settings, address, AbortSignal.timeout(SEARCH_SECONDS * 1000));
    switch (found.kind) {
      case 'feed':
        return followAll([entryOf(found.url, { folder, site: null })]);
      case 'page': {
        const [first, second] = found.feeds;
        if (first && !second) return followAll([entryOf(first.url, { folder, site: address })]);
        const body = <ChooseFeeds visitor={request.visitor} site={address} folder={folder} found={found.feeds} />;
        return sendPage(request, reply, { title: say.feeds.which, section: 'feeds', body });
      }
      default:
        return showList(request, reply, { adding: { address, folder, ...whyNot(found, say) } });
    }
  });

  app.post(IMPORT_PATH, { config: { access: 'operate' } }, (request, reply) => {
    const opml = formOf(request).get(feedFields.list) ?? '';
    if (opml.trim() === '') {
      return refuse(
        request,
        reply,
        400,
        (say) => say.feeds.nothingImported,
        (say) => say.feeds.chooseFile,
      );
    }
    return change(
      request,
      reply,
      () => importList(runtime, opml),
      ({ added, already, faults }) => {
        const { feeds } = wordsFor(request);
        const words = feeds.imported(added, already, faults.length);
        return showList(request, reply, { notice: { words, faults } });
      },
    );
  });

  app.post<{ Params: { id: string } }>(feedPath(':id'), { config: { access: 'operate' } }, async (request, reply) => {
    const feed = await feedOf(runtime.database.pool, request.params.id);
    if (!feed) return noSuchFeed(request, reply);
    const form = formOf(request);
    const done = (work: () => Promise<unknown>, word: string, path = feedPath(feed.id)) =>
      change(request, reply, work, () => reply.redirect(`${path}?done=${word}`, 303));
    switch (form.get(feedFields.action)) {
      case 'poll':
        return done(() => pollSoon(runtime, feed), 'polled');
      case 'pause':
        return done(() => pause(runtime, feed), 'paused');
      case 'resume':
        return done(() => resume(runtime, feed), 'resumed');
      case 'revive':
        return done(() => follow(runtime, [feed]), 'resumed');
      case 'remove':
        return done(() => unfollow(runtime, feed), 'removed', FEEDS_PATH);
      case 'plan': {
        const plan = readPlan(planWordsIn(form), new Date());
        if (plan.ok) return done(() => setPlan(runtime, feed, plan), 'planned');
        const { feeds } = wordsFor(request);
        const words = plan.about === 'every' ? feeds.unreadableInterval : feeds.unreadableCron;
        return showFeed(request, reply, feed, { planFault: { words, reason: plan.message } });
      }
      default:
        return refuse(
          request,
          reply,
          400,
          (say) => say.feeds.nothingDone,
          (say) => say.feeds.noAction,
        );
    }
  });
}

const noticeOf = (done: unknown, { feeds }: Words): Notice | undefined => {
  const words = typeof done === 'string' && Object.hasOwn(feeds.done, done) ? feeds.done[done] : undefined;
  return words === undefined ? undefined : { words };
};

const feedOf = async (database: pg.Pool, id: string): Promise<StoredFeed | undefined> =>
  FEED_ID.test(id) ? findFeed(database, Number(id)) : undefined;

type AddForm =
  | { readonly kind: 'search'; readonly address: string; readonly folder: string }
  /** Addresses that need no look any more. */
  | { readonly kind: 'chosen'; readonly entries: readonly ListedFeed[] }
  | { readonly kind: 'nothing'; readonly adding: Adding };

function readAddForm(form: URLSearchParams, { feeds }: Words): AddForm {
  const folder = (form.get(feedFields.folder) ?? '').trim().slice(0, FOLDER_MAX_CHARACTERS);
  const site = webAddress((form.get(feedFields.site) ?? '').trim()) ?? null;
  const chosen = form.getAll(feedFields.chosen);
  const addresses = chosen.flatMap((given) => webAddress(given.trim()) ?? []);
  if (addresses.length > 0) {
    return { kind: 'chosen', entries: addresses.map((url) => entryOf(url, { folder, site })) };
  }
  const given = form.get(feedFields.address) ?? '';
  const address = webAddress(given.trim());
  if (address !== undefined) return { kind: 'search', address, folder };
  const fault = { words: site === null ? feeds.noWebAddress : feeds.noneChosen };
  return { kind: 'nothing', adding: { address: site ?? given, folder, fault, unseen: 'pointless' } };
}

const entryOf = (
  url: string,
  { folder, site }: { readonly folder: string; readonly site: string | null },
): ListedFeed => ({ url, title: null, site, folder: folder || null, language: null, country: null });

/** Why an address brought no feed. */
function whyNot(
  found: Extract<FoundFeeds, { kind: 'none' | 'unreachable' }>,
  say: Words,
): Pick<Adding, 'fault' | 'unseen'> {
  if (found.kind === 'none') return { fault: { words: say.feeds.noneThere, reason: found.message }, unseen: 'offered' };
  const words = found.reason === 'aborted' ? say.feeds.noAnswer(SEARCH_SECONDS) : describePoll(found.reason, say).words;
  return {
    fault: { words: say.feeds.nothingToSay(words), reason: found.message },
    unseen: found.reason === 'address-forbidden' || found.reason === 'bad-url' ? 'pointless' : 'offered',
  };
}

/** One feed is shown; several are found in the list. */
function afterAdding(added: readonly AddedFeed[]): string {
  const [first, second] = added;
  const done = added.every(({ already }) => already) ? 'already' : 'added';
  return first && !second ? `${feedPath(first.id)}?done=${done}` : `${FEEDS_PATH}?done=chosen`;
}

function planWordsIn(form: URLSearchParams): { readonly every?: string; readonly cron?: string } {
  switch (form.get(feedFields.plan)) {
    case 'every':
      return { every: form.get(feedFields.every) ?? '' };
    case 'cron':
      return { cron: (form.get(feedFields.cron) ?? '').trim() };
    default:
      return {};
  }
}
