import { beforeAll, describe, expect, test } from 'vitest';
import { stix } from '../../src/outputs/stix.js';
import { objectSchema } from './stix-schema.js';
import { type Faults, faultsOf, type Unchecked } from './stix-validators.js';
import { article, hostileArticle, written } from './written.js';

const bundleOf = async (...given: Parameters<typeof written> extends [unknown, ...infer Rest] ? Rest : never) =>
  JSON.parse(await written(stix, ...given)) as Unchecked & { readonly objects: readonly Unchecked[] };

const none: Faults = { types: [], values: [] };

test('a bundle and each of its objects pass the types and schemas of others, with hostile articles too', async () => {
  const bundles = await Promise.all([
    bundleOf([article(), hostileArticle(), article({ id: 'a'.repeat(24), tags: [], excerpt: null, byline: [] })]),
    bundleOf([article({ country: null, feedTitle: null, language: 'und' })], { trafficLight: 'clear' }),
    bundleOf([], { organisation: 'Ünïcode "CERT"' }),
  ]);
  const all = bundles.flatMap((bundle) => [bundle, ...bundle.objects]);
  const faults = await faultsOf(all);
  for (const [index, object] of all.entries()) expect(faults[index], JSON.stringify(object)).toEqual(none);
  expect(new Set(all.map(({ type }) => type))).toEqual(
    new Set(['bundle', 'marking-definition', 'identity', 'location', 'relationship', 'url', 'report', 'note']),
  );
});

/** An object of that type with other properties, `undefined` where one is missing, and who refuses it. */
interface Corrupted {
  readonly type: string;
  readonly what: string;
  readonly changes: Unchecked;
  readonly refusedBy: readonly (keyof Faults)[];
}

const TLP_EXTENSION = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';
const UUID = '946e7a13-3524-5e9a-976a-f9298fcfcb3d';
const both = ['types', 'values'] as const;
const byTypes = ['types'] as const;
const byValues = ['values'] as const;

const corrupted: readonly Corrupted[] = [
  { type: 'bundle', what: 'a version', changes: { spec_version: '2.1' }, refusedBy: both },
  { type: 'bundle', what: 'the id of a report', changes: { id: `report--${UUID}` }, refusedBy: both },
  { type: 'bundle', what: 'nothing in it', changes: { objects: [] }, refusedBy: byValues },
  {
    type: 'marking-definition',
    what: 'a version of its own',
    changes: { modified: '2022-10-01T00:00:00.000Z' },
    refusedBy: both,
  },
  { type: 'marking-definition', what: 'no extensions', changes: { extensions: undefined }, refusedBy: both },
  {
    type: 'marking-definition',
    what: 'an extension of no kind',
    changes: { extensions: { [`extension-definition--${UUID}`]: { tlp_2_0: 'red' } } },
    refusedBy: byTypes,
  },
  {
    type: 'marking-definition',
    what: 'the kind of marking beside its extension',
    changes: { definition_type: 'tlp' },
    refusedBy: both,
  },
  { type: 'identity', what: 'no name', changes: { name: undefined }, refusedBy: both },
  { type: 'identity', what: 'a name of blanks', changes: { name: '  ' }, refusedBy: byValues },
  { type: 'identity', what: 'a class of none', changes: { identity_class: 'newspaper' }, refusedBy: byValues },
  { type: 'identity', what: 'no reference in its list', changes: { external_references: [] }, refusedBy: byValues },
  {
    type: 'identity',
    what: 'a reference without a source',
    changes: { external_references: [{ url: 'https://newsroom.example/' }] },
    refusedBy: both,
  },
  {
    type: 'identity',
    what: 'a reference to no address',
    changes: { external_references: [{ source_name: 'feed', url: 'newsroom' }] },
    refusedBy: byValues,
  },
  { type: 'location', what: 'the id of another type', changes: { id: `identity--${UUID}` }, refusedBy: both },
  { type: 'location', what: 'a country that is a number', changes: { country: 56 }, refusedBy: both },
  { type: 'relationship', what: 'no end', changes: { target_ref: undefined }, refusedBy: both },
  { type: 'relationship', what: 'an end of another type', changes: { target_ref: `url--${UUID}` }, refusedBy: both },
  { type: 'relationship', what: 'an end that is no id', changes: { source_ref: 'The Newsroom' }, refusedBy: both },
  { type: 'url', what: 'a creator', changes: { created_by_ref: `identity--${UUID}` }, refusedBy: both },
  { type: 'url', what: 'labels', changes: { labels: ['sabotage'] }, refusedBy: both },
  { type: 'url', what: 'no value', changes: { value: undefined }, refusedBy: both },
  { type: 'url', what: 'a value that is no address', changes: { value: 'rail depot' }, refusedBy: byValues },
  { type: 'url', what: 'a UUID of a digit too few', changes: { id: `url--${UUID.slice(1)}` }, refusedBy: byValues },
  { type: 'report', what: 'no name', changes: { name: undefined }, refusedBy: both },
  { type: 'report', what: 'another type', changes: { type: 'reprot' }, refusedBy: both },
  { type: 'report', what: 'the version before', changes: { spec_version: '2.0' }, refusedBy: byValues },
  { type: 'report', what: 'no version', changes: { spec_version: undefined }, refusedBy: both },
  { type: 'report', what: 'no moment of publication', changes: { published: undefined }, refusedBy: both },
  { type: 'report', what: 'a day of publication', changes: { published: '2026-11-24' }, refusedBy: byValues },
  {
    type: 'report',
    what: 'a moment in no zone',
    changes: { modified: '2026-11-24T08:00:00.000' },
    refusedBy: byValues,
  },
  {
    type: 'report',
    what: 'a moment in another zone than UTC',
    changes: { created: '2026-11-24T08:00:00.000+01:00' },
    refusedBy: byValues,
  },
  { type: 'report', what: 'a moment as a number', changes: { created: 1_795_852_800 }, refusedBy: both },
  { type: 'report', what: 'more than confidence', changes: { confidence: 101 }, refusedBy: byValues },
  { type: 'report', what: 'less than no confidence', changes: { confidence: -1 }, refusedBy: byValues },
  { type: 'report', what: 'half a point of confidence', changes: { confidence: 54.5 }, refusedBy: byValues },
  { type: 'report', what: 'no label in its list', changes: { labels: [] }, refusedBy: byValues },
  { type: 'report', what: 'an empty label', changes: { labels: ['sabotage', ''] }, refusedBy: byValues },
  { type: 'report', what: 'a label alone', changes: { labels: 'sabotage' }, refusedBy: both },
  { type: 'report', what: 'nothing that it is about', changes: { object_refs: [] }, refusedBy: byValues },
  { type: 'report', what: 'something that is no id', changes: { object_refs: ['identity'] }, refusedBy: both },
  {
    type: 'report',
    what: 'something whose id is no UUID',
    changes: { object_refs: ['identity--1'] },
    refusedBy: byValues,
  },
  {
    type: 'report',
    what: 'an organisation as a creator',
    changes: { created_by_ref: 'Harbour CERT' },
    refusedBy: both,
  },
  { type: 'report', what: 'a creator that is a url', changes: { created_by_ref: `url--${UUID}` }, refusedBy: both },
  {
    type: 'report',
    what: 'an identity as a marking',
    changes: { object_marking_refs: [`identity--${UUID}`] },
    refusedBy: both,
  },
  { type: 'report', what: 'a property of ours', changes: { score: 0.9 }, refusedBy: both },
  { type: 'report', what: 'an empty description', changes: { description: '' }, refusedBy: byValues },
  { type: 'note', what: 'no content', changes: { content: undefined }, refusedBy: both },
  { type: 'note', what: 'nothing that it is on', changes: { object_refs: undefined }, refusedBy: both },
  { type: 'note', what: 'an empty abstract', changes: { abstract: '' }, refusedBy: byValues },
  { type: 'note', what: 'a name', changes: { name: 'Sabotage' }, refusedBy: both },
];

/** What is wrong by the standard's text and nobody else minds. */
const passing: readonly Omit<Corrupted, 'refusedBy'>[] = [
  {
    type: 'marking-definition',
    what: 'a TLP that is none',
    changes: { extensions: { [TLP_EXTENSION]: { extension_type: 'property-extension', tlp_2_0: 'white' } } },
  },
  { type: 'identity', what: 'a moment to the second', changes: { modified: '2026-11-24T00:00:00Z' } },
  {
    type: 'identity',
    what: 'a reference of a source alone',
    changes: { external_references: [{ source_name: 'feed' }] },
  },
  { type: 'location', what: 'a country by its name', changes: { country: 'Belgium' } },
  { type: 'relationship', what: 'a relation of no meaning', changes: { relationship_type: 'beside' } },
  { type: 'url', what: 'an address that no browser should open', changes: { value: 'javascript:alert(1)' } },
  { type: 'report', what: 'a moment of publication to the second', changes: { published: '2026-11-24T08:00:00Z' } },
  { type: 'report', what: 'an open vocabulary’s word that is not in it', changes: { report_types: ['news'] } },
  { type: 'report', what: 'no marking in its list', changes: { object_marking_refs: [] } },
  { type: 'report', what: 'a language in no code', changes: { lang: 'Dutch' } },
  { type: 'note', what: 'an object that is no report', changes: { object_refs: [`identity--${UUID}`] } },
];

async function changed(given: readonly Omit<Corrupted, 'refusedBy'>[]): Promise<readonly Unchecked[]> {
  const bundle = await bundleOf([article()]);
  const sound = [bundle, ...bundle.objects];
  return given.map(({ type, changes }) => {
    const object = { ...sound.find((each) => each.type === type), ...changes };
    return JSON.parse(JSON.stringify(object)) as Unchecked;
  });
}

describe('somebody else refuses', () => {
  let faults: readonly Faults[] = [];

  beforeAll(async () => {
    faults = await faultsOf(await changed(corrupted));
  });

  test.each(corrupted.map((each, index) => ({ ...each, index })))('a $type with $what', ({ index, refusedBy }) => {
    const { types = [], values = [] } = faults[index] ?? {};
    const refusing = Object.entries({ types, values }).flatMap(([who, found]) => (found.length > 0 ? [who] : []));
    expect(refusing).toEqual(refusedBy);
  });
});

describe('only our reading of the standard refuses', () => {
  let objects: readonly Unchecked[] = [];
  let faults: readonly Faults[] = [];

  beforeAll(async () => {
    objects = await changed(passing);
    faults = await faultsOf(objects);
  });

  test.each(passing.map((each, index) => ({ ...each, index })))('a $type with $what', ({ index }) => {
    expect(faults[index]).toEqual(none);
    expect(objectSchema.safeParse(objects[index]).success).toBe(false);
  });
});
