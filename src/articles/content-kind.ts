/** Whether bytes are a web page at all: what the header says, checked against what the bytes begin with. */

/** Enough for a document's first tag after comments and white space. */
const SNIFFED_BYTES = 4096;

const SIGNATURES: ReadonlyArray<readonly [name: string, start: string]> = [
  ['a PDF document', '%PDF-'],
  ['a PNG image', '\x89PNG'],
  ['a JPEG image', '\xff\xd8\xff'],
  ['a GIF image', 'GIF8'],
  ['a WebP or AVI file', 'RIFF'],
  ['a ZIP archive or office document', 'PK\x03\x04'],
  ['gzip data', '\x1f\x8b'],
  ['an OLE document', '\xd0\xcf\x11\xe0'],
  ['an RTF document', '{\\rtf'],
  ['an Ogg file', 'OggS'],
  ['an MP3 file', 'ID3'],
  ['a WebM or Matroska file', '\x1a\x45\xdf\xa3'],
];

/**
 * Says what the bytes are when they are no HTML page.
 *
 * @returns a phrase such as `a PDF document`, or null for HTML and for text that may be HTML
 */
export function kindOtherThanHtml(bytes: Uint8Array, contentType: string | undefined): string | null {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SNIFFED_BYTES)).toString('latin1');
  const signature = SIGNATURES.find(([, magic]) => start.startsWith(magic));
  if (signature) return signature[0];
  if (start.slice(4, 8) === 'ftyp') return 'a video';
  if (looksLikeHtml(start)) return null; // servers mislabel pages more often than they send JSON that holds `<html`
  if (/^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*<(?:rss|feed|rdf:RDF)\b/i.test(start)) return 'a feed';
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (/^(?:image|video|audio|font)\//.test(mediaType)) return `of type ${mediaType}`;
  if (/^application\/(?!xhtml\+xml|octet-stream|xml)/.test(mediaType)) return `of type ${mediaType}`;
  if (/^\s*[[{]\s*["{[\]}]/.test(start) && !start.includes('<')) return 'JSON';
  if (!/utf-16/i.test(contentType ?? '') && start.includes('\0') && !/^(?:\xff\xfe|\xfe\xff)/.test(start))
    return 'binary data';
  return null;
}

function looksLikeHtml(start: string): boolean {
  return /<(?:!doctype\s+html|html|head|body|title|meta|div|p|article)\b/i.test(start);
}
