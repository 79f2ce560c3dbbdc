/** Any feed format in, one shape out: decode the bytes, see what they are, and let the reader for it read them. */
import { decodeBytes } from '../web/charset.js';
import { type Feed, type Origin, type ReadFeedResult, refuse } from './feed.js';
import { readJsonFeed } from './read-json.js';
import { readXmlFeed } from './read-xml.js';

/** A feed of more bytes is refused unread: no newsroom sends it, and decoding alone would stop the process for seconds. */
export const MAX_FEED_BYTES = 100 * 1024 * 1024;
/** Only so many characters of a feed are read (the newest entries stand first); the rest is left with a warning. */
export const MAX_FEED_CHARACTERS = 12 * 1024 * 1024;

/**
 * Reads the bytes of a feed: RSS 0.9x/1.0/2.0, Atom 0.3/1.0, CDF, JSON Feed 1.x or a (Google News) sitemap.
 *
 * Broken input yields every entry that can be read and a warning each for what was wrong; only bytes that hold no feed
 * at all are refused, with the reason. Never throws. `now` tells dates that lie ahead.
 */
export async function readFeed(bytes: Uint8Array, origin: Origin, now = new Date()): Promise<ReadFeedResult> {
  try {
    return await readDecoded(bytes, origin, now);
  } catch (error) {
    return refuse('unreadable', `the reader gave up: ${(error as Error).message}`);
  }
}

async function readDecoded(bytes: Uint8Array, origin: Origin, now: Date): Promise<ReadFeedResult> {
  if (bytes.length > MAX_FEED_BYTES)
    return refuse('too-large', `${bytes.length} bytes, at most ${MAX_FEED_BYTES} are read`);
  if (isBinary(bytes)) return refuse('not-a-feed', 'binary data (a picture, a PDF, an archive)');
  const decoded = decodeBytes(bytes, { contentType: origin.contentType });
  const warnings = [...decoded.warnings];
  let text = decoded.text;
  if (text.length > MAX_FEED_CHARACTERS) {
    text = text.slice(0, MAX_FEED_CHARACTERS);
    warnings.push(`only the first ${MAX_FEED_CHARACTERS} characters were read`);
  }
  const start = text.trimStart();
  if (start === '') return refuse('empty', 'nothing but white space');

  const result = /^[[{]/.test(start) ? readJsonFeed(start, origin.url, now) : await readXmlFeed(text, origin.url, now);
  return result.ok ? { ok: true, feed: withWarnings(result.feed, warnings) } : result;
}

const withWarnings = (feed: Feed, earlier: readonly string[]): Feed =>
  earlier.length === 0 ? feed : { ...feed, warnings: [...new Set([...earlier, ...feed.warnings])] };

const binarySignatures: readonly (readonly number[])[] = [
  [0x25, 0x50, 0x44, 0x46, 0x2d], // %PDF-
  [0x89, 0x50, 0x4e, 0x47], // PNG
  [0xff, 0xd8, 0xff], // JPEG
  [0x47, 0x49, 0x46, 0x38], // GIF8
  [0x50, 0x4b, 0x03, 0x04], // ZIP
  [0x1f, 0x8b], // gzip
];

const isBinary = (bytes: Uint8Array): boolean =>
  binarySignatures.some((signature) => signature.every((byte, index) => bytes[index] === byte));
