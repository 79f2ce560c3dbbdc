/** `belfry show ID`: one article with its evidence. */
import { Command } from 'commander';
import colors from 'picocolors';
import { secondOpinionInWords } from '../outputs/origin.js';
import { printable } from '../outputs/printable.js';
import type { StoredArticle } from '../store/articles.js';
import type { Evidence, Field } from '../threats/threat.js';
import { exitCode } from './exit-codes.js';
import { UserError } from './failure.js';
import { printJson } from './terminal.js';

export function showCommand(): Command {
  return new Command('show')
    .description('show one article with the evidence for its tags')
    .argument('<id>', 'the article, or the first characters of its id')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  belfry show 3fa4c1d2e0')
    .action(show);
}

async function show(id: string, options: { readonly json?: true }): Promise<void> {
  if (!/^[0-9a-f]{1,24}$/.test(id))
    throw new UserError(`${JSON.stringify(id)} is not an article's id; belfry articles shows them`, exitCode.usage);
  const { withRuntime } = await import('./with-runtime.js');
  const { findArticles } = await import('../store/articles.js');
  const [article, another] = await withRuntime(({ database }) => findArticles(database.pool, id));
  if (!article) throw new UserError(`no article ${id}; belfry articles shows them`);
  if (another) throw new UserError(`more than one article begins with ${id}; give more of the id`);
  if (options.json) printJson(article);
  else process.stdout.write(render(article));
}

function render(article: StoredArticle): string {
  const lines = [
    colors.bold(highlight(article, 'title')),
    colors.dim(
      printable(
        [article.happenedAt.toISOString(), article.language, article.feedTitle, article.byline.join(', ')]
          .filter(Boolean)
          .join('  '),
      ),
    ),
    colors.underline(article.url),
    ...(article.sourceReason
      ? [colors.dim(`the feed's own text, since the page could not be had: ${article.sourceReason}`)]
      : []),
    ...(article.version > 1
      ? [colors.dim(`version ${article.version}; edited ${article.updatedAt.toISOString()}`)]
      : []),
    '',
    ...article.tags.flatMap(({ type, score, evidence, origin, machine, judgement }) => [
      `${colors.yellow(type)} ${score.toFixed(2)}  ${colors.dim(printable(secondOpinionInWords(origin) ?? origin))}`,
      ...(judgement && machine ? [colors.dim(`  ${machine.origin} gave it ${machine.score.toFixed(2)}`)] : []),
      ...evidence.map(
        ({ text, concept, weight, field }) =>
          `  ${weight < 0 ? '−' : '+'}${Math.abs(weight).toFixed(2)}  ${JSON.stringify(text)}  ${colors.dim(`${concept}, ${field}`)}`,
      ),
    ]),
    ...(article.tags.length === 0 ? [colors.dim('no tags')] : []),
    ...article.rejections.map(({ type, by, at, machine }) =>
      colors.dim(
        `not ${type}, says ${by} (${at})${machine ? `; ${machine.origin} gave it ${machine.score.toFixed(2)}` : ''}`,
      ),
    ),
    ...article.secondOpinions.map(({ type, verdict, by, at, quote, first }) =>
      colors.dim(
        printable(
          `${verdict === 'is' ? '' : 'not '}${type}, says a second opinion (${by}, ${at})${quote === null ? '' : `: ${JSON.stringify(quote)}`}; ${first.origin} gave it ${first.score.toFixed(3)}, threshold ${first.threshold.toFixed(3)}`,
        ),
      ),
    ),
    ...article.facets.map(
      ({ facet, value, evidence }) =>
        `${facet}: ${value}  ${colors.dim(evidence.map(({ text }) => JSON.stringify(printable(text))).join(', '))}`,
    ),
    '',
    highlight(article, 'text'),
    '',
  ];
  return lines.join('\n');
}

/** The field with its evidence underlined; brackets where there are no colours. */
function highlight(article: StoredArticle, field: Field): string {
  const text = printable(article[field]);
  const mark = colors.isColorSupported
    ? (words: string) => colors.bgYellow(colors.black(words))
    : (words: string) => `[${words}]`;
  let marked = '';
  let position = 0;
  for (const { start, end } of spansOf(article, field)) {
    if (end <= position) continue;
    const from = Math.max(start, position);
    marked += text.slice(position, from) + mark(text.slice(from, end));
    position = end;
  }
  return marked + text.slice(position);
}

const spansOf = (article: StoredArticle, field: Field): Evidence[] =>
  article.tags
    .flatMap(({ evidence }) => evidence)
    .filter((span) => span.field === field && span.weight > 0)
    .sort((a, b) => a.start - b.start || b.end - a.end);
