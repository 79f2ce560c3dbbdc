/** What people say of articles through forms: the buttons of an article's page, and those of the list for many at once. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ARTICLES_PATH } from '../outputs/list-name.js';
import type { Runtime } from '../pipeline/runtime.js';
import {
  type ArticleJudgement,
  addJudgements,
  countingTypes,
  type JudgementToAdd,
  judgeArticles,
  undoAct,
  withdrawJudgement,
} from '../store/judgements.js';
import { formOf, may, type Visitor } from './access.js';
import { findArticle } from './find-article.js';
import { addressAfter, articleAddress, itemId, listPlaceOf, readListOf } from './list-place.js';
import { addressWith, readListQuery } from './list-query.js';
import type { Refuse } from './refuse.js';
import type { Said } from './words/en.js';

/** Judged by one press of a button; a list shows fewer unless one goes on and on. */
const ARTICLES_AT_ONCE = 500;

export type JudgingForm =
  | { readonly kind: 'judge'; readonly judgements: readonly JudgementToAdd[] }
  | { readonly kind: 'withdraw'; readonly judgementId: number }
  | { readonly kind: 'undo'; readonly act: string }
  | { readonly kind: 'nothing'; readonly reason: Said };

/** Names of the forms' fields, for the pages that make them and the handlers that read them. */
export const judgingFields = {
  verdict: 'verdict',
  shown: 'shown',
  added: 'added',
  withdraw: 'withdraw',
  undo: 'undo',
  /** In the list: an article's id and the types that it shows, with spaces between. */
  article: 'article',
  /** In the list: the types that it was asked for; none means all that an article shows. */
  only: 'only',
  /** In the list: the article to come back to. */
  at: 'at',
} as const;

/** Where the page says what was done. */
export const DONE_FRAGMENT = 'judged';

export const judgingPath = (articleId: string): string => `/articles/${articleId}/judgements`;

export const LIST_JUDGING_PATH = '/articles/judgements';

/** Who judges: the token's name; on an open server whoever it runs for. */
export const judgeName = (visitor: Visitor): string => visitor.name ?? userInfo().username;

export const mayJudge = (visitor: Visitor): boolean => may(visitor, 'judge');

/**
 * Reads the form of an article's page: `verdict` is `accept` or `reject` (all types that the page showed), `none` (none of the
 * known ones), `add` (the type chosen), `+TYPE` or `-TYPE`; or `withdraw` names a judgement, or `undo` an act.
 */
export function readJudgingForm(form: URLSearchParams, known: readonly string[]): JudgingForm {
  const undo = form.get(judgingFields.undo);
  if (undo !== null) return { kind: 'undo', act: undo };
  const withdraw = form.get(judgingFields.withdraw);
  if (withdraw !== null) {
    return /^\d{1,15}$/.test(withdraw)
      ? { kind: 'withdraw', judgementId: Number(withdraw) }
      : { kind: 'nothing', reason: (say) => say.judging.noJudgement };
  }
  const judgements = judgementsIn(form, known);
  const unknown = judgements.find(({ type }) => !known.includes(type));
  if (unknown) {
    return { kind: 'nothing', reason: (say) => say.judging.noType(unknown.type, known.join(', ')) };
  }
  return judgements.length > 0
    ? { kind: 'judge', judgements }
    : { kind: 'nothing', reason: (say) => say.judging.chooseType };
}

function judgementsIn(form: URLSearchParams, known: readonly string[]): readonly JudgementToAdd[] {
  const verdict = form.get(judgingFields.verdict) ?? '';
  const shown = form.getAll(judgingFields.shown);
  switch (verdict) {
    case 'accept':
      return shown.map((type) => ({ type, verdict: 'is' }));
    case 'reject':
      return shown.map((type) => ({ type, verdict: 'is-not' }));
    case 'none':
      return known.map((type) => ({ type, verdict: 'is-not' }));
    case 'add':
      return form
        .getAll(judgingFields.added)
        .flatMap((type) => (type === '' ? [] : [{ type, verdict: 'is' as const }]));
    default: {
      const [, sign, type] = /^([+-])(.+)$/.exec(verdict) ?? [];
      return type === undefined ? [] : [{ type, verdict: sign === '+' ? 'is' : 'is-not' }];
    }
  }
}

/** An article that was selected in the list, with the types that it showed there. */
export interface SelectedArticle {
  readonly id: string;
  readonly shown: readonly string[];
}

export type ListJudgingForm =
  | { readonly kind: 'judge'; readonly verdict: 'accept' | 'reject'; readonly articles: readonly SelectedArticle[] }
  | { readonly kind: 'undo'; readonly act: string }
  | { readonly kind: 'nothing'; readonly reason: Said };

/** Reads the form of the list: `verdict` is `accept` or `reject`, or `undo` names an act. */
export function readListJudgingForm(form: URLSearchParams): ListJudgingForm {
  const undo = form.get(judgingFields.undo);
  if (undo !== null) return { kind: 'undo', act: undo };
  const verdict = form.get(judgingFields.verdict);
  if (verdict !== 'accept' && verdict !== 'reject')
    return { kind: 'nothing', reason: (say) => say.judging.acceptOrReject };
  const only = form.getAll(judgingFields.only);
  const articles = new Map<string, SelectedArticle>();
  for (const selected of form.getAll(judgingFields.article)) {
    const [id = '', ...types] = selected.split(' ');
    if (!/^[0-9a-f]{1,64}$/.test(id)) return { kind: 'nothing', reason: (say) => say.judging.noArticles };
    articles.set(id, { id, shown: types.filter((type) => only.length === 0 || only.includes(type)) });
  }
  if (articles.size === 0) return { kind: 'nothing', reason: (say) => say.judging.selectFirst };
  if (articles.size > ARTICLES_AT_ONCE) {
    return { kind: 'nothing', reason: (say) => say.judging.tooMany(ARTICLES_AT_ONCE) };
  }
  return { kind: 'judge', verdict, articles: [...articles.values()] };
}

/**
 * What accepting or rejecting selected articles says of each: of every type that it shows. To accept an article without any
 * says that it is about no threat; to reject one says nothing.
 *
 * @param counting article id → types that count now: a type that left the taxonomy may still be judged where it stands
 */
export function judgementsOfSelection(
  { verdict, articles }: Extract<ListJudgingForm, { kind: 'judge' }>,
  known: readonly string[],
  counting: ReadonlyMap<string, readonly string[]>,
): readonly ArticleJudgement[] {
  return articles.flatMap(({ id, shown }): ArticleJudgement[] => {
    const isKnown = (type: string) => known.includes(type) || (counting.get(id)?.includes(type) ?? false);
    const judged = shown.filter(isKnown);
    if (judged.length > 0) {
      return judged.map((type) => ({ articleId: id, type, verdict: verdict === 'accept' ? 'is' : 'is-not' }));
    }
    // What was tagged meanwhile is not what was looked at.
    const isUntagged = shown.length === 0 && (counting.get(id) ?? []).length === 0;
    if (verdict === 'reject' || !isUntagged) return [];
    return known.map((type) => ({ articleId: id, type, verdict: 'is-not' }));
  });
}

/** @param types ids of the taxonomy */
export function serveJudging(
  app: FastifyInstance,
  { database: { pool } }: Runtime,
  types: readonly string[],
  refuse: Refuse,
): void {
  app.post<{ Params: { id: string } }>(judgingPath(':id'), { config: { access: 'judge' } }, async (request, reply) => {
    const choice = await findArticle(pool, request.params.id);
    if (!choice.found) return refuse(request, reply, 404, (say) => say.article.none, choice.reason);
    const { id, tags } = choice.article;
    const form = formOf(request);
    // A type that was taken off the taxonomy may still be taken off its articles.
    const known = [...new Set([...types, ...tags.map(({ type }) => type)])];
    const read = readJudgingForm(form, form.get(judgingFields.verdict) === 'none' ? types : known);
    if (read.kind === 'nothing') return refuse(request, reply, 400, (say) => say.judging.nothing, read.reason);
    const by = judgeName(request.visitor);
    const act = read.kind === 'undo' ? read.act : randomUUID();
    if (read.kind === 'judge') await addJudgements(pool, id, by, read.judgements, act);
    else if (read.kind === 'undo') await undoAct(pool, act, by);
    else await withdrawJudgement(pool, { articleId: id, id: read.judgementId, by, act });
    const list = readListOf(listPlaceOf(request.url).parameters, new Date()).parameters;
    return reply.redirect(addressAfter(articleAddress(id, list), { act, asked: 1 }, DONE_FRAGMENT), 303);
  });

  app.post(LIST_JUDGING_PATH, { config: { access: 'judge' } }, async (request, reply) => {
    const form = formOf(request);
    const read = readListJudgingForm(form);
    if (read.kind === 'nothing') return refuse(request, reply, 400, (say) => say.judging.nothing, read.reason);
    const by = judgeName(request.visitor);
    const act = read.kind === 'undo' ? read.act : randomUUID();
    const asked = read.kind === 'undo' ? 1 : read.articles.length;
    if (read.kind === 'undo') await undoAct(pool, act, by);
    else {
      const ids = read.articles.map(({ id }) => id);
      const judgements = judgementsOfSelection(read, types, await countingTypes(pool, ids));
      await judgeArticles(pool, by, judgements, act);
    }
    const at = form.get(judgingFields.at) ?? '';
    const fragment = /^[0-9a-f]{1,64}$/.test(at) ? itemId(at) : DONE_FRAGMENT;
    return reply.redirect(addressAfter(listAddress(request), { act, asked }, fragment), 303);
  });
}

/** The list that the form stood in, at the place where it was. */
function listAddress(request: FastifyRequest): string {
  const { parameters } = listPlaceOf(request.url);
  if (!readListQuery(parameters).ok) return ARTICLES_PATH;
  const after = parameters.get('after');
  return addressWith(ARTICLES_PATH, parameters, after === null ? {} : { after });
}
