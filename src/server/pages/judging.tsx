/** The part of an article's page where people say what it is about. */
import { secondAdviserIn } from '../../outputs/origin.js';
import type { StoredArticle, StoredTag } from '../../store/articles.js';
import type { Act, Judgement } from '../../store/judgements.js';
import type { Visitor } from '../access.js';
import { DONE_FRAGMENT, judgingFields, judgingPath, mayJudge } from '../judging.js';
import type { Done } from '../list-place.js';
import { addressWith } from '../list-query.js';
import type { ThreatNames } from '../threat-names.js';
import type { Words } from '../words/en.js';
import { FormToken } from './layout.js';
import { Moment } from './moment.js';
import { useWords } from './wording.js';
export interface JudgingModel {
  readonly article: StoredArticle;
  /** Latest first. */
  readonly judgements: readonly Judgement[];
  readonly names: ThreatNames;
  readonly visitor: Visitor;
  /** Of the list that the article is read in. */
  readonly list: URLSearchParams;
  readonly now: Date;
}

const actionOf = ({ article, list }: Pick<JudgingModel, 'article' | 'list'>): string =>
  addressWith(judgingPath(article.id), list, {});

export interface JudgedModel {
  /** What the address says was done; nothing was where undefined. */
  readonly done: Done | undefined;
  /** Undefined where it changed nothing. */
  readonly act: Act | undefined;
  /** Where the form that undoes it is sent. */
  readonly action: string;
  readonly names: ThreatNames;
  readonly visitor: Visitor;
}

/** Says what was just judged, and undoes it. */
export function Judged({ done, act, action, names, visitor }: JudgedModel) {
  const say = useWords();
  if (done === undefined || !mayJudge(visitor)) return null;
  return (
    <form class="notice judged" id={DONE_FRAGMENT} action={action} method="post" tabindex={-1}>
      <FormToken visitor={visitor} />
      <p role="status">{judgedInWords(done, act, names, say)}</p>
      {act?.stands && (
        <button type="submit" class="quiet" name={judgingFields.undo} value={done.act} aria-keyshortcuts="u">
          {say.judging.undo} <kbd>u</kbd>
        </button>
      )}
    </form>
  );
}

export function judgedInWords({ asked }: Done, act: Act | undefined, names: ThreatNames, { judging }: Words): string {
  if (act === undefined) return judging.nothingChanged(asked);
  const { articles, stands, said } = act;
  if (!stands) return judging.undone(articles);
  const verdicts = new Set(said.map(({ verdict }) => verdict));
  const verb =
    verdicts.size === 2 ? 'judged' : verdicts.has('is') ? 'accepted' : verdicts.size ? 'rejected' : 'withdrawn';
  if (asked > 1) return judging.done(judging.verbs[verb], articles, asked);
  if (said.length === 0) return judging.withdrawn;
  if (verb === 'rejected' && said.length >= names.types.length) return judging.noThreat;
  return judging.doneOf(judging.verbs[verb], said.map(({ type }) => names.label(type)).join(', '));
}

/** Accept, reject and add, in a form of its own; nothing for who may only read. */
export function Judging({ article, names, visitor, list }: JudgingModel) {
  const say = useWords();
  if (!mayJudge(visitor)) return null;
  const shown = article.tags.map(({ type }) => type);
  return (
    <form class="judging" action={actionOf({ article, list })} method="post" aria-label={say.judging.judge}>
      <FormToken visitor={visitor} />
      {shown.map((type) => (
        <input key={type} type="hidden" name={judgingFields.shown} value={type} />
      ))}
      <p class="buttons">
        {shown.length > 0 ? (
          <>
            <Verdict
              value="accept"
              shortcut="a"
              words={shown.length > 1 ? say.judging.acceptAll : say.judging.accept}
            />
            <Verdict
              value="reject"
              shortcut="r"
              words={shown.length > 1 ? say.judging.rejectAll : say.judging.reject}
            />
          </>
        ) : (
          <Verdict value="none" shortcut="a" words={say.judging.rightNoThreat} />
        )}
      </p>
      <p class="field add">
        <label for="added">
          {say.judging.addType} <kbd>t</kbd>
        </label>
        <span>
          <select id="added" name={judgingFields.added} aria-keyshortcuts="t">
            <option value="">{say.judging.choose}</option>
            {names.types
              .filter(({ id }) => !shown.includes(id))
              .map(({ id }) => (
                <option key={id} value={id}>
                  {names.label(id)}
                </option>
              ))}
          </select>
          <button type="submit" name={judgingFields.verdict} value="add" class="quiet">
            {say.judging.add}
          </button>
        </span>
      </p>
    </form>
  );
}

function Verdict({
  value,
  shortcut,
  words,
}: {
  readonly value: string;
  readonly shortcut: string;
  readonly words: string;
}) {
  return (
    <button type="submit" name={judgingFields.verdict} value={value} aria-keyshortcuts={shortcut}>
      {words} <kbd>{shortcut}</kbd>
    </button>
  );
}

/** Accept or reject one type alone. */
export function JudgeOne({
  tag,
  article,
  names,
  visitor,
  list,
}: Omit<JudgingModel, 'judgements' | 'now'> & { readonly tag: StoredTag }) {
  const say = useWords();
  if (!mayJudge(visitor)) return null;
  const label = names.label(tag.type);
  return (
    <form class="judge-one" action={actionOf({ article, list })} method="post">
      <FormToken visitor={visitor} />
      <button type="submit" class="quiet" name={judgingFields.verdict} value={`+${tag.type}`}>
        {say.judging.accept}
        <span class="spoken"> {label}</span>
      </button>
      <button type="submit" class="quiet" name={judgingFields.verdict} value={`-${tag.type}`}>
        {say.judging.reject}
        <span class="spoken"> {label}</span>
      </button>
    </form>
  );
}

/** `90% according to model:x`, or who else said so and what the model had said. */
export function Origin({ tag, now }: { readonly tag: StoredTag; readonly now: Date }) {
  const say = useWords();
  const { score, origin, judgement, machine } = tag;
  const adviser = secondAdviserIn(origin);
  if (adviser !== undefined) return <p class="note">{say.secondOpinions.decided(adviser, score)}</p>;
  if (!judgement) {
    return (
      <p class="note">
        {say.judging.accordingTo(score)}
        <code>{origin}</code>
      </p>
    );
  }
  return (
    <p class="note">
      {say.judging.accordingToWho(judgement.by)}
      <Moment at={new Date(judgement.at)} now={now} />
      {say.semicolon}
      {machine ? (
        <>
          <code>{machine.origin}</code>
          {say.judging.machineGave(machine.score)}
        </>
      ) : (
        say.judging.machineDidNot
      )}
    </p>
  );
}

/** All that was ever said, with the way to take back what still stands. */
export function JudgementHistory({ article, judgements, names, visitor, list, now }: JudgingModel) {
  const say = useWords();
  if (judgements.length === 0) return null;
  return (
    <section aria-labelledby="judgements">
      <h2 id="judgements">{say.judging.title}</h2>
      <form action={actionOf({ article, list })} method="post">
        <FormToken visitor={visitor} />
        <ul class="judgements">
          {judgements.map(({ id, type, verdict, by, at, note, withdrawn, counts }) => (
            <li key={id}>
              <span class={withdrawn ? 'withdrawn' : undefined}>
                {verdict === 'is' ? '' : say.judging.not}
                <strong>{names.label(type)}</strong>
                {say.judging.says(by)}
                <Moment at={at} now={now} />
                {note && <q>{note}</q>}
              </span>{' '}
              {withdrawn && <span class="note">{say.judging.withdrawnBy(withdrawn.by)}</span>}
              {!withdrawn && !counts && <span class="note">{say.judging.laterCounts}</span>}
              {!withdrawn && mayJudge(visitor) && (
                <button type="submit" class="quiet" name={judgingFields.withdraw} value={id}>
                  {say.judging.withdraw}
                  <span class="spoken">{say.judging.theJudgementOn(names.label(type))}</span>
                </button>
              )}
            </li>
          ))}
        </ul>
      </form>
    </section>
  );
}
