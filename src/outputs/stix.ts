/**
 * Articles as a STIX 2.1 bundle (OASIS Standard, 2021-06-10): a report an article, a note with the evidence a tag, the source
 * as an identity with its location, the link as a url object, and one TLP 2.0 marking on all of it.
 *
 * Ids are made of what they name. Those of url objects follow section 2.9, so that they are the same wherever they come from.
 * All others lie in a namespace of the organisation that Belfry speaks for: only an object's creator may publish versions of
 * it (section 3.6), and two Belfries of two houses judge the same article each in their own way.
 */
import { createHash } from 'node:crypto';
import { webAddress } from '../web/identity.js';
import { type Explanation, explain, plainSentence, wordList } from './explanation.js';
import { sourceName, updatedAt } from './feed-entry.js';
import type { DetailedArticle, OutputContext, OutputFormat, TrafficLight } from './format.js';
import { allowedInXml } from './markup.js';
import { BELFRY_NAMESPACE, nameBasedId } from './name-based-id.js';
import { write } from './write.js';

/** Namespace of deterministic ids of cyber-observable objects (section 2.9). */
const OBSERVABLES_NAMESPACE = '00abedb4-aa42-466c-9c01-fed23315a9b7';

/** When these objects came to be; they have no versions. */
const FIRST_PUBLISHED = '2026-11-24T00:00:00.000Z';

/** The extension by which STIX 2.1 carries TLP 2.0, and its five markings, as OASIS publishes them (cti-stix-common-objects). */
const TLP_EXTENSION = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';
const TLP_CREATED = '2022-10-01T00:00:00.000Z';
const TLP_IDS = {
  clear: 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487',
  green: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
  amber: 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421',
  'amber+strict': 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
  red: 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
} as const satisfies Record<TrafficLight, string>;

export type StixObject = Readonly<Record<string, unknown>> & { readonly type: string; readonly id: string };

export const stix = {
  name: 'stix',
  mediaType: 'application/stix+json;version=2.1',
  fileExtension: 'stix.json',
  reads: 'details',
  async write(articles, to, context) {
    const creator = createCreator(context);
    const contents = createHash('sha256');
    // Sources and their places stand once in a bundle; there are as many as feeds, so remembering them stays small.
    const written = new Set<string>();
    let before = '{"type":"bundle","objects":[\n';
    const add = async (object: StixObject) => {
      const text = JSON.stringify(object);
      contents.update(text);
      await write(to, `${before}${text}`);
      before = ',\n';
    };
    await add(trafficLight(context.trafficLight));
    await add(creator.identity);
    for await (const article of articles) {
      const { shared, own } = creator.objectsOf(article);
      for (const object of shared) {
        if (written.has(object.id)) continue;
        written.add(object.id);
        await add(object);
      }
      for (const object of own) await add(object);
    }
    // The bundle's id stands for its contents: the same ones, the same bundle.
    const id = nameBasedId(creator.namespace, `bundle ${contents.digest('hex')}`);
    await write(to, `\n],"id":"bundle--${id}"}\n`);
  },
} satisfies OutputFormat;

const trafficLight = (level: TrafficLight): StixObject => ({
  type: 'marking-definition',
  spec_version: '2.1',
  id: TLP_IDS[level],
  created: TLP_CREATED,
  name: `TLP:${level.toUpperCase()}`,
  extensions: { [TLP_EXTENSION]: { extension_type: 'property-extension', tlp_2_0: level } },
});

interface Creator {
  /** Of the ids of all that it creates. */
  readonly namespace: string;
  readonly identity: StixObject;
  /** `shared` may come again with other articles of the same source. */
  objectsOf(article: DetailedArticle): { readonly shared: readonly StixObject[]; readonly own: readonly StixObject[] };
}

function createCreator({ organisation, trafficLight, types }: OutputContext): Creator {
  const namespace = nameBasedId(BELFRY_NAMESPACE, `organisation ${organisation}`);
  const idOf = (type: string, name: string): string => `${type}--${nameBasedId(namespace, `${type} ${name}`)}`;
  const marked = { object_marking_refs: [TLP_IDS[trafficLight]] };
  const identity: StixObject = {
    type: 'identity',
    spec_version: '2.1',
    id: idOf('identity', 'self'),
    created: FIRST_PUBLISHED,
    modified: FIRST_PUBLISHED,
    name: organisation,
    identity_class: 'organization',
    ...marked,
  };
  const created = { spec_version: '2.1', created_by_ref: identity.id, ...marked };
  return { namespace, identity, objectsOf };

  function objectsOf(article: DetailedArticle): ReturnType<Creator['objectsOf']> {
    const source = sourceOf(article);
    const place = placeOf(article.country, source);
    const url = urlOf(article);
    const explanations = explain(article, types);
    const report = reportOf(article, explanations, [source, ...place, ...url]);
    return {
      shared: [source, ...place],
      own: [...url, report, ...explanations.map((explanation) => noteOf(article, explanation, report))],
    };
  }

  function sourceOf(article: DetailedArticle): StixObject {
    const { feedUrl, feedSite } = article.details;
    const site = webAddress(feedSite);
    const name = sourceName(article);
    return {
      type: 'identity',
      ...created,
      // A source that is renamed is another object: this one has no versions.
      id: idOf('identity', `source ${feedUrl} ${name}`),
      created: FIRST_PUBLISHED,
      modified: FIRST_PUBLISHED,
      name,
      identity_class: 'organization',
      external_references: [
        { source_name: 'feed', url: feedUrl },
        ...(site === undefined ? [] : [{ source_name: 'site', url: site }]),
      ],
    };
  }

  /** Where the source is at home; where an event took place is another matter, and the text's. */
  function placeOf(country: string | null, source: StixObject): StixObject[] {
    if (country === null || !/^[A-Z]{2}$/i.test(country)) return [];
    const code = country.toUpperCase();
    const location: StixObject = {
      type: 'location',
      ...created,
      id: idOf('location', code),
      created: FIRST_PUBLISHED,
      modified: FIRST_PUBLISHED,
      name: code,
      country: code,
    };
    return [
      location,
      {
        type: 'relationship',
        ...created,
        id: idOf('relationship', `${source.id} located-at ${location.id}`),
        created: FIRST_PUBLISHED,
        modified: FIRST_PUBLISHED,
        relationship_type: 'located-at',
        source_ref: source.id,
        target_ref: location.id,
      },
    ];
  }

  function urlOf({ url }: DetailedArticle): StixObject[] {
    const value = webAddress(url);
    if (value === undefined) return [];
    // Section 2.9: UUID 5 of the canonical JSON (RFC 8785) of the properties that count, here `value` alone.
    const id = nameBasedId(OBSERVABLES_NAMESPACE, JSON.stringify({ value }));
    return [{ type: 'url', spec_version: '2.1', id: `url--${id}`, value, ...marked }];
  }

  function reportOf(
    article: DetailedArticle,
    explanations: readonly Explanation[],
    about: readonly StixObject[],
  ): StixObject {
    const [surest] = explanations;
    const link = webAddress(article.url);
    const sentence = explanations.map(plainSentence).find((each) => each !== '');
    const description = sentence ?? allowedInXml(article.excerpt ?? '').trim();
    return {
      type: 'report',
      ...created,
      id: idOf('report', article.id),
      ...versionOf(article),
      name: allowedInXml(article.title).trim() || 'Untitled',
      ...(description !== '' && { description }),
      // report-type-ov has none of our types; the labels say which it is.
      report_types: ['threat-report'],
      published: (article.publishedAt ?? article.happenedAt).toISOString(),
      object_refs: about.map(({ id }) => id),
      ...(explanations.length > 0 && { labels: explanations.map(({ type }) => type) }),
      ...(surest && { confidence: surest.percent }),
      ...(article.language !== 'und' && { lang: article.language }),
      external_references: [
        {
          source_name: sourceName(article),
          ...(link === undefined ? { external_id: article.id } : { url: link }),
          ...(article.byline.length > 0 && { description: `By ${allowedInXml(article.byline.join(', '))}` }),
        },
        { source_name: 'belfry', external_id: article.id },
      ],
    };
  }

  function noteOf(article: DetailedArticle, explanation: Explanation, report: StixObject): StixObject {
    const sentence = plainSentence(explanation);
    const words = wordList(explanation);
    const decidedBy = explanation.decidedBy && allowedInXml(explanation.decidedBy);
    return {
      type: 'note',
      ...created,
      id: idOf('note', `${article.id} ${explanation.type}`),
      ...versionOf(article),
      abstract: `${explanation.label}, ${explanation.percent} %`,
      content:
        [sentence, words && `Evidence: ${words}`, decidedBy && `Decided by a ${decidedBy}.`]
          .filter(Boolean)
          .join('\n\n') || 'Tagged by an analyst.',
      object_refs: [report.id],
      labels: [explanation.type],
      confidence: explanation.percent,
      ...(article.language !== 'und' && { lang: article.language }),
    };
  }
}

function versionOf(article: DetailedArticle): { readonly created: string; readonly modified: string } {
  return { created: article.storedAt.toISOString(), modified: updatedAt(article).toISOString() };
}
