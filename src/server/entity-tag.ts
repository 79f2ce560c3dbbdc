/** Entity tags (RFC 9110 section 8.8.3): who has an answer already is told so instead of getting it again. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

const HASH_CHARACTERS = 27;

/** An `onSend` hook for answers that are whole strings; streams pass as they are. */
export async function answerWithEntityTag(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  if (reply.statusCode !== 200 || typeof payload !== 'string' || request.method !== 'GET') return payload;
  if (reply.getHeader('cache-control') === 'no-store') return payload;
  const tag = `"${createHash('sha256').update(payload).digest('base64url').slice(0, HASH_CHARACTERS)}"`;
  reply.header('etag', tag);
  if (!matches(request.headers['if-none-match'], tag)) return payload;
  reply.code(304).removeHeader('content-length').removeHeader('content-type');
  return '';
}

/** Weak comparison, as RFC 9110 section 13.1.2 asks for. */
function matches(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === tag);
}
