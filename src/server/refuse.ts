/** Pages that say why something was not done. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Said } from './words/en.js';

export type Refuse = (
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  title: Said,
  detail: Said,
  /** Why, in English, where something below the pages says so. */
  reason?: string,
) => FastifyReply;

/** @param reason why the queues don't answer */
export const refuseWithoutQueues = (
  refuse: Refuse,
  request: FastifyRequest,
  reply: FastifyReply,
  reason: string,
): FastifyReply =>
  refuse(
    request,
    reply,
    503,
    (say) => say.feeds.queuesAway,
    (say) => say.feeds.tryAgain,
    reason,
  );
