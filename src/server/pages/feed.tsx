/** One feed: all that is known of it, and what can be done about it. */
import { ARTICLES_PATH } from '../../outputs/list-name.js';
import type { StoredFeed } from '../../store/feeds.js';
import type { FeedYield } from '../../store/statistics.js';
import type { FeedHub } from '../../store/subscriptions.js';
import { webAddress } from '../../web/identity.js';
import { may, type Visitor } from '../access.js';
import { FEEDS_PATH } from '../feed-paths.js';
import { describeHealth, describeHub, describePlan, remarksOn } from '../feed-words.js';
import { type Fault, FeedActions, PlanForm } from './feed-forms.js';
import { NextPoll, type Notice, NoticeBox, TroubleOf, tagRate } from './feeds.js';
import { Moment } from './moment.js';
import { Reason } from './reason.js';
import { useWords } from './wording.js';
import { feedName, OutcomeWords } from './words.js';
export interface FeedPageModel {
  readonly feed: StoredFeed;
  readonly brought: FeedYield | undefined;
  readonly hub: FeedHub | undefined;
  /** The settings' fixed interval for all feeds, in minutes. */
  readonly pollMinutes: number | undefined;
  readonly visitor: Visitor;
  readonly notice?: Notice | undefined;
  /** What is wrong with the plan that was just sent. */
  readonly planFault?: Fault | undefined;
  readonly now: Date;
}

export function FeedPage({ feed, brought, hub, pollMinutes, visitor, notice, planFault, now }: FeedPageModel) {
  const say = useWords();
  return (
    <>
      <p>
        <a href={FEEDS_PATH}>{say.feed.all}</a>
      </p>
      <h1>{feedName(feed.title, feed.url)}</h1>
      <NoticeBox notice={notice} />
      <div class="with-aside reading">
        <section aria-label={say.feed.state}>
          <dl class="facts">
            <dt>{say.feed.health}</dt>
            <dd>
              <OutcomeWords outcome={describeHealth(feed, say)} />
              <Trouble feed={feed} now={now} />
            </dd>
            {remarksOn(feed, say).map((remark) => (
              <Fact key={remark} name={say.feed.remark} words={remark} />
            ))}
            <dt>{say.feed.lastPoll}</dt>
            <dd>{feed.lastPollAt ? <Moment at={feed.lastPollAt} now={now} /> : say.moment.never}</dd>
            <dt>{say.feed.lastSuccess}</dt>
            <dd>{feed.lastSuccessAt ? <Moment at={feed.lastSuccessAt} now={now} /> : say.moment.never}</dd>
            <dt>{say.feed.lastNew}</dt>
            <dd>{feed.lastNewAt ? <Moment at={feed.lastNewAt} now={now} /> : say.moment.never}</dd>
            <Fact name={say.feed.rhythm} words={describePlan(feed, pollMinutes, say)} />
            <dt>{say.feed.next}</dt>
            <dd>
              <NextPoll feed={feed} now={now} />
            </dd>
            {hub && (
              <>
                <dt>{say.feed.pushes}</dt>
                <dd>
                  <OutcomeWords outcome={describeHub(hub.state, say)} />
                  {hub.detail && (
                    <span class="detail">
                      <Reason text={hub.detail} />
                    </span>
                  )}
                  <span class="note">
                    {hub.hub}
                    {say.feed.lastPush}
                    {hub.lastPushAt ? <Moment at={hub.lastPushAt} now={now} /> : say.moment.never}
                  </span>
                </dd>
              </>
            )}
            <dt>{say.feed.articles}</dt>
            <dd>
              <a href={`${ARTICLES_PATH}?feed=${feed.id}`}>{say.articles(brought?.articles ?? 0)}</a>,
              {say.feed.brought(brought?.lastWeek ?? 0, tagRate(brought, say))}
            </dd>
            <dt>{say.feed.address}</dt>
            <dd>
              <Outside address={feed.url} />
            </dd>
            {feed.site && (
              <>
                <dt>{say.feed.site}</dt>
                <dd>
                  <Outside address={feed.site} />
                </dd>
              </>
            )}
            {feed.folder && <Fact name={say.feed.folder} words={feed.folder} />}
            {feed.language && <Fact name={say.feed.language} words={say.languageName(feed.language)} />}
            {feed.country && <Fact name={say.feed.country} words={say.countryName(feed.country)} />}
          </dl>
        </section>
        {may(visitor, 'operate') && (
          <aside aria-label={say.feed.change}>
            <FeedActions visitor={visitor} feed={feed} />
            <PlanForm visitor={visitor} feed={feed} fault={planFault} />
            {feed.origin === 'list' && <p class="note">{say.feed.fromSettings}</p>}
          </aside>
        )}
      </div>
    </>
  );
}

/** Why it isn't polled, or why polls fail. */
function Trouble({ feed, now }: { readonly feed: StoredFeed; readonly now: Date }) {
  const say = useWords();
  if (feed.retiredAt) {
    return (
      <>
        <TroubleOf feed={feed} />
        <span class="note">
          {say.feeds.givenUp}
          <Moment at={feed.retiredAt} now={now} />
        </span>
      </>
    );
  }
  if (feed.pausedAt) {
    return (
      <span class="note">
        {say.feed.pausedAt}
        <Moment at={feed.pausedAt} now={now} />
      </span>
    );
  }
  if (feed.failures === 0) return null;
  return (
    <>
      <TroubleOf feed={feed} />
      <span class="note">{say.feeds.failures(feed.failures)}</span>
    </>
  );
}

function Fact({ name, words }: { readonly name: string; readonly words: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{words}</dd>
    </>
  );
}

function Outside({ address }: { readonly address: string }) {
  const link = webAddress(address);
  if (link === undefined) return <>{address}</>;
  return (
    <a href={link} rel="noopener noreferrer external" target="_blank">
      {address}
    </a>
  );
}
