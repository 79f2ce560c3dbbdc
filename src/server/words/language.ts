/** The language of a page: what its reader chose, else what the browser asks for, else English. */
import type { FastifyRequest } from 'fastify';
import { cookieOf } from '../access.js';
import { en, type Words } from './en.js';
import { fr } from './fr.js';
import { nl } from './nl.js';

/** By ISO 639-1, in the order in which they are offered. */
export const pageLanguages = { en, nl, fr } as const;
export type PageLanguage = keyof typeof pageLanguages;

/** Holds what the reader chose. */
export const LANGUAGE_COOKIE = 'lang';

export const isPageLanguage = (word: string): word is PageLanguage => Object.hasOwn(pageLanguages, word);

export function languageOf(request: Pick<FastifyRequest, 'headers'>): PageLanguage {
  const chosen = cookieOf(request, LANGUAGE_COOKIE);
  if (chosen !== undefined && isPageLanguage(chosen)) return chosen;
  return preferred(request.headers['accept-language'] ?? '') ?? 'en';
}

export const wordsFor = (request: Pick<FastifyRequest, 'headers'>): Words => pageLanguages[languageOf(request)];

/** RFC 9110 section 12.5.4, by main language alone: nl-BE asks for nl. */
function preferred(header: string): PageLanguage | undefined {
  return header
    .split(',')
    .map((range) => {
      const [tag = '', ...rest] = range.split(';').map((part) => part.trim().toLowerCase());
      const quality = rest.find((part) => part.startsWith('q='));
      return { language: tag.split('-')[0] ?? '', quality: quality === undefined ? 1 : Number(quality.slice(2)) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality)
    .map(({ language }) => language)
    .find(isPageLanguage);
}
