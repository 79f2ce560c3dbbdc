/** From bytes to text: which encoding a document is in, in the order the standards give, and never a lost document. */
import iconv from 'iconv-lite';

export interface DecodedText {
  readonly text: string;
  /** Lower-case name of the encoding that was used. */
  readonly encoding: string;
  /** What decided: a byte order mark, the HTTP header, the document's own declaration, or its bytes. */
  readonly decidedBy: 'bom' | 'http' | 'declaration' | 'bytes';
  /** What was wrong or contradictory, in words for the operator. */
  readonly warnings: readonly string[];
}

export interface CharsetHints {
  /** The HTTP Content-Type header as received. */
  readonly contentType?: string | undefined;
  /** Reads the document's own claim from its first bytes (as Latin-1 text); XML's declaration unless given. */
  readonly readDeclaration?: (head: string) => string | null;
}

/** How far into a document its declaration is looked for, in bytes (an HTML meta has to be in the first 1024). */
const DECLARATION_WINDOW_BYTES = 1024;
/** How much of a document is looked at to guess an encoding that nothing names, in bytes. */
const GUESS_WINDOW_BYTES = 64 * 1024;

/**
 * Decodes a document: byte order mark (RFC 7303, section 3.3), then the HTTP charset, then the document's own
 * declaration (XML 1.0, appendix F), then what the bytes say. A claim the bytes contradict is passed over with a warning.
 *
 * Never throws: what no encoding fits is read as UTF-8 or windows-1252 with replacement characters.
 */
export function decodeBytes(bytes: Uint8Array, hints: CharsetHints = {}): DecodedText {
  const mark = byteOrderMark(bytes);
  if (mark) {
    const rest = bytes.subarray(mark.length);
    const text = decodeStrictly(rest, mark.encoding);
    if (text !== null) return { text, encoding: mark.encoding, decidedBy: 'bom', warnings: [] };
    // A UTF-8 mark in front of other bytes: an editor's mistake that says nothing about the rest.
    if (mark.encoding !== 'utf-8') {
      const loose = decodeLoosely(rest, mark.encoding);
      return {
        text: loose,
        encoding: mark.encoding,
        decidedBy: 'bom',
        warnings: [`bytes that are not ${mark.encoding}`],
      };
    }
    return decodeClaims(rest, hints, ['a UTF-8 byte order mark in front of bytes that are not UTF-8']);
  }
  return decodeClaims(bytes, hints, []);
}

/** Reads the charset parameter of a Content-Type header (RFC 9110, section 8.3), quoted either way; null without one. */
export function charsetOfContentType(contentType: string | undefined): string | null {
  const match = /;\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;"']+))/i.exec(contentType ?? '');
  return (match?.[1] ?? match?.[2] ?? match?.[3])?.trim().toLowerCase() || null;
}

function decodeClaims(bytes: Uint8Array, hints: CharsetHints, earlierWarnings: readonly string[]): DecodedText {
  const warnings = [...earlierWarnings];
  const family = encodingFamily(bytes);
  const head = latin1(bytes.subarray(0, DECLARATION_WINDOW_BYTES * family.unitBytes)).replaceAll('\0', '');
  const declared = (hints.readDeclaration ?? xmlDeclaration)(head);
  const claims = [
    { claim: charsetOfContentType(hints.contentType), decidedBy: 'http' as const },
    { claim: declared, decidedBy: 'declaration' as const },
  ];
  for (const { claim, decidedBy } of claims) {
    if (claim === null) continue;
    const encoding = fitToFamily(encodingName(claim), family);
    if (encoding === null) {
      warnings.push(`the ${decidedBy} encoding "${claim}" is unknown`);
      continue;
    }
    const text = decodeStrictly(bytes, encoding);
    if (text !== null && !isContradicted(bytes, encoding)) return { text, encoding, decidedBy, warnings };
    warnings.push(`the ${decidedBy} encoding "${claim}" does not fit the bytes`);
  }
  return guess(
    bytes,
    family,
    claims.map((c) => encodingName(c.claim ?? '')).filter((name) => name !== null),
    warnings,
  );
}

/** US-ASCII is the one claim that any 8-bit byte contradicts although decoders (as windows-1252) take it. */
const isContradicted = (bytes: Uint8Array, encoding: string): boolean =>
  encoding === 'us-ascii' && bytes.some((byte) => byte >= 0x80);

function guess(bytes: Uint8Array, family: Family, claimed: readonly string[], warnings: string[]): DecodedText {
  const decidedBy = 'bytes';
  if (family.encoding !== null) {
    return { text: decodeLoosely(bytes, family.encoding), encoding: family.encoding, decidedBy, warnings };
  }
  const utf8 = decodeStrictly(bytes, 'utf-8');
  if (utf8 !== null) return { text: utf8, encoding: 'utf-8', decidedBy, warnings };
  // A claim of UTF-8 with few bad bytes is UTF-8 that was cut or stitched, not another encoding.
  if (isMostlyUtf8(bytes)) {
    return {
      text: decodeMixedUtf8(bytes),
      encoding: 'utf-8',
      decidedBy,
      warnings: [...warnings, 'bytes that are not UTF-8'],
    };
  }
  const wide = claimed.find((name) => name !== 'utf-8' && name !== 'us-ascii' && !name.startsWith('utf-'));
  const encoding = wide ?? guessLegacyEncoding(bytes.subarray(0, GUESS_WINDOW_BYTES));
  return { text: decodeLoosely(bytes, encoding), encoding, decidedBy, warnings: [...warnings, `read as ${encoding}`] };
}

interface Family {
  /** What the bytes alone prove (UTF-16/32 without a mark), or null for anything that has ASCII as it is. */
  readonly encoding: string | null;
  readonly unitBytes: 1 | 2 | 4;
}

/** XML 1.0, appendix F.1: the first characters are known (`<?xml`, `<x`), so where the zeros stand tells the width. */
function encodingFamily(bytes: Uint8Array): Family {
  const [a, b, c, d] = [bytes[0], bytes[1], bytes[2], bytes[3]];
  if (a === 0 && b === 0 && c === 0 && d) return { encoding: 'utf-32be', unitBytes: 4 };
  if (a && b === 0 && c === 0 && d === 0) return { encoding: 'utf-32le', unitBytes: 4 };
  if (a === 0 && b && c === 0 && d) return { encoding: 'utf-16be', unitBytes: 2 };
  if (a && b === 0 && c && d === 0) return { encoding: 'utf-16le', unitBytes: 2 };
  return { encoding: null, unitBytes: 1 };
}

/** A declaration that could be read at all says which byte order is meant only as far as the bytes agree. */
function fitToFamily(encoding: string | null, family: Family): string | null {
  if (encoding === null) return null;
  if (family.encoding !== null) return family.encoding;
  return /^utf-(?:16|32)/.test(encoding) ? null : encoding;
}

const marks: readonly { readonly bytes: readonly number[]; readonly encoding: string }[] = [
  { bytes: [0x00, 0x00, 0xfe, 0xff], encoding: 'utf-32be' },
  { bytes: [0xff, 0xfe, 0x00, 0x00], encoding: 'utf-32le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
];

function byteOrderMark(bytes: Uint8Array): { encoding: string; length: number } | null {
  const mark = marks.find((candidate) => candidate.bytes.every((byte, index) => bytes[index] === byte));
  return mark ? { encoding: mark.encoding, length: mark.bytes.length } : null;
}

function xmlDeclaration(head: string): string | null {
  const match = /<\?xml[^>]*?\sencoding\s*=\s*["']\s*([^"'\s]+)\s*["']/i.exec(head);
  return match?.[1]?.toLowerCase() ?? null;
}

/** The name that decoders know an encoding by; null for one that none knows. */
function encodingName(label: string): string | null {
  const plain = label.trim().toLowerCase().replaceAll('_', '-');
  if (plain === '') return null;
  if (/^utf-?16$/.test(plain)) return 'utf-16be';
  if (/^utf-?32$/.test(plain)) return 'utf-32be';
  if (/^(?:us-)?ascii$/.test(plain)) return 'us-ascii';
  try {
    return new TextDecoder(plain).encoding;
  } catch {
    return iconv.encodingExists(plain) ? plain : null;
  }
}

function decodeStrictly(bytes: Uint8Array, encoding: string): string | null {
  try {
    if (hasFaultyDecoder(encoding)) return decodeLoosely(bytes, encoding);
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) return null;
    const text = decodeLoosely(bytes, encoding);
    return text.includes('\ufffd') ? null : text;
  }
}

function decodeLoosely(bytes: Uint8Array, encoding: string): string {
  try {
    if (!hasFaultyDecoder(encoding)) return new TextDecoder(encoding).decode(bytes);
  } catch {
    // Known to iconv alone.
  }
  return iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), encoding);
}

/** Node 20's TextDecoder takes windows-1252 for ISO 8859-1 and so loses the quotation marks and dashes in 80–9F. */
const hasFaultyDecoder = (encoding: string): boolean => encoding === 'windows-1252';

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** UTF-8 with bytes of windows-1252 among it, as pages stitched together from several sources have it. */
function decodeMixedUtf8(bytes: Uint8Array): string {
  return latin1(bytes).replace(UTF8_SEQUENCE, (sequence) => {
    const own = Buffer.from(sequence, 'latin1');
    return sequence.length > 1 ? own.toString('utf8') : iconv.decode(own, 'windows-1252');
  });
}

/** A sound UTF-8 sequence of several bytes (RFC 3629, section 4), or one byte that is part of none. */
const UTF8_SEQUENCE =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;

/** Share of multi-byte sequences that must be sound for bytes to count as damaged UTF-8; other encodings have next to none. */
const MOSTLY = 0.5;

function isMostlyUtf8(bytes: Uint8Array): boolean {
  const text = decodeLoosely(bytes.subarray(0, GUESS_WINDOW_BYTES), 'utf-8');
  let sound = 0;
  let broken = 0;
  for (const character of text) {
    if (character === '\ufffd') broken++;
    else if (character > '\u007f') sound++;
  }
  return sound > 0 && sound / (sound + broken) >= MOSTLY;
}

/**
 * The legacy encodings that a document without any claim is tried in, with the letters that a text in it is made of.
 * The one whose own letters make up most of the text beyond ASCII wins; windows-1252 is what remains. Where each byte is
 * a letter, only letters in words of their script count, as a lone accented letter of the West is one of the East too.
 */
const legacyEncodings: readonly { readonly encoding: string; readonly letters: RegExp; readonly words?: RegExp }[] = [
  { encoding: 'euc-jp', letters: /[\u3040-\u30ff]/gu },
  { encoding: 'shift_jis', letters: /[\u3040-\u30fe]/gu },
  { encoding: 'euc-kr', letters: /[\uac00-\ud7a3]/gu },
  { encoding: 'gbk', letters: /[的一是不了在人有我他这中大来上国个到说们为]/gu },
  { encoding: 'big5', letters: /[的一是不了在人有我他這中大來上國個到說們為]/gu },
  { encoding: 'windows-1251', letters: /[оеаинтсрвл]/gu, words: /\p{Script=Cyrillic}{3,}/gu },
  { encoding: 'koi8-r', letters: /[оеаинтсрвл]/gu, words: /\p{Script=Cyrillic}{3,}/gu },
  { encoding: 'windows-1255', letters: /[\u05d0-\u05ea]/gu, words: /\p{Script=Hebrew}{3,}/gu },
  { encoding: 'windows-1253', letters: /[αοιετσνηυρ]/gu, words: /\p{Script=Greek}{3,}/gu },
];

/** Share of the characters beyond ASCII that must be an encoding's own letters before it is preferred to windows-1252. */
const OWN_LETTERS_SHARE: Readonly<Record<string, number>> = { gbk: 0.06, big5: 0.06, 'euc-jp': 0.25, shift_jis: 0.25 };
const DEFAULT_OWN_LETTERS_SHARE = 0.5;

function guessLegacyEncoding(bytes: Uint8Array): string {
  let best = { encoding: 'windows-1252', margin: 0 };
  for (const { encoding, letters, words } of legacyEncodings) {
    const text = decodeLoosely(bytes, encoding);
    const foreign = text.match(/[^\0-\u007f]/gu)?.length ?? 0;
    if (foreign === 0 || (text.match(/\ufffd/g)?.length ?? 0) / foreign > 0.05) continue;
    const own = words ? (text.match(words) ?? []).join('') : text;
    const share = (own.match(letters)?.length ?? 0) / foreign;
    const margin = share / (OWN_LETTERS_SHARE[encoding] ?? DEFAULT_OWN_LETTERS_SHARE);
    if (margin >= 1 && margin > best.margin) best = { encoding, margin };
  }
  return best.encoding;
}
