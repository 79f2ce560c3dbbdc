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

const META_TAG = /<meta[\s/][^>]*>/gi;
const COMMENT = /<!--[\s\S]*?-->/g;

/** What the first bytes declare in `<meta charset>` or `<meta http-equiv=content-type>`, or an XML declaration. */
function prescan(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, PRESCAN_BYTES))
    .toString('latin1')
    .replace(COMMENT, '');
  for (const [tag] of head.matchAll(META_TAG)) {
    const encoding = encodingOfLabel(charsetParameter(tag));
    if (encoding) return asciiCompatible(encoding);
  }
  const declaration = /^<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)/i.exec(head)?.[1];
  const encoding = encodingOfLabel(declaration);
  return encoding ? asciiCompatible(encoding) : null;
}

/** A declaration that was readable as ASCII can't mean UTF-16 (prescan, step "If charset is UTF-16BE/LE"). */
function asciiCompatible(encoding: string): string {
  if (encoding.startsWith('utf-16')) return 'utf-8';
  return encoding === 'x-user-defined' ? 'windows-1252' : encoding;
}

/** The label in `charset=…`, of a header or of a tag. */
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
