/** Tokens that open the server: made and revoked by command, stored as hashes only. */
import { createHash, randomBytes } from 'node:crypto';
import type { Queryable } from './database.js';

/** What a token may be used for; `judge` and `operate` come with `read`. */
export const scopes = ['read', 'judge', 'operate'] as const;
export type Scope = (typeof scopes)[number];

/** Lets secret scanners and people tell what they have found. */
const PREFIX = 'belfry_';
/** 256 bits: beyond guessing, so that a fast hash is enough to store it by. */
const SECRET_BYTES = 32;
/** A use is noted at most once in this time, so that reading doesn't become writing. */
const USE_NOTED_SECONDS = 60;

export interface Token {
  readonly id: number;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

const COLUMNS = `id, name, scopes, created_at AS "createdAt", last_used_at AS "lastUsedAt", expires_at AS "expiresAt",
  revoked_at AS "revokedAt"`;

export const hashOfSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** @returns the secret, which can't be had again; undefined when a token of this name is in use */
export async function createToken(
  database: Queryable,
  token: { readonly name: string; readonly scopes: readonly Scope[]; readonly expiresAt?: Date | undefined },
): Promise<{ readonly secret: string; readonly token: Token } | undefined> {
  const secret = `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const granted = scopes.filter((scope) => scope === 'read' || token.scopes.includes(scope));
  const { rows } = await database.query<Token>(
    `INSERT INTO tokens (name, hash, scopes, expires_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (name) WHERE revoked_at IS NULL DO NOTHING RETURNING ${COLUMNS}`,
    [token.name, hashOfSecret(secret), granted, token.expiresAt ?? null],
  );
  return rows[0] && { secret, token: rows[0] };
}

/** All tokens, revoked ones included, in the order they were made. */
export async function listTokens(database: Queryable): Promise<Token[]> {
  const { rows } = await database.query<Token>(`SELECT ${COLUMNS} FROM tokens ORDER BY id`);
  return rows;
}

/** Ends a token with all its sessions at once; false when no token of this name is in use. */
export async function revokeToken(database: Queryable, name: string): Promise<boolean> {
  const { rowCount } = await database.query(
    `WITH revoked AS (UPDATE tokens SET revoked_at = now() WHERE name = $1 AND revoked_at IS NULL RETURNING id),
     ended AS (DELETE FROM sessions WHERE token_id IN (SELECT id FROM revoked))
     SELECT FROM revoked`,
    [name],
  );
  return rowCount === 1;
}

/** Whether any token was made and not revoked; one that ran out still counts, so that nothing opens by itself. */
export async function anyToken(database: Queryable): Promise<boolean> {
  const { rows } = await database.query<{ any: boolean }>(
    'SELECT EXISTS (SELECT FROM tokens WHERE revoked_at IS NULL) AS any',
  );
  return rows[0]?.any ?? false;
}

/** The token behind a secret, undefined when there is none, or none any more. */
export async function tokenOf(database: Queryable, secret: string): Promise<Token | undefined> {
  const { rows } = await database.query<Token>(
    `SELECT ${COLUMNS} FROM tokens
     WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
    [hashOfSecret(secret)],
  );
  const token = rows[0];
  if (token && Date.now() - (token.lastUsedAt?.getTime() ?? 0) > USE_NOTED_SECONDS * 1000) {
    await database.query('UPDATE tokens SET last_used_at = now() WHERE id = $1', [token.id]);
  }
  return token;
}
