/**
 * How many articles of 4 KB are classified a second on one core, and what a lexicon grown tenfold costs.
 * After a build: node dist/test/bench/classify.js [--json]
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shippedConfig } from '../../src/paths.js';
import { createClassifier } from '../../src/threats/classifier.js';
import { readLabelled } from '../../src/threats/labelled.js';
import { loadTaxonomy } from '../../src/threats/taxonomy.js';

export interface ClassifySpeed {
  readonly terms: number;
  readonly articlesPerSecond: number;
  readonly grownTerms: number;
  readonly grownArticlesPerSecond: number;
  /** How much slower the grown lexicon is, in per cent; below zero where chance made it faster. */
  readonly slowdownPercent: number;
}

const ARTICLES = 400;
const ARTICLE_CHARACTERS = 4096;
const GROWTH = 10;
/** Both are measured in turn this often, and the fastest run counts: whatever else the machine does only slows. */
const ROUNDS = 7;

/** Measures with the shipped taxonomy and model. */
export function measureClassifySpeed(): ClassifySpeed {
  const taxonomyDirectory = shippedConfig('taxonomy');
  const modelFile = shippedConfig('model.json');
  const grownDirectory = mkdtempSync(join(tmpdir(), 'grown-taxonomy-'));
  try {
    const terms = loadTaxonomy(taxonomyDirectory).terms.length;
    cpSync(taxonomyDirectory, grownDirectory, { recursive: true });
    writeFileSync(join(grownDirectory, 'grown.yaml'), inventedConcepts(terms * (GROWTH - 1)));
    const articles = longArticles();
    const shipped = createClassifier({ taxonomyDirectory, modelFile });
    const grown = createClassifier({ taxonomyDirectory: grownDirectory, modelFile });
    const seconds = { shipped: Number.POSITIVE_INFINITY, grown: Number.POSITIVE_INFINITY };
    for (let round = 0; round < ROUNDS; round++) {
      seconds.shipped = Math.min(seconds.shipped, secondsFor(shipped, articles));
      seconds.grown = Math.min(seconds.grown, secondsFor(grown, articles));
    }
    return {
      terms,
      articlesPerSecond: Math.round(ARTICLES / seconds.shipped),
      grownTerms: loadTaxonomy(grownDirectory).terms.length,
      grownArticlesPerSecond: Math.round(ARTICLES / seconds.grown),
      slowdownPercent: Math.round((seconds.grown / seconds.shipped - 1) * 1000) / 10,
    };
  } finally {
    rmSync(grownDirectory, { recursive: true });
  }
}

type LongArticle = { readonly title: string; readonly text: string; readonly language: string };

function secondsFor(classifier: ReturnType<typeof createClassifier>, articles: readonly LongArticle[]): number {
  const started = process.cpuUsage();
  for (const article of articles) classifier.classify(article);
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
}

/** Invented articles of one language strung together until they are long enough. */
function longArticles(): LongArticle[] {
  const invented = readLabelled(shippedConfig('taxonomy/invented/told-indirectly.jsonl'));
  return Array.from({ length: ARTICLES }, (_, number) => {
    const first = invented[(number * 37) % invented.length] as (typeof invented)[number];
    const others = invented.filter(({ language }) => language === first.language);
    let text = first.text;
    for (let next = number; text.length < ARTICLE_CHARACTERS; next += 13)
      text += `\n${others[next % others.length]?.text}`;
    return { title: first.title, text: text.slice(0, ARTICLE_CHARACTERS), language: first.language };
  });
}

/** Terms of two made-up words each, spread over languages and concepts as the shipped ones are. */
function inventedConcepts(count: number): string {
  const languages = ['en', 'nl', 'fr', 'de'];
  const perList = 60;
  let yaml = 'concepts:\n';
  for (let made = 0, concept = 0; made < count; concept++) {
    yaml += `  grown.c${concept}:\n`;
    for (const language of languages) {
      const list = Array.from({ length: perList }, () => {
        made++;
        return made % 3 === 0 ? madeUpWord(made) : `${madeUpWord(made)} .. ${madeUpWord(made * 7 + 1)}`;
      });
      yaml += `    ${language}: [${list.join(', ')}]\n`;
    }
  }
  return yaml;
}

const syllables = 'ba de fi go lu ma ne pi ro su ta ve wi xo zu kra ste bli dro fle'.split(' ');

function madeUpWord(number: number): string {
  let word = '';
  for (let rest = number + 8000; rest > 0; rest = Math.floor(rest / syllables.length)) {
    word += syllables[rest % syllables.length];
  }
  return word;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const speed = measureClassifySpeed();
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(speed)}\n`);
  else {
    process.stdout.write(
      `${speed.articlesPerSecond} articles of ${ARTICLE_CHARACTERS} characters a second with ${speed.terms} terms, ` +
        `${speed.grownArticlesPerSecond} with ${speed.grownTerms} (${speed.slowdownPercent} % slower)\n`,
    );
  }
}
