/** Why an article has a tag: the sentence in which the strongest evidence stands, and the words that counted. */
import type { StoredTag } from '../store/articles.js';
import type { Evidence } from '../threats/threat.js';
import type { DetailedArticle, NamedThreatType } from './format.js';
import { allowedInXml } from './markup.js';
import { secondOpinionInWords } from './origin.js';
import { quoteAround, strongest } from './quote.js';
import { labelOf } from './vocabularies.js';

export interface Explanation {
  readonly type: string;
  readonly label: string;
  /** 0–1. */
  readonly score: number;
  /** Whole per cent. */
  readonly percent: number;
  /** `second opinion (NAME)` where one decided; undefined otherwise. */
  readonly decidedBy: string | undefined;
  /** Strongest first; empty for a tag that an analyst gave. */
  readonly words: readonly Evidence[];
  /** Pieces of the sentence in order, those that are evidence marked; empty without evidence. */
  readonly sentence: readonly { readonly text: string; readonly marked: boolean }[];
}

/** One explanation a tag, strongest tag first. */
export function explain(article: DetailedArticle, types: readonly NamedThreatType[]): Explanation[] {
  return article.tags.map((tag) => ({
    type: tag.type,
    label: labelOf(tag.type, types),
    score: tag.score,
    percent: Math.round(tag.score * 100),
    decidedBy: secondOpinionInWords(tag.origin),
    words: tag.evidence,
    sentence: sentenceOf(article, tag),
  }));
}

/** The sentence as plain text. */
export const plainSentence = ({ sentence }: Explanation): string => sentence.map(({ text }) => text).join('');

/** `“arson” (act.arson +0.90), “rail depot” (target.rail +0.30)`; what speaks against has a minus. */
export const wordList = ({ words }: Explanation): string =>
  words
    .map(
      ({ text, concept, weight }) =>
        `“${allowedInXml(text)}” (${concept} ${weight < 0 ? '' : '+'}${weight.toFixed(2)})`,
    )
    .join(', ');

function sentenceOf(article: DetailedArticle, tag: StoredTag): Explanation['sentence'] {
  for (const [field, text] of [
    ['text', article.details.text],
    ['title', article.title],
  ] as const) {
    // Evidence of an earlier wording of the text points nowhere.
    const found = tag.evidence.filter((each) => each.field === field && text.slice(each.start, each.end) === each.text);
    const best = strongest(found);
    if (!best) continue;
    const quote = quoteAround(text, best, article.language);
    const pieces = cut(text, quote, found);
    if (quote.cutBefore) pieces.unshift({ text: '… ', marked: false });
    if (quote.cutAfter) pieces.push({ text: ' …', marked: false });
    return pieces;
  }
  return [];
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function cut(text: string, within: Span, marks: readonly Span[]): { text: string; marked: boolean }[] {
  const pieces: { text: string; marked: boolean }[] = [];
  let place = within.start;
  const add = (end: number, marked: boolean) => {
    if (end > place) pieces.push({ text: allowedInXml(text.slice(place, end)), marked });
    place = Math.max(place, end);
  };
  for (const { start, end } of [...marks].sort((a, b) => a.start - b.start)) {
    if (end <= place || start >= within.end) continue;
    add(Math.max(start, place), false);
    add(Math.min(end, within.end), true);
  }
  add(within.end, false);
  return pieces;
}
