/** Articles as one JSON array, one article a line. */
import type { OutputFormat } from './format.js';
import { write } from './write.js';

export const json = {
  name: 'json',
  mediaType: 'application/json; charset=utf-8',
  fileExtension: 'json',
  reads: 'summaries',
  async write(articles, to) {
    let before = '[';
    for await (const article of articles) {
      await write(to, `${before}\n${JSON.stringify(article)}`);
      before = ',';
    }
    await write(to, before === '[' ? '[]\n' : '\n]\n');
  },
} satisfies OutputFormat;
