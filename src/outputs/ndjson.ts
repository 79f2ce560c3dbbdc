/** Articles as NDJSON: one JSON object a line. */
import type { OutputFormat } from './format.js';
import { write } from './write.js';

export const ndjson = {
  name: 'ndjson',
  mediaType: 'application/x-ndjson; charset=utf-8',
  fileExtension: 'ndjson',
  reads: 'summaries',
  async write(articles, to) {
    for await (const article of articles) await write(to, `${JSON.stringify(article)}\n`);
  },
} satisfies OutputFormat;
