/** One feed: all that is known of it, and what can be done about it. */
import { ARTICLES_PATH } from '../../outputs/list-name.js';
import type { StoredFeed } from '../../store/feeds.js';
import type { FeedYield } from '../../store/statistics.js';
import type { FeedHub } from '../../store/subscriptions.js';
import { webAddress } from '../../web/identity.js';
import { may, type Visitor } from '../access.js';
import { FEEDS_PATH } from '../feed-paths.js';
import { describeHealth, describeHub, describePlan, remarksOn } from '../feed-words.js';
import { FeedActions, PlanForm } from './feed-forms.js';
import { NextPoll, type Notice, NoticeBox, tagRate } from './feeds.js';
import { Moment } from './moment.js';
import { counted, countryName, feedName, languageName, OutcomeWords } from './words.js';

export interface FeedPageModel {
  readonly feed: StoredFeed;
  readonly brought: FeedYield | undefined;
  readonly hub: FeedHub | undefined;
  /** The settings' fixed interval for all feeds, in minutes. */
  readonly pollMinutes: number | undefined;
  readonly visitor: Visitor;
  readonly notice?: Notice | undefined;
  /** What is wrong with the plan that was just sent. */
  readonly planFault?: string | undefined;
  readonly now: Date;
}

export function FeedPage({ feed, brought, hub, pollMinutes, visitor, notice, planFault, now }: FeedPageModel) {
  return (
    <>
      <p>
        <a href={FEEDS_PATH}>All feeds</a>
      </p>
      <h1>{feedName(feed.title, feed.url)}</h1>
      <NoticeBox notice={notice} />
      <div class="with-aside reading">
        <section aria-label="State">
          <dl class="facts">
            <dt>Health</dt>
            <dd>
              <OutcomeWords outcome={describeHealth(feed)} />
              <Trouble feed={feed} now={now} />
            </dd>
            {remarksOn(feed).map((remark) => (
              <Fact key={remark} name="Remark" words={remark} />
            ))}
            <dt>Last poll</dt>
            <dd>{feed.lastPollAt ? <Moment at={feed.lastPollAt} now={now} /> : 'never'}</dd>
            <dt>Last success</dt>
            <dd>{feed.lastSuccessAt ? <Moment at={feed.lastSuccessAt} now={now} /> : 'never'}</dd>
            <dt>Last new item</dt>
            <dd>{feed.lastNewAt ? <Moment at={feed.lastNewAt} now={now} /> : 'never'}</dd>
            <Fact name="Rhythm" words={describePlan(feed, pollMinutes)} />
            <dt>Next poll</dt>
            <dd>
              <NextPoll feed={feed} now={now} />
            </dd>
            {hub && (
              <>
                <dt>Pushes</dt>
                <dd>
                  <OutcomeWords outcome={describeHub(hub.state)} />
                  {hub.detail && <span class="detail">{hub.detail}</span>}
                  <span class="note">
                    {hub.hub}; last push {hub.lastPushAt ? <Moment at={hub.lastPushAt} now={now} /> : 'never'}
                  </span>
                </dd>
              </>
            )}
            <dt>Articles</dt>
            <dd>
              <a href={`${ARTICLES_PATH}?feed=${feed.id}`}>{counted(brought?.articles ?? 0, 'article', 'articles')}</a>,{' '}
              {brought?.lastWeek ?? 0} in 7 days, {tagRate(brought)} tagged
            </dd>
            <dt>Address</dt>
            <dd>
              <Outside address={feed.url} />
            </dd>
            {feed.site && (
              <>
                <dt>Site</dt>
                <dd>
                  <Outside address={feed.site} />
                </dd>
              </>
            )}
            {feed.folder && <Fact name="Folder" words={feed.folder} />}
            {feed.language && <Fact name="Language" words={languageName(feed.language)} />}
            {feed.country && <Fact name="Country" words={countryName(feed.country)} />}
          </dl>
        </section>
        {may(visitor, 'operate') && (
          <aside aria-label="Change">
            <FeedActions visitor={visitor} feed={feed} />
            <PlanForm visitor={visitor} feed={feed} fault={planFault} />
            {feed.origin === 'list' && (
              <p class="note">It stands in the feed list of the settings; removed here, it stays removed.</p>
            )}
          </aside>
        )}
      </div>
    </>
  );
}

/** Why it isn't polled, or why polls fail. */
function Trouble({ feed, now }: { readonly feed: StoredFeed; readonly now: Date }) {
  if (feed.retiredAt) {
    return (
      <>
        <span class="detail">{feed.retiredReason}</span>
        <span class="note">
          given up <Moment at={feed.retiredAt} now={now} />
        </span>
      </>
    );
  }
  if (feed.pausedAt) {
    return (
      <span class="note">
        since <Moment at={feed.pausedAt} now={now} />
      </span>
    );
  }
  if (feed.failures === 0) return null;
  return (
    <>
      {feed.lastError && <span class="detail">{feed.lastError}</span>}
      <span class="note">{counted(feed.failures, 'failure', 'failures')} in a row</span>
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
