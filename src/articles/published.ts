/** When the article was published and changed. */
import { type Block, isProse } from './blocks.js';
import type { Clue } from './clue.js';
import type { LinkedArticle } from './evidence/json-ld.js';
import type { MetaTags } from './evidence/meta-tags.js';
import type { Microdata } from './evidence/microdata.js';
import type { DataScript } from './page-source.js';
import { readDateInAddress, readPrintedDate } from './printed-date.js';
import type { Surroundings } from './surroundings.js';
import { readTimestamp } from './timestamp.js';

/** What the time of publication is read from. */
export interface PublishedEvidence {
  readonly meta: MetaTags;
  readonly linked: LinkedArticle | null;
  readonly microdata: Microdata;
  readonly scripts: readonly DataScript[];
  /** The blocks around the article's text. */
  readonly around: Surroundings;
  readonly url: string;
}

const META_NAMES: readonly string[] = [
  'article:published_time',
  'og:article:published_time',
  'article:published',
  'og:published_time',
  'datepublished',
  'parsely-pub-date',
  'sailthru.date',
  'cxenseparse:recs:publishtime',
  'dc.date.issued',
  'dcterms.issued',
  'dcterms.created',
  'dc.date.created',
  'dc.created',
  'dc.date',
  'dcterms.date',
  'citation_publication_date',
  'citation_date',
  'publication_date',
  'published',
  'pub_date',
  'pubdate',
  'publish-date',
  'publishdate',
  'date',
];

/** Picks the time of publication: what the page's data says, then its address and what it prints. */
export function findPublished(evidence: PublishedEvidence): Clue | null {
  const { meta, linked, microdata, scripts, around, url } = evidence;
  const stated = firstReadable([
    { method: 'json-ld', value: linked?.published ?? null },
    ...META_NAMES.map((name) => ({ method: 'meta', value: meta.first(name) })),
    { method: 'microdata', value: microdata.published },
    { method: 'time', value: microdata.time },
    { method: 'hydration', value: fromHydration(scripts) },
  ]);
  if (stated) return stated;
  const printed = printedDate(around, microdata.language);
  const inAddress = readDateInAddress(url);
  if (inAddress && printed?.slice(0, 10) !== inAddress.slice(0, 10)) return { method: 'address', value: inAddress };
  return printed ? { method: 'printed', value: printed } : null;
}

/** Picks the time of the last change. */
export function findModified(meta: MetaTags, linked: LinkedArticle | null): Clue | null {
  return firstReadable([
    { method: 'json-ld', value: linked?.modified ?? null },
    ...['article:modified_time', 'og:updated_time', 'datemodified', 'last-modified'].map((name) => ({
      method: 'meta',
      value: meta.first(name),
    })),
  ]);
}

function firstReadable(candidates: readonly Clue<string | null>[]): Clue | null {
  for (const { method, value } of candidates) {
    const time = value && readTimestamp(value);
    if (time) return { method, value: time };
  }
  return null;
}

const HYDRATED_DATE =
  /\\?"(?:date_?published|published_?(?:at|date|time|on)|publish_?date|publication_?date)\\?"\s*:\s*\\?"(\d{4}-\d\d-\d\d[^"\\]{0,30})/i;

/** The first such property in the state that a framework hydrates from. */
function fromHydration(scripts: readonly DataScript[]): string | null {
  for (const { kind, text } of scripts) {
    const date = kind === 'json' ? HYDRATED_DATE.exec(text)?.[1] : undefined;
    if (date) return date;
  }
  return null;
}

/** Longest block that is read as a dateline: longer ones are prose that tells of dates. */
const MAX_DATELINE_CHARACTERS = 160;
const DATE_NAMES =
  /(?:^| )(?:date|datum|time|timestamp|published|publish|posted|created|erstellt|dateline|pubdate|meta|info|infos|byline|lineinfo)(?= |$)/;
const DATE_LABEL =
  /^(?:datum|date|published|posted|publié|paru|mis en ligne|veröffentlicht|erstellt|erschienen|gepubliceerd|geplaatst|pubblicato|publicado)\b/i;
const CHANGE_LABEL =
  /\b(?:updated?|aktualisiert|bijgewerkt|gewijzigd|mis à jour|modified|laatste update|zuletzt|actualizado|aggiornato)\b/i;

function printedDate({ before, after }: Surroundings, language: string): string | null {
  const isNamed = (block: Block): boolean => DATE_LABEL.test(block.text) || hasDateNames(block);
  const lines = before.filter(isDateline);
  const named = lines.filter(isNamed);
  const unnamed = lines.filter((block) => !isNamed(block) && !isProse(block));
  const trailing = after.filter((block) => isDateline(block) && DATE_LABEL.test(block.text));
  const found = [...named, ...trailing, ...unnamed];
  const tellsOfChange = (block: Block): boolean => block.text.search(CHANGE_LABEL) === 0;
  for (const block of [...found.filter((block) => !tellsOfChange(block)), ...found.filter(tellsOfChange)]) {
    const first = block.text.split(CHANGE_LABEL, 1)[0] ?? '';
    const date = readPrintedDate(/\d/.test(first) ? first : block.text, language);
    if (date) return date;
  }
  return null;
}

const isDateline = (block: Block): boolean => block.text.length <= MAX_DATELINE_CHARACTERS && /\d/.test(block.text);

function hasDateNames(block: Block): boolean {
  return DATE_NAMES.test(block.words) || DATE_NAMES.test(block.container.words);
}
