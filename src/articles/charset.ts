/**
 * Bytes of a page → text, as the HTML standard determines the encoding of a byte stream
 * (https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding):
 * byte order mark, then the transport's charset, then the page's own `<meta>`, then what the bytes look like.
 */
import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';

/** The standard prescans 1,024 bytes; browsers go on through the head, and real pages rely on it. */
const PRESCAN_BYTES = 16 * 1024;

export interface DecodedPage {
  readonly text: string;
  /** Encoding name after the WHATWG Encoding Standard, lower case. */
  readonly encoding: string;
  readonly source: 'bom' | 'http' | 'meta' | 'detected' | 'default';
}

/**
 * Decodes a page. Malformed sequences become U+FFFD; nothing throws.
 *
 * @param contentType value of the HTTP `Content-Type` header, where there was one
 */
export function decodePage(bytes: Uint8Array, contentType?: string): DecodedPage {
  const { encoding, source } = determineEncoding(bytes, contentType);
  return { text: decode(bytes, encoding), encoding, source };
}

function determineEncoding(bytes: Uint8Array, contentType: string | undefined): Omit<DecodedPage, 'text'> {
  const fromBom = encodingOfByteOrderMark(bytes);
  if (fromBom) return { encoding: fromBom, source: 'bom' };
  const fromHttp = encodingOfLabel(charsetParameter(contentType ?? ''));
  if (fromHttp) return { encoding: fromHttp, source: 'http' };
  const fromMeta = prescan(bytes);
  if (fromMeta) return { encoding: fromMeta, source: 'meta' };
  if (isUtf8(bytes)) return { encoding: 'utf-8', source: 'detected' };
  return { encoding: 'windows-1252', source: 'default' };
}

function encodingOfByteOrderMark(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return null;
}

/** What the first bytes declare in a meta element, or in an XML declaration. */
function prescan(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, PRESCAN_BYTES)).toString('latin1');
  return declaredInMeta(head) ?? declaredInXml(head);
}

const MARKUP = /<!--|<meta(?=[\s/])|<\/?[a-z][^\s>]*|<[!/?]/gi;
const ATTRIBUTE = /[\s/]*([^\s/>=][^\s/>=]*)\s*(?:=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?/y;

/** The prescan itself (https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding). */
function declaredInMeta(head: string): string | null {
  MARKUP.lastIndex = 0;
  for (let markup = MARKUP.exec(head); markup; markup = MARKUP.exec(head)) {
    const [tag] = markup;
    if (tag === '<!--') {
      const end = head.indexOf('-->', markup.index + 2);
      if (end === -1) return null;
      MARKUP.lastIndex = end + 3;
    } else if (/^<[!/?]$/.test(tag)) {
      const end = head.indexOf('>', MARKUP.lastIndex);
      if (end === -1) return null;
      MARKUP.lastIndex = end + 1;
    } else {
      const { attributes, end } = attributesFrom(head, MARKUP.lastIndex);
      MARKUP.lastIndex = end;
      const encoding = tag.toLowerCase() === '<meta' ? declaredBy(attributes) : null;
      if (encoding) return asciiCompatible(encoding);
    }
  }
  return null;
}

/** A tag's attributes, the first of each name, and where they end. */
function attributesFrom(head: string, from: number): { attributes: ReadonlyMap<string, string>; end: number } {
  const attributes = new Map<string, string>();
  let end = from;
  ATTRIBUTE.lastIndex = from;
  for (let match = ATTRIBUTE.exec(head); match; match = ATTRIBUTE.exec(head)) {
    const name = (match[1] ?? '').toLowerCase();
    if (!attributes.has(name)) attributes.set(name, match[2] ?? match[3] ?? match[4] ?? '');
    end = ATTRIBUTE.lastIndex;
  }
  return { attributes, end };
}

/** `charset` counts by itself, `content` only beside `http-equiv=content-type`. */
function declaredBy(attributes: ReadonlyMap<string, string>): string | null {
  const charset = attributes.get('charset');
  if (charset !== undefined) return encodingOfLabel(charset.trim());
  const isPragma = attributes.get('http-equiv')?.toLowerCase() === 'content-type';
  return isPragma ? encodingOfLabel(charsetParameter(attributes.get('content') ?? '')) : null;
}

function declaredInXml(head: string): string | null {
  const encoding = encodingOfLabel(/^<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)/i.exec(head)?.[1]);
  return encoding ? asciiCompatible(encoding) : null;
}

/** A declaration that was readable as ASCII can't mean UTF-16 (prescan, step "If charset is UTF-16BE/LE"). */
function asciiCompatible(encoding: string): string {
  if (encoding.startsWith('utf-16')) return 'utf-8';
  return encoding === 'x-user-defined' ? 'windows-1252' : encoding;
}

/** The label in `charset=…`, of a header or of a meta element's `content`. */
function charsetParameter(text: string): string | undefined {
  return /charset\s*=\s*["']?\s*([^\s"'/>;,]+)/i.exec(text)?.[1];
}

function encodingOfLabel(label: string | undefined): string | null {
  if (!label) return null;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return null; // no label of the Encoding Standard
  }
}

function decode(bytes: Uint8Array, encoding: string): string {
  // Node 20's TextDecoder reads windows-1252 as ISO 8859-1 and loses its quotes and dashes.
  if (encoding === 'windows-1252') return iconv.decode(Buffer.from(bytes), 'windows-1252');
  return new TextDecoder(encoding).decode(bytes);
}
