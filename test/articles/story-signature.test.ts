import { describe, expect, test } from 'vitest';
import { type StorySignature, storySignature, storySimilarity } from '../../src/articles/story-signature.js';
import { SAME_STORY } from '../../src/store/stories.js';
import { type Telling, tellings } from './retellings.js';

const signed = tellings.map((telling) => ({ telling, signature: signatureOf(telling) }));

function signatureOf({ title, text, language }: Telling): StorySignature {
  const signature = storySignature(title, text, language);
  if (!signature) throw new Error(`"${title}" is too short`);
  return signature;
}

const pairs = signed.flatMap((one, place) => signed.slice(place + 1).map((other) => ({ one, other })));
const sameStory = pairs.filter(({ one, other }) => one.telling.story === other.telling.story);
const others = pairs.filter(
  ({ one, other }) => one.telling.story !== other.telling.story && one.telling.language === other.telling.language,
);
const title = ({ one, other }: (typeof pairs)[number]) => `${one.telling.title} | ${other.telling.title}`;
const similarity = ({ one, other }: (typeof pairs)[number]) =>
  storySimilarity(one.signature.words, other.signature.words);

describe('two tellings of one story', () => {
  test.each(sameStory.map((pair) => [title(pair), pair] as const))('%s are alike and share a key', (_, pair) => {
    expect(similarity(pair)).toBeGreaterThan(SAME_STORY * 1.2);
    const keys = new Set(pair.one.signature.keys);
    expect(pair.other.signature.keys.some((key) => keys.has(key))).toBe(true);
  });
});

describe('two stories in the same words', () => {
  test.each(others.map((pair) => [title(pair), pair] as const))('%s are not alike', (_, pair) => {
    expect(similarity(pair)).toBeLessThan(SAME_STORY * 0.8);
  });
});

test('a notice is alike to the report that holds its words, and a text too short to tell has no signature', () => {
  const [whole] = tellings as [Telling];
  const notice = storySignature(whole.title, whole.text.slice(0, 160), 'en');
  expect(storySimilarity(notice?.words ?? [], signatureOf(whole).words)).toBeGreaterThan(SAME_STORY);
  expect(storySignature('Short', 'Nothing happened.', 'en')).toBeUndefined();
});

test('a signature is the same every time, and of a text of a megabyte made within 50 ms', () => {
  const [first] = tellings as [Telling];
  expect(signatureOf(first)).toEqual(signatureOf(first));
  const started = performance.now();
  storySignature('Title', `${first.text} `.repeat(3_000), 'en');
  expect(performance.now() - started).toBeLessThan(50);
});

test('an equal text in another language shares no key', () => {
  const [first] = tellings as [Telling];
  const keys = new Set(signatureOf(first).keys);
  expect(signatureOf({ ...first, language: 'nl' }).keys.filter((key) => keys.has(key))).toEqual([]);
});
