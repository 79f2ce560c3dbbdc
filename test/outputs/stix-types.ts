/**
 * The objects of Belfry's bundles in the types of `@security-alliance/stix`. Those of three objects have only the properties that
 * all objects share: what is their own comes from its other types. The one of extensions' values is of another object (it asks
 * for an `extension-definition` where STIX 2.1 section 7.3 has the extension's properties), and stands corrected.
 */
import type {
  ExtensionDefinition,
  ExtensionMarkingDefinition,
  Identifier,
  Identity,
  Location,
  Note,
  Relationship,
  Report,
  StixBundle,
  Timestamp,
  Url,
} from '@security-alliance/stix/2.1';

export interface Typed {
  readonly bundle: Pick<StixBundle, 'type' | 'id'> & { readonly objects: readonly unknown[] };
  readonly 'marking-definition': Omit<ExtensionMarkingDefinition, 'extensions'> & {
    readonly extensions: Record<
      Identifier<'extension-definition'>,
      { readonly extension_type: ExtensionDefinition['extension_types']; readonly [property: string]: unknown }
    >;
  };
  readonly identity: Identity;
  readonly location: Location & Partial<Pick<Identity, 'name' | 'description'>> & { readonly country: string };
  readonly relationship: Relationship & {
    readonly relationship_type: string;
    readonly source_ref: Identifier<'identity'>;
    readonly target_ref: Identifier<'location'>;
  };
  readonly url: Url;
  readonly report: Report &
    Pick<Identity, 'name' | 'description'> &
    Pick<Note, 'object_refs'> & { readonly report_types?: string[]; readonly published: Timestamp };
  readonly note: Note;
}
