/** What people say of articles through forms: the buttons of an article's page. */
import { userInfo } from 'node:os';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Runtime } from '../pipeline/runtime.js';
import { addJudgements, type JudgementToAdd, withdrawJudgement } from '../store/judgements.js';
import { formOf, may, type Visitor } from './access.js';
import { findArticle } from './find-article.js';

export type JudgingForm =
  | { readonly kind: 'judge'; readonly judgements: readonly JudgementToAdd[] }
  | { readonly kind: 'withdraw'; readonly judgementId: number }
  | { readonly kind: 'nothing'; readonly reason: string };

/** Names of the form's fields, for the page that makes it and the handler that reads it. */
export const judgingFields = { verdict: 'verdict', shown: 'shown', added: 'added', withdraw: 'withdraw' } as const;

export const judgingPath = (articleId: string): string => `/articles/${articleId}/judgements`;

/** Who judges: the token's name; on an open server whoever it runs for. */
export const judgeName = (visitor: Visitor): string => visitor.name ?? userInfo().username;

export const mayJudge = (visitor: Visitor): boolean => may(visitor, 'judge');

/**
 * Reads the form of an article's page: `verdict` is `accept` or `reject` (all types that the page showed), `none` (none of the
 * known ones), `add` (the type chosen), `+TYPE` or `-TYPE`.
 */
export function readJudgingForm(form: URLSearchParams, known: readonly string[]): JudgingForm {
  const withdraw = form.get(judgingFields.withdraw);
  if (withdraw !== null) {
    return /^\d{1,15}$/.test(withdraw)
      ? { kind: 'withdraw', judgementId: Number(withdraw) }
      : { kind: 'nothing', reason: 'This is no judgement to take back.' };
  }
  const judgements = judgementsIn(form, known);
  const unknown = judgements.find(({ type }) => !known.includes(type));
  if (unknown) {
    return { kind: 'nothing', reason: `There is no threat type “${unknown.type}”; there are ${known.join(', ')}.` };
  }
  return judgements.length > 0 ? { kind: 'judge', judgements } : { kind: 'nothing', reason: 'Choose a threat type.' };
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

export type Refuse = (
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  title: string,
  detail: string,
) => FastifyReply;

/** @param types ids of the taxonomy */
export function serveJudging(
  app: FastifyInstance,
  { database: { pool } }: Runtime,
  types: readonly string[],
  refuse: Refuse,
): void {
  app.post<{ Params: { id: string } }>(judgingPath(':id'), { config: { access: 'judge' } }, async (request, reply) => {
    const choice = await findArticle(pool, request.params.id);
    if (!choice.found) return refuse(request, reply, 404, 'There is no such article', choice.reason);
    const { id, tags } = choice.article;
    const form = formOf(request);
    // A type that was taken off the taxonomy may still be taken off its articles.
    const known = [...new Set([...types, ...tags.map(({ type }) => type)])];
    const read = readJudgingForm(form, form.get(judgingFields.verdict) === 'none' ? types : known);
    if (read.kind === 'nothing') return refuse(request, reply, 400, 'Nothing was judged', read.reason);
    const by = judgeName(request.visitor);
    if (read.kind === 'judge') await addJudgements(pool, id, by, read.judgements);
    else await withdrawJudgement(pool, { articleId: id, id: read.judgementId, by });
    return reply.redirect(`/articles/${id}#why`, 303);
  });
}
