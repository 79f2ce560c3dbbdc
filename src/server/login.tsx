/** Logging in with a token, and out again. */
import type { FastifyInstance } from 'fastify';
import type { Runtime } from '../pipeline/runtime.js';
import { endSession, openSession } from '../store/sessions.js';
import { tokenOf } from '../store/tokens.js';
import { cookieOf, formOf, LOGIN_PATH, sessionCookie } from './access.js';
import { ownPath } from './own-path.js';
import { LoginPage } from './pages/login.js';
import type { SendPage } from './pages.js';
import { wordsFor } from './words/language.js';

/** A working day. */
const SESSION_HOURS = 12;
/** Nobody guesses 256 bits; this keeps those who try from costing anything. */
const LOGINS_PER_MINUTE = 20;

export function serveLogin(app: FastifyInstance, { database: { pool } }: Runtime, sendPage: SendPage): void {
  app.get<{ Querystring: { next?: string } }>(LOGIN_PATH, { config: { access: 'public' } }, async (request, reply) =>
    sendPage(request, reply, {
      title: wordsFor(request).login.title,
      section: 'none',
      body: <LoginPage next={ownPath(request.query.next)} />,
    }),
  );

  app.post(
    LOGIN_PATH,
    { config: { access: 'public', rateLimit: { max: LOGINS_PER_MINUTE, timeWindow: '1 minute' } } },
    async (request, reply) => {
      const form = formOf(request);
      const next = ownPath(form.get('next'));
      const token = await tokenOf(pool, form.get('token')?.trim() ?? '');
      if (!token) {
        const body = <LoginPage next={next} refused={true} />;
        return sendPage(request, reply, { title: wordsFor(request).login.title, section: 'none', body }, 401);
      }
      const { secret } = await openSession(pool, { tokenId: token.id, hours: SESSION_HOURS });
      return reply.header('set-cookie', sessionCookie(request, secret, SESSION_HOURS * 3600)).redirect(next, 303);
    },
  );

  app.post('/logout', { config: { access: 'read' } }, async (request, reply) => {
    const secret = cookieOf(request);
    if (secret) await endSession(pool, secret);
    return reply.header('set-cookie', sessionCookie(request, '', 0)).redirect(LOGIN_PATH, 303);
  });
}
