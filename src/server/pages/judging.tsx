/** The part of an article's page where people say what it is about. */
import { secondOpinionInWords } from '../../outputs/origin.js';
import type { StoredArticle, StoredTag } from '../../store/articles.js';
import type { Act, Judgement } from '../../store/judgements.js';
import type { Visitor } from '../access.js';
import { DONE_FRAGMENT, judgingFields, judgingPath, mayJudge } from '../judging.js';
import type { Done } from '../list-place.js';
import { addressWith } from '../list-query.js';
import type { ThreatNames } from '../threat-names.js';
import { FormToken } from './layout.js';
import { Moment } from './moment.js';
import { number, percent } from './words.js';

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
  if (done === undefined || !mayJudge(visitor)) return null;
  return (
    <form class="notice judged" id={DONE_FRAGMENT} action={action} method="post" tabindex={-1}>
      <FormToken visitor={visitor} />
      <p role="status">{judgedInWords(done, act, names)}</p>
      {act?.stands && (
        <button type="submit" class="quiet" name={judgingFields.undo} value={done.act} aria-keyshortcuts="u">
          Undo <kbd>u</kbd>
        </button>
      )}
    </form>
  );
}

export function judgedInWords({ asked }: Done, act: Act | undefined, names: ThreatNames): string {
  if (act === undefined) {
    return asked === 1
      ? 'Nothing changed: you had said so before.'
      : `Nothing changed: of these ${number(asked)} articles you had said so before, or there is nothing to reject.`;
  }
  const { articles, stands, said } = act;
  if (!stands)
    return articles === 1 ? 'Undone: it is as it was before.' : `Undone: ${number(articles)} articles are as before.`;
  const verdicts = new Set(said.map(({ verdict }) => verdict));
  const verb =
    verdicts.size === 2 ? 'judged' : verdicts.has('is') ? 'accepted' : verdicts.size ? 'rejected' : 'withdrawn';
  if (asked > 1) {
    const rest = asked - articles;
    const words = `${rest > 0 ? `${number(articles)} of ${number(asked)}` : number(asked)} articles ${verb}`;
    return rest > 0 ? `${words}; on the others it changes nothing.` : `${words}.`;
  }
  if (said.length === 0) return 'Judgement withdrawn.';
  if (verb === 'rejected' && said.length >= names.types.length) return 'Judged: no threat.';
  return `${verb.charAt(0).toUpperCase()}${verb.slice(1)}: ${said.map(({ type }) => names.label(type)).join(', ')}.`;
}

/** Accept, reject and add, in a form of its own; nothing for who may only read. */
export function Judging({ article, names, visitor, list }: JudgingModel) {
  if (!mayJudge(visitor)) return null;
  const shown = article.tags.map(({ type }) => type);
  return (
    <form class="judging" action={actionOf({ article, list })} method="post" aria-label="Judge">
      <FormToken visitor={visitor} />
      {shown.map((type) => (
        <input key={type} type="hidden" name={judgingFields.shown} value={type} />
      ))}
      <p class="buttons">
        {shown.length > 0 ? (
          <>
            <Verdict value="accept" shortcut="a" words={shown.length > 1 ? 'Accept all' : 'Accept'} />
            <Verdict value="reject" shortcut="r" words={shown.length > 1 ? 'Reject all' : 'Reject'} />
          </>
        ) : (
          <Verdict value="none" shortcut="a" words="Right, no threat" />
        )}
      </p>
      <p class="field add">
        <label for="added">
          Add a type <kbd>t</kbd>
        </label>
        <span>
          <select id="added" name={judgingFields.added} aria-keyshortcuts="t">
            <option value="">choose…</option>
            {names.types
              .filter(({ id }) => !shown.includes(id))
              .map(({ id }) => (
                <option key={id} value={id}>
                  {names.label(id)}
                </option>
              ))}
          </select>
          <button type="submit" name={judgingFields.verdict} value="add" class="quiet">
            Add
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
  if (!mayJudge(visitor)) return null;
  const label = names.label(tag.type);
  return (
    <form class="judge-one" action={actionOf({ article, list })} method="post">
      <FormToken visitor={visitor} />
      <button type="submit" class="quiet" name={judgingFields.verdict} value={`+${tag.type}`}>
        Accept<span class="spoken"> {label}</span>
      </button>
      <button type="submit" class="quiet" name={judgingFields.verdict} value={`-${tag.type}`}>
        Reject<span class="spoken"> {label}</span>
      </button>
    </form>
  );
}

/** `90% according to model:x`, or who else said so and what the model had said. */
export function Origin({ tag, now }: { readonly tag: StoredTag; readonly now: Date }) {
  const { score, origin, judgement, machine } = tag;
  const secondOpinion = secondOpinionInWords(origin);
  if (secondOpinion) {
    return (
      <p class="note">
        According to a {secondOpinion}; the model gave it {percent(score)}
      </p>
    );
  }
  if (!judgement) {
    return (
      <p class="note">
        {percent(score)} according to <code>{origin}</code>
      </p>
    );
  }
  return (
    <p class="note">
      According to {judgement.by}, <Moment at={new Date(judgement.at)} now={now} />;{' '}
      {machine ? (
        <>
          <code>{machine.origin}</code> gave it {percent(machine.score)}
        </>
      ) : (
        'the model did not give it'
      )}
    </p>
  );
}

/** All that was ever said, with the way to take back what still stands. */
export function JudgementHistory({ article, judgements, names, visitor, list, now }: JudgingModel) {
  if (judgements.length === 0) return null;
  return (
    <section aria-labelledby="judgements">
      <h2 id="judgements">Judgements</h2>
      <form action={actionOf({ article, list })} method="post">
        <FormToken visitor={visitor} />
        <ul class="judgements">
          {judgements.map(({ id, type, verdict, by, at, note, withdrawn, counts }) => (
            <li key={id}>
              <span class={withdrawn ? 'withdrawn' : undefined}>
                {verdict === 'is' ? '' : 'Not '}
                <strong>{names.label(type)}</strong>, says {by}, <Moment at={at} now={now} />
                {note && <q>{note}</q>}
              </span>{' '}
              {withdrawn && <span class="note">withdrawn by {withdrawn.by}</span>}
              {!withdrawn && !counts && <span class="note">a later one counts</span>}
              {!withdrawn && mayJudge(visitor) && (
                <button type="submit" class="quiet" name={judgingFields.withdraw} value={id}>
                  Withdraw<span class="spoken"> the judgement on {names.label(type)}</span>
                </button>
              )}
            </li>
          ))}
        </ul>
      </form>
    </section>
  );
}
