/** The API's shapes: requests are validated by them, answers are written by them, and the OpenAPI document is made of them. */
import { z } from 'zod';
import { exportable } from '../outputs/formats.js';
import type { ArticleSummary, StoredArticle, StoredTag } from '../store/articles.js';
import type { StoredFeed } from '../store/feeds.js';
import type { Judgement } from '../store/judgements.js';
import type { StoredSecondOpinion } from '../store/second-opinions.js';
import type { Story, StoryCursor } from '../store/stories.js';
import type { Evidence, Facet } from '../threats/threat.js';
import { decodeCursor } from './cursor.js';
import { listQueryShape } from './list-query.js';
import type { RisingType } from './rising.js';
import type { SilentFeed } from './silent-feeds.js';

/** Gives a shape a name of its own in the document. */
const named = <Shape extends z.ZodType>(id: string, shape: Shape): Shape => shape.meta({ id });

const listOf = <Shape extends z.ZodType>(shape: Shape) => z.array(shape).readonly();
const instant = z.iso.datetime({ offset: true });
const score = z.number().min(0).max(1);
const typeId = z.string().describe('Id of a threat type, such as sabotage; /taxonomy lists them');
const NOTE_MAX_CHARACTERS = 2_000;
const NAME_MAX_CHARACTERS = 80;
const JUDGEMENTS_AT_ONCE = 50;

export const evidenceShape = named(
  'Evidence',
  z.object({
    field: z.enum(['title', 'text']),
    start: z.int().describe('UTF-16 offset in the field'),
    end: z.int(),
    text: z.string(),
    concept: z.string().describe('What the words express in any language, such as act.arson'),
    weight: z
      .number()
      .describe('What the words add to the logit behind the score; below 0 they speak against the type'),
  }),
) satisfies z.ZodType<Evidence>;

export const facetShape = named(
  'Facet',
  z.object({
    facet: z.string().describe('actor, target, means, minors, country, place, stage, setting'),
    value: z.string().describe('Id within the facet, such as russia or port'),
    score: score.describe('How present it is: near 1 where title and opening say it'),
    evidence: listOf(evidenceShape.omit({ weight: true })).describe('Never empty'),
  }),
) satisfies z.ZodType<Facet>;

const saidShape = z.object({ by: z.string(), at: instant });
const machineShape = z.object({ score, origin: z.string() });

export const tagShape = named(
  'Tag',
  z.object({
    type: typeId,
    score: score.describe('Calibrated probability by the model, whoever decided; 1 where an analyst said so'),
    origin: z.string().describe('model:VERSION, second-opinion:NAME or analyst:NAME'),
    evidence: listOf(evidenceShape).describe('Strongest first; empty where only an analyst saw it'),
    judgement: saidShape.nullable(),
    machine: machineShape
      .nullable()
      .describe('What the model had said, whoever decided; null where it gave no such tag'),
  }),
) satisfies z.ZodType<StoredTag>;

export const secondOpinionShape = named(
  'SecondOpinion',
  z.object({
    type: typeId,
    verdict: z.enum(['is', 'is-not']).describe('Decides over the tag, unless an analyst has judged'),
    by: z.string().describe('endpoint:MODEL or local:FOLDER'),
    at: instant,
    quote: z.string().nullable().describe('The passage that it rests on; null from a model that gives none'),
    probability: score.nullable().describe('By that model; null from one that gives none'),
    first: z
      .object({ score, threshold: score.describe('Least score at which the model gives the type'), origin: z.string() })
      .describe('What the model had said'),
  }),
) satisfies z.ZodType<StoredSecondOpinion>;

export const summaryShape = named(
  'ArticleSummary',
  z.object({
    id: z.string(),
    url: z.string(),
    title: z.string(),
    byline: listOf(z.string()),
    publishedAt: z.date().nullable().describe('As the article says'),
    happenedAt: z.date().describe('publishedAt, or when it was first seen; the list is in this order'),
    storedAt: z.date(),
    updatedAt: z.date(),
    language: z.string().describe('ISO 639-1, und when unsure'),
    excerpt: z.string().nullable(),
    source: z.enum(['page', 'feed']).describe('Where the text is from'),
    sourceReason: z.string().nullable().describe('Why the feed’s own text had to do'),
    feedId: z.int(),
    feedTitle: z.string().nullable(),
    country: z.string().nullable().describe('Of the source: ISO 3166-1 alpha-2, EU or INT'),
    version: z.int().describe('Counts up with every edit that was seen'),
    tags: listOf(tagShape).describe('As they count now, highest score first'),
  }),
) satisfies z.ZodType<ArticleSummary>;

export const articleShape = named(
  'Article',
  summaryShape.extend({
    facets: listOf(facetShape).describe('What it tells beside its threat types, strongest first'),
    canonicalUrl: z.string().nullable(),
    section: z.string().nullable(),
    image: z.string().nullable(),
    text: z.string(),
    html: z.string().describe('Sanitised: no scripts, styles, handlers or addresses other than http and https'),
    method: z.string(),
    secondOpinions: listOf(secondOpinionShape).describe('On types near their threshold, given or not'),
    rejections: listOf(z.object({ type: typeId, by: z.string(), at: instant, machine: machineShape.nullable() })),
    versions: listOf(z.object({ version: z.int(), title: z.string(), text: z.string(), replacedAt: z.date() })),
  }),
) satisfies z.ZodType<StoredArticle>;

export const judgementShape = named(
  'Judgement',
  z.object({
    id: z.int(),
    articleId: z.string(),
    type: typeId,
    verdict: z.enum(['is', 'is-not']),
    by: z.string(),
    at: z.date(),
    note: z.string().nullable(),
    withdrawn: z.object({ by: z.string(), at: z.date() }).nullable(),
    counts: z.boolean().describe('Whether it is the one that counts for its type'),
  }),
) satisfies z.ZodType<Judgement>;

export const judgementsShape = z.object({
  judgements: listOf(judgementShape).describe('Latest first, those withdrawn or overruled included'),
  tags: listOf(tagShape).describe('As they count now'),
});

/** The body of a request that judges. */
export const judgingShape = z.strictObject({
  judgements: z
    .array(
      z.strictObject({
        type: typeId,
        verdict: z.enum(['is', 'is-not']),
        note: z.string().max(NOTE_MAX_CHARACTERS).nullish(),
      }),
    )
    .min(1)
    .max(JUDGEMENTS_AT_ONCE)
    .refine(
      (judgements) => new Set(judgements.map(({ type }) => type)).size === judgements.length,
      'a type is judged twice',
    ),
  by: z
    .string()
    .trim()
    .min(1)
    .max(NAME_MAX_CHARACTERS)
    .regex(/^\P{Cc}+$/u, 'expected a name')
    .optional()
    .describe('Who says so, on a server without tokens; otherwise the token’s name counts'),
});

export const evidenceListShape = z.object({
  tags: listOf(
    tagShape.omit({ evidence: true }).extend({
      evidence: listOf(
        evidenceShape.extend({
          quote: z.string().nullable().describe('The sentence around the words; null in the title'),
        }),
      ),
    }),
  ),
  secondOpinions: articleShape.shape.secondOpinions,
  rejections: articleShape.shape.rejections,
});

/** What a list of articles is asked for. */
export const articlesQueryShape = z.strictObject({
  ...listQueryShape,
  format: z
    .enum(['json', ...exportable.map(({ name }) => name)])
    .default('json')
    .describe('json comes in pages; any other gives all that match in one stream'),
});

const { after: _after, limit: _limit, ...filterShape } = listQueryShape;

/** The list's own filter; events have no pages. */
export const eventsQueryShape = z.strictObject({
  ...filterShape,
  lastEventId: z
    .string()
    .max(60)
    .optional()
    .describe(
      '`id` of the last event that was seen: go on from there. The header Last-Event-ID says the same and wins.',
    ),
});

export const eventsHeadersShape = z.looseObject({ 'last-event-id': z.string().max(60).optional() });

export const articlesShape = z.object({
  articles: listOf(summaryShape),
  total: z.int().describe('Of all pages together'),
  next: z.string().nullable().describe('Value of `after` for the next page; null on the last'),
  nextAddress: z.string().nullable(),
});

export const storyShape = named(
  'Story',
  z.object({
    id: z.string(),
    language: z.string(),
    foundedAt: z.date().describe('When its second article came; the list is in this order'),
    beganAt: z.date().describe('When the first of its articles happened'),
    latestAt: z.date(),
    articles: z.int(),
    sources: z.int().describe('Different hosts'),
  }),
) satisfies z.ZodType<Story>;

export const storiesQueryShape = z.strictObject({
  sources: z.coerce.number().int().min(1).max(1000).default(1).describe('Only stories that so many sources tell'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z
    .string()
    .transform((word, context): StoryCursor => {
      const cursor = decodeCursor(word);
      if (!cursor) context.addIssue({ code: 'custom', message: 'expected what "next" said' });
      return { foundedAt: cursor?.happenedAt ?? new Date(0), id: cursor?.id ?? '' };
    })
    .optional()
    .describe('`next` of the page before'),
});

export const storiesShape = z.object({
  stories: listOf(storyShape),
  next: z.string().nullable().describe('Value of `after` for the next page; null on the last'),
});

export const storyParameters = z.object({ id: z.string().regex(/^[0-9a-f]{24}$/, 'expected the id of a story') });

export const oneStoryShape = storyShape.extend({
  members: listOf(
    z.object({
      id: z.string(),
      title: z.string(),
      url: z.string(),
      language: z.string(),
      feedTitle: z.string().nullable(),
      happenedAt: z.date(),
    }),
  ).describe('In the order in which they happened'),
});

/** What only the poller needs to know of a feed. */
type PollingDetail =
  | 'etag'
  | 'lastModified'
  | 'movedTo'
  | 'movedSeen'
  | 'validatorsTrusted'
  | 'uncheckedPolls'
  | 'bodyHash'
  | 'claimedRhythm';

export const sourceShape = named(
  'Source',
  z.object({
    id: z.int(),
    url: z.string(),
    title: z.string().nullable(),
    site: z.string().nullable(),
    folder: z.string().nullable(),
    language: z.string().nullable(),
    country: z.string().nullable(),
    origin: z.enum(['list', 'added']),
    lastPollAt: z.date().nullable(),
    lastSuccessAt: z.date().nullable(),
    lastNewAt: z.date().nullable(),
    nextPollAt: z.date(),
    lastOutcome: z.string().nullable(),
    lastError: z.string().nullable(),
    failures: z.int().describe('In a row'),
    formerUrl: z.string().nullable().describe('As the list or the operator gave it, where the feed has moved since'),
    retiredAt: z.date().nullable().describe('Not polled any more since then'),
    pausedAt: z.date().nullable().describe('The operator lets it rest since then'),
    retiredReason: z.string().nullable(),
    pollMinutes: z.number().nullable().describe('A fixed interval set by the operator'),
    pollCron: z.string().nullable().describe('A cron expression set by the operator'),
    nextPollBecause: z.string().nullable(),
    articles: z.int(),
    tagged: z.int(),
    lastWeek: z.int().describe('Articles stored in the last seven days'),
  }),
) satisfies z.ZodType<Omit<StoredFeed, PollingDetail>>;

export const sourcesShape = z.object({ sources: listOf(sourceShape) });

export const statsQueryShape = z.strictObject({
  days: z.coerce.number().int().min(1).max(366).default(28).describe('So many days in perDay, today included'),
});

export const risingShape = named(
  'RisingType',
  z.object({
    type: typeId,
    articles: z.int().describe('In the last seven days (UTC), today included'),
    baseline: z.number().describe('What a week of the four before them had on average'),
    probability: score.describe('How likely it is that a week has so many by chance, while nothing has changed'),
  }),
) satisfies z.ZodType<RisingType>;

export const silentFeedShape = named(
  'SilentFeed',
  z.object({
    id: z.int(),
    title: z.string().nullable(),
    url: z.string(),
    lastPublishedAt: z.date().describe('A day ago or longer'),
    missed: z.int().describe('Publications that its own rhythm led to expect since then'),
  }),
) satisfies z.ZodType<SilentFeed>;

export const statsShape = z.object({
  articles: z.int(),
  tagged: z.int(),
  perType: listOf(z.object({ type: typeId, articles: z.int() })),
  perDay: listOf(z.object({ type: typeId, day: z.iso.date(), articles: z.int() })).describe(
    'Days in UTC; those without articles are left out',
  ),
  perLanguage: listOf(z.object({ language: z.string(), articles: z.int() })),
  rising: listOf(risingShape).describe(
    'Types with more articles than chance makes of their own baseline, whatever `days` says; the most surprising first, and none in a store that is younger than its baseline',
  ),
  silentFeeds: listOf(silentFeedShape).describe(
    'Feeds that are polled but bring nothing, against their own rhythm; those that missed most first',
  ),
});

const perLanguage = z.record(z.string(), z.string()).readonly();
const names = listOf(z.string()).optional();

export const taxonomyShape = z.object({
  types: listOf(
    z.object({
      id: typeId,
      labels: perLanguage.describe('ISO 639-1 → name'),
      definition: perLanguage.optional(),
      misp: names.describe('Tags of MISP taxonomies'),
      galaxies: names.describe('Tags of MISP galaxies'),
      stix: names.describe('STIX labels'),
      disarm: names.describe('DISARM techniques'),
    }),
  ),
  facets: listOf(
    z.object({
      id: z.string().describe('country, actor, target, means and stage filter lists'),
      labels: perLanguage,
      values: listOf(z.object({ id: z.string(), labels: perLanguage })),
    }),
  ),
});

const outcomes = listOf(z.object({ outcome: z.string(), count: z.int() }));
const unknown = z.object({ known: z.literal(false), reason: z.string() });
const subject = z.union([z.object({ pageId: z.string() }), z.object({ feedId: z.int() })]);

export const statusShape = z.object({
  readiness: z.object({ ready: z.boolean(), store: z.enum(['ok', 'away']), queues: z.enum(['ok', 'away']) }),
  articles: z.object({
    stored: z.int(),
    tagged: z.int(),
    tags: listOf(z.object({ type: typeId, tags: z.int() })),
  }),
  feeds: listOf(z.object({ outcome: z.string().nullable(), feeds: z.int(), failing: z.boolean() })),
  queues: z.object({ on: z.enum(['redis', 'postgres']) }).and(
    z.union([
      unknown,
      z.object({
        known: z.literal(true),
        queues: listOf(
          z.object({
            stage: z.string(),
            depths: z.record(z.string(), z.int()).readonly(),
            oldestAt: z.date().nullable(),
          }),
        ),
      }),
    ]),
  ),
  deadLetters: z.union([
    unknown,
    z.object({
      known: z.literal(true),
      total: z.int(),
      letters: listOf(
        z.object({
          stage: z.string(),
          jobId: z.string(),
          subject: subject.optional(),
          reason: z.string(),
          attempts: z.int(),
          diedAt: z.date().nullable(),
        }),
      ),
    }),
  ]),
  last24Hours: z.object({
    polls: outcomes,
    pages: listOf(z.object({ stage: z.string(), outcome: z.string(), count: z.int() })),
  }),
});

export const problemShape = named(
  'Problem',
  z.object({
    type: z.string().describe('about:blank: the status says what kind of problem it is (RFC 9457 section 4.2.1)'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    faults: listOf(z.object({ parameter: z.string(), message: z.string() })).optional(),
  }),
);

export const articleParameters = z.object({
  id: z.string().describe('Id of an article, or its beginning (four digits at least) where only one begins so'),
});

export const judgementParameters = articleParameters.extend({ judgement: z.coerce.number().int().min(1) });
