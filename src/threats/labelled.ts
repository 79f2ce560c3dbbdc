/** Labelled articles: what training learns from and evaluation measures with. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

export interface LabelledArticle {
  readonly id: string;
  readonly language: string;
  readonly title: string;
  readonly text: string;
  /** Ids of threat types; empty for an article without threat. */
  readonly labels: readonly string[];
  /** What a negative is: `hard` (a look-alike), `easy`, …; null where the data doesn't say. */
  readonly kind: string | null;
  /** What it shares with tellings of the same in other languages; null where it stands alone. */
  readonly story: string | null;
}

const lineSchema = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  lang: z.string().optional(),
  language: z.string().optional(),
  title: z.string().nullish(),
  text: z.string().nullish(),
  labels: z.array(z.string()),
  kind: z.string().nullish(),
  story: z.string().nullish(),
});

/** A line of the data isn't a labelled article. */
export class LabelledDataError extends Error {
  override readonly name = 'LabelledDataError';
}

/**
 * Reads a JSON-lines file with `id`, `title`, `text`, `labels` and maybe `lang` and `kind`.
 *
 * @throws LabelledDataError naming file, line and what was expected.
 */
export function readLabelled(path: string): LabelledArticle[] {
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch (error) {
    throw new LabelledDataError(`${path}: can't be read (${(error as Error).message})`);
  }
  const articles: LabelledArticle[] = [];
  for (const [index, line] of source.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      const { id, lang, language, title, text, labels, kind, story } = lineSchema.parse(JSON.parse(line));
      articles.push({
        id,
        language: language ?? lang ?? 'und',
        title: title ?? '',
        text: text ?? '',
        labels,
        kind: kind ?? null,
        story: story ?? null,
      });
    } catch (error) {
      const detail = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
      throw new LabelledDataError(`${path}:${index + 1}: not a labelled article: ${detail}`);
    }
  }
  return articles;
}
