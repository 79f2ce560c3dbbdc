/** Which terms of the taxonomy earn their place on given articles. */
import type { LabelledArticle } from './labelled.js';
import { createReader } from './reading.js';
import type { Taxonomy, WrittenTerm } from './taxonomy.js';

export interface TermUse {
  /** Terms that no article says. */
  readonly silent: readonly WrittenTerm[];
  /** Terms that fire only where other words of the same concept say it in the same field: without them nothing changes. */
  readonly spare: readonly WrittenTerm[];
}

/** Reads the articles, each in its own language, and finds terms that never fire and terms whose removal changes nothing. */
export function termUse(
  taxonomy: Taxonomy,
  articles: readonly Pick<LabelledArticle, 'title' | 'text' | 'language'>[],
): TermUse {
  const read = createReader(taxonomy);
  // A gazetteer holds the towns that no article has named yet.
  const places = new Set(taxonomy.concepts.filter(({ place }) => place).map(({ id }) => id));
  const fired = new Set<number>();
  const needed = new Set<number>();
  for (const article of articles) {
    const language = taxonomy.languages.includes(article.language) ? article.language : 'en';
    const termsByPlace = new Map<string, Set<number>>();
    for (const { concept, term, field } of read(article, language).mentions) {
      fired.add(term);
      const place = `${concept} ${field}`;
      termsByPlace.set(place, (termsByPlace.get(place) ?? new Set()).add(term));
    }
    for (const terms of termsByPlace.values()) if (terms.size === 1) for (const term of terms) needed.add(term);
  }
  return {
    silent: taxonomy.terms.filter(({ concept }, index) => !fired.has(index) && !places.has(concept)),
    spare: taxonomy.terms.filter((_, index) => fired.has(index) && !needed.has(index)),
  };
}
