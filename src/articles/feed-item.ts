/** An article made of what its feed says, for items whose page can't be had. */
import type { ExtractResult } from './article.js';
import { segment } from './blocks.js';
import { cleanNames } from './byline.js';
import { composeHtml, composeText } from './compose.js';
import { parseFragment } from './dom.js';
import { detectLanguage } from './language.js';
import { foldSpace, plainText } from './plain-text.js';
import { escapeHtml, safeAddress, safeHtml } from './safe-html.js';
import { trimBlocks } from './trim.js';

/** What a feed item may give; texts are plain or HTML. */
export interface FeedItemText {
  readonly title?: string | null;
  readonly link?: string | null;
  readonly publishedAt?: string | null;
  readonly summary?: string | null;
  readonly content?: string | null;
  readonly authors?: readonly string[] | null;
  readonly language?: string | null;
}

/**
 * Makes an article (method `feed`) of a feed item's own text, less the lines that its site puts into every item. An
 * item that is nothing but such lines keeps them, and one whose markup nests too deep has its title alone. Pure, never
 * throws.
 *
 * @param url address of the item's page
 */
export function articleFromFeedItem(item: FeedItemText, url: string): ExtractResult {
  const title = item.title ? foldSpace(textOf(item.title)) : '';
  const source = longest(item.content, item.summary);
  if (title === '' && source === '') return { ok: false, reason: 'no-text', message: 'the feed item has no text' };
  const document = parseFragment(source);
  if (title === '' && !document) return { ok: false, reason: 'too-deep', message: 'the item’s tags nest too deep' };
  const { text, html, image } = document ? ownText(document, title, url) : { text: title, html: '', image: null };
  const sample = `${title}\n${text}`;
  const detected = detectLanguage(sample);
  const claimed = /^[a-z]{2}(?![a-z])/i.exec(item.language ?? '')?.[0].toLowerCase();
  const link = item.link ? safeAddress(item.link, url) : null;
  return {
    ok: true,
    article: {
      url,
      canonicalUrl: link?.startsWith('http') ? link : null,
      title: title || null,
      byline: cleanNames(item.authors ?? []),
      publishedAt: item.publishedAt ?? null,
      modifiedAt: null,
      language: detected === 'und' && claimed ? claimed : detected,
      section: null,
      image,
      text,
      html: html || `<p>${escapeHtml(text)}</p>`,
      excerpt: item.summary ? textOf(item.summary).split('\n', 1)[0] || null : null,
      method: 'feed',
      methods: { title: 'feed', byline: 'feed', publishedAt: 'feed' },
    },
  };
}

function longest(...texts: readonly (string | null | undefined)[]): string {
  return texts.reduce<string>((best, text) => (text && text.length > best.length ? text : best), '');
}

/** The item's text without its site's lines; all of it where nothing else is left, and its title where there is none. */
function ownText(
  document: Document,
  title: string,
  url: string,
): { readonly text: string; readonly html: string; readonly image: string | null } {
  const { body } = document;
  const image = safeAddress(body.querySelector('img[src]')?.getAttribute('src') ?? '', url);
  const all = plainText(body);
  const html = safeHtml(body, url);
  const kept = trimBlocks(segment(document, url), title);
  if (kept.length > 0) return { text: composeText(kept), html: composeHtml(kept), image };
  return all === '' ? { text: title, html: '', image } : { text: all, html, image };
}

/** The text of HTML or plain text; none where it can't be read. */
function textOf(htmlOrText: string): string {
  const document = parseFragment(htmlOrText);
  return document ? plainText(document.body) : '';
}
