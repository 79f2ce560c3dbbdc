/** An export in a process that does nothing else: what it wrote and the most memory that it took. */
import { Writable } from 'node:stream';
import { loadSettings } from '../../src/config.js';
import { outputFormats } from '../../src/outputs/formats.js';
import { writeArticles } from '../../src/outputs/read-articles.js';
import { openDatabase } from '../../src/store/database.js';

export interface ExportMessage {
  readonly characters: number;
  readonly peakBytes: number;
}

process.once('disconnect', () => process.exit());
const [databaseUrl, limit] = process.argv.slice(2);
const settings = loadSettings({ BELFRY_FEEDS: 'none', LOG_LEVEL: 'error', DATABASE_URL: databaseUrl });
const database = await openDatabase(settings, {
  kind: 'command',
  onPoolError: (error) => {
    throw error;
  },
});
let characters = 0;
const nowhere = new Writable({
  decodeStrings: false,
  write(text: string, _encoding, done) {
    characters += text.length;
    // Readers take their time: what comes is not gone within the same turn.
    setImmediate(done);
  },
});
await writeArticles(
  outputFormats.csv,
  { database: database.pool, filter: {}, range: { limit: Number(limit) } },
  nowhere,
  { ...settings.outputs, types: [], title: '', listId: '', address: null, pageAddress: '' },
);
await database.close();
process.send?.({ characters, peakBytes: process.resourceUsage().maxRSS * 1024 } satisfies ExportMessage, () =>
  process.disconnect(),
);
