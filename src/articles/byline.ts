/** The people who wrote the article. */
import type { Clue } from './clue.js';
import type { LinkedArticle } from './evidence/json-ld.js';
import type { MetaTags } from './evidence/meta-tags.js';
import { foldSpace } from './plain-text.js';
import { decodeEntities } from './title.js';

const LEAD_IN = /^(?:by|von|par|door|from|text|written by|geschreven door|auteur|author|autor)\s*:?\s+/i;
const SEPARATOR = /\s*(?:[,;|/•·&]|\s(?:and|und|et|en|with|mit|avec|met)\s)\s*/i;
const NO_PERSON = /https?:|www\.|@|\d{3,}|^(?:admin|redaktion|redactie|rédaction|staff|editor|editorial)$/i;

/** Picks the names; an empty list when the page names nobody. */
export function findByline(
  document: Document,
  meta: MetaTags,
  linked: LinkedArticle | null,
  readable: string | null,
): Clue<readonly string[]> | null {
  const candidates: Clue<readonly string[]>[] = [
    { method: 'json-ld', value: linked?.authors ?? [] },
    {
      method: 'meta',
      value: [...meta.all('author'), ...meta.all('article:author'), ...meta.all('parsely-author')].slice(0, 3),
    },
    {
      method: 'microdata',
      value: [...document.querySelectorAll('[itemprop~="author"] [itemprop~="name"], [rel~="author"]')].map(
        (element) => element.textContent ?? '',
      ),
    },
    { method: 'readability', value: readable ? [readable] : [] },
  ];
  for (const { method, value } of candidates) {
    const names = cleanNames(value);
    if (names.length > 0) return { method, value: names };
  }
  return null;
}

/** Splits and cleans what publishers write in author fields. */
export function cleanNames(values: readonly string[]): string[] {
  const names = values
    .flatMap((value) => foldSpace(decodeEntities(value)).replace(LEAD_IN, '').split(SEPARATOR))
    .map((name) => name.replace(LEAD_IN, '').trim())
    .filter((name) => name.length > 1 && name.length < 60 && !NO_PERSON.test(name));
  return [...new Set(names)];
}
