/** Sessions of people who logged in with a token; they end with it. Stored as hashes only. */
import { randomBytes } from 'node:crypto';
import type { Queryable } from './database.js';
import { hashOfSecret, type Scope } from './tokens.js';

const SECRET_BYTES = 32;

export interface Session {
  /** Of the token it was opened with. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date;
}

/** Opens a session and sweeps out those that ran out. */
export async function openSession(
  database: Queryable,
  { tokenId, hours }: { readonly tokenId: number; readonly hours: number },
): Promise<{ readonly secret: string; readonly expiresAt: Date }> {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const expiresAt = new Date(Date.now() + hours * 3_600_000);
  await database.query('DELETE FROM sessions WHERE expires_at < now()');
  await database.query('INSERT INTO sessions (hash, token_id, expires_at) VALUES ($1, $2, $3)', [
    hashOfSecret(secret),
    tokenId,
    expiresAt,
  ]);
  return { secret, expiresAt };
}

/** Undefined when the session ran out or was ended, or its token was. */
export async function sessionOf(database: Queryable, secret: string): Promise<Session | undefined> {
  const { rows } = await database.query<Session>(
    `SELECT t.name, t.scopes, s.expires_at AS "expiresAt" FROM sessions s JOIN tokens t ON t.id = s.token_id
     WHERE s.hash = $1 AND s.expires_at > now() AND t.revoked_at IS NULL
       AND (t.expires_at IS NULL OR t.expires_at > now())`,
    [hashOfSecret(secret)],
  );
  return rows[0];
}

export async function endSession(database: Queryable, secret: string): Promise<void> {
  await database.query('DELETE FROM sessions WHERE hash = $1', [hashOfSecret(secret)]);
}
