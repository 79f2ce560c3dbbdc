/** Mozilla's Readability over a prepared document: which blocks it takes for the article. */
import { Readability } from '@mozilla/readability';
import { BLOCK_MARK } from './blocks.js';

/** Runs Readability, which changes the document. Ids of the marked blocks in what it found; empty when it finds nothing. */
export function readableBlocks(document: Document): ReadonlySet<number> {
  const reader = new Readability<Element>(document, {
    keepClasses: true,
    disableJSONLD: true,
    serializer: (node) => node as Element,
  });
  const content = reader.parse()?.content;
  const marked = content ? [...content.querySelectorAll(`[${BLOCK_MARK}]`)] : [];
  return new Set(marked.map((element) => Number(element.getAttribute(BLOCK_MARK))));
}
