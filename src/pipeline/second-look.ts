/** Classifies articles, and asks an adviser about the types whose score lies near their threshold. */
import type { Settings } from '../config.js';
import type { Metrics } from '../metrics.js';
import type { Verdict } from '../second-opinion/adviser.js';
import type { RestingAdviser } from '../second-opinion/breaker.js';
import type { Database } from '../store/database.js';
import { knownOpinions } from '../store/second-opinions.js';
import type { Classifier } from '../threats/classifier.js';
import type { Borderline, Classification, ClassifyInput, SecondOpinion } from '../threats/threat.js';
import { identityOf } from './stages.js';

export type ClassifyArticle = (pageId: string, article: ClassifyInput) => Promise<Classification>;

interface SecondLookParts {
  readonly classifier: Classifier;
  readonly adviser: RestingAdviser;
  readonly database: Database;
  readonly metrics: Metrics;
  readonly settings: Pick<Settings['secondOpinion'], 'margin' | 'mostTypes'>;
}

/**
 * A classifier that has the adviser decide what is borderline. Where it does not answer, the classification is the
 * classifier's own; what it once answered to the same question is not asked again, so that a replay changes nothing.
 */
export function createSecondLook({
  classifier,
  adviser,
  database,
  metrics,
  settings,
}: SecondLookParts): ClassifyArticle {
  const count = (outcome: string, types = 1) => metrics.secondOpinions.inc({ outcome }, types);

  async function ask(
    article: ClassifyInput,
    doubtful: readonly Borderline[],
    given: ReadonlySet<string>,
  ): Promise<ReadonlyMap<string, Verdict>> {
    if (doubtful.length === 0) return new Map();
    const ids = new Set(doubtful.map(({ type }) => type));
    const answer = await adviser.ask(
      article,
      classifier.types.filter(({ id }) => ids.has(id)),
    );
    if (answer.outcome === 'left-alone') count('skipped', ids.size);
    else count('asked', ids.size);
    if (answer.outcome === 'failed') count('failed', ids.size);
    if (answer.outcome !== 'answered') return new Map();
    for (const type of ids) {
      const said = answer.verdicts.get(type);
      count(said === undefined ? 'void' : (said.verdict === 'is') === given.has(type) ? 'agreed' : 'changed');
    }
    return answer.verdicts;
  }

  return async (pageId, article) => {
    const { classification, borderline } = classifier.classifyClosely(article, settings.margin);
    const doubtful = borderline.slice(0, settings.mostTypes);
    if (doubtful.length === 0) return classification;
    const question = identityOf(adviser.name, classifier.version, classification.language, article.title, article.text);
    const known = new Map(
      (await knownOpinions(database.pool, pageId, question)).map(({ type, ...verdict }) => [type, verdict]),
    );
    const fresh = await ask(
      article,
      doubtful.filter(({ type }) => !known.has(type)),
      new Set(classification.threats.map(({ type }) => type)),
    );
    const secondOpinions = doubtful.flatMap(({ type, ...first }): SecondOpinion[] => {
      const said = known.get(type) ?? fresh.get(type);
      if (said === undefined) return [];
      if (known.has(type)) count('known');
      return [{ type, ...said, by: adviser.name, first, question }];
    });
    return secondOpinions.length === 0 ? classification : { ...classification, secondOpinions };
  };
}
