/** The people who wrote the article. */
import type { Block } from './blocks.js';
import type { Clue } from './clue.js';
import type { LinkedArticle } from './evidence/json-ld.js';
import type { MetaTags } from './evidence/meta-tags.js';
import type { Microdata } from './evidence/microdata.js';
import { foldSpace } from './plain-text.js';
import { squash } from './site-names.js';
import type { Surroundings } from './surroundings.js';
import { decodeEntities } from './title.js';

/** What the authors are read from. */
export interface BylineEvidence {
  readonly meta: MetaTags;
  readonly linked: LinkedArticle | null;
  readonly microdata: Microdata;
  /** The blocks around the article's text. */
  readonly around: Surroundings;
  /** The site's names, squashed. */
  readonly sites: ReadonlySet<string>;
}

const LEAD_IN =
  /^(?:by|von|par|door|from|text|words|story|written by|reported by|posted by|published by|geschreven door|propos recueillis par|verfasst von|geschrieben von|ein (?:artikel|beitrag|kommentar|gastbeitrag) von|an article by|(?:autorin|author|autor)s?(?:\/autor(?:in)?)?|auteurs?|schrijver|di|por|av|af)\s*:?\s+/i;
const SEPARATOR =
  /\s*(?:[,;|/•·&+]|\s(?:and|und|et|en|with|mit|avec|met|e|y|og|och|for|für|voor|pour)\s|\s[-–—]\s)\s*/i;
const NO_PERSON =
  /https?:|www\.|@|\[at\]|\d{3,}|^(?:admin|administrator|no[ -]author|unknown|staff|editor|editorial|authors?|autor|auteur|anonymous|guest|user|webmaster|profile?|show all.*|view (?:all|profile).*|alle artikel.*|all (?:posts|articles).*|follow.*|mehr .*|plus d.*|meer .*)$/i;
/** Desks and jobs: what stands beside a name, not in place of it. */
const ROLE =
  /\b(?:reporter|correspondent|editors?|editor-in-chief|journalist\w*|columnist|contributor|writer|producer|photographer|redakteur\w*|korrespondent\w*|chefredakteur\w*|redacteur|correspondente?|correspondant\w*|journaliste?|rédact\w+|verslaggever|reporterin|fotograf\w*|photographe|professor of|staff|freelance|senior|political|politik|newsroom|minutes? read|min read|lesezeit|minuten)\b/i;
/** Names that no person has: a domain, an outlet's handle. */
const DOMAIN = /^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}$/i;
/** A site's name of this length is known where another word hangs on it, as `Oosterlo GazetteNovember`. */
const MIN_JOINED_CHARACTERS = 8;
/** An outlet with its address, as `Gazette (www.gazette.example)`. */
const IMPRINT = /\((?:www\.|[\w-]+\.[a-z]{2,}\))/i;
const DESK =
  /\b(?:redaktion|redactie|rédaction|redacción|redazione|newsroom|editorial (?:team|board|staff)|news ?desk|desk|agency|agentur)\b/i;

/**
 * Picks the names; null when the page names nobody. People go before the site itself and its desks, which stand in
 * where no person is named.
 */
export function findByline(evidence: BylineEvidence): Clue<readonly string[]> | null {
  const { meta, linked, microdata, around, sites } = evidence;
  const longNames = [...sites].filter((site) => site.length >= MIN_JOINED_CHARACTERS);
  const isSite = (name: string): boolean =>
    DOMAIN.test(name) || sites.has(squash(name)) || longNames.some((site) => squash(name).startsWith(site));
  const isPerson = (name: string): boolean => !isSite(name) && !DESK.test(name);
  const stated: readonly Clue<readonly string[]>[] = [
    { method: 'json-ld', value: linked?.authors ?? [] },
    { method: 'meta', value: metaAuthors(meta) },
    { method: 'microdata', value: microdata.authors },
  ];
  for (const { method, value } of stated) {
    const names = cleanNames(
      value.filter((entry) => !isSite(entry.split(SEPARATOR, 1)[0] ?? '') && !IMPRINT.test(entry)),
    );
    if (names.some(isPerson)) return { method, value: names.filter((name) => !isSite(name)) };
  }
  const printed = printedNames(around, isPerson);
  if (printed.length > 0) return { method: 'printed', value: printed };
  const cleaned = stated.map(({ method, value }) => ({ method, value: cleanNames(value) }));
  return cleaned.find(({ value }) => value.length > 0) ?? null;
}

/** Labels under which Yoast and its kin give the author to Slack and Twitter. */
const WRITTEN_BY =
  /^(?:written by|verfasst von|geschrieben von|écrit par|geschreven door|escrito por|scritto da|author)$/i;

function metaAuthors(meta: MetaTags): readonly string[] {
  const labelled = ['1', '2'].flatMap((number) =>
    WRITTEN_BY.test(meta.first(`twitter:label${number}`) ?? '') ? meta.all(`twitter:data${number}`) : [],
  );
  const groups = [
    [...meta.all('author'), ...meta.all('article:author')].filter((value) => !isAddress(value)),
    meta.all('parsely-author'),
    meta.all('sailthru.author'),
    meta.all('dc.creator'),
    meta.all('dcterms.creator'),
    labelled,
    meta.all('twitter:misc:written by'),
    meta.all('citation_author'),
  ];
  return groups.find((group) => group.some((value) => !value.includes('@'))) ?? [];
}

const isAddress = (value: string): boolean => /^(?:https?:)?\/\/|^\/|^[\w.-]+\/[\w./-]+$/.test(value.trim());

/** Splits and cleans what publishers write in author fields. */
export function cleanNames(values: readonly string[]): string[] {
  return [...new Set(values.flatMap(namesIn))];
}

function namesIn(value: string): readonly string[] {
  if (isAddress(value)) return [];
  const names = foldSpace(decodeEntities(value))
    .replace(/\([^)]*(?:\)|$)/g, ' ')
    .replace(LEAD_IN, '')
    .split(SEPARATOR)
    .map((name) => foldSpace(name.replace(LEAD_IN, '').replace(/^[\s:.*–-]+|[\s:*–-]+$/g, '')))
    .filter((name) => name.length > 1 && name.length < 60 && !NO_PERSON.test(name));
  const withoutRoles = names.filter((name) => !ROLE.test(name));
  return withoutRoles.length > 0 ? withoutRoles : names;
}

/** Longest block that is read as a byline. */
const MAX_BYLINE_CHARACTERS = 140;
const AUTHOR_NAMES =
  /(?:^| )(?:authors?|authorname|authorline|byline|bylines|byl|autor|autoren|autorin|auteurs?|writer|writers|reporter|credit|posted by|creator|redactor|verfasser)(?= |$)/;
const OTHER_NAMES = /(?:^| )(?:comments?|related|bio|caption|image|photo|sidebar|footer)(?= |$)/;
const PRINTED_BY =
  /^(?:by|von|door|par|text|words by|written by|geschreven door|propos recueillis par|verfasst von|geschrieben von|(?:autorin|author|autor|auteur)s?(?:\/autor(?:in)?)?)(?::\s*|\s+)(?=[\p{Lu}\p{Lo}])/iu;
const LINE_PARTS = /\n|\s[|•·]\s*/;
/** Where a printed byline ends: at a date, a place behind a comma, a separator. */
const BYLINE_END =
  /\s*(?:[|•·]|\s[-–—]\s|\bam\b|\bon\b|\ble\b|\bop\b|\d|published|updated|aktualisiert|veröffentlicht|publié|gepubliceerd|mis à jour)/i;
const NAME_WORD =
  /^(?:(?:van|von|der|den|de|del|della|di|da|dos|du|la|le|el|al|bin|ibn|ter|ten|zu|y|e|'t)|(?![\p{Ll}\d])[\p{L}][\p{L}\p{M}.'’-]*)$/u;
const MAX_NAME_WORDS = 5;

/** Names in the lines around the text: first those that class names call bylines, then those that say 'By'. */
function printedNames({ before, after }: Surroundings, isPerson: (name: string) => boolean): readonly string[] {
  const short = before.filter((block) => block.text.length <= MAX_BYLINE_CHARACTERS);
  const called = short.filter(isCalledByline).flatMap((block) => block.text.split('\n', 1));
  const says = [...short, ...after.filter((block) => block.text.length <= MAX_BYLINE_CHARACTERS)]
    .flatMap((block) => block.text.split(LINE_PARTS))
    .filter((part) => PRINTED_BY.test(part));
  const signed = short.filter(isNameAlone).map((block) => block.text);
  for (const line of [...called, ...says, ...signed]) {
    const names = cleanNames([line.replace(PRINTED_BY, '').split(BYLINE_END, 1)[0] ?? '']);
    const people = names.filter((name) => looksLikeName(name) && isPerson(name));
    if (people.length > 0) return people;
  }
  return [];
}

/** A stressed paragraph that is a name of two or three words by its looks, as some papers sign below the heading. */
function isNameAlone(block: Block): boolean {
  return (
    block.tag === 'p' &&
    block.stressed >= block.text.length &&
    block.text.split(/\s*[/&,]\s*/).every((name) => /^\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+){1,2}$/u.test(name))
  );
}

function isCalledByline(block: Block): boolean {
  const words = `${block.words} ${block.container.words}`;
  return AUTHOR_NAMES.test(words) && !OTHER_NAMES.test(words);
}

/** Whether a line is a printed byline and nothing else: `By Mieke Daelman`. */
export function isPrintedByline(line: string): boolean {
  if (line.length > MAX_BYLINE_CHARACTERS || !PRINTED_BY.test(line)) return false;
  const names = cleanNames([line.replace(PRINTED_BY, '')]);
  return names.length > 0 && names.every(looksLikeName);
}

function looksLikeName(name: string): boolean {
  const words = name.split(' ');
  const isFull = words.length >= 2 || /\p{Lo}{3}/u.test(name);
  return isFull && words.length <= MAX_NAME_WORDS && words.every((word) => NAME_WORD.test(word));
}
