/** One look at the store every so often, for all who wait for articles of their list; none while nobody does. */
import {
  type ArticleChange,
  type ArticleChangeKind,
  type ChangePosition,
  changesBetween,
  encodePosition,
  settledPosition,
} from '../store/article-changes.js';
import { type ArticleFilter, type ArticleSummary, listArticles } from '../store/articles.js';
import type { Queryable } from '../store/database.js';

/** Read at once for a listener; what is more comes with the next look, which then follows at once. */
const CHANGES_A_LOOK = 200;

/** An article that changed and stands in the listener's list now: as it is when it is told, which may be after a further change. */
export interface ArticleNews {
  /** `added` also where it was edited or judged right after. */
  readonly kind: ArticleChangeKind;
  readonly article: ArticleSummary;
  /** All changes up to here were told of. */
  readonly position: ChangePosition;
}

export interface ArticleListener {
  /** Asked at each look: periods end now. */
  filter(): ArticleFilter;
  /** While true nothing is read for this one: its changes wait in the store. */
  isBusy(): boolean;
  tell(news: readonly ArticleNews[]): void;
}

export interface ArticleListening {
  /** How far the listener has been told. */
  position(): ChangePosition;
  stop(): void;
}

export interface ArticleWatch {
  /** Tells of what changes after `from`. */
  listen(listener: ArticleListener, from: ChangePosition): ArticleListening;
  /** Resolves when no query runs any more. Nobody may listen afterwards. */
  close(): Promise<void>;
}

export interface ArticleWatchOptions {
  readonly everyMilliseconds: number;
  /** A look that failed; the next one takes up where it would have. */
  readonly onFailure: (error: unknown) => void;
}

export function watchArticles(
  database: Queryable,
  { everyMilliseconds, onFailure }: ArticleWatchOptions,
): ArticleWatch {
  const positions = new Map<ArticleListener, ChangePosition>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let closed = false;

  function plan(milliseconds: number): void {
    if (closed || looking || timer || positions.size === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      looking = look()
        .catch((error: unknown) => {
          onFailure(error);
          return 'all' as const;
        })
        .then((told) => {
          looking = undefined;
          plan(told === 'all' ? everyMilliseconds : 0);
        });
    }, milliseconds);
  }

  async function look(): Promise<'all' | 'some'> {
    const settled = await settledPosition(database);
    // Nearly always all stand at the same place: it is read once.
    const read = new Map<string, Promise<readonly ArticleChange[]>>();
    const changesAfter = (position: ChangePosition): Promise<readonly ArticleChange[]> => {
      const place = encodePosition(position);
      const changes = read.get(place) ?? changesBetween(database, position, settled, CHANGES_A_LOOK);
      read.set(place, changes);
      return changes;
    };
    let told: 'all' | 'some' = 'all';
    for (const [listener, position] of [...positions]) {
      if (!positions.has(listener) || listener.isBusy()) continue;
      const changes = position.xid === settled.xid ? [] : await changesAfter(position);
      const last = changes.length < CHANGES_A_LOOK ? undefined : changes.at(-1);
      const news = await newsOf(database, listener.filter(), changes);
      if (!positions.has(listener)) continue;
      positions.set(listener, last?.position ?? settled);
      if (last) told = 'some';
      if (news.length > 0) listener.tell(news);
    }
    return told;
  }

  return {
    listen(listener, from) {
      if (closed) throw new Error('nobody watches the articles any more');
      let position = from;
      positions.set(listener, from);
      plan(everyMilliseconds);
      return {
        position: () => {
          position = positions.get(listener) ?? position;
          return position;
        },
        stop: () => {
          position = positions.get(listener) ?? position;
          positions.delete(listener);
          if (positions.size > 0) return;
          clearTimeout(timer);
          timer = undefined;
        },
      };
    },
    async close() {
      closed = true;
      positions.clear();
      clearTimeout(timer);
      timer = undefined;
      await looking;
    },
  };
}

/** Each article once, in the order of the latest change of each. */
async function newsOf(
  database: Queryable,
  filter: ArticleFilter,
  changes: readonly ArticleChange[],
): Promise<readonly ArticleNews[]> {
  if (changes.length === 0) return [];
  const added = new Set(changes.filter(({ kind }) => kind === 'added').map(({ articleId }) => articleId));
  const latest = new Map(changes.map((change) => [change.articleId, change]));
  const ids = [...latest.keys()];
  const articles = await listArticles(database, { ...filter, ids }, { limit: ids.length });
  const byId = new Map(articles.map((article) => [article.id, article]));
  return changes.flatMap((change) => {
    const { articleId, kind, position } = change;
    const article = latest.get(articleId) === change ? byId.get(articleId) : undefined;
    return article ? [{ kind: added.has(articleId) ? 'added' : kind, article, position }] : [];
  });
}
