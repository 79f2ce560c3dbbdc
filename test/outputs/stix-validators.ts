/**
 * STIX objects as two houses other than ours see them: the compiler, by the types of `@security-alliance/stix`, and MITRE, by the
 * schemas of its ATT&CK data model. The types know which properties an object must, may and must not have, what each holds, and
 * which type an id is of; the schemas know what a string, a list or a number may be. Neither is complete: what a property of a
 * report, location or relationship is called is said here (and in `stix-types.ts`), MITRE's knowing only what ATT&CK uses.
 *
 * `stix-validators.test.ts` shows what each of them refuses, and what neither does: that is left to our reading of the standard in
 * `stix-schema.ts`. What holds between objects (references that lead somewhere, ids that stand once, versions in their order) is
 * left to `stix.test.ts`.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import {
  externalReferenceSchema,
  identitySchema,
  markingDefinitionSchema,
  nameSchema,
  nonEmptyRequiredString,
  relationshipBaseSchema,
  stixBundleSchema,
  stixDomainObjectSchema,
  stixIdentifierSchema,
  stixListOfString,
  stixTimestampSchema,
} from '@mitre-attack/attack-data-model';
import { isIdentifierType } from '@security-alliance/stix/2.1';

/** A bundle or one of its objects, as it is read from JSON. */
export type Unchecked = Readonly<Record<string, unknown>>;

export interface Faults {
  /** What the compiler says. */
  readonly types: readonly string[];
  /** What MITRE's schemas say, each with the property. */
  readonly values: readonly string[];
}

/** @returns each object's, in their order; both lists are empty where nobody finds any */
export async function faultsOf(objects: readonly Unchecked[]): Promise<readonly Faults[]> {
  const types = await typeFaults(objects);
  return objects.map((object, index) => ({ types: types[index] ?? [], values: valueFaults(object) }));
}

/** Compiles a file with a constant a line, so that a diagnostic's line says which object it is about. */
async function typeFaults(objects: readonly Unchecked[]): Promise<readonly (readonly string[])[]> {
  const directory = await mkdtemp(join(tmpdir(), 'belfry-stix-'));
  try {
    const declarations = fileURLToPath(new URL('stix-types.js', import.meta.url));
    const source = join(directory, 'objects.ts');
    const lines = objects.map(
      (object, index) => `const object${index}: Typed[${JSON.stringify(object.type)}] = ${JSON.stringify(object)};`,
    );
    await writeFile(source, [`import type { Typed } from ${JSON.stringify(declarations)};`, ...lines].join('\n'));
    const diagnostics = await compile(source);
    const found = objects.map((): string[] => []);
    for (const [, line, message] of diagnostics.matchAll(/^objects\.ts\((\d+),\d+\): error TS\d+: (.*)$/gm)) {
      found[Number(line) - 2]?.push(String(message));
    }
    if (diagnostics !== '' && found.every(({ length }) => length === 0)) throw new Error(diagnostics);
    return found;
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function compile(source: string): Promise<string> {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const options = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--types',
    '',
  ];
  const { stdout } = spawn(process.execPath, [compiler, ...options, '--pretty', 'false', source], {
    cwd: dirname(source),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return text(stdout);
}

interface Rule {
  safeParse(value: unknown): { readonly success: boolean; readonly error?: { readonly message: string } | undefined };
}

const {
  spec_version,
  created,
  modified,
  created_by_ref,
  labels,
  confidence,
  lang,
  external_references,
  object_marking_refs,
  extensions,
} = stixDomainObjectSchema.shape;

/** MITRE's own ids are of ATT&CK's types: of any other, the rest is read as if it were of one of them. */
const idOf = (type: string): Rule => ({
  safeParse: (value) =>
    typeof value === 'string' && isIdentifierType(value as `${string}--${string}`, type)
      ? stixIdentifierSchema.safeParse(`artifact${value.slice(type.length)}`)
      : { success: false, error: { message: `no id of a ${type}` } },
});
/** The ids of a list; whether they lead anywhere is for `stix.test.ts` to ask. */
const references: Rule = {
  safeParse: (value) => {
    const list = stixListOfString.safeParse(value);
    const each = (list.data ?? []).map((id) => idOf(id.split('--', 1)[0] ?? '').safeParse(id));
    return each.find(({ success }) => !success) ?? list;
  },
};
const only = (type: string): Rule => ({ safeParse: (value) => ({ success: value === type }) });
/** MITRE leaves out both ends of the scale, which STIX 2.1 has (section 3.2). */
const confidenceWithEnds: Rule = {
  safeParse: (value) => (value === 0 || value === 100 ? { success: true } : confidence.safeParse(value)),
};

const common = {
  spec_version,
  created,
  modified,
  created_by_ref,
  labels,
  confidence: confidenceWithEnds,
  lang,
  external_references,
  object_marking_refs,
} satisfies Record<string, Rule>;

const rules: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  bundle: {
    type: stixBundleSchema.shape.type,
    id: stixBundleSchema.shape.id,
    // Its list of objects is of ATT&CK's.
    objects: { safeParse: (value) => ({ success: Array.isArray(value) && value.length > 0 }) },
  },
  'marking-definition': {
    type: markingDefinitionSchema.shape.type,
    id: markingDefinitionSchema.shape.id,
    spec_version,
    created,
    name: markingDefinitionSchema.shape.name,
    extensions: extensions.unwrap(),
  },
  identity: {
    ...common,
    type: identitySchema.shape.type,
    id: identitySchema.shape.id,
    name: identitySchema.shape.name,
    identity_class: identitySchema.shape.identity_class,
  },
  location: {
    ...common,
    type: only('location'),
    id: idOf('location'),
    name: nameSchema,
    country: nonEmptyRequiredString,
  },
  relationship: {
    ...common,
    type: relationshipBaseSchema.shape.type,
    id: relationshipBaseSchema.shape.id,
    // ATT&CK relates no places.
    relationship_type: nonEmptyRequiredString,
    source_ref: relationshipBaseSchema.shape.source_ref,
    target_ref: idOf('location'),
  },
  url: {
    type: only('url'),
    id: idOf('url'),
    spec_version,
    value: externalReferenceSchema.shape.url.unwrap(),
    object_marking_refs,
  },
  report: {
    ...common,
    type: only('report'),
    id: idOf('report'),
    name: nameSchema,
    description: nonEmptyRequiredString.optional(),
    report_types: stixListOfString.optional(),
    published: stixTimestampSchema,
    object_refs: references,
  },
  note: {
    ...common,
    type: only('note'),
    id: idOf('note'),
    abstract: nonEmptyRequiredString.optional(),
    content: nonEmptyRequiredString,
    object_refs: references,
  },
};

function valueFaults(object: Unchecked): string[] {
  const own = rules[String(object.type)];
  if (!own) return [`type: ${String(object.type)} is none of Belfry's`];
  const unknown = Object.keys(object).filter((property) => !Object.hasOwn(own, property));
  const refused = Object.entries(own).flatMap(([property, rule]) => {
    const { success, error } = rule.safeParse(object[property]);
    return success ? [] : [`${property}: ${error?.message ?? 'another value'}`];
  });
  return [...unknown.map((property) => `${property}: not a property of it`), ...refused];
}
