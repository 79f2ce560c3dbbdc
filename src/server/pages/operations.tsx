/** The machine room: queues, outcomes of the last day, dead letters. */
import type { Readiness } from '../../pipeline/health.js';
import { jobStates } from '../../pipeline/queue-depths.js';
import { stages } from '../../pipeline/stages.js';
import type { OutcomeCount, PageSubject, StageOutcomeCount } from '../../store/statistics.js';
import { webAddress } from '../../web/identity.js';
import { may, type Visitor } from '../access.js';
import { deadFields, doneWords, letterPlace, SETTLE_PATH } from '../dead-letters.js';
import { describePage, describePoll, type PlainOutcome } from '../outcomes.js';
import type { DeadLetter, DeadLetters, QueueState } from '../queue-state.js';
import { QUEUES_PATH } from '../security.js';
import { FormToken } from './layout.js';
import { Moment, span } from './moment.js';
import { counted, feedName, number, OutcomeWords } from './words.js';

export interface OperationsPageModel {
  readonly readiness: Readiness;
  readonly queuesOn: 'redis' | 'postgres';
  readonly embedded: boolean;
  readonly queues: QueueState;
  readonly polls: readonly OutcomeCount[];
  readonly pages: readonly StageOutcomeCount[];
  readonly dead: DeadLetters;
  readonly subjects: ReadonlyMap<string, PageSubject>;
  /** Feed id → name, of followed feeds. */
  readonly feedNames: ReadonlyMap<number, string>;
  readonly visitor: Visitor;
  /** What was just done about dead letters. */
  readonly done: string | undefined;
  readonly now: Date;
}

export function OperationsPage(model: OperationsPageModel) {
  return (
    <>
      <h1>Operations</h1>
      <Servers {...model} />
      <QueueTable {...model} />
      <Outcomes {...model} />
      <Dead {...model} />
    </>
  );
}

function Servers({ readiness, queuesOn, embedded }: OperationsPageModel) {
  const storeName = embedded ? 'Embedded PostgreSQL' : 'PostgreSQL';
  const queuesName = queuesOn === 'redis' ? 'Redis' : storeName;
  const state = (answers: 'ok' | 'away'): PlainOutcome =>
    answers === 'ok' ? { tone: 'good', words: 'answers' } : { tone: 'bad', words: 'is away' };
  return (
    <ul class="figures">
      <li>
        Store: {storeName} <OutcomeWords outcome={state(readiness.store)} />
      </li>
      <li>
        Queues: {queuesName} <OutcomeWords outcome={state(readiness.queues)} />
      </li>
    </ul>
  );
}

function QueueTable({ queues, now }: OperationsPageModel) {
  return (
    <section aria-labelledby="queues">
      <h2 id="queues">Queues</h2>
      {queues.known ? (
        <table class="wide">
          <thead>
            <tr>
              <th scope="col">Stage</th>
              {jobStates.map((state) => (
                <th key={state} scope="col" class="amount">
                  {stateNames[state]}
                </th>
              ))}
              <th scope="col">Waiting longest</th>
            </tr>
          </thead>
          <tbody>
            {queues.queues.map(({ stage, depths, oldestAt }) => (
              <tr key={stage}>
                <th scope="row">
                  <a href={`${QUEUES_PATH}/queue/${stage}`}>{stage}</a>
                </th>
                {jobStates.map((state) => (
                  <td key={state} data-name={stateNames[state]} class="amount">
                    {number(depths[state])}
                  </td>
                ))}
                <td data-name="Waiting longest">{oldestAt ? span(now.getTime() - oldestAt.getTime()) : '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <Unknown reason={queues.reason} />
      )}
      <p class="note">
        For later: in <em>fetch</em> the next poll of each feed, in <em>store</em> the next pruning of page bodies, and
        jobs that are tried again. <a href={QUEUES_PATH}>Bull Board</a> shows every job.
      </p>
    </section>
  );
}

const stateNames = {
  waiting: 'Waiting',
  prioritized: 'Behind polls',
  active: 'At work',
  delayed: 'For later',
  failed: 'Given up',
} as const;

function Outcomes({ polls, pages }: OperationsPageModel) {
  return (
    <section aria-labelledby="outcomes">
      <h2 id="outcomes">The last 24 hours</h2>
      {polls.length === 0 && pages.length === 0 ? (
        <div class="empty">
          <p>No feed was polled and no page came in.</p>
        </div>
      ) : (
        <div class="columns">
          <OutcomeList title="Polls" rows={polls} describe={describePoll} />
          {stages.map((stage) => (
            <OutcomeList
              key={stage}
              title={`Pages: ${stage}`}
              rows={pages.filter((row) => row.stage === stage)}
              describe={describePage}
            />
          ))}
        </div>
      )}
    </section>
  );
}

function OutcomeList({
  title,
  rows,
  describe,
}: {
  readonly title: string;
  readonly rows: readonly OutcomeCount[];
  readonly describe: (outcome: string) => PlainOutcome;
}) {
  if (rows.length === 0) return null;
  return (
    <table>
      <caption>{title}</caption>
      <tbody>
        {rows.map(({ outcome, count }) => (
          <tr key={outcome}>
            <th scope="row">
              <OutcomeWords outcome={describe(outcome)} />
            </th>
            <td class="amount">{number(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Dead(model: OperationsPageModel) {
  const { dead, done, visitor } = model;
  const words = doneWords(done);
  return (
    <section aria-labelledby="dead">
      <h2 id="dead">Dead letters</h2>
      {words && (
        <div class="notice" role="status">
          <p>{words}</p>
        </div>
      )}
      {!dead.known ? (
        <Unknown reason={dead.reason} />
      ) : dead.total === 0 ? (
        <div class="empty">
          <p>None: every job came to an end of its own.</p>
        </div>
      ) : (
        <>
          <p>
            {counted(dead.total, 'job was', 'jobs were')} given up
            {dead.letters.length < dead.total && `, the latest ${number(dead.letters.length)} are shown`}. To retry puts
            a job back with all its tries, to drop forgets it.
          </p>
          <Settle visitor={visitor} place="all" subject="all" />
          <ul class="letters">
            {dead.letters.map((letter) => (
              <Letter key={`${letter.stage} ${letter.jobId}`} letter={letter} {...model} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Letter({ letter, subjects, feedNames, visitor, now }: OperationsPageModel & { readonly letter: DeadLetter }) {
  const { subject } = letter;
  const page = subject && 'pageId' in subject ? subjects.get(subject.pageId) : undefined;
  const address = webAddress(page?.url ?? null);
  const name = page
    ? (page.title ?? page.url ?? page.id)
    : subject && 'feedId' in subject
      ? (feedNames.get(subject.feedId) ?? `Feed ${subject.feedId}`)
      : letter.jobId;
  return (
    <li>
      <strong>{name}</strong>
      <span class="detail">{letter.reason || 'no reason given'}</span>
      <span class="note">
        {letter.stage}, {counted(letter.attempts, 'try', 'tries')}
        {letter.diedAt && (
          <>
            , <Moment at={letter.diedAt} now={now} />
          </>
        )}
        {page && ` · ${feedName(page.feedTitle, page.url ?? '')}`}
        {address && (
          <>
            {' · '}
            <a href={address} rel="noopener noreferrer external" target="_blank">
              page
            </a>
          </>
        )}
        {' · '}
        <a href={`${QUEUES_PATH}/queue/${letter.stage}/${encodeURIComponent(letter.jobId)}?status=failed`}>job</a>
      </span>
      <Settle visitor={visitor} place={letterPlace(letter)} subject={name} />
    </li>
  );
}

/** Retry and drop; nothing for who may not operate. */
function Settle({
  visitor,
  place,
  subject,
}: {
  readonly visitor: Visitor;
  /** Of a letter, or all. */
  readonly place: string;
  readonly subject: string;
}) {
  if (!may(visitor, 'operate')) return null;
  const all = place === 'all' ? ' all' : '';
  const spoken = place === 'all' ? null : <span class="spoken"> {subject}</span>;
  return (
    <form action={SETTLE_PATH} method="post" class="settle">
      <FormToken visitor={visitor} />
      <input type="hidden" name={deadFields.letter} value={place} />
      <button type="submit" class="quiet" name={deadFields.settlement} value="retry">
        Retry{all}
        {spoken}
      </button>
      <button type="submit" class="quiet" name={deadFields.settlement} value="drop">
        Drop{all}
        {spoken}
      </button>
    </form>
  );
}

function Unknown({ reason }: { readonly reason: string }) {
  return (
    <div class="empty bad">
      <p>The queues can’t be asked at the moment: {reason}.</p>
    </div>
  );
}
