/** What classification says of an article. */

/** The parts of an article that are matched. */
export type Field = 'title' | 'text';

/** Words of the article that speak for (weight > 0) or against (weight < 0) a tag. */
export interface Evidence {
  readonly field: Field;
  /** UTF-16 offsets in the field: `field.slice(start, end) === text`. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Id of the language-independent concept that the words express, e.g. `act.arson`. */
  readonly concept: string;
  /** What this span adds to the logit behind the score; `explain` gives the whole sum. */
  readonly weight: number;
}

/** A threat type given to an article. */
export interface Tag {
  /** Id from `config/taxonomy`, e.g. `sabotage`. */
  readonly type: string;
  /** Calibrated probability, 0–1. */
  readonly score: number;
  /** Never empty, strongest first. */
  readonly evidence: readonly Evidence[];
}

/** Words of the article that show a facet's value. */
export type FacetEvidence = Omit<Evidence, 'weight'>;

/** Who, what at, by what means, where, how far and when: what an article tells beside its threat types. */
export interface Facet {
  /** Id from `config/taxonomy/facets.yaml`, e.g. `target`. */
  readonly facet: string;
  /** Id within the facet, e.g. `port`. */
  readonly value: string;
  /** How present it is, 0–1: near 1 where title and opening say it, low where it is said in passing. */
  readonly score: number;
  /** Never empty, in the order of the article, its title first. */
  readonly evidence: readonly FacetEvidence[];
}

/** A type whose score lies near its threshold, given or not, with evidence that speaks for it. */
export interface Borderline extends Tag {
  readonly threshold: number;
}

/** What another model said of a borderline type. It decides whether the tag is given; what came first is kept beside it. */
export interface SecondOpinion {
  readonly type: string;
  readonly verdict: 'is' | 'is-not';
  /** `endpoint:MODEL` or `local:FOLDER`. */
  readonly by: string;
  /** The passage that it rests on; null from a model that gives none. */
  readonly quote: string | null;
  /** By that model, 0–1; null from a model that gives none. */
  readonly probability: number | null;
  readonly first: Omit<Borderline, 'type'>;
  /** Fingerprint of what was asked: the same text, first opinion and model give the same. */
  readonly question: string;
}

export interface Classification {
  /** ISO 639-1, `und` when unsure. */
  readonly language: string;
  /** Only types at or above their threshold, highest score first; what the classifier says, whatever a second opinion does. */
  readonly threats: readonly Tag[];
  /** Absent where none was had. */
  readonly secondOpinions?: readonly SecondOpinion[];
  /** Strongest first; they come from the words alone, without the model. */
  readonly facets: readonly Facet[];
  /** Which taxonomy and model said so; changes whenever either does. */
  readonly version: string;
}

export interface ClassifyInput {
  readonly title: string;
  readonly text: string;
  /** ISO 639-1; detected from the text where absent. */
  readonly language?: string | undefined;
}
