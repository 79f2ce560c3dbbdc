/** The articles of the demo newsroom: invented, in four languages, each with the threat types that a careful reader gives it. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { shippedConfig } from '../paths.js';

export const DEMO_LANGUAGES = ['en', 'nl', 'fr', 'de'] as const;
export type DemoLanguage = (typeof DEMO_LANGUAGES)[number];

const articleSchema = z.strictObject({
  /** Last part of the page's address, unique in the newsroom. */
  id: z.string().regex(/^[a-z0-9-]+$/),
  section: z.string(),
  title: z.string(),
  /** One or two sentences under the title; also the summary in the feed. */
  lead: z.string(),
  author: z.string(),
  kind: z.enum(['threat', 'look-alike']),
  /** Ids of threat types, by the labelling guide; empty for a look-alike. */
  threats: z.array(z.string()),
  /** How much a page tells machines: JSON-LD, OpenGraph tags only, or nothing but its text. */
  layout: z.enum(['json-ld', 'open-graph', 'bare']),
  /** How the page comes over the wire. */
  served: z.enum(['plain', 'gzip', 'windows-1252', 'slow']).default('plain'),
  /** Paragraphs kept apart by blank lines; a paragraph that starts with `## ` is a heading. */
  body: z.string(),
});

export type DemoArticle = Readonly<z.infer<typeof articleSchema>> & { readonly language: DemoLanguage };

/**
 * All demo articles, languages taking turns and threats mixed with look-alikes, so that the first few are a fair sample.
 * They are data under `config/` because the compiler copies nothing but its own output to `dist/`.
 */
export function loadDemoArticles(): readonly DemoArticle[] {
  const byLanguage = DEMO_LANGUAGES.map(articlesIn);
  const longest = Math.max(...byLanguage.map((articles) => articles.length));
  return Array.from({ length: longest }, (_, turn) => byLanguage.flatMap((articles) => articles[turn] ?? [])).flat();
}

/** Files hold threats first; steps of this size (coprime to a file's twelve articles) visit each once and mix the kinds. */
const MIXING_STEP = 5;

function articlesIn(language: DemoLanguage): DemoArticle[] {
  const file = shippedConfig('demo', 'articles', `${language}.yaml`);
  const articles = z.array(articleSchema).parse(parse(readFileSync(file, 'utf8')));
  return articles
    .map((article, position) => ({ ...article, language, turn: (position * MIXING_STEP) % articles.length }))
    .sort((one, other) => one.turn - other.turn)
    .map(({ turn: _, ...article }) => article);
}

/** Body as blocks, in order. */
export function bodyBlocks(article: DemoArticle): readonly { readonly heading: boolean; readonly text: string }[] {
  return article.body
    .trim()
    .split(/\n\s*\n/)
    .map((block) => block.replace(/\s+/g, ' ').trim())
    .map((block) =>
      block.startsWith('## ') ? { heading: true, text: block.slice(3) } : { heading: false, text: block },
    );
}
