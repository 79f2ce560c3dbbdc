/** What every output format is: a name, how it travels, and a way to write articles. One file a format; `formats.ts` lists them. */
import type { Writable } from 'node:stream';
import type { ArticleDetails } from '../store/article-details.js';
import type { ArticleSummary } from '../store/articles.js';

/** An article with what its summary leaves out. */
export interface DetailedArticle extends ArticleSummary {
  readonly details: ArticleDetails;
}

/** A threat type as other vocabularies call it; the taxonomy's own types fit. */
export interface NamedThreatType {
  readonly id: string;
  /** ISO 639-1 → name for people. */
  readonly labels: Readonly<Record<string, string>>;
  /** MISP taxonomy tags, such as `rsit:availability="sabotage"`. */
  readonly misp?: readonly string[];
  /** MISP galaxies: `type="cluster"`, or a galaxy's bare name, which is no tag. */
  readonly galaxies?: readonly string[];
}

/** A side of what articles tell beside their threat types; the taxonomy's own facets fit. */
export interface NamedFacet {
  readonly id: string;
  /** ISO 639-1 → name for people. */
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly { readonly id: string; readonly labels: Readonly<Record<string, string>> }[];
}

/** Traffic Light Protocol 2.0 (FIRST, 2022). */
export type TrafficLight = 'clear' | 'green' | 'amber' | 'amber+strict' | 'red';

/** What a format needs to know beyond the articles. */
export interface OutputContext {
  /** What the list is, for people, in one line. */
  readonly title: string;
  /** Tells this list from all others and never changes: the filter in a canonical form. */
  readonly listId: string;
  /** Where this output stands on a server, absolute; null from the command line. */
  readonly address: string | null;
  /** Where the same list stands as a page, absolute. */
  readonly pageAddress: string;
  readonly types: readonly NamedThreatType[];
  /** Who speaks: the creator of STIX objects and MISP events. */
  readonly organisation: string;
  readonly trafficLight: TrafficLight;
}

interface Format {
  /** As in `belfry articles --format NAME` and `?format=NAME`. */
  readonly name: string;
  /** With parameters, as in Content-Type. */
  readonly mediaType: string;
  /** Without the dot. */
  readonly fileExtension: string;
}

/**
 * `write` takes articles one by one and never keeps them: memory stays flat however many there are. It ends when all is
 * handed over, and leaves `to` open.
 */
export type OutputFormat =
  | (Format & {
      readonly reads: 'summaries';
      write(articles: AsyncIterable<ArticleSummary>, to: Writable, context: OutputContext): Promise<void>;
    })
  | (Format & {
      readonly reads: 'details';
      write(articles: AsyncIterable<DetailedArticle>, to: Writable, context: OutputContext): Promise<void>;
    });
