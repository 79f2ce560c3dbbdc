/** The article's title, without the name of the site. */
import type { Clue } from './clue.js';
import type { LinkedArticle } from './evidence/json-ld.js';
import type { MetaTags } from './evidence/meta-tags.js';
import { foldSpace } from './plain-text.js';

/** What separates a title from the name of its site. */
const SEPARATOR = /\s+[|\u2013\u2014\u00b7\u2022\u00bb/\\<>-]\s+|\s*\|\s*|\s+::\s+/g;

/** Picks the title from what the page says and shows. */
export function findTitle(document: Document, meta: MetaTags, linked: LinkedArticle | null): Clue | null {
  const candidates: Clue<string | null>[] = [
    { method: 'og', value: meta.first('og:title') },
    { method: 'json-ld', value: linked?.headline ?? null },
    { method: 'heading', value: onlyHeading(document) },
    {
      method: 'meta',
      value: meta.first('twitter:title', 'dc.title', 'dcterms.title', 'parsely-title', 'sailthru.title'),
    },
    { method: 'title', value: document.querySelector('title')?.textContent ?? null },
  ];
  const siteName = meta.first('og:site_name', 'application-name');
  for (const { method, value } of candidates) {
    const title = value && withoutSiteName(foldSpace(decodeEntities(value)), siteName);
    if (title) return { method, value: title };
  }
  return null;
}

function onlyHeading(document: Document): string | null {
  const headings = [...document.querySelectorAll('h1')].map((heading) => foldSpace(heading.textContent ?? ''));
  const filled = headings.filter((text) => text !== '');
  return filled.length === 1 ? (filled[0] ?? null) : null;
}

/** Cuts `Title | Site`, `Title - Site`, `Site: Title`. */
export function withoutSiteName(title: string, siteName: string | null): string {
  if (!siteName) return title;
  const site = siteName.toLowerCase();
  const parts = [...title.matchAll(SEPARATOR)];
  const last = parts.at(-1);
  if (
    last &&
    title
      .slice(last.index + last[0].length)
      .toLowerCase()
      .trim() === site
  )
    return title.slice(0, last.index);
  const first = parts[0];
  if (first && title.slice(0, first.index).toLowerCase().trim() === site)
    return title.slice(first.index + first[0].length);
  return title;
}

/** Entities that a publisher escaped twice. */
export function decodeEntities(text: string): string {
  return text
    .replace(/&#(\d+);/g, (whole, code) => character(Number(code), whole))
    .replace(/&#x([0-9a-f]+);/gi, (whole, code) => character(Number.parseInt(code, 16), whole))
    .replace(/&(quot|apos|nbsp|lt|gt|amp);/g, (_, name: keyof typeof NAMED) => NAMED[name]);
}

const NAMED = { quot: '"', apos: "'", nbsp: ' ', lt: '<', gt: '>', amp: '&' };

function character(code: number, whole: string): string {
  try {
    return String.fromCodePoint(code);
  } catch {
    return whole;
  }
}
