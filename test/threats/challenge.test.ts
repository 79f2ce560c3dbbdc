/** The challenge set is only a fair measure while it stays balanced, well-formed and free of doubles. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { packageRoot } from '../../src/paths.js';
import { THREAT_TYPES } from '../support/threat-types.js';

const challengeText = z.strictObject({
  id: z.string().regex(/^(en|nl|fr|de)-\d{3}$/),
  lang: z.enum(['en', 'nl', 'fr', 'de']),
  title: z.string().min(1),
  text: z.string().min(1),
  labels: z.array(z.enum(THREAT_TYPES)),
  kind: z.enum(['plain', 'indirect', 'multiple', 'look-alike', 'denied', 'accident', 'metaphor', 'history']),
  note: z.string().min(1),
});

const texts = readFileSync(join(packageRoot, 'test', 'threats', 'challenge.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => challengeText.parse(JSON.parse(line)));

describe('the challenge set', () => {
  it('has at least 220 texts of 60 to 180 words, each with an id, a title and a text of its own', () => {
    expect(texts.length).toBeGreaterThanOrEqual(220);
    for (const field of ['id', 'title', 'text'] as const)
      expect(new Set(texts.map((text) => text[field])).size, field).toBe(texts.length);
    for (const { id, text } of texts) {
      const words = text.split(/\s+/).length;
      expect(words, id).toBeGreaterThanOrEqual(60);
      expect(words, id).toBeLessThanOrEqual(180);
    }
  });

  it.each(THREAT_TYPES)('tells of %s as often as of any other type, in each language', (type) => {
    expect(texts.filter(({ labels }) => labels.includes(type)).length).toBeGreaterThanOrEqual(15);
    for (const lang of ['en', 'nl', 'fr', 'de'])
      expect(texts.filter((text) => text.lang === lang && text.labels.includes(type)).length).toBeGreaterThanOrEqual(3);
  });

  it('serves the four languages alike, a third of the texts without any label', () => {
    for (const lang of ['en', 'nl', 'fr', 'de']) {
      const own = texts.filter((text) => text.lang === lang);
      expect(own.length).toBeGreaterThanOrEqual(55);
      expect(own.filter(({ labels }) => labels.length === 0).length).toBeGreaterThanOrEqual(17);
    }
  });

  it('gives labels to what tells of a threat and to nothing else', () => {
    for (const { id, kind, labels } of texts) {
      const telling = kind === 'plain' || kind === 'indirect' || kind === 'multiple';
      expect(labels.length > 0, id).toBe(telling);
      if (kind === 'multiple') expect(labels.length, id).toBeGreaterThanOrEqual(2);
    }
  });
});
