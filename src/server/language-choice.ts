/** Choosing the language of the pages; a cookie remembers it for a year. */
import type { FastifyInstance } from 'fastify';
import { formOf } from './access.js';
import { ownPath } from './own-path.js';
import { isPageLanguage, LANGUAGE_COOKIE } from './words/language.js';

export const LANGUAGE_PATH = '/language';
/** Names of the form's fields. */
export const languageFields = { language: 'lang', next: 'next' } as const;

const KEPT_SECONDS = 31_536_000;

export function serveLanguageChoice(app: FastifyInstance): void {
  app.post(LANGUAGE_PATH, { config: { access: 'public' } }, (request, reply) => {
    const form = formOf(request);
    const language = form.get(languageFields.language) ?? '';
    if (isPageLanguage(language)) {
      reply.header('set-cookie', `${LANGUAGE_COOKIE}=${language}; Path=/; SameSite=Lax; Max-Age=${KEPT_SECONDS}`);
    }
    return reply.redirect(ownPath(form.get(languageFields.next)), 303);
  });
}
