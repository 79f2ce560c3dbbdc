import {
  generateDeterministicId,
  generateUrlId,
  type Identity,
  type Note,
  type StixBundle,
  type Url,
} from '@security-alliance/stix/2.1';
import { expect, test } from 'vitest';
import type { TrafficLight } from '../../src/outputs/format.js';
import { BELFRY_NAMESPACE, nameBasedId } from '../../src/outputs/name-based-id.js';
import { stix } from '../../src/outputs/stix.js';
import { objectSchema } from './stix-schema.js';
import { article, hostileArticle, written } from './written.js';

type Bundled = Record<string, unknown> & { readonly type: string; readonly id: string };

async function objects(...given: Parameters<typeof written> extends [unknown, ...infer Rest] ? Rest : never) {
  const bundle = JSON.parse(await written(stix, ...given)) as StixBundle;
  return bundle.objects as unknown as readonly Bundled[];
}

const ofType = (all: readonly Bundled[], type: string): Bundled[] => all.filter((each) => each.type === type);

test('every object of a bundle is as STIX 2.1 defines it, with hostile articles too', async () => {
  const all = await objects([
    article(),
    hostileArticle(),
    article({ id: 'a'.repeat(24), tags: [], excerpt: null, byline: [] }),
  ]);
  for (const object of all) expect(objectSchema.safeParse(object).error, JSON.stringify(object)).toBeUndefined();
  expect(new Set(all.map((each) => each.type))).toEqual(
    new Set(['marking-definition', 'identity', 'location', 'relationship', 'url', 'report', 'note']),
  );
});

test('every reference leads to an object of the bundle, and no object changes before it came to be', async () => {
  const all = await objects([article(), hostileArticle()]);
  const known = new Set(all.map((each) => each.id));
  for (const object of all) {
    const references = ['created_by_ref', 'object_refs', 'object_marking_refs', 'source_ref', 'target_ref'].flatMap(
      (name) => object[name] ?? [],
    );
    for (const reference of references) expect(known).toContain(reference);
    expect(String(object.modified ?? object.created) >= String(object.created)).toBe(true);
  }
});

test('a report says the types as labels, the surest score as confidence, and where the article is', async () => {
  const [report] = ofType(await objects([article()]), 'report');
  expect(report).toMatchObject({
    name: 'Rail depot burns',
    description: 'Arson at a rail depot near Ghent is called sabotage.',
    report_types: ['threat-report'],
    labels: ['sabotage', 'right-wing-extremism'],
    confidence: 90,
    lang: 'en',
    published: '2026-11-24T08:00:00.000Z',
    created: '2026-11-24T08:05:00.000Z',
    modified: '2026-11-24T09:30:00.250Z',
    external_references: [
      {
        source_name: 'The Newsroom',
        url: 'https://newsroom.example/rail-depot?a=1&b=2',
        description: 'By An Peeters, Jan De Smet',
      },
      { source_name: 'belfry', external_id: '0123456789abcdef01234567' },
    ],
  });
});

test('each tag has a note on the report with its sentence, its words and their weight', async () => {
  const all = await objects([article()]);
  const notes = ofType(all, 'note') as unknown as Note[];
  const [report] = ofType(all, 'report');
  expect(notes.map(({ abstract, confidence }) => [abstract, confidence])).toEqual([
    ['Sabotage, 90 %', 90],
    ['Right-wing extremism, 55 %', 55],
  ]);
  expect(notes[0]?.content).toBe(
    'Arson at a rail depot near Ghent is called sabotage.\n\n' +
      'Evidence: “Arson at a rail” (act.arson +0.90), “rail depot” (target.rail +0.30), “burns” (act.fire +0.20)',
  );
  expect(notes[0]?.object_refs).toEqual([report?.id]);
});

test('the source is an identity at its country, and stands once however many articles it has', async () => {
  const all = await objects([article(), article({ id: 'b'.repeat(24), url: 'https://newsroom.example/2' })]);
  const identities = ofType(all, 'identity') as unknown as Identity[];
  expect(identities.map(({ name }) => name)).toEqual(['Harbour CERT', 'The Newsroom']);
  expect(ofType(all, 'location')).toMatchObject([{ country: 'BE' }]);
  expect(ofType(all, 'relationship')).toMatchObject([{ source_ref: identities[1]?.id }]);
  expect(ofType(all, 'report')).toHaveLength(2);
});

test('a url object has the id that others give the same url (STIX 2.1 section 2.9)', async () => {
  const [url] = ofType(await objects([article()]), 'url') as unknown as [Url];
  expect(url.id).toBe(generateUrlId(url.value));
});

test('the same article has the same ids for one organisation on every day, and others for another', async () => {
  const once = await written(stix, [article()]);
  expect(await written(stix, [article()])).toBe(once);
  const ids = async (organisation: string) =>
    (await objects([article()], { organisation }))
      .filter(({ type }) => type === 'report' || type === 'note')
      .map((each) => each.id);
  expect(await ids('Harbour CERT')).not.toEqual(await ids('River CERT'));
  expect(await ids('River CERT')).toEqual(await ids('River CERT'));
});

test('ids are UUIDs of version 5 as another implementation makes them', () => {
  for (const value of ['', 'a', 'Köln – Gent 🚂']) {
    const id = nameBasedId(BELFRY_NAMESPACE, JSON.stringify({ value }));
    expect(`url--${id}`).toBe(generateDeterministicId('url', { value }, BELFRY_NAMESPACE));
  }
});

test.each<[TrafficLight, string]>([
  ['clear', 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487'],
  ['green', 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb'],
  ['amber', 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421'],
  ['amber+strict', 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003'],
  ['red', 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1'],
])('TLP:%s marks every object by the id that OASIS gave it', async (trafficLight, marking) => {
  const [definition, ...others] = await objects([article()], { trafficLight });
  expect(definition).toMatchObject({ id: marking, name: `TLP:${trafficLight.toUpperCase()}` });
  for (const object of others) expect(object.object_marking_refs).toEqual([marking]);
});

test('an address that no browser should open is neither a url object nor a reference', async () => {
  const all = await objects([hostileArticle()]);
  expect(ofType(all, 'url')).toEqual([]);
  expect(JSON.stringify(all)).not.toContain('javascript:');
});

test('a note on a tag that a second opinion decided says so', async () => {
  const [tag] = article().tags;
  const all = await objects([article({ tags: tag ? [{ ...tag, origin: 'second-opinion:endpoint:some-model' }] : [] })]);
  const [note] = ofType(all, 'note') as unknown as Note[];
  expect(note?.content).toMatch(/\n\nDecided by a second opinion \(endpoint:some-model\)\.$/);
});

test('a judgement makes a new version of the report and its notes', async () => {
  const judgement = { by: 'an.analyst', at: '2026-11-25T10:00:00.000Z' };
  const tags = article().tags.map((tag) => ({ ...tag, judgement }));
  const all = await objects([article({ tags })]);
  const versions = [...ofType(all, 'report'), ...ofType(all, 'note')].map(({ modified }) => modified);
  expect(versions).toEqual(Array(3).fill(judgement.at));
});

test('a list without articles is a bundle still', async () => {
  expect((await objects([])).map(({ type }) => type)).toEqual(['marking-definition', 'identity']);
});
