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
import type { Words } from '../words/en.js';
import { FormToken } from './layout.js';
import { Moment, span } from './moment.js';
import { Reason } from './reason.js';
import { useWords } from './wording.js';
import { feedName, OutcomeWords } from './words.js';
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
  const say = useWords();
  return (
    <>
      <h1>{say.operations.title}</h1>
      <Servers {...model} />
      <QueueTable {...model} />
      <Outcomes {...model} />
      <Dead {...model} />
    </>
  );
}

function Servers({ readiness, queuesOn, embedded }: OperationsPageModel) {
  const say = useWords();
  const storeName = embedded ? say.operations.embedded : 'PostgreSQL';
  const queuesName = queuesOn === 'redis' ? 'Redis' : storeName;
  const state = (answers: 'ok' | 'away'): PlainOutcome =>
    answers === 'ok' ? { tone: 'good', words: say.operations.answers } : { tone: 'bad', words: say.operations.away };
  return (
    <ul class="figures">
      <li>
        {say.operations.store(storeName)}
        <OutcomeWords outcome={state(readiness.store)} />
      </li>
      <li>
        {say.operations.queuesOn(queuesName)}
        <OutcomeWords outcome={state(readiness.queues)} />
      </li>
    </ul>
  );
}

function QueueTable({ queues, now }: OperationsPageModel) {
  const say = useWords();
  return (
    <section aria-labelledby="queues">
      <h2 id="queues">{say.operations.queues}</h2>
      {queues.known ? (
        <table class="wide">
          <thead>
            <tr>
              <th scope="col">{say.operations.stage}</th>
              {jobStates.map((state) => (
                <th key={state} scope="col" class="amount">
                  {say.operations.states[state]}
                </th>
              ))}
              <th scope="col">{say.operations.longest}</th>
            </tr>
          </thead>
          <tbody>
            {queues.queues.map(({ stage, depths, oldestAt }) => (
              <tr key={stage}>
                <th scope="row">
                  <a href={`${QUEUES_PATH}/queue/${stage}`}>{stage}</a>
                </th>
                {jobStates.map((state) => (
                  <td key={state} data-name={say.operations.states[state]} class="amount">
                    {say.number(depths[state])}
                  </td>
                ))}
                <td data-name={say.operations.longest}>
                  {oldestAt ? span(now.getTime() - oldestAt.getTime(), say) : '–'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <Unknown reason={queues.reason} />
      )}
      <p class="note">
        {say.operations.forLater}
        <a href={QUEUES_PATH}>Bull Board</a>.
      </p>
    </section>
  );
}

function Outcomes({ polls, pages }: OperationsPageModel) {
  const say = useWords();
  return (
    <section aria-labelledby="outcomes">
      <h2 id="outcomes">{say.operations.lastDay}</h2>
      {polls.length === 0 && pages.length === 0 ? (
        <div class="empty">
          <p>{say.operations.nothing}</p>
        </div>
      ) : (
        <div class="columns">
          <OutcomeList title={say.operations.polls} rows={polls} describe={describePoll} />
          {stages.map((stage) => (
            <OutcomeList
              key={stage}
              title={say.operations.pages(stage)}
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
  readonly describe: (outcome: string, say: Words) => PlainOutcome;
}) {
  const say = useWords();
  if (rows.length === 0) return null;
  return (
    <table>
      <caption>{title}</caption>
      <tbody>
        {rows.map(({ outcome, count }) => (
          <tr key={outcome}>
            <th scope="row">
              <OutcomeWords outcome={describe(outcome, say)} />
            </th>
            <td class="amount">{say.number(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Dead(model: OperationsPageModel) {
  const say = useWords();
  const { dead, done, visitor } = model;
  const words = doneWords(done, say);
  return (
    <section aria-labelledby="dead">
      <h2 id="dead">{say.operations.dead}</h2>
      {words && (
        <div class="notice" role="status">
          <p>{words}</p>
        </div>
      )}
      {!dead.known ? (
        <Unknown reason={dead.reason} />
      ) : dead.total === 0 ? (
        <div class="empty">
          <p>{say.operations.noneDead}</p>
        </div>
      ) : (
        <>
          <p>{say.operations.givenUp(dead.total, dead.letters.length)}</p>
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
  const say = useWords();
  const { subject } = letter;
  const page = subject && 'pageId' in subject ? subjects.get(subject.pageId) : undefined;
  const address = webAddress(page?.url ?? null);
  const name = page
    ? (page.title ?? page.url ?? page.id)
    : subject && 'feedId' in subject
      ? (feedNames.get(subject.feedId) ?? say.operations.feed(subject.feedId))
      : letter.jobId;
  return (
    <li>
      <strong>{name}</strong>
      <span class="detail">{letter.reason ? <Reason text={letter.reason} /> : say.operations.noReason}</span>
      <span class="note">
        {letter.stage}, {say.operations.tries(letter.attempts)}
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
              {say.operations.page}
            </a>
          </>
        )}
        {' · '}
        <a href={`${QUEUES_PATH}/queue/${letter.stage}/${encodeURIComponent(letter.jobId)}?status=failed`}>
          {say.operations.job}
        </a>
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
  const say = useWords();
  if (!may(visitor, 'operate')) return null;
  const isAll = place === 'all';
  const spoken = isAll ? null : <span class="spoken"> {subject}</span>;
  return (
    <form action={SETTLE_PATH} method="post" class="settle">
      <FormToken visitor={visitor} />
      <input type="hidden" name={deadFields.letter} value={place} />
      <button type="submit" class="quiet" name={deadFields.settlement} value="retry">
        {isAll ? say.operations.retryAll : say.operations.retry}
        {spoken}
      </button>
      <button type="submit" class="quiet" name={deadFields.settlement} value="drop">
        {isAll ? say.operations.dropAll : say.operations.drop}
        {spoken}
      </button>
    </form>
  );
}

function Unknown({ reason }: { readonly reason: string }) {
  const say = useWords();
  return (
    <div class="empty bad">
      <p>{say.operations.unknown}</p>
      <p class="detail">
        <Reason text={reason} />
      </p>
    </div>
  );
}
