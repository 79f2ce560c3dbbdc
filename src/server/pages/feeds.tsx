/** How each feed is doing. */
import type { StoredFeed } from '../../store/feeds.js';
import type { FeedYield } from '../../store/statistics.js';
import { describePoll } from '../outcomes.js';
import { byFolder } from './folders.js';
import { Moment } from './moment.js';
import { counted, countryName, feedName, hostName, languageName, number, OutcomeWords, webAddress } from './words.js';

export interface FeedsPageModel {
  readonly feeds: readonly StoredFeed[];
  readonly yields: readonly FeedYield[];
  readonly now: Date;
}

export function FeedsPage({ feeds, yields, now }: FeedsPageModel) {
  const perFeed = new Map(yields.map((each) => [each.feedId, each]));
  const failing = feeds.filter(({ failures }) => failures > 0).sort((a, b) => b.failures - a.failures);
  const waiting = feeds.filter(({ lastOutcome }) => lastOutcome === null).length;
  return (
    <>
      <h1>Feeds</h1>
      {feeds.length === 0 ? (
        <div class="empty">
          <h2>No feeds are followed</h2>
          <p>
            <code>belfry feeds add ADDRESS</code> adds one; <code>belfry feeds import FILE.opml</code> adds a list.
          </p>
        </div>
      ) : (
        <ul class="figures">
          <li>
            <strong>{number(feeds.length)}</strong> followed
          </li>
          <li>
            <strong>{number(feeds.length - failing.length - waiting)}</strong> answer well
          </li>
          <li class={failing.length > 0 ? 'bad' : undefined}>
            <strong>{number(failing.length)}</strong> {failing.length === 1 ? 'fails' : 'fail'}
          </li>
          {waiting > 0 && (
            <li>
              <strong>{number(waiting)}</strong> not polled yet
            </li>
          )}
        </ul>
      )}
      {failing.length > 0 && (
        <section aria-labelledby="attention" class="attention">
          <h2 id="attention">Needs attention</h2>
          <ul>
            {failing.map((feed) => (
              <li key={feed.id}>
                <strong>
                  <a href={`#feed-${feed.id}`}>{feedName(feed.title, feed.url)}</a>
                </strong>
                : {describePoll(feed.lastOutcome).words}
                {feed.lastError && <span class="detail">{feed.lastError}</span>}
                <span class="note">
                  {counted(feed.failures, 'failure', 'failures')} in a row; last success{' '}
                  {feed.lastSuccessAt ? <Moment at={feed.lastSuccessAt} now={now} /> : 'never'}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {byFolder(feeds, 'Without folder').map(({ folder, members }) => (
        <section key={folder} aria-label={folder}>
          <h2>{folder}</h2>
          <FeedTable feeds={members} perFeed={perFeed} now={now} />
        </section>
      ))}
    </>
  );
}

function FeedTable({
  feeds,
  perFeed,
  now,
}: {
  readonly feeds: readonly StoredFeed[];
  readonly perFeed: ReadonlyMap<number, FeedYield>;
  readonly now: Date;
}) {
  return (
    <table class="wide">
      <thead>
        <tr>
          <th scope="col">Feed</th>
          <th scope="col">Last poll</th>
          <th scope="col">Last success</th>
          <th scope="col">Next poll</th>
          <th scope="col" class="amount">
            Failures
          </th>
          <th scope="col" class="amount">
            Articles
          </th>
          <th scope="col" class="amount">
            7 days
          </th>
        </tr>
      </thead>
      <tbody>
        {feeds.map((feed) => (
          <FeedRow key={feed.id} feed={feed} brought={perFeed.get(feed.id)} now={now} />
        ))}
      </tbody>
    </table>
  );
}

function FeedRow({
  feed,
  brought,
  now,
}: {
  readonly feed: StoredFeed;
  readonly brought: FeedYield | undefined;
  readonly now: Date;
}) {
  const address = webAddress(feed.url);
  return (
    <tr id={`feed-${feed.id}`}>
      <th scope="row">
        <a href={`/?feed=${feed.id}`}>{feedName(feed.title, feed.url)}</a>
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
      <td data-name="Last poll">
        <OutcomeWords outcome={describePoll(feed.lastOutcome)} />{' '}
        {feed.lastPollAt && (
          <span class="note">
            <Moment at={feed.lastPollAt} now={now} />
          </span>
        )}
      </td>
      <td data-name="Last success">{feed.lastSuccessAt ? <Moment at={feed.lastSuccessAt} now={now} /> : 'never'}</td>
      <td data-name="Next poll">{feed.nextPollAt <= now ? 'due' : <Moment at={feed.nextPollAt} now={now} />}</td>
      <td data-name="Failures" class="amount">
        {number(feed.failures)}
      </td>
      <td data-name="Articles" class="amount">
        {number(brought?.articles ?? 0)}
      </td>
      <td data-name="7 days" class="amount">
        {number(brought?.lastWeek ?? 0)}
      </td>
    </tr>
  );
}
