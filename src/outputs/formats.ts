/** All output formats by name. A new one (a TAXII envelope, a MISP feed's manifest, a webhook's body) is a file and a line here. */
import { atom } from './atom.js';
import { csv } from './csv.js';
import type { OutputFormat } from './format.js';
import { json } from './json.js';
import { jsonFeed } from './json-feed.js';
import { misp } from './misp.js';
import { ndjson } from './ndjson.js';
import { rss } from './rss.js';
import { stix } from './stix.js';
import { table } from './table.js';

export const outputFormats = {
  table,
  json,
  ndjson,
  csv,
  stix,
  misp,
  rss,
  atom,
  'json-feed': jsonFeed,
} as const satisfies Record<string, OutputFormat>;

export type OutputName = keyof typeof outputFormats;

export const outputNames = Object.keys(outputFormats) as OutputName[];

/** What a server gives of a whole list: all but what is for eyes, and JSON, which there is the list in pages. */
export const exportable: readonly OutputFormat[] = Object.values(outputFormats).filter(
  ({ name }) => name !== 'table' && name !== 'json',
);
