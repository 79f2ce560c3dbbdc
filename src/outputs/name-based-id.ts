/** Ids that are made of what they name, so that the same thing has the same id in every output and on every day. */
import { createHash } from 'node:crypto';

/** Belfry's own namespace; names in it are what `nameBasedId` is given. */
export const BELFRY_NAMESPACE = '5b1f6a52-8c0e-4f0b-9d53-2f7c1b7f6e0d';

/**
 * UUID version 5 (RFC 9562 section 5.5).
 *
 * @param namespace a UUID
 */
export function nameBasedId(namespace: string, name: string): string {
  const digest = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest();
  digest[6] = ((digest[6] as number) & 0x0f) | 0x50;
  digest[8] = ((digest[8] as number) & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The id of an article in feeds: a URN (RFC 9562 section 4) that no change of address touches. */
export const articleUrn = (articleId: string): string =>
  `urn:uuid:${nameBasedId(BELFRY_NAMESPACE, `article ${articleId}`)}`;
