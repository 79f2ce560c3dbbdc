/**
 * Articles as MISP events (draft-dulaunoy-misp-core-format): an event an article, its link and each tag's sentence as
 * attributes with the evidence in their comments. The `response` list is what MISP's REST search gives and its import takes.
 */

import { webAddress } from '../web/identity.js';
import { explain, plainSentence, wordList } from './explanation.js';
import { sourceName, updatedAt } from './feed-entry.js';
import type { DetailedArticle, NamedThreatType, OutputContext, OutputFormat } from './format.js';
import { allowedInXml } from './markup.js';
import { BELFRY_NAMESPACE, nameBasedId } from './name-based-id.js';
import { certaintyTag, confidenceTag, mispTagsOf } from './vocabularies.js';
import { write } from './write.js';

/** The draft asks for no more, and for no line breaks. */
const INFO_MAX_CHARACTERS = 256;

/** Undefined: how grave an article's subject is, is for an analyst to say. */
const THREAT_LEVEL_UNDEFINED = '4';
const ANALYSIS_INITIAL = '0';
/** Events start with the own organisation only; widening that is a decision. */
const YOUR_ORGANISATION_ONLY = '0';
/** Attributes go where their event goes. */
const INHERIT = '5';

export const misp = {
  name: 'misp',
  mediaType: 'application/json; charset=utf-8',
  fileExtension: 'misp.json',
  reads: 'details',
  async write(articles, to, context) {
    let before = '{"response":[\n';
    for await (const article of articles) {
      await write(to, `${before}${JSON.stringify({ Event: toEvent(article, context) })}`);
      before = ',\n';
    }
    await write(to, before.startsWith('{') ? '{"response":[]}\n' : '\n]}\n');
  },
} satisfies OutputFormat;

interface Attribute {
  readonly category: string;
  readonly type: string;
  readonly value: string;
  readonly comment: string;
  readonly tags: readonly string[];
}

function toEvent(article: DetailedArticle, { types, organisation, trafficLight }: OutputContext): object {
  const namespace = nameBasedId(BELFRY_NAMESPACE, `organisation ${organisation}`);
  const timestamp = seconds(updatedAt(article));
  const link = webAddress(article.url);
  const source = sourceName(article);
  const [surest] = article.tags;
  const attributes: Attribute[] = [
    ...(link === undefined
      ? []
      : [{ category: 'External analysis', type: 'link', value: link, comment: `Article of ${source}`, tags: [] }]),
    { category: 'Other', type: 'datetime', value: article.happenedAt.toISOString(), comment: 'Published', tags: [] },
    ...evidenceOf(article, types),
  ];
  return {
    uuid: nameBasedId(namespace, `event ${article.id}`),
    info: oneLine(article.title),
    date: article.happenedAt.toISOString().slice(0, 10),
    timestamp,
    threat_level_id: THREAT_LEVEL_UNDEFINED,
    analysis: ANALYSIS_INITIAL,
    distribution: YOUR_ORGANISATION_ONLY,
    sharing_group_id: '0',
    published: false,
    publish_timestamp: '0',
    attribute_count: String(attributes.length),
    Orgc: { name: organisation, uuid: nameBasedId(namespace, 'organisation') },
    Tag: named([
      `tlp:${trafficLight}`,
      'osint:source-type="news-report"',
      'osint:source-type="automatic-analysis"',
      ...(surest ? [certaintyTag(surest.score), confidenceTag(surest.score)] : []),
      'workflow:state="draft"',
      ...article.tags.flatMap((tag) => mispTagsOf(tag, types)),
    ]),
    Attribute: attributes.map(({ tags, ...attribute }) => ({
      uuid: nameBasedId(namespace, `attribute ${article.id} ${attribute.type} ${attribute.value}`),
      ...attribute,
      // News is no indicator: nothing here may end up in a detection rule.
      to_ids: false,
      distribution: INHERIT,
      sharing_group_id: '0',
      timestamp,
      ...(tags.length > 0 && { Tag: named(tags) }),
    })),
  };
}

/** One attribute a tag: the sentence is its value, the words and their weight its comment. */
function evidenceOf(article: DetailedArticle, types: readonly NamedThreatType[]): Attribute[] {
  return explain(article, types).map((explanation, index) => {
    const { label, percent, decidedBy } = explanation;
    const tag = article.tags[index];
    const words = wordList(explanation);
    return {
      category: 'External analysis',
      type: 'text',
      // The label goes first: MISP refuses an event with the same value twice, and two types may rest on one sentence.
      value: `${label}: ${plainSentence(explanation) || 'tagged by an analyst'}`,
      comment: `${label} ${percent} %${decidedBy ? `, ${decidedBy}` : ''}${words && `: ${words}`}`,
      tags: tag ? [certaintyTag(tag.score), ...mispTagsOf(tag, types)] : [],
    };
  });
}

const named = (tags: readonly string[]): { name: string }[] => [...new Set(tags)].map((name) => ({ name }));

const seconds = (date: Date): string => String(Math.floor(date.getTime() / 1000));

function oneLine(title: string): string {
  const line = allowedInXml(title).replace(/\s+/g, ' ').trim();
  const characters = [...line];
  if (characters.length <= INFO_MAX_CHARACTERS) return line || 'Untitled';
  return `${characters
    .slice(0, INFO_MAX_CHARACTERS - 1)
    .join('')
    .trimEnd()}…`;
}
