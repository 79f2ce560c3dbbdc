/** STIX 2.1 as its text has it (section numbers beside); every object strict, so that no property of ours slips in. */
import { z } from 'zod';

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const id = (type: string) => z.string().regex(new RegExp(`^${type}--${uuid}$`));
/** 3.2: created and modified are precise to the millisecond. */
const moment = z.iso.datetime({ precision: 3, offset: false });
const httpUrl = z.url({ protocol: /^https?$/ });
const reference = z
  .strictObject({
    source_name: z.string().min(1),
    description: z.string().min(1).optional(),
    url: httpUrl.optional(),
    external_id: z.string().min(1).optional(),
  })
  // 2.5.1: at least one of the three besides the name.
  .refine(({ description, url, external_id }) => description ?? url ?? external_id);
const common = {
  spec_version: z.literal('2.1'),
  created: moment,
  modified: moment,
  created_by_ref: id('identity').optional(),
  labels: z.array(z.string().min(1)).min(1).optional(),
  confidence: z.int().min(0).max(100).optional(),
  lang: z
    .string()
    .regex(/^[a-z]{2,3}$/)
    .optional(),
  external_references: z.array(reference).min(1).optional(),
  object_marking_refs: z.array(id('marking-definition')).min(1),
};
const TLP = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';
export const objectSchema = z.discriminatedUnion('type', [
  // 7.2.1: with an extension there is neither definition nor definition_type.
  z.strictObject({
    type: z.literal('marking-definition'),
    spec_version: z.literal('2.1'),
    id: id('marking-definition'),
    created: moment,
    name: z.string(),
    extensions: z.strictObject({
      [TLP]: z.strictObject({
        extension_type: z.literal('property-extension'),
        tlp_2_0: z.enum(['clear', 'green', 'amber', 'amber+strict', 'red']),
      }),
    }),
  }),
  z.strictObject({
    ...common,
    type: z.literal('identity'),
    id: id('identity'),
    name: z.string().min(1),
    identity_class: z.enum(['organization']),
  }),
  z.strictObject({
    ...common,
    type: z.literal('location'),
    id: id('location'),
    name: z.string(),
    country: z.string().regex(/^[A-Z]{2}$/),
  }),
  z.strictObject({
    ...common,
    type: z.literal('relationship'),
    id: id('relationship'),
    relationship_type: z.literal('located-at'),
    source_ref: id('identity'),
    target_ref: id('location'),
  }),
  // 3.2: observables have no creator, dates or labels of their own.
  z.strictObject({
    type: z.literal('url'),
    spec_version: z.literal('2.1'),
    id: id('url'),
    value: httpUrl,
    object_marking_refs: common.object_marking_refs,
  }),
  z.strictObject({
    ...common,
    type: z.literal('report'),
    id: id('report'),
    name: z.string().min(1),
    description: z.string().min(1).optional(),
    report_types: z.tuple([z.literal('threat-report')]),
    published: moment,
    object_refs: z.array(id('[a-z-]+')).min(1),
  }),
  z.strictObject({
    ...common,
    type: z.literal('note'),
    id: id('note'),
    abstract: z.string().min(1),
    content: z.string().min(1),
    object_refs: z.array(id('report')).min(1),
  }),
]);
