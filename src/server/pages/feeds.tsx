/** How each feed is doing, and the forms that change the list. */
import type { OpmlFault } from '../../feeds/opml.js';
import { ARTICLES_PATH } from '../../outputs/list-name.js';
import { type FeedHealth, feedHealth } from '../../pipeline/status.js';
import type { StoredFeed } from '../../store/feeds.js';
import type { FeedYield } from '../../store/statistics.js';
import type { FeedHub } from '../../store/subscriptions.js';
import { hostName, webAddress } from '../../web/identity.js';
import { may, type Visitor } from '../access.js';
import { describeHealth, describeHub, describeNextPoll, describePlan } from '../feed-words.js';
import type { Words } from '../words/en.js';
import { AddFeed, type Adding, ExchangeLists } from './feed-forms.js';
import { byFolder } from './folders.js';
import { Moment } from './moment.js';
import { Reason } from './reason.js';
import { useWords } from './wording.js';
import { feedName, OutcomeWords } from './words.js';
/** What a form has just come to. */
export interface Notice {
  readonly words: string;
  /** Lines of a file that were left out. */
  readonly faults?: readonly OpmlFault[];
}

/** Faulty lines of an import that are told one by one. */
const FAULTS_SHOWN = 20;

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
  const say = useWords();
  const { feeds, visitor, notice, adding, now } = model;
  const health = feedHealth(feeds);
  const mayOperate = may(visitor, 'operate');
  return (
    <>
      <h1>{say.feeds.title}</h1>
      <NoticeBox notice={notice} />
      {feeds.length === 0 ? (
        <div class="empty">
          <h2>{say.feeds.none}</h2>
          <p>
            <code>belfry feeds add ADDRESS</code>
            {say.feeds.addsOne}
            <code>belfry feeds import FILE.opml</code>
            {say.feeds.addsList}
          </p>
        </div>
      ) : (
        <Figures feeds={feeds} health={health} />
      )}
      {mayOperate && <AddFeed visitor={visitor} adding={adding} folders={foldersOf(feeds)} />}
      <Attention health={health} now={now} />
      {byFolder(feeds, say.list.withoutFolder).map(({ folder, members }) => (
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
  const say = useWords();
  if (notice === undefined) return null;
  const { faults = [] } = notice;
  return (
    <div class="notice" role="status">
      <p>{notice.words}</p>
      {faults.length > 0 && (
        <ul>
          {faults.slice(0, FAULTS_SHOWN).map(({ line, message }) => (
            <li key={`${line} ${message}`} class="detail">
              {say.feeds.line(line)}
              {say.colon}
              <Reason text={message} />
            </li>
          ))}
          {faults.length > FAULTS_SHOWN && <li class="detail">{say.feeds.andMore(faults.length - FAULTS_SHOWN)}</li>}
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
  const say = useWords();
  const figures = [
    { amount: feeds.length, words: say.feeds.figures.followed(feeds.length), isBad: false },
    { amount: health.well, words: say.feeds.figures.well(health.well), isBad: false },
    { amount: health.failing.length, words: say.feeds.figures.failing(health.failing.length), isBad: true },
    { amount: health.retired.length, words: say.feeds.figures.retired(health.retired.length), isBad: true },
    { amount: health.paused.length, words: say.feeds.figures.paused(health.paused.length), isBad: false },
    { amount: health.waiting, words: say.feeds.figures.waiting(health.waiting), isBad: false },
    { amount: health.distrusted.length, words: say.feeds.figures.distrusted(health.distrusted.length), isBad: false },
  ];
  return (
    <ul class="figures">
      {figures
        .filter(({ amount }, index) => index < 3 || amount > 0)
        .map(({ amount, words, isBad }) => (
          <li key={words} class={isBad && amount > 0 ? 'bad' : undefined}>
            <strong>{say.number(amount)}</strong> {words}
          </li>
        ))}
    </ul>
  );
}

function Attention({ health, now }: { readonly health: FeedHealth<StoredFeed>; readonly now: Date }) {
  const say = useWords();
  const { failing, retired } = health;
  if (failing.length + retired.length === 0) return null;
  return (
    <section aria-labelledby="attention" class="attention">
      <h2 id="attention">{say.feeds.attention}</h2>
      <ul>
        {[...retired, ...failing].map((feed) => (
          <li key={feed.id}>
            <strong>
              <a href={`/feeds/${feed.id}`}>{feedName(feed.title, feed.url)}</a>
            </strong>
            {say.colon}
            {describeHealth(feed, say).words}
            <TroubleOf feed={feed} />
            <span class="note">
              {feed.retiredAt ? (
                <>
                  {say.feeds.givenUp}
                  <Moment at={feed.retiredAt} now={now} />
                </>
              ) : (
                say.feeds.failures(feed.failures)
              )}
              {say.feeds.lastSuccess}
              {feed.lastSuccessAt ? <Moment at={feed.lastSuccessAt} now={now} /> : say.moment.never}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Why it was given up, or why its last poll failed, in detail. */
export function TroubleOf({ feed }: { readonly feed: StoredFeed }) {
  const reason = feed.retiredAt ? feed.retiredReason : feed.lastError;
  // A status is told by the outcome's own words.
  if (!reason || reason === feed.lastOutcome?.replace(/^http-/, 'HTTP ')) return null;
  return (
    <span class="detail">
      <Reason text={reason} />
    </span>
  );
}

function FeedTable(model: FeedsPageModel) {
  const say = useWords();
  return (
    <table class="wide feeds">
      <thead>
        <tr>
          <th scope="col">{say.feeds.columns.feed}</th>
          <th scope="col">{say.feeds.columns.health}</th>
          <th scope="col">{say.feeds.columns.success}</th>
          <th scope="col">{say.feeds.columns.rhythm}</th>
          <th scope="col">{say.feeds.columns.next}</th>
          <th scope="col" class="amount">
            {say.feeds.columns.articles}
          </th>
          <th scope="col" class="amount">
            {say.feeds.columns.week}
          </th>
          <th scope="col" class="amount">
            {say.feeds.columns.tagged}
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
  const say = useWords();
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
          {feed.language && ` · ${say.languageName(feed.language)}`}
          {feed.country && ` · ${say.countryName(feed.country)}`}
        </span>
      </th>
      <td data-name={say.feeds.columns.health}>
        <OutcomeWords outcome={describeHealth(feed, say)} />
        {feed.failures > 0 && !feed.retiredAt && <span class="note">{say.feeds.times(feed.failures)}</span>}
        {!feed.validatorsTrusted && <span class="note">{say.feeds.validatorsLie}</span>}
        {feed.movedTo && <span class="note">{say.feeds.moving}</span>}
        {hub && <span class="note">{describeHub(hub.state, say).words}</span>}
      </td>
      <td data-name={say.feeds.columns.success}>
        {feed.lastSuccessAt ? <Moment at={feed.lastSuccessAt} now={now} /> : say.moment.never}
      </td>
      <td data-name={say.feeds.columns.rhythm}>{describePlan(feed, pollMinutes, say)}</td>
      <td data-name={say.feeds.columns.next}>
        <NextPoll feed={feed} now={now} />
      </td>
      <td data-name={say.feeds.columns.articles} class="amount">
        <a href={`${ARTICLES_PATH}?feed=${feed.id}`} aria-label={say.feeds.articlesOf(brought?.articles ?? 0, name)}>
          {say.number(brought?.articles ?? 0)}
        </a>
      </td>
      <td data-name={say.feeds.columns.week} class="amount">
        {say.number(brought?.lastWeek ?? 0)}
      </td>
      <td data-name={say.feeds.columns.tagged} class="amount">
        {tagRate(brought, say)}
      </td>
    </tr>
  );
}

/** When a feed is polled next, and what decided it. */
export function NextPoll({ feed, now }: { readonly feed: StoredFeed; readonly now: Date }) {
  const say = useWords();
  if (feed.retiredAt || feed.pausedAt) return <span>{say.moment.never}</span>;
  const why = describeNextPoll(feed.nextPollBecause, say);
  return (
    <>
      {feed.nextPollAt <= now ? say.feeds.due : <Moment at={feed.nextPollAt} now={now} />}
      {why && <span class="note">{why}</span>}
    </>
  );
}

export const tagRate = (brought: FeedYield | undefined, { percent }: Words): string =>
  brought && brought.articles > 0 ? percent(brought.tagged / brought.articles) : '–';
