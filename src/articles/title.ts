/** The article's title, without the name of the site. */
import { decodeHTMLStrict } from 'entities';
import type { Clue } from './clue.js';
import type { LinkedArticle } from './evidence/json-ld.js';
import type { MetaTags } from './evidence/meta-tags.js';
import type { Microdata } from './evidence/microdata.js';
import { foldSpace } from './plain-text.js';
import { squash } from './site-names.js';

/** What separates a title from the name of its site, its section, its author or a date. */
const SEPARATOR = /\s+(?:[|\u2013\u2014\u00b7\u2022\u00bb\u00ab/\\<>*~-]|::)\s+|\s*[|\uff5c]\s*/g;
/** What is left of a separator where a template had no name to put behind it. */
const DANGLING = /\s+[|\u2013\u2014\u00b7\u2022-]$/;
/** A name in brackets at a title's end. */
const BRACKETED = /^(.+?)\s*[([]([^()[\]]+)[)\]]$/;
/** A heading belongs to a title when they share at least this part of their words. */
const SAME_STORY_SHARE = 0.5;
/** A title below this part of the heading's length (without its kicker) was shortened for a card or a list of results. */
const SHORTENED_SHARE = 0.7;
/** A topic before the headline proper: `Olympics: Runner falls`. */
const KICKER = /^[^:]{1,40}:\s+/u;
/** Longest name of a site or section that is cut from a title on the title's word alone. */
const MAX_SITE_WORDS = 4;
/** Shorter headings may be the site's name or a section's. */
const MIN_TITLE_WORDS = 3;
/** Headings beyond this are those of a list. */
const MAX_HEADINGS = 40;

/**
 * Picks the title from what the page says and shows.
 *
 * JSON-LD and OpenGraph usually repeat the heading; where one of them differs, an editor wrote it to be understood
 * away from the page (the heading leans on its kicker and picture), which is how the pipeline's readers meet it. Not
 * so where it is much shorter than a heading that another title repeats: that one was cut to fit. An OpenGraph title
 * that carries the site's name was made for tabs, so JSON-LD goes before it.
 *
 * @param sites the site's names, squashed
 */
export function findTitle(
  document: Document,
  meta: MetaTags,
  linked: LinkedArticle | null,
  microdata: Microdata,
  sites: ReadonlySet<string>,
): Clue | null {
  const headings = headingsOf(document);
  const social = tidy(meta.first('og:title'));
  const card = tidy(meta.first('twitter:title'));
  const tab = tidy(document.querySelector('title')?.textContent);
  const headline = linked?.isArticle ? tidy(linked.headline) : '';
  const titles = [headline, social, tab, card].filter((title) => title !== '');
  const names = namesInTitles(sites, titles, headings);
  const clean = (title: string): string => withoutSiteName(title, names);

  const heading = headings.find((text) => titles.some((title) => tellSameStory(text, clean(title))));
  const shown = squash(clean(heading ?? ''));
  const isRepeated = titles.some((title) => squash(clean(title)) === shown);
  const isShortened = (title: string): boolean =>
    isRepeated && title.length < clean(heading ?? '').replace(KICKER, '').length * SHORTENED_SHARE;
  const isForTabs = clean(social) !== social;
  const saysTheSame = !isForTabs && squash(headline) === squash(social);
  const stated = [
    { method: 'json-ld', value: saysTheSame ? '' : clean(headline) },
    { method: 'og', value: clean(social) },
  ].filter(({ value }) => value !== '');
  const candidates: readonly Clue[] = [
    ...stated.filter(
      ({ method, value }) => squash(value) !== shown && !(method === 'og' && isForTabs) && !isShortened(value),
    ),
    ...stated.toReversed().filter(({ value }) => squash(value) === shown),
    ...(heading ? [{ method: 'heading', value: clean(heading) }] : []),
    ...stated,
    { method: 'microdata', value: tidy(microdata.headline) },
    { method: 'meta', value: clean(card) },
    {
      method: 'meta',
      value: tidy(meta.first('dc.title', 'dcterms.title', 'parsely-title', 'sailthru.title', 'title')),
    },
    {
      method: 'title',
      value: (stated.length === 0 && partThatIsHeading(document, tab)) || withoutLastPart(clean(tab)),
    },
    { method: 'heading', value: headings.length === 1 ? (headings[0] ?? '') : '' },
    { method: 'json-ld', value: tidy(linked?.headline) },
  ];
  return candidates.find(({ value }) => value !== '') ?? null;
}

/** Titles carry entities that were escaped twice, and now and then tags. */
function tidy(value: string | null | undefined): string {
  if (!value) return '';
  const text = foldSpace(decodeEntities(decodeEntities(value)).replace(/<\/?[a-z][^<>]*>/gi, ''));
  return text.replace(DANGLING, '');
}

/** Entities that a publisher escaped once more than needed. */
export function decodeEntities(text: string): string {
  return text.includes('&') ? decodeHTMLStrict(text) : text;
}

function headingsOf(document: Document): readonly string[] {
  const found: string[] = [];
  for (const heading of document.querySelectorAll('h1')) {
    const text = foldSpace(heading.textContent ?? '');
    if (text !== '') found.push(text);
    if (found.length === MAX_HEADINGS) break;
  }
  return found;
}

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

function tellSameStory(heading: string, title: string): boolean {
  const words = wordsOf(heading);
  if (words.length < MIN_TITLE_WORDS) return words.length > 0 && words.join('') === squash(title);
  const other = new Set(wordsOf(title));
  return words.filter((word) => other.has(word)).length >= words.length * SAME_STORY_SHARE;
}

/** The site's names, with whatever follows a heading or headline in another title. */
function namesInTitles(
  names: ReadonlySet<string>,
  titles: readonly string[],
  headings: readonly string[],
): ReadonlySet<string> {
  const whole = new Set([...titles, ...headings].map(squash).filter((title) => title !== '' && !names.has(title)));
  const appended = titles.flatMap((title) => {
    const parts = [...title.matchAll(SEPARATOR)];
    const end = parts.find(({ index }) => whole.has(squash(title.slice(0, index))));
    return end ? title.slice(end.index + end[0].length).split(SEPARATOR) : [];
  });
  return new Set([...names, ...appended.map(squash).filter((name) => name.length > 1)]);
}

/** Cuts `Title | Site`, `Title - Section | Site`, `Title (Site)`, `Site | Title`; names are squashed. */
function withoutSiteName(title: string, names: ReadonlySet<string>): string {
  const [, before = title, bracketed = ''] = BRACKETED.exec(title) ?? [];
  let rest = names.has(squash(bracketed)) ? before : title;
  for (const { index, 0: text } of [...title.matchAll(SEPARATOR)].reverse()) {
    const part = squash(rest.slice(index + text.length));
    if (part !== '' && !names.has(part)) break;
    rest = rest.slice(0, index);
  }
  const first = [...rest.matchAll(SEPARATOR)][0];
  if (first && first.index > 0 && names.has(squash(rest.slice(0, first.index))))
    rest = rest.slice(first.index + first[0].length);
  return rest === '' ? title : rest;
}

/** The part of a tab's title that is also one of the page's lesser headings, where the page has no real title. */
function partThatIsHeading(document: Document, tab: string): string {
  const lesser = new Set([...document.querySelectorAll('h2, h3')].map((heading) => squash(heading.textContent ?? '')));
  return tab.split(SEPARATOR).find((part) => wordsOf(part).length >= MIN_TITLE_WORDS && lesser.has(squash(part))) ?? '';
}

/** Cuts the last part of a tab's title, where it is as short as a name and leaves a title. */
function withoutLastPart(title: string): string {
  const last = [...title.matchAll(SEPARATOR)].at(-1);
  if (!last) return title;
  const name = wordsOf(title.slice(last.index + last[0].length));
  const rest = title.slice(0, last.index);
  return name.length <= MAX_SITE_WORDS && wordsOf(rest).length >= MIN_TITLE_WORDS ? rest : title;
}
