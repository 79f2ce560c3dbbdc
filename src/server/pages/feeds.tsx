/** How each feed is doing, and the forms that change the list. */
import { ARTICLES_PATH } from '../../outputs/list-name.js';
import { type FeedHealth, feedHealth } from '../../pipeline/status.js';
import type { StoredFeed } from '../../store/feeds.js';
import type { FeedYield } from '../../store/statistics.js';
import type { FeedHub } from '../../store/subscriptions.js';
import { hostName, webAddress } from '../../web/identity.js';
import { may, type Visitor } from '../access.js';
import { describeHealth, describeHub, describeNextPoll, describePlan } from '../feed-words.js';
import { AddFeed, type Adding, ExchangeLists } from './feed-forms.js';
import { byFolder } from './folders.js';
import { Moment } from './moment.js';
import { counted, countryName, feedName, languageName, number, OutcomeWords, percent } from './words.js';

/** What a form has just come to. */
export interface Notice {
  readonly words: string;
  readonly details?: readonly string[];
}

export interface FeedsPageModel {
  readonly feeds: readonly StoredFeed[];
  readonly yields: ReadonlyMap<number, FeedYield>;
  readonly hubs: ReadonlyMap<number, FeedHub>;
  /** The settings' fixed interval for all feeds, in minutes. */
  readonly pollMinutes: number | undefined;
  readonly visitor: Visitor;
  readonly notice?: Notice | undefined;
  /** What was just tried to add, where it did not go well. */
  readonly adding?: Adding | undefined;
  readonly now: Date;
}

export function FeedsPage(model: FeedsPageModel) {
  const { feeds, visitor, notice, adding, now } = model;
  const health = feedHealth(feeds);
  const mayOperate = may(visitor, 'operate');
  return (
    <>
      <h1>Feeds</h1>
      <NoticeBox notice={notice} />
      {feeds.length === 0 ? (
        <div class="empty">
          <h2>No feeds are followed</h2>
          <p>
            <code>belfry feeds add ADDRESS</code> adds one; <code>belfry feeds import FILE.opml</code> adds a list.
          </p>
        </div>
      ) : (
        <Figures feeds={feeds} health={health} />
      )}
      {mayOperate && <AddFeed visitor={visitor} adding={adding} folders={foldersOf(feeds)} />}
      <Attention health={health} now={now} />
      {byFolder(feeds, 'Without folder').map(({ folder, members }) => (
        <section key={folder} aria-label={folder}>
          <h2>{folder}</h2>
          <FeedTable {...model} feeds={members} />
        </section>
      ))}
      <ExchangeLists visitor={visitor} />
    </>
  );
}

export function NoticeBox({ notice }: { readonly notice: Notice | undefined }) {
  if (notice === undefined) return null;
  return (
    <div class="notice" role="status">
      <p>{notice.words}</p>
      {notice.details && notice.details.length > 0 && (
        <ul>
          {notice.details.map((detail) => (
            <li key={detail} class="detail">
              {detail}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const foldersOf = (feeds: readonly StoredFeed[]): readonly string[] => [
  ...new Set(feeds.flatMap(({ folder }) => (folder === null ? [] : [folder]))),
];

function Figures({
  feeds,
  health,
}: {
  readonly feeds: readonly StoredFeed[];
  readonly health: FeedHealth<StoredFeed>;
}) {
  const figures = [
    { amount: feeds.length, words: 'followed', isBad: false },
    { amount: health.well, words: health.well === 1 ? 'answers well' : 'answer well', isBad: false },
    { amount: health.failing.length, words: health.failing.length === 1 ? 'fails' : 'fail', isBad: true },
    { amount: health.retired.length, words: 'not polled any more', isBad: true },
    { amount: health.paused.length, words: 'paused', isBad: false },
    { amount: health.waiting, words: 'not polled yet', isBad: false },
    { amount: health.distrusted.length, words: 'with validators that lie', isBad: false },
  ];
  return (
    <ul class="figures">
      {figures
        .filter(({ amount }, index) => index < 3 || amount > 0)
        .map(({ amount, words, isBad }) => (
          <li key={words} class={isBad && amount > 0 ? 'bad' : undefined}>
            <strong>{number(amount)}</strong> {words}
          </li>
        ))}
    </ul>
  );
}

function Attention({ health, now }: { readonly health: FeedHealth<StoredFeed>; readonly now: Date }) {
  const { failing, retired } = health;
  if (failing.length + retired.length === 0) return null;
  return (
    <section aria-labelledby="attention" class="attention">
      <h2 id="attention">Needs attention</h2>
      <ul>
        {[...retired, ...failing].map((feed) => (
          <li key={feed.id}>
            <strong>
              <a href={`/feeds/${feed.id}`}>{feedName(feed.title, feed.url)}</a>
            </strong>
            : {describeHealth(feed).words}
            {(feed.retiredReason ?? feed.lastError) && (
              <span class="detail">{feed.retiredAt ? feed.retiredReason : feed.lastError}</span>
            )}
            <span class="note">
              {feed.retiredAt ? (
                <>
                  given up <Moment at={feed.retiredAt} now={now} />
                </>
              ) : (
                `${counted(feed.failures, 'failure', 'failures')} in a row`
              )}
              ; last success {feed.lastSuccessAt ? <Moment at={feed.lastSuccessAt} now={now} /> : 'never'}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function FeedTable(model: FeedsPageModel) {
  return (
    <table class="wide feeds">
      <thead>
        <tr>
          <th scope="col">Feed</th>
          <th scope="col">Health</th>
          <th scope="col">Last success</th>
          <th scope="col">Rhythm</th>
          <th scope="col">Next poll</th>
          <th scope="col" class="amount">
            Articles
          </th>
          <th scope="col" class="amount">
            7 days
          </th>
          <th scope="col" class="amount">
            Tagged
          </th>
        </tr>
      </thead>
      <tbody>
        {model.feeds.map((feed) => (
          <FeedRow key={feed.id} feed={feed} {...model} />
        ))}
      </tbody>
    </table>
  );
}

function FeedRow({
  feed,
  yields,
  hubs,
  pollMinutes,
  now,
}: FeedsPageModel & {
  readonly feed: StoredFeed;
}) {
  const address = webAddress(feed.url);
  const brought = yields.get(feed.id);
  const name = feedName(feed.title, feed.url);
  const hub = hubs.get(feed.id);
  return (
    <tr id={`feed-${feed.id}`}>
      <th scope="row">
        <a href={`/feeds/${feed.id}`}>{name}</a>
        <span class="note">
          {address ? (
            <a href={address} rel="noopener noreferrer external" target="_blank">
              {hostName(feed.url)}
            </a>
          ) : (
            feed.url
          )}
          {feed.language && ` · ${languageName(feed.language)}`}
          {feed.country && ` · ${countryName(feed.country)}`}
        </span>
      </th>
      <td data-name="Health">
        <OutcomeWords outcome={describeHealth(feed)} />
        {feed.failures > 0 && !feed.retiredAt && (
          <span class="note">{counted(feed.failures, 'time', 'times')} in a row</span>
        )}
        {!feed.validatorsTrusted && <span class="note">validators lie</span>}
        {feed.movedTo && <span class="note">moving</span>}
        {hub && <span class="note">{describeHub(hub.state).words}</span>}
      </td>
      <td data-name="Last success">{feed.lastSuccessAt ? <Moment at={feed.lastSuccessAt} now={now} /> : 'never'}</td>
      <td data-name="Rhythm">{describePlan(feed, pollMinutes)}</td>
      <td data-name="Next poll">
        <NextPoll feed={feed} now={now} />
      </td>
      <td data-name="Articles" class="amount">
        <a
          href={`${ARTICLES_PATH}?feed=${feed.id}`}
          aria-label={`${counted(brought?.articles ?? 0, 'article', 'articles')} of ${name}`}
        >
          {number(brought?.articles ?? 0)}
        </a>
      </td>
      <td data-name="7 days" class="amount">
        {number(brought?.lastWeek ?? 0)}
      </td>
      <td data-name="Tagged" class="amount">
        {tagRate(brought)}
      </td>
    </tr>
  );
}

/** When a feed is polled next, and what decided it. */
export function NextPoll({ feed, now }: { readonly feed: StoredFeed; readonly now: Date }) {
  if (feed.retiredAt || feed.pausedAt) return <>never</>;
  const why = describeNextPoll(feed.nextPollBecause);
  return (
    <>
      {feed.nextPollAt <= now ? 'due' : <Moment at={feed.nextPollAt} now={now} />}
      {why && <span class="note">{why}</span>}
    </>
  );
}

export const tagRate = (brought: FeedYield | undefined): string =>
  brought && brought.articles > 0 ? percent(brought.tagged / brought.articles) : '–';
