/** The sentence to show for an article: the one in which its strongest evidence stands. */
import type { Evidence } from '../threats/threat.js';

/** About three lines of a list. A longer sentence is cut around its evidence. */
const QUOTE_MAX_CHARACTERS = 300;
/** Of a paragraph without full stops, this much is looked at on either side. */
const LOOKED_AT_CHARACTERS = 2_000;

export interface Quote {
  readonly start: number;
  readonly end: number;
  /** Whether words of the sentence were left off on that side. */
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
}

/** The evidence that speaks loudest, undefined when all speaks against. */
export function strongest<Finding extends Pick<Evidence, 'weight'>>(findings: readonly Finding[]): Finding | undefined {
  return findings.reduce<Finding | undefined>(
    (best, finding) => (finding.weight > (best?.weight ?? 0) ? finding : best),
    undefined,
  );
}

/** Making one takes longer than using it. */
const segmenters = new Map<string, Intl.Segmenter>();

function segmenterOf(language: string): Intl.Segmenter {
  const known = segmenters.get(language);
  if (known) return known;
  const made = new Intl.Segmenter(language === 'und' ? 'en' : language, { granularity: 'sentence' });
  segmenters.set(language, made);
  return made;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** @param language of the text, ISO 639-1 or `und` */
export function quoteAround(text: string, finding: Span, language: string): Quote {
  const lineStart = text.lastIndexOf('\n', finding.start) + 1;
  const lineEnd = text.indexOf('\n', finding.end);
  const from = Math.max(lineStart, finding.start - LOOKED_AT_CHARACTERS);
  const to = Math.min(lineEnd === -1 ? text.length : lineEnd, finding.end + LOOKED_AT_CHARACTERS);
  let start = from;
  let end = to;
  for (const sentence of segmenterOf(language).segment(text.slice(from, to))) {
    const at = from + sentence.index;
    if (at <= finding.start) start = at;
    if (at + sentence.segment.length >= finding.end) {
      end = at + sentence.segment.trimEnd().length;
      break;
    }
  }
  return shorten(text, { start, end: Math.max(end, finding.end) }, finding);
}

function shorten(text: string, whole: Span, finding: Span): Quote {
  if (whole.end - whole.start <= QUOTE_MAX_CHARACTERS) return { ...whole, cutBefore: false, cutAfter: false };
  const room = Math.max(0, QUOTE_MAX_CHARACTERS - (finding.end - finding.start));
  let start = Math.max(whole.start, finding.start - Math.floor(room / 2));
  let end = Math.min(whole.end, start + Math.max(QUOTE_MAX_CHARACTERS, finding.end - finding.start));
  start = Math.max(whole.start, Math.min(start, end - QUOTE_MAX_CHARACTERS));
  // Between words, so that neither a word nor a surrogate pair is cut.
  if (start > whole.start) {
    const space = text.indexOf(' ', start);
    start = space === -1 || space >= finding.start ? finding.start : space + 1;
  }
  if (end < whole.end) {
    end = Math.max(text.lastIndexOf(' ', end), finding.end);
  }
  return { start, end, cutBefore: start > whole.start, cutAfter: end < whole.end };
}
