/** How many articles of 4 KB one core tags in a second, readers' languages, threats and look-alikes mixed, and what more terms cost. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bodyBlocks, loadDemoArticles } from '../../src/demo/articles.js';
import { shippedConfig } from '../../src/paths.js';
import { type Classifier, createClassifier } from '../../src/threats/classifier.js';
import { loadTaxonomy } from '../../src/threats/taxonomy.js';
import type { BenchKey } from './key.js';
import { alternate, median, medianRatio } from './median.js';

const ARTICLE_CHARACTERS = 4096;
const GROWTH = 10;
const sizes = { quick: { rounds: 5, passes: 1 }, full: { rounds: 11, passes: 4 } } as const;

const classifyPerSecond: BenchKey = {
  key: 'classify_per_second',
  meaning: 'articles of 4 KB classified a second on one core',
  aim: { atLeast: 500 },
  needs: [],
  async measure(_grounds, size) {
    const { rounds, passes } = sizes[size];
    const articles = longArticles();
    const classifier = createClassifier();
    secondsFor(classifier, articles, 1);
    const speeds: number[] = [];
    for (let round = 0; round < rounds; round++)
      speeds.push((articles.length * passes) / secondsFor(classifier, articles, passes));
    return { value: median(speeds), detail: `${articles.length} articles, median of ${rounds} rounds` };
  },
};

const classifyWithTenfoldLexicon: BenchKey = {
  key: 'classify_with_tenfold_lexicon',
  meaning: 'time an article with ten times the terms over that with those shipped (less is better)',
  aim: { atMost: 1.1 },
  needs: [],
  async measure(_grounds, size) {
    const { rounds, passes } = sizes[size];
    const articles = longArticles();
    const taxonomyDirectory = mkdtempSync(join(tmpdir(), 'belfry-grown-taxonomy-'));
    try {
      cpSync(shippedConfig('taxonomy'), taxonomyDirectory, { recursive: true });
      const terms = loadTaxonomy(taxonomyDirectory).terms.length;
      writeFileSync(join(taxonomyDirectory, 'concepts/grown.yaml'), inventedConcepts(terms * (GROWTH - 1)));
      const shipped = createClassifier();
      const grown = createClassifier({ taxonomyDirectory, modelFile: shippedConfig('model.json') });
      const grownTerms = loadTaxonomy(taxonomyDirectory).terms.length;
      for (const classifier of [shipped, grown]) secondsFor(classifier, articles, 1);
      const pairs = await alternate(
        rounds,
        async () => secondsFor(grown, articles, passes),
        async () => secondsFor(shipped, articles, passes),
      );
      return { value: medianRatio(pairs), detail: `${grownTerms} terms to ${terms}, ${rounds} pairs` };
    } finally {
      rmSync(taxonomyDirectory, { recursive: true });
    }
  },
};

export const classifySpeeds: readonly BenchKey[] = [classifyPerSecond, classifyWithTenfoldLexicon];

interface LongArticle {
  readonly title: string;
  readonly text: string;
  readonly language: string;
}

const longArticles = (): LongArticle[] =>
  loadDemoArticles().map((article) => ({
    title: article.title,
    language: article.language,
    text: lengthened(
      bodyBlocks(article)
        .map(({ text }) => text)
        .join('\n\n'),
    ),
  }));

const lengthened = (text: string): string =>
  `${text}\n\n`.repeat(Math.ceil(ARTICLE_CHARACTERS / (text.length + 2))).slice(0, ARTICLE_CHARACTERS);

/** Seconds that all articles take, so many times over. */
function secondsFor(classifier: Classifier, articles: readonly LongArticle[], passes: number): number {
  const began = performance.now();
  for (let pass = 0; pass < passes; pass++) for (const article of articles) classifier.classify(article);
  return (performance.now() - began) / 1000;
}

const TERMS_OF_A_LIST = 60;
/** Of so many terms one is a single word, the others are two with a gap. */
const ONE_SINGLE_WORD_IN = 3;

/** Terms of made-up words, spread over languages and concepts as the shipped ones are. */
function inventedConcepts(count: number): string {
  let yaml = 'concepts:\n';
  for (let made = 0, concept = 0; made < count; concept++) {
    yaml += `  grown.c${concept}:\n`;
    for (const language of ['en', 'nl', 'fr', 'de']) {
      const list = Array.from({ length: TERMS_OF_A_LIST }, () => {
        made++;
        return made % ONE_SINGLE_WORD_IN === 0
          ? madeUpWord(made)
          : `${madeUpWord(made)} .. ${madeUpWord(made * 7 + 1)}`;
      });
      yaml += `    ${language}: [${list.join(', ')}]\n`;
    }
  }
  return yaml;
}

const syllables = 'ba de fi go lu ma ne pi ro su ta ve wi xo zu kra ste bli dro fle'.split(' ');

/** The number in digits that are syllables, at least four of them. */
function madeUpWord(number: number): string {
  let word = '';
  for (let rest = number + syllables.length ** 3; rest > 0; rest = Math.floor(rest / syllables.length))
    word += syllables[rest % syllables.length];
  return word;
}
