/** An article made of what its feed says, for items whose page can't be had. */
import type { ExtractResult } from './article.js';
import { segment } from './blocks.js';
import { cleanNames } from './byline.js';
import { composeHtml, composeText } from './compose.js';
import { parseFast } from './dom.js';
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
 * item that is nothing but such lines keeps them. Pure, never throws.
 *
 * @param url address of the item's page
 */
export function articleFromFeedItem(item: FeedItemText, url: string): ExtractResult {
  const title = item.title ? foldSpace(plainText(bodyOf(item.title))) : '';
  const source = longest(item.content, item.summary);
  if (title === '' && source === '') return { ok: false, reason: 'no-text', message: 'the feed item has no text' };
  const body = bodyOf(source);
  const image = safeAddress(body.querySelector('img[src]')?.getAttribute('src') ?? '', url);
  const all = { text: plainText(body), html: safeHtml(body, url) };
  const kept = trimBlocks(segment(body.ownerDocument, url), title);
  const { text, html } =
    kept.length > 0
      ? { text: composeText(kept), html: composeHtml(kept) }
      : all.text === ''
        ? { text: title, html: '' }
        : all;
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
      excerpt: item.summary ? plainText(bodyOf(item.summary)).split('\n', 1)[0] || null : null,
      method: 'feed',
      methods: { title: 'feed', byline: 'feed', publishedAt: 'feed' },
    },
  };
}

function longest(...texts: readonly (string | null | undefined)[]): string {
  return texts.reduce<string>((best, text) => (text && text.length > best.length ? text : best), '');
}

function bodyOf(htmlOrText: string): HTMLElement {
  return parseFast(`<html><head></head><body>${htmlOrText}</body></html>`).document.body;
}
