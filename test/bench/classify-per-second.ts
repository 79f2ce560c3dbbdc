/** How many articles of 4 KB one core tags in a second, in all four languages of readers, threats and look-alikes mixed. */
import { bodyBlocks, loadDemoArticles } from '../../src/demo/articles.js';
import { createClassifier } from '../../src/threats/classifier.js';
import type { BenchKey } from './key.js';
import { median } from './median.js';

const ARTICLE_CHARACTERS = 4096;
const sizes = { quick: { rounds: 5, passes: 1 }, full: { rounds: 11, passes: 4 } } as const;

export const classifyPerSecond: BenchKey = {
  key: 'classify_per_second',
  meaning: 'articles of 4 KB classified a second on one core',
  needs: [],
  async measure(_grounds, size) {
    const { rounds, passes } = sizes[size];
    const classifier = createClassifier();
    const articles = loadDemoArticles().map((article) => ({
      title: article.title,
      language: article.language,
      text: lengthened(
        bodyBlocks(article)
          .map(({ text }) => text)
          .join('\n\n'),
      ),
    }));
    const pass = (): void => {
      for (const article of articles) classifier.classify(article);
    };
    pass();
    const speeds: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const began = performance.now();
      for (let again = 0; again < passes; again++) pass();
      speeds.push((articles.length * passes) / ((performance.now() - began) / 1000));
    }
    return { value: median(speeds), detail: `${articles.length} articles, median of ${rounds} rounds` };
  },
};

const lengthened = (text: string): string =>
  `${text}\n\n`.repeat(Math.ceil(ARTICLE_CHARACTERS / (text.length + 2))).slice(0, ARTICLE_CHARACTERS);
