/** How PostgreSQL's absence shows. */

/** Whether an error means that the database is away or going, rather than that a query is wrong. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  // PostgreSQL error classes 08 (connection), 53 (resources) and 57P (shutdown, starting up); the rest is Node's and pg's.
  if (typeof code === 'string' && /^(08|53|57P)/.test(code)) return true;
  if (
    typeof code === 'string' &&
    ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN'].includes(
      code,
    )
  )
    return true;
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after/.test(
    error.message,
  );
}
