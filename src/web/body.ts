/** The body of a response: decompressed as it comes, and ended at the cap before a bomb can unfold. */
import { Readable, type Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';

export type BodyReading =
  | { readonly ok: true; readonly body: Uint8Array }
  | { readonly ok: false; readonly reason: 'too-large' | 'bad-response'; readonly message: string };

export interface BodyPlan {
  /** The Content-Encoding and Content-Length headers as received. */
  readonly contentEncoding: string | null;
  readonly contentLength: string | null;
  /** Cap in bytes, for what comes over the line and again for what it unfolds to. */
  readonly maxBytes: number;
  /** What comes of a body beyond the cap: nothing, or what stands before it. */
  readonly overflow: 'refuse' | 'cut';
  /** Called for each piece that comes over the line. */
  readonly onBytes: () => void;
}

/** Nobody compresses a body more often than this; whoever says so means harm. */
const MAX_ENCODINGS = 2;

/** Reads a body to its end. Throws what the connection throws; everything else is named in the result. */
export async function readBody(stream: Readable, plan: BodyPlan): Promise<BodyReading> {
  const encodings = (plan.contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (encodings.length > MAX_ENCODINGS) return end(stream, 'bad-response', `encoded ${encodings.length} times over`);
  if (plan.overflow === 'refuse' && Number(plan.contentLength) > plan.maxBytes) {
    return end(stream, 'too-large', `${plan.contentLength} bytes announced, at most ${plan.maxBytes} are read`);
  }

  const iterator = stream.iterator({ destroyOnReturn: true });
  const first = await iterator.next();
  if (first.done) return { ok: true, body: new Uint8Array() };
  const decoders: Transform[] = [];
  for (const [index, encoding] of encodings.reverse().entries()) {
    const decoder = decoderFor(encoding, index === 0 ? first.value : null);
    if (decoder === 'unknown') return end(stream, 'bad-response', `unknown content encoding "${encoding}"`);
    if (decoder !== null) decoders.push(decoder);
  }

  let length = 0;
  const chunks: Uint8Array[] = [];
  const collector = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      length += chunk.length;
      chunks.push(chunk);
      done(length > plan.maxBytes ? new CapReached() : null);
    },
  });
  try {
    await pipeline([Readable.from(counted(first.value, iterator, plan)), ...decoders, collector]);
  } catch (error) {
    if (error instanceof CapReached) {
      if (plan.overflow === 'cut') return { ok: true, body: Buffer.concat(chunks).subarray(0, plan.maxBytes) };
      return { ok: false, reason: 'too-large', message: `more than ${plan.maxBytes} bytes` };
    }
    if (isCompressionFault(error)) {
      if (plan.overflow === 'cut' && length > 0) return { ok: true, body: Buffer.concat(chunks) };
      return { ok: false, reason: 'bad-response', message: `broken ${plan.contentEncoding} data` };
    }
    throw error;
  }
  return { ok: true, body: Buffer.concat(chunks) };
}

/** What comes over the line, reported piece by piece and ended at the cap. */
async function* counted(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
  { maxBytes, overflow, onBytes }: BodyPlan,
): AsyncGenerator<Uint8Array> {
  let seen = 0;
  try {
    for (let chunk: Uint8Array | undefined = first; chunk !== undefined; ) {
      onBytes();
      seen += chunk.length;
      if (seen > maxBytes) {
        if (overflow === 'refuse') throw new CapReached();
        yield chunk.subarray(0, chunk.length - (seen - maxBytes));
        return;
      }
      yield chunk;
      const next: IteratorResult<Uint8Array, undefined> = await rest.next();
      chunk = next.value;
    }
  } finally {
    await rest.return?.();
  }
}

function end(stream: Readable, reason: 'too-large' | 'bad-response', message: string): BodyReading {
  // Destroying reports to a listener that has to be there.
  stream.on('error', () => {});
  stream.destroy();
  return { ok: false, reason, message };
}

class CapReached extends Error {}

/** A stream cut short gives what it held, as browsers do. */
const lenient = { finishFlush: zlib.constants.Z_SYNC_FLUSH };

/** The decoder for an encoding; null where the bytes show that the server only says it encodes, which some do. */
function decoderFor(encoding: string, firstChunk: Uint8Array | null): Transform | null | 'unknown' {
  const firstByte = firstChunk?.[0];
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return firstByte === undefined || firstByte === 0x1f ? zlib.createGunzip(lenient) : null;
    case 'deflate':
      // RFC 9110 means the zlib format; some servers send the bare one. The low half of the first byte tells.
      return firstByte === undefined || (firstByte & 0x0f) === 8
        ? zlib.createInflate(lenient)
        : zlib.createInflateRaw(lenient);
    case 'br':
      return zlib.createBrotliDecompress();
    case 'zstd':
      return (zlib as { createZstdDecompress?: () => Transform }).createZstdDecompress?.() ?? 'unknown';
    default:
      return 'unknown';
  }
}

const isCompressionFault = (error: unknown): boolean =>
  /^(?:Z_|ERR_(?:_?ERROR|BROTLI|ZLIB|ZSTD|BUFFER)|ZSTD_|ERR__ERROR)/.test((error as NodeJS.ErrnoException).code ?? '');
