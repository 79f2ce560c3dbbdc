/** What a classifier must beat: a list of keywords, and natural's classifiers, on the same folds. */
import { Worker } from 'node:worker_threads';
import { FOLDS } from './cross-validation.js';
import { type Judged, type Scoreboard, scoreboard } from './figures.js';
import { foldsByEvent } from './folds.js';
import type { LabelledArticle } from './labelled.js';
import type { NaturalAnswer, NaturalTask } from './natural-baseline.js';
import { stem } from './stems.js';
import { fold, splitWords } from './words.js';

/** What a careful person would type into a search box, per type, in Dutch, French, German and English. */
const keywords: Readonly<Record<string, RegExp>> = {
  disinformation:
    /disinformation|misinformation|desinform|désinform|fake news|nepnieuws|deepfake|propaganda|troll|trollen/i,
  espionage: /\bsp(y|ies|ying)\b|espionage|spionage|espion|geheimdienst|spyware|treason|landverraad|landesverrat/i,
  'political-interference':
    /foreign (influence|interference)|election (interference|meddling)|inmenging|ingérence|einmischung|einflussnahme|foreign agent/i,
  cyberattack: /hack|ransomware|cyber|malware|ddos|phishing|rançongiciel|piratage|datalek|data breach|datenleck/i,
  sabotage: /sabotage|saboteu|arson|brandstichting|brandanschlag|incendie (criminel|volontaire)|brandstiftung/i,
  'drone-incursion': /\bdrones?\b|drohne|unmanned aerial/i,
  jihadism:
    /jihad|djihad|dschihad|islamic state|islamitische staat|état islamique|islamischer staat|al.qa[ei]da|isis\b|\bIS\b/i,
  'right-wing-extremism':
    /neo.?nazi|far.right|extreme right|white supremac|extreemrechts|rechtsextrem|extrême droite|reichsbürger|proud boys/i,
  'left-wing-extremism': /far.left|anarchis|antifa|linksextrem|extreemlinks|extrême gauche|\bRAF\b|autonome/i,
  'nihilistic-networks': /\b764\b|sextortion|nihilis|no lives matter|maniac murder/i,
  'organised-crime':
    /drug|cocaine|cocaïne|kokain|maf+ia|cartel|kartel|gang\b|bende|bande\b|organi[sz]ed crime|criminalité organisée|drogen|money laundering|witwas/i,
};
const KEYWORD_CHARACTERS = 300;

/** Tags whatever names a keyword in the title or the text's first characters. */
export function keywordBaseline(articles: readonly LabelledArticle[], types: readonly string[]): Scoreboard {
  const judged = articles.map(({ language, kind, labels, title, text }): Judged => {
    const read = `${title}\n${text.slice(0, KEYWORD_CHARACTERS)}`;
    const tags = types.filter((type) => keywords[type]?.test(read)).map((type) => ({ type, score: 1 }));
    return { language, kind, labels, tags };
  });
  return scoreboard(judged, types);
}

export type NaturalOutcome =
  | { readonly kind: 'measured'; readonly scoreboard: Scoreboard; readonly seconds: number }
  | { readonly kind: 'too-slow'; readonly trainedOn: number; readonly limitSeconds: number };

/** Stems of an article that natural gets to see: it looks each word of all articles up in each article. */
const NATURAL_WORDS = 60;
const NONE = 'none';

/**
 * Trains one of natural's classifiers on all folds but the first, at most `most` articles of them, and judges the first.
 * Stopped after `limitSeconds`.
 */
export async function naturalBaseline(
  method: NaturalTask['method'],
  articles: readonly LabelledArticle[],
  types: readonly string[],
  { most, limitSeconds }: { readonly most: number; readonly limitSeconds: number },
): Promise<NaturalOutcome> {
  const folds = foldsByEvent(articles, FOLDS);
  const wordsOf = ({ title, text, language }: LabelledArticle): string[] =>
    splitWords(`${title}\n${text}`)
      .raw.slice(0, NATURAL_WORDS)
      .map((raw) => stem(fold(raw), language));
  const others = articles.filter((_, index) => folds[index] !== 0);
  const step = Math.max(1, others.length / most);
  const training = Array.from({ length: Math.min(most, others.length) }, (_, index) => {
    const article = others[Math.floor(index * step)] as LabelledArticle;
    return { words: wordsOf(article), label: article.labels[0] ?? NONE };
  });
  const held = articles.filter((_, index) => folds[index] === 0);
  const started = performance.now();
  const labels = await answerWithin(limitSeconds, { method, training, held: held.map(wordsOf) });
  if (labels === null) return { kind: 'too-slow', trainedOn: training.length, limitSeconds };
  const judged = held.map(({ language, kind, labels: wanted }, index): Judged => {
    const label = labels[index] as string;
    return { language, kind, labels: wanted, tags: label === NONE ? [] : [{ type: label, score: 1 }] };
  });
  return {
    kind: 'measured',
    scoreboard: scoreboard(judged, types),
    seconds: Math.round((performance.now() - started) / 100) / 10,
  };
}

async function answerWithin(seconds: number, task: NaturalTask): Promise<readonly string[] | null> {
  const worker = new Worker(new URL('./natural-baseline.js', import.meta.url), { workerData: task });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      timer = setTimeout(() => resolve(null), seconds * 1000);
      worker.once('message', ({ labels }: NaturalAnswer) => resolve(labels));
      worker.once('error', reject);
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
