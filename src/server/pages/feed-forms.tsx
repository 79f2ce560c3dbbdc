/** The forms about feeds. They work without scripts; who may not operate sees none. */
import type { DiscoveredFeed } from '../../feeds/discover.js';
import { shortInterval } from '../../pipeline/interval.js';
import type { StoredFeed } from '../../store/feeds.js';
import { may, type Visitor } from '../access.js';
import { EXPORT_PATH, FEEDS_PATH, feedFields, feedPath, IMPORT_PATH } from '../feed-paths.js';
import { FormToken } from './layout.js';
import { Reason } from './reason.js';
import { useWords } from './wording.js';
/** What is wrong with what a form said. */
export interface Fault {
  readonly words: string;
  /** In English, from below the pages. */
  readonly reason?: string;
}

/** An address that was tried, and what stands in the way. */
export interface Adding {
  readonly address: string;
  readonly folder: string;
  readonly fault: Fault;
  /** Whether it may be followed all the same. */
  readonly unseen: 'offered' | 'pointless';
}

export function AddFeed({
  visitor,
  adding,
  folders,
}: {
  readonly visitor: Visitor;
  readonly adding: Adding | undefined;
  readonly folders: readonly string[];
}) {
  const say = useWords();
  return (
    <section aria-labelledby="add" class="panel">
      <h2 id="add">{say.feeds.add}</h2>
      <form action={FEEDS_PATH} method="post" class="in-line">
        <FormToken visitor={visitor} />
        <p class="field grows">
          <label for="address">{say.feeds.address}</label>
          <input
            id="address"
            name={feedFields.address}
            type="url"
            required
            placeholder="https://"
            value={adding?.address}
            aria-invalid={adding ? 'true' : undefined}
            aria-describedby={adding ? 'adding-fault' : undefined}
          />
        </p>
        <p class="field">
          <label for="folder">{say.feeds.folder}</label>
          <input id="folder" name={feedFields.folder} type="text" list="folders" value={adding?.folder} />
          <datalist id="folders">
            {folders.map((folder) => (
              <option key={folder} value={folder} />
            ))}
          </datalist>
        </p>
        <button type="submit">{say.feeds.addButton}</button>
      </form>
      {adding && (
        <div id="adding-fault" role="alert" class="fault">
          <FaultWords fault={adding.fault} />
          {adding.unseen === 'offered' && (
            <form action={FEEDS_PATH} method="post">
              <FormToken visitor={visitor} />
              <input type="hidden" name={feedFields.chosen} value={adding.address} />
              <input type="hidden" name={feedFields.folder} value={adding.folder} />
              <button type="submit" class="quiet">
                {say.feeds.unseen}
              </button>
            </form>
          )}
        </div>
      )}
    </section>
  );
}

function FaultWords({ fault: { words, reason } }: { readonly fault: Fault }) {
  return (
    <>
      <p>{words}</p>
      {reason && (
        <p class="detail">
          <Reason text={reason} />
        </p>
      )}
    </>
  );
}

/** Which of the feeds that a page names. */
export function ChooseFeeds({
  visitor,
  site,
  folder,
  found,
}: {
  readonly visitor: Visitor;
  readonly site: string;
  readonly folder: string;
  readonly found: readonly DiscoveredFeed[];
}) {
  const say = useWords();
  return (
    <>
      <h1>{say.feeds.which}</h1>
      <form action={FEEDS_PATH} method="post" class="panel">
        <FormToken visitor={visitor} />
        <input type="hidden" name={feedFields.site} value={site} />
        <input type="hidden" name={feedFields.folder} value={folder} />
        <fieldset>
          <legend>{say.feeds.names(site, found.length)}</legend>
          <ul class="choices">
            {found.map(({ url, title }, index) => (
              <li key={url}>
                <label>
                  <input type="checkbox" name={feedFields.chosen} value={url} checked={index === 0} />
                  <span>
                    {title ?? url}
                    <span class="note">{url}</span>
                  </span>
                </label>
              </li>
            ))}
          </ul>
        </fieldset>
        <p class="buttons">
          <button type="submit">{say.feeds.follow}</button>
          <a href={FEEDS_PATH}>{say.feeds.followNone}</a>
        </p>
      </form>
    </>
  );
}

export function ExchangeLists({ visitor }: { readonly visitor: Visitor }) {
  const say = useWords();
  return (
    <section aria-labelledby="lists" class="panel">
      <h2 id="lists">{say.feeds.lists}</h2>
      <p>
        <a href={EXPORT_PATH} download>
          {say.feeds.export}
        </a>
      </p>
      {may(visitor, 'operate') && (
        <form action={IMPORT_PATH} method="post" enctype="multipart/form-data" class="in-line">
          <FormToken visitor={visitor} />
          <p class="field grows">
            <label for="list">{say.feeds.import}</label>
            <input id="list" name={feedFields.list} type="file" accept=".opml,.xml,text/x-opml,text/xml" required />
          </p>
          <button type="submit" class="quiet">
            {say.feeds.importButton}
          </button>
        </form>
      )}
    </section>
  );
}

/** Poll, rest, come back, leave. */
export function FeedActions({ visitor, feed }: { readonly visitor: Visitor; readonly feed: StoredFeed }) {
  const say = useWords();
  const rests = feed.retiredAt !== null || feed.pausedAt !== null;
  return (
    <form action={feedPath(feed.id)} method="post" class="panel" aria-label={say.feed.polling}>
      <FormToken visitor={visitor} />
      <p class="buttons">
        {!rests && <Action value="poll" words={say.feed.poll} />}
        {feed.retiredAt !== null && <Action value="revive" words={say.feed.revive} />}
        {feed.retiredAt === null && feed.pausedAt !== null && <Action value="resume" words={say.feed.resume} />}
        {!rests && <Action value="pause" words={say.feed.pause} quiet />}
      </p>
      <details>
        <summary>{say.feed.removing}</summary>
        <p>{say.feed.articlesStay}</p>
        <Action value="remove" words={say.feed.remove} quiet />
      </details>
    </form>
  );
}

function Action({ value, words, quiet }: { readonly value: string; readonly words: string; readonly quiet?: true }) {
  return (
    <button type="submit" name={feedFields.action} value={value} class={quiet && 'quiet'}>
      {words}
    </button>
  );
}

export function PlanForm({
  visitor,
  feed,
  fault,
}: {
  readonly visitor: Visitor;
  readonly feed: StoredFeed;
  readonly fault: Fault | undefined;
}) {
  const say = useWords();
  const { pollMinutes, pollCron } = feed;
  const kind = pollCron !== null ? 'cron' : pollMinutes !== null ? 'every' : 'adaptive';
  return (
    <form action={feedPath(feed.id)} method="post" class="panel" aria-labelledby="plan">
      <h2 id="plan">{say.feed.plan}</h2>
      <FormToken visitor={visitor} />
      {fault && (
        <div role="alert" class="fault">
          <FaultWords fault={fault} />
        </div>
      )}
      <ul class="choices">
        <li>
          <label>
            <input type="radio" name={feedFields.plan} value="adaptive" checked={kind === 'adaptive'} />
            <span>{say.feed.adaptive}</span>
          </label>
        </li>
        <li>
          <label>
            <input type="radio" name={feedFields.plan} value="every" checked={kind === 'every'} />
            <span>{say.feed.fixed}</span>
          </label>
          <input
            type="text"
            name={feedFields.every}
            aria-label={say.feed.interval}
            placeholder="15m, 6h, 1d"
            value={pollMinutes === null ? '' : shortInterval(pollMinutes)}
          />
        </li>
        <li>
          <label>
            <input type="radio" name={feedFields.plan} value="cron" checked={kind === 'cron'} />
            <span>{say.feed.byCron}</span>
          </label>
          <input
            type="text"
            name={feedFields.cron}
            aria-label={say.feed.cron}
            placeholder="0 6,18 * * 1-5"
            value={pollCron ?? ''}
          />
        </li>
      </ul>
      <button type="submit" name={feedFields.action} value="plan">
        {say.feed.set}
      </button>
    </form>
  );
}
