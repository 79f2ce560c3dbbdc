/** Text with its evidence marked. */
import { cutAtFindings, type Finding, type Piece } from '../marks.js';
import type { ThreatNames } from '../threat-names.js';
import { useWords } from './wording.js';
export interface MarkedTextProperties {
  readonly text: string;
  /** Those of `text` (see findingsIn). */
  readonly findings: readonly Finding[];
  readonly range?: { readonly start: number; readonly end: number };
  readonly names: ThreatNames;
  /** `targets` gives each finding's first piece an id that a table can link to, once a page. */
  readonly as: 'targets' | 'plain';
}

export function MarkedText({ text, findings, range, names, as }: MarkedTextProperties) {
  return (
    <>
      {cutAtFindings(text, findings, range).map((piece) =>
        piece.findings.length === 0 ? piece.text : <PieceMark key={piece.start} piece={piece} names={names} as={as} />,
      )}
    </>
  );
}

function PieceMark({
  piece,
  names,
  as,
}: {
  readonly piece: Piece;
  readonly names: ThreatNames;
  readonly as: MarkedTextProperties['as'];
}) {
  const say = useWords();
  const said = piece.findings
    .map(({ type, concept, weight }) => say.article.finding(names.label(type), concept, weight))
    .join('\n');
  const begins = as === 'targets' ? piece.findings.filter((finding) => finding.start === piece.start) : [];
  return (
    <mark class={classesOf(piece.findings, names)} title={said}>
      {begins.map(({ number }) => (
        <span key={number} id={`finding-${number}`} class="target" />
      ))}
      {piece.text}
      <span class="spoken" lang={say.language}>
        {' '}
        ({said.replaceAll('\n', say.semicolon)})
      </span>
    </mark>
  );
}

/** The strongest finding gives the ground, the strongest of another type a second line below. */
function classesOf(findings: readonly Finding[], names: ThreatNames): string {
  const [first] = findings;
  if (first === undefined) return '';
  const other = findings.find(({ type }) => type !== first.type);
  return [
    names.colour(first.type),
    ...(first.weight < 0 ? ['against'] : []),
    ...(other ? [`and-${names.colour(other.type)}`] : []),
  ].join(' ');
}
