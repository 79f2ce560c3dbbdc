/** When the article was published and changed. */
import type { Clue } from './clue.js';
import type { LinkedArticle } from './evidence/json-ld.js';
import type { MetaTags } from './evidence/meta-tags.js';
import { readTimestamp } from './timestamp.js';

/** Picks the time of publication. */
export function findPublished(document: Document, meta: MetaTags, linked: LinkedArticle | null): Clue | null {
  return firstReadable([
    { method: 'json-ld', value: linked?.published ?? null },
    {
      method: 'meta',
      value: meta.first(
        'article:published_time',
        'og:article:published_time',
        'datepublished',
        'parsely-pub-date',
        'sailthru.date',
        'dc.date.issued',
        'dcterms.created',
        'dc.date.created',
        'dc.date',
        'dcterms.date',
        'date',
        'pubdate',
        'publish-date',
        'publishdate',
      ),
    },
    {
      method: 'microdata',
      value: attributeOf(document, '[itemprop~="datePublished"]', 'datetime', 'content'),
    },
    { method: 'time', value: attributeOf(document, 'time[datetime]', 'datetime') },
  ]);
}

/** Picks the time of the last change. */
export function findModified(meta: MetaTags, linked: LinkedArticle | null): Clue | null {
  return firstReadable([
    { method: 'json-ld', value: linked?.modified ?? null },
    { method: 'meta', value: meta.first('article:modified_time', 'og:updated_time', 'datemodified', 'last-modified') },
  ]);
}

function firstReadable(candidates: readonly Clue<string | null>[]): Clue | null {
  for (const { method, value } of candidates) {
    const time = value && readTimestamp(value);
    if (time) return { method, value: time };
  }
  return null;
}

function attributeOf(document: Document, selector: string, ...attributes: readonly string[]): string | null {
  const element = document.querySelector(selector);
  if (!element) return null;
  for (const attribute of attributes) {
    const value = element.getAttribute(attribute);
    if (value) return value;
  }
  return element.textContent;
}
