/** The text that a page's JSON-LD states (schema.org `articleBody`), for pages that show only the begin of it. */
import { type Block, segment } from './blocks.js';
import { parseFragment } from './dom.js';
import type { LinkedArticle } from './evidence/json-ld.js';
import { escapeHtml } from './safe-html.js';
import { decodeEntities } from './title.js';
import { trimBlocks } from './trim.js';

/** The text found is doubted when it is below this share of the stated one: the rest isn't in the page's markup. */
const DOUBTED_SHARE = 0.5;
/** Shorter bodies are summaries. */
const MIN_STATED_CHARACTERS = 500;
const TAG = /<(?:p|br|div|h[1-6]|ul|ol|blockquote)\b[^>]*>/i;

/**
 * The stated body as blocks, where the text found is so much shorter that it can't be all of the article.
 *
 * @param foundCharacters length of the text found in the page's markup
 * @param url base of relative links
 * @returns null where the page states none, none that can be read, or none that says much more
 */
export function fullerStatedBody(
  linked: LinkedArticle | null,
  foundCharacters: number,
  title: string | null,
  url: string,
): readonly Block[] | null {
  if (!linked?.isArticle || linked.body === null || linked.body.length < MIN_STATED_CHARACTERS) return null;
  if (foundCharacters >= linked.body.length * DOUBTED_SHARE) return null;
  const document = parseFragment(markupOf(linked.body));
  if (!document) return null;
  const blocks = trimBlocks(segment(document, url), title);
  const stated = blocks.reduce((sum, { text }) => sum + text.length, 0);
  return stated >= MIN_STATED_CHARACTERS && foundCharacters < stated * DOUBTED_SHARE ? blocks : null;
}

/** Plain text gets its paragraphs; HTML stays, escaped once more or not. */
function markupOf(body: string): string {
  const unescaped = /&lt;(?:p|br|div)\b/i.test(body) ? decodeEntities(body) : body;
  if (TAG.test(unescaped)) return unescaped;
  return body
    .split(/\s*[\r\n]+\s*/)
    .filter((line) => line !== '')
    .map((line) => `<p>${escapeHtml(decodeEntities(line))}</p>`)
    .join('');
}
