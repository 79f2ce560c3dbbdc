import { expect, test } from 'vitest';
import { z } from 'zod';
import { misp } from '../../src/outputs/misp.js';
import { certaintyTag, mispTagsOf } from '../../src/outputs/vocabularies.js';
import { article, evidence, hostileArticle, types, written } from './written.js';

const uuid = z.uuid();
/** Numbers travel as JSON strings. */
const digits = z.string().regex(/^\d+$/);
const tags = z.array(z.strictObject({ name: z.string().regex(/^[^\s:="]+:[^="]+(="[^"]+")?$/) })).min(1);

/** draft-dulaunoy-misp-core-format, sections "Event" and "Attribute". */
const documentSchema = z.strictObject({
  response: z.array(
    z.strictObject({
      Event: z.strictObject({
        uuid,
        info: z
          .string()
          .min(1)
          .max(256)
          .regex(/^[^\r\n]*$/),
        date: z.iso.date(),
        timestamp: digits,
        threat_level_id: z.enum(['1', '2', '3', '4']),
        analysis: z.enum(['0', '1', '2']),
        distribution: z.enum(['0', '1', '2', '3']),
        sharing_group_id: z.literal('0'),
        published: z.literal(false),
        publish_timestamp: z.literal('0'),
        attribute_count: digits,
        Orgc: z.strictObject({ name: z.string().min(1), uuid }),
        Tag: tags,
        Attribute: z.array(
          z
            .strictObject({
              uuid,
              category: z.string(),
              type: z.string(),
              value: z.string().min(1),
              comment: z.string(),
              to_ids: z.literal(false),
              distribution: z.literal('5'),
              sharing_group_id: z.literal('0'),
              timestamp: digits,
              Tag: tags.optional(),
            })
            .refine(({ category, type }) => validTypes[category]?.includes(type), 'no such type in this category'),
        ),
      }),
    }),
  ),
});
type Event = z.infer<typeof documentSchema>['response'][number]['Event'];

/** The draft's list of valid combinations, as far as we use it. */
const validTypes: Readonly<Record<string, readonly string[]>> = {
  'External analysis': ['link', 'comment', 'text'],
  Other: ['comment', 'text', 'datetime'],
};

async function events(
  ...given: Parameters<typeof written> extends [unknown, ...infer Rest] ? Rest : never
): Promise<Event[]> {
  const { response } = documentSchema.parse(JSON.parse(await written(misp, ...given)));
  return response.map(({ Event }) => Event);
}

const names = (list: readonly { readonly name: string }[] | undefined): string[] =>
  (list ?? []).map(({ name }) => name);

test('every event is as the MISP core format defines it, with hostile and untagged articles too', async () => {
  const all = await events([article(), hostileArticle(), article({ id: 'a'.repeat(24), tags: [] })]);
  expect(all).toHaveLength(3);
  for (const { attribute_count, Attribute } of all) {
    expect(Number(attribute_count)).toBe(Attribute.length);
    // MISP refuses an event that says the same twice.
    expect(new Set(Attribute.map(({ type, value }) => `${type} ${value}`)).size).toBe(Attribute.length);
  }
  expect(await events([])).toEqual([]);
});

test('an event has the tags of the taxonomy, the source, the certainty and the marking', async () => {
  const [event] = await events([article()]);
  expect(names(event?.Tag)).toEqual([
    'tlp:amber+strict',
    'osint:source-type="news-report"',
    'osint:source-type="automatic-analysis"',
    'osint:certainty="93"',
    'estimative-language:confidence-in-analytic-judgment="high"',
    'workflow:state="draft"',
    'belfry:threat-type="sabotage"',
    'rsit:availability="sabotage"',
    'enisa:physical-attack="sabotage"',
    'belfry:threat-type="right-wing-extremism"',
    'political-spectrum:left-right-spectrum="far-right"',
  ]);
});

test('a tag that a second opinion decided says so in its comment', async () => {
  const [tag] = article().tags;
  const [event] = await events([
    article({ tags: tag ? [{ ...tag, origin: 'second-opinion:endpoint:some-model' }] : [] }),
  ]);
  expect(event?.Attribute.at(-1)?.comment).toMatch(/^Sabotage 90 %, second opinion \(endpoint:some-model\): “Arson/);
});

test('the link and each tag’s sentence are attributes, with the evidence as comment', async () => {
  const [event] = await events([article()]);
  expect(event?.Attribute.map(({ category, type, value, comment }) => [category, type, value, comment])).toEqual([
    ['External analysis', 'link', 'https://newsroom.example/rail-depot?a=1&b=2', 'Article of The Newsroom'],
    ['Other', 'datetime', '2026-11-24T08:00:00.000Z', 'Published'],
    [
      'External analysis',
      'text',
      'Sabotage: Arson at a rail depot near Ghent is called sabotage.',
      'Sabotage 90 %: “Arson at a rail” (act.arson +0.90), “rail depot” (target.rail +0.30), “burns” (act.fire +0.20)',
    ],
    [
      'External analysis',
      'text',
      'Right-wing extremism: Police found a leaflet.',
      'Right-wing extremism 55 %: “leaflet” (claim.leaflet +0.40)',
    ],
  ]);
});

test('a tag that an analyst gave without evidence says so', async () => {
  const [tag] = article().tags;
  const [event] = await events([article({ tags: tag ? [{ ...tag, score: 1, evidence: [] }] : [] })]);
  expect(event?.Attribute.at(-1)).toMatchObject({ value: 'Sabotage: tagged by an analyst', comment: 'Sabotage 100 %' });
});

test('the same article is the same event with the same attributes on every day', async () => {
  expect(await written(misp, [article()])).toBe(await written(misp, [article()]));
});

test('a predicate of which several values may fit says nothing, and a group is tagged only where the evidence names it', () => {
  const words = 'A cell of The Base and Combat 18 met.';
  const tagged = (text: string) =>
    mispTagsOf({ type: 'right-wing-extremism', evidence: [evidence('text', words, text, 'group', 1)] }, types);
  expect(tagged('cell')).toEqual([
    'belfry:threat-type="right-wing-extremism"',
    'political-spectrum:left-right-spectrum="far-right"',
  ]);
  expect(tagged('The Base')).toContain('misp-galaxy:canada-listed-terrorist-entities="The Base"');
  expect(tagged('Combat 18')).toContain('misp-galaxy:canada-listed-terrorist-entities="Combat 18 (C18)"');
  expect(tagged('Combat 18')).not.toContain('misp-galaxy:canada-listed-terrorist-entities="The Base"');
});

test.each([
  [0, '0'],
  [0.1, '7'],
  [0.45, '50'],
  [0.83, '75'],
  [0.9, '93'],
  [1, '100'],
])('a score of %f is the nearest of the seven certainties, %s', (score, certainty) => {
  expect(certaintyTag(score)).toBe(`osint:certainty="${certainty}"`);
});

test('a title longer than MISP’s info is cut at 256 characters and never inside one', async () => {
  const [event] = await events([article({ title: '🚂'.repeat(300) })]);
  expect([...(event?.info ?? '')]).toHaveLength(256);
  expect(event?.info.endsWith('🚂…')).toBe(true);
});
