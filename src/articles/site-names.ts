/** What a page's site may be called, so that its name isn't taken for a part of a title or for a person. */
import type { LinkedArticle } from './evidence/json-ld.js';
import type { MetaTags } from './evidence/meta-tags.js';

/** A text's letters and digits alone, lower case: how names are compared. */
export function squash(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join('');
}

/** The site's names, squashed: those in the page's data and the labels of its host. */
export function siteNames(meta: MetaTags, linked: LinkedArticle | null, url: string): ReadonlySet<string> {
  const named = [
    meta.first('og:site_name'),
    meta.first('application-name'),
    meta.first('publisher', 'dc.publisher'),
    linked?.publisher,
  ].flatMap((name) => (name ? [name, name.replace(/\.\p{L}{2,}$/u, '')] : []));
  const host = /^https?:\/\/(?:www\.)?([^/:]+)/i.exec(url)?.[1] ?? '';
  return new Set([...named, host, ...host.split('.').slice(0, -1)].map(squash).filter((name) => name.length > 1));
}
