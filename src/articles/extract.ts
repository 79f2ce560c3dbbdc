/** A page's bytes → its article. Pure: no network, no settings, no state; never throws. */
import type { Article, ExtractFault, ExtractResult } from './article.js';
import { segment } from './blocks.js';
import { findByline } from './byline.js';
import { decodePage } from './charset.js';

import type { Clue } from './clue.js';
import { composeHtml, composeText } from './compose.js';
import { kindOtherThanHtml } from './content-kind.js';
import { type PageDom, parseFast, parseReference } from './dom.js';
import { type LinkedArticle, readLinkedArticle } from './evidence/json-ld.js';
import { type MetaTags, readMetaTags } from './evidence/meta-tags.js';
import { readMicrodata } from './evidence/microdata.js';
import { gateOf } from './gate.js';
import { detectLanguage } from './language.js';
import { findMainText } from './main-text.js';
import { MAX_DEPTH, type PageSource, readPageSource } from './page-source.js';
import { findModified, findPublished } from './published.js';
import { safeAddress } from './safe-html.js';
import { siteNames } from './site-names.js';
import { fullerStatedBody } from './stated-body.js';
import { surroundingsOf } from './surroundings.js';
import { findTitle } from './title.js';
import { trimBlocks } from './trim.js';

/** Where a page came from. */
export interface PageOrigin {
  /** Address after redirects; base of relative links. */
  readonly url: string;
  /** The HTTP `Content-Type` header. */
  readonly contentType?: string;
}

/** Cleaned source beyond this is cut: no article is as long, and a DOM takes about fifty times its source. */
const MAX_HTML_CHARACTERS = 5_000_000;
/** Shortest text that counts as an article: a brief of one sentence. */
const MIN_TEXT_CHARACTERS = 60;

/** Extracts the article; every page that has none ends in a named reason. */
export function extractArticle(bytes: Uint8Array, origin: PageOrigin): ExtractResult {
  try {
    return extract(bytes, origin);
  } catch (error) {
    if (error instanceof RangeError && /call stack/i.test(error.message))
      return fault('too-deep', 'tags nest too deep to be read');
    return fault('failed', error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }
}

function extract(bytes: Uint8Array, origin: PageOrigin): ExtractResult {
  if (bytes.length === 0) return fault('empty', 'the page has no bytes');
  const otherKind = kindOtherThanHtml(bytes, origin.contentType);
  if (otherKind) return fault('not-html', `the page is ${otherKind}`);
  const { text } = decodePage(bytes, origin.contentType);
  if (text.trim() === '') return fault('empty', 'the page is blank');
  const source = readPageSource(text);
  if (source.depth > MAX_DEPTH) return fault('too-deep', `tags nest ${source.depth} deep; ${MAX_DEPTH} are read`);
  const html = source.html.slice(0, MAX_HTML_CHARACTERS);

  const fast = attempt(() => parseFast(html), source, origin);
  if (fast.ok) return fast;
  const reference = attempt(
    () => parseReference(html, safeAddress(origin.url, origin.url) ?? 'about:blank'),
    source,
    origin,
  );
  return reference.ok || fast.reason === 'failed' ? reference : fast;
}

/** One DOM's try, in which anything may throw. */
function attempt(parse: () => PageDom, source: PageSource, origin: PageOrigin): ExtractResult {
  let dom: PageDom | undefined;
  try {
    dom = parse();
    return articleFrom(dom, source, origin);
  } catch (error) {
    return fault('failed', error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  } finally {
    dom?.close();
  }
}

function articleFrom(dom: PageDom, source: PageSource, origin: PageOrigin): ExtractResult {
  const { document } = dom;
  const meta = readMetaTags(document);
  const jsonLd = source.scripts.filter((script) => script.kind === 'json-ld').map((script) => script.text);
  const linked = readLinkedArticle(jsonLd, origin.url);
  const microdata = readMicrodata(document);
  const sites = siteNames(meta, linked, origin.url);
  const title = findTitle(document, meta, linked, microdata, sites);
  const gate = gateOf(document, { url: origin.url, saysArticle: saysArticle(document, meta, linked) });
  const blocks = segment(document, origin.url);
  const found = findMainText(document, blocks);
  const around = surroundingsOf(blocks, found.blocks);
  const shown = trimBlocks(found.blocks, title?.value ?? null);
  const stated = fullerStatedBody(linked, composeText(shown).length, title?.value ?? null, origin.url);
  const main = stated ?? shown;
  const byline = findByline({ meta, linked, microdata, around, sites });
  const published = findPublished({ meta, linked, microdata, scripts: source.scripts, around, url: origin.url });
  const modified = findModified(meta, linked);

  const text = composeText(main);
  if (gate && text.length < gate.articleFromCharacters) return fault('login', `the page is a ${gate.kind} page`);
  if (text.length < MIN_TEXT_CHARACTERS) return fault('no-text', 'no article text was found');

  const fields = {
    title,
    byline,
    publishedAt: published,
    modifiedAt: modified,
    section: findSection(meta, linked),
    image: findImage(meta, linked, origin.url),
    canonicalUrl: findCanonical(meta, origin.url),
    excerpt: findExcerpt(meta, linked, text),
  };
  const clues: ReadonlyArray<readonly [field: string, clue: Clue<unknown> | null]> = Object.entries(fields);
  const language = detectLanguage(text);
  const article: Article = {
    url: origin.url,
    canonicalUrl: fields.canonicalUrl?.value ?? null,
    title: title?.value ?? null,
    byline: byline?.value ?? [],
    publishedAt: published?.value ?? null,
    modifiedAt: modified?.value ?? null,
    language,
    section: fields.section?.value ?? null,
    image: fields.image?.value ?? null,
    text,
    html: composeHtml(main),
    excerpt: fields.excerpt?.value ?? null,
    method: stated ? 'stated:json-ld' : `${found.method}:${dom.name}`,
    methods: {
      ...Object.fromEntries(clues.flatMap(([field, clue]) => (clue ? [[field, clue.method] as const] : []))),
      ...(language !== 'und' && { language: 'text' }),
    },
  };
  return { ok: true, article };
}

/** Whether the page calls itself an article, so that a form on it is no gate. */
function saysArticle(document: Document, meta: MetaTags, linked: LinkedArticle | null): boolean {
  return (
    (linked?.types.some((type) => /Article|Posting$/.test(type)) ?? false) ||
    meta.first('og:type') === 'article' ||
    meta.first('article:published_time', 'datepublished') !== null ||
    document.querySelector('article h1') !== null
  );
}

/** A value that a page may give in several places, the most trusted first. */
function firstOf(...candidates: ReadonlyArray<Clue<string | null | undefined>>): Clue | null {
  for (const { method, value } of candidates) if (value) return { method, value };
  return null;
}

/** The same with the address made absolute; addresses that aren't http(s) are passed over. */
function firstAddress(url: string, ...candidates: ReadonlyArray<Clue<string | null | undefined>>): Clue | null {
  for (const { method, value } of candidates) {
    const address = value && safeAddress(value, url);
    if (address?.startsWith('http')) return { method, value: address };
  }
  return null;
}

function findCanonical(meta: MetaTags, url: string): Clue | null {
  return firstAddress(
    url,
    { method: 'link', value: meta.link('canonical') },
    { method: 'og', value: meta.first('og:url') },
  );
}

function findImage(meta: MetaTags, linked: LinkedArticle | null, url: string): Clue | null {
  return firstAddress(
    url,
    { method: 'og', value: meta.first('og:image:secure_url', 'og:image') },
    { method: 'meta', value: meta.first('twitter:image', 'twitter:image:src') },
    { method: 'json-ld', value: linked?.image },
  );
}

function findSection(meta: MetaTags, linked: LinkedArticle | null): Clue | null {
  return firstOf(
    { method: 'json-ld', value: linked?.section },
    { method: 'meta', value: meta.first('article:section', 'parsely-section', 'section') },
  );
}

function findExcerpt(meta: MetaTags, linked: LinkedArticle | null, text: string): Clue | null {
  return firstOf(
    { method: 'og', value: meta.first('og:description') },
    { method: 'meta', value: meta.first('description', 'twitter:description', 'dc.description') },
    { method: 'json-ld', value: linked?.description },
    { method: 'text', value: text.split('\n', 1)[0] },
  );
}

function fault(reason: ExtractFault, message: string): ExtractResult {
  return { ok: false, reason, message };
}
