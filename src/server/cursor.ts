/** Where a list's page ended, as a word for addresses. */
import type { ArticleCursor } from '../store/articles.js';

export const encodeCursor = ({ happenedAt, id }: ArticleCursor): string =>
  Buffer.from(`${happenedAt.getTime()} ${id}`).toString('base64url');

/** Undefined for anything that `encodeCursor` didn't make. */
export function decodeCursor(word: string): ArticleCursor | undefined {
  const match = /^(-?\d{1,15}) ([0-9a-f]{1,64})$/.exec(Buffer.from(word, 'base64url').toString());
  return match?.[1] && match[2] ? { happenedAt: new Date(Number(match[1])), id: match[2] } : undefined;
}
