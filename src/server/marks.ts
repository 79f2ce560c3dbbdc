/** Cuts a text at the edges of its evidence, so that each piece can be shown with all that was found in it. */
import type { Evidence, Field } from '../threats/threat.js';

/** One span of evidence with the tag that it belongs to. */
export interface Finding extends Evidence {
  readonly type: string;
  /** Numbers an article's findings, for links between text and table. */
  readonly number: number;
}

/** A stretch of text that the same findings cover. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Strongest first; empty where nothing was found. */
  readonly findings: readonly Finding[];
}

/** All evidence of an article's tags, numbered in the order of the tags. */
export function findingsOf(
  tags: readonly { readonly type: string; readonly evidence: readonly Evidence[] }[],
): readonly Finding[] {
  return tags
    .flatMap(({ type, evidence }) => evidence.map((each) => ({ ...each, type })))
    .map((each, number) => ({
      ...each,
      number,
    }));
}

/** The findings that stand in this field of the text as it is now; one that doesn't match the words any more marks nothing. */
export function findingsIn(text: string, field: Field, findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(
    (finding) =>
      finding.field === field && finding.end > finding.start && text.slice(finding.start, finding.end) === finding.text,
  );
}

/** Cuts `text` from `start` to `end` (UTF-16 offsets) into pieces, in order and without gaps. */
export function cutAtFindings(
  text: string,
  findings: readonly Finding[],
  { start, end }: { readonly start: number; readonly end: number } = { start: 0, end: text.length },
): readonly Piece[] {
  const touching = findings.filter((finding) => finding.start < end && finding.end > start);
  const edges = new Set([start, end]);
  for (const finding of touching) {
    edges.add(Math.max(finding.start, start));
    edges.add(Math.min(finding.end, end));
  }
  const cuts = [...edges].sort((a, b) => a - b);
  return cuts.slice(1).map((to, index) => {
    const from = cuts[index] as number;
    return {
      start: from,
      end: to,
      text: text.slice(from, to),
      findings: touching
        .filter((finding) => finding.start <= from && finding.end >= to)
        .sort((a, b) => b.weight - a.weight || a.number - b.number),
    };
  });
}

/** Where the paragraphs of a text are; blank lines are none. */
export function paragraphsOf(text: string): readonly { readonly start: number; readonly end: number }[] {
  return [...text.matchAll(/[^\n]*\S[^\n]*/g)].map(({ 0: line, index }) => ({
    start: index,
    end: index + line.length,
  }));
}
