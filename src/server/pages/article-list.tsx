/** The list of articles with its filters. */

import { ARTICLES_PATH, FILTER_FACETS } from '../../outputs/list-name.js';
import { quoteAround, strongest } from '../../outputs/quote.js';
import type { ArticleSummary, FoundArticles } from '../../store/articles.js';
import type { DailyCount } from '../../store/statistics.js';
import type { Story } from '../../store/stories.js';
import type { Visitor } from '../access.js';
import { encodeCursor } from '../cursor.js';
import { judgingFields, mayJudge } from '../judging.js';
import { articleAddress, itemId } from '../list-place.js';
import { addressWith, type ListQuery } from '../list-query.js';
import { findingsIn, findingsOf } from '../marks.js';
import type { ThreatNames } from '../threat-names.js';
import type { Words } from '../words/en.js';
import { byFolder } from './folders.js';
import { Judged, type JudgedModel } from './judging.js';
import { Keys } from './keys.js';
import { FormToken } from './layout.js';
import { MarkedText } from './marked.js';
import { Moment } from './moment.js';
import { Sparkline } from './sparkline.js';
import { useWords } from './wording.js';
import { feedName, knownLanguage, TypeChip } from './words.js';

const SCORES = [0.3, 0.5, 0.7, 0.9] as const;
const EXCERPT_MAX_CHARACTERS = 280;

/** How many days the rhythm of each type covers, today included. */
const RHYTHM_DAYS = 28;
const WEEK_DAYS = 7;

export interface ListedArticle {
  readonly summary: ArticleSummary;
  /** The start of its text, to quote from. */
  readonly text: string;
  /** What others tell too. */
  readonly story: Story | undefined;
}

export interface FeedChoice {
  readonly id: number;
  readonly name: string;
  readonly folder: string | null;
}

export interface ArticleListModel {
  readonly query: ListQuery;
  /** The address's own words, from which links to neighbouring lists are made. */
  readonly parameters: URLSearchParams;
  readonly articles: readonly ListedArticle[];
  readonly more: 'older' | 'none';
  readonly count: FoundArticles['count'];
  readonly stopped: FoundArticles['stopped'];
  /** Articles in the store, whatever the filter; 0 where there are none, else any number. */
  readonly stored: number;
  readonly daily: readonly DailyCount[];
  readonly languages: readonly string[];
  readonly feeds: readonly FeedChoice[];
  readonly names: ThreatNames;
  readonly visitor: Visitor;
  readonly judged: JudgedModel;
  /** Where what comes to this list is told; undefined where the page doesn't begin with the newest. */
  readonly events: string | undefined;
  readonly now: Date;
}

export function ArticleList(model: ArticleListModel) {
  const say = useWords();
  const { query, articles, count, visitor, events } = model;
  return (
    <div class="with-aside">
      <h1 class="spoken">{say.list.title}</h1>
      <Filters {...model} />
      <section class="results" aria-label={say.list.results}>
        <div class="results-head">
          <p class="count" role="status">
            {count.known === 'more-than' && say.list.moreThan}
            <strong>{say.articles(count.articles)}</strong>
            {query.after ? say.list.continued : ''}
          </p>
          <TaggedSwitch {...model} />
        </div>
        <ActiveFilters {...model} />
        <Judged {...model.judged} />
        {articles.length === 0 ? (
          <NothingFound {...model} />
        ) : mayJudge(visitor) ? (
          <form class="bulk" action={model.judged.action} method="post" aria-label={say.list.judgeSelected}>
            <BulkBar {...model} />
            <Items {...model} />
          </form>
        ) : (
          <Items {...model} />
        )}
        <Paging {...model} />
        <p class="spoken" role="status" id="list-status" />
        <ListKeys visitor={visitor} />
      </section>
      {events && <div class="news" id="news" role="status" aria-live="polite" data-events={events} />}
    </div>
  );
}

/** What is done to the articles that are selected; the script adds "all shown" and how many there are. */
function BulkBar({ query, names, visitor }: ArticleListModel) {
  const say = useWords();
  const [only, another] = query.type;
  const about = another !== undefined ? say.list.asTypes : only !== undefined ? say.list.as(names.label(only)) : '';
  return (
    <div class="bulk-bar">
      <FormToken visitor={visitor} />
      {query.type.map((type) => (
        <input key={type} type="hidden" name={judgingFields.only} value={type} />
      ))}
      <input type="hidden" name={judgingFields.at} value="" />
      <label class="all" hidden>
        <input type="checkbox" id="select-all" /> {say.list.allShown}
      </label>
      <span id="selected" class="note" role="status" />
      <button type="submit" class="quiet" name={judgingFields.verdict} value="accept" aria-keyshortcuts="a">
        {say.list.accept}
        {about} <kbd>a</kbd>
      </button>
      <button type="submit" class="quiet" name={judgingFields.verdict} value="reject" aria-keyshortcuts="r">
        {say.list.reject}
        {about} <kbd>r</kbd>
      </button>
    </div>
  );
}

function Items({ articles, query, parameters, names, visitor, now }: ArticleListModel) {
  return (
    <ol class="articles" id="articles">
      {articles.map(({ summary, text, story }) => (
        <li key={summary.id} id={itemId(summary.id)}>
          {mayJudge(visitor) && <Select summary={summary} />}
          <Item
            summary={summary}
            text={text}
            story={story}
            types={query.type}
            list={parameters}
            names={names}
            now={now}
          />
        </li>
      ))}
    </ol>
  );
}

/** Carries what the article shows, so that nothing is judged that was not seen. */
function Select({ summary }: { readonly summary: ArticleSummary }) {
  const say = useWords();
  return (
    <label class="select">
      <input
        type="checkbox"
        name={judgingFields.article}
        value={[summary.id, ...summary.tags.map(({ type }) => type)].join(' ')}
      />
      <span class="spoken">
        {say.list.select} <span lang={knownLanguage(summary)}>{summary.title}</span>
      </span>
    </label>
  );
}

function ListKeys({ visitor }: Pick<ArticleListModel, 'visitor'>) {
  const say = useWords();
  return (
    <Keys
      keys={[
        ['j', say.list.keys.next],
        ['k', say.list.keys.before],
        ['o', say.list.keys.open],
        ...(mayJudge(visitor)
          ? ([
              ['x', say.list.keys.select],
              ['X', say.list.keys.selectTo],
              ['a', say.list.keys.accept],
              ['r', say.list.keys.reject],
              ['u', say.list.keys.undo],
            ] as const)
          : []),
      ]}
    />
  );
}

export function Item({
  summary,
  text,
  story,
  types,
  list,
  names,
  now,
}: ListedArticle & {
  readonly types: readonly string[];
  readonly list: URLSearchParams;
  readonly names: ThreatNames;
  readonly now: Date;
}) {
  const say = useWords();
  const lang = knownLanguage(summary);
  const findings = findingsOf(summary.tags);
  return (
    <article class="item">
      <h2 lang={lang}>
        <a href={articleAddress(summary.id, list)}>
          <MarkedText
            text={summary.title}
            findings={findingsIn(summary.title, 'title', findings)}
            names={names}
            as="plain"
          />
        </a>
      </h2>
      {summary.tags.length > 0 && (
        <ul class="chips" aria-label={say.threatTypes}>
          {summary.tags.map(({ type, score }) => (
            <li key={type}>
              <TypeChip type={type} score={score} names={names} />
            </li>
          ))}
        </ul>
      )}
      <ItemQuote summary={summary} text={text} types={types} names={names} />
      <p class="meta">
        <a href={`${ARTICLES_PATH}?feed=${summary.feedId}`}>{feedName(summary.feedTitle, summary.url)}</a>
        <Moment at={summary.happenedAt} now={now} />
        <span>{say.languageName(summary.language)}</span>
        {summary.country && <span>{say.countryName(summary.country)}</span>}
        {summary.source === 'feed' && <span>{say.list.fromFeed}</span>}
        {summary.version > 1 && <span>{say.list.edited}</span>}
        {story && <a href={`${articleAddress(summary.id, list)}#story`}>{elsewhereInWords(story, say)}</a>}
      </p>
    </article>
  );
}

/** Other outlets count; where one tells it several times, its articles do. */
const elsewhereInWords = ({ articles, sources }: Story, { list }: Words): string =>
  sources > 1 ? list.moreSources(sources - 1) : list.moreArticles(articles - 1);

/** The sentence of the strongest evidence, of the types asked for where any were; an article without has its excerpt. */
function ItemQuote({
  summary,
  text,
  types,
  names,
}: Omit<ListedArticle, 'story'> & { readonly types: readonly string[]; readonly names: ThreatNames }) {
  const lang = knownLanguage(summary);
  const inText = findingsIn(text, 'text', findingsOf(summary.tags));
  const asked = inText.filter(({ type }) => types.includes(type));
  const best = strongest(asked) ?? strongest(inText);
  if (best === undefined) {
    const excerpt = summary.excerpt ?? text;
    if (excerpt.trim() === '' || excerpt === summary.title) return null;
    return (
      <p class="quote" lang={lang}>
        {excerpt.length > EXCERPT_MAX_CHARACTERS ? `${excerpt.slice(0, EXCERPT_MAX_CHARACTERS).trimEnd()}…` : excerpt}
      </p>
    );
  }
  const quote = quoteAround(text, best, summary.language);
  return (
    <p class="quote" lang={lang}>
      {quote.cutBefore && '… '}
      <MarkedText text={text} findings={inText} range={quote} names={names} as="plain" />
      {quote.cutAfter && ' …'}
    </p>
  );
}

function Filters(model: ArticleListModel) {
  const say = useWords();
  const { query, parameters, daily, languages, feeds, names, now } = model;
  const active = activeFilters(model, say).length;
  return (
    <aside aria-label={say.list.filters}>
      <details class="filters" open={false}>
        <summary>
          {say.list.searchAndFilter}
          {active > 0 && <span class="badge">{active}</span>}
        </summary>
        <form action={ARTICLES_PATH} method="get">
          {query.tagged && <input type="hidden" name="tagged" value="yes" />}
          <p class="field">
            <label for="q">{say.list.search}</label>
            <input
              id="q"
              name="q"
              type="search"
              maxlength={300}
              value={parameters.get('q') ?? ''}
              placeholder={say.list.searchHint}
            />
          </p>
          <fieldset>
            <legend>{say.threatTypes}</legend>
            <p class="rhythm-head" aria-hidden="true">
              <span>{say.list.days(RHYTHM_DAYS)}</span>
              <span>{say.list.days(WEEK_DAYS)}</span>
            </p>
            <ul class="types">
              {names.types.map(({ id }) => (
                <TypeChoice key={id} id={id} chosen={query.type} daily={daily} names={names} now={now} />
              ))}
            </ul>
          </fieldset>
          <p class="field">
            <label for="score">{say.list.score}</label>
            <select id="score" name="score">
              <option value="">{say.any}</option>
              {[...new Set([...SCORES, ...(query.score === undefined ? [] : [query.score])])].sort().map((score) => (
                <option key={score} value={score} selected={score === query.score}>
                  {say.percent(score)}
                </option>
              ))}
            </select>
          </p>
          <p class="field">
            <label for="reviewed">{say.list.reviewed}</label>
            <select id="reviewed" name="reviewed">
              <option value="">{say.all}</option>
              {Object.entries(say.list.reviewedNames).map(([word, name]) => (
                <option key={word} value={word} selected={query.reviewed === (word === 'yes')}>
                  {name}
                </option>
              ))}
            </select>
          </p>
          <p class="field">
            <label for="period">{say.list.period}</label>
            <select id="period" name="period">
              <option value="">{say.all}</option>
              {Object.entries(say.list.periods).map(([period, name]) => (
                <option key={period} value={period} selected={period === query.period}>
                  {name}
                </option>
              ))}
            </select>
          </p>
          <div class="pair">
            <p class="field">
              <label for="from">{say.from}</label>
              <input id="from" name="from" type="date" value={parameters.get('from') ?? ''} />
            </p>
            <p class="field">
              <label for="to">{say.to}</label>
              <input id="to" name="to" type="date" value={parameters.get('to') ?? ''} />
            </p>
          </div>
          <p class="field">
            <label for="language">{say.list.language}</label>
            <select id="language" name="language">
              <option value="">{say.all}</option>
              {[...new Set([...languages, ...(query.language ? [query.language] : [])])].map((language) => (
                <option key={language} value={language} selected={language === query.language}>
                  {say.languageName(language)}
                </option>
              ))}
            </select>
          </p>
          <FacetChoices {...model} />
          <p class="field">
            <label for="feed">{say.list.source}</label>
            <select id="feed" name="feed">
              <option value="">{say.all}</option>
              {byFolder(feeds, say.list.withoutFolder).map(({ folder, members }) => (
                <optgroup key={folder} label={folder}>
                  {members.map(({ id, name }) => (
                    <option key={id} value={id} selected={id === query.feed}>
                      {name}
                    </option>
                  ))}
                </optgroup>
              ))}
            </select>
          </p>
          <p class="buttons">
            <button type="submit">{say.show}</button>
            {active > 0 && <a href={ARTICLES_PATH}>{say.list.clear}</a>}
          </p>
        </form>
      </details>
    </aside>
  );
}

/** What articles tell of beside their types; a taxonomy without facets offers none. */
function FacetChoices({ query, names }: ArticleListModel) {
  const say = useWords();
  const offered = FILTER_FACETS.filter((facet) => names.values(facet).length > 0 || query[facet]);
  return (
    <div class="pair">
      {offered.map((facet) => (
        <p key={facet} class="field">
          <label for={facet}>{names.facet(facet)}</label>
          <select id={facet} name={facet}>
            <option value="">{say.all}</option>
            {[...new Set([...names.values(facet), ...[query[facet] ?? []].flat()])].map((value) => (
              <option key={value} value={value} selected={value === query[facet]}>
                {names.value(facet, value)}
              </option>
            ))}
          </select>
        </p>
      ))}
    </div>
  );
}

function TypeChoice({
  id,
  chosen,
  daily,
  names,
  now,
}: {
  readonly id: string;
  readonly chosen: readonly string[];
  readonly daily: readonly DailyCount[];
  readonly names: ThreatNames;
  readonly now: Date;
}) {
  const say = useWords();
  const counts = dailyCounts(daily, id, now);
  const week = counts.slice(-WEEK_DAYS).reduce((sum, count) => sum + count, 0);
  return (
    <li class={names.colour(id)}>
      <input type="checkbox" id={`type-${id}`} name="type" value={id} checked={chosen.includes(id)} />
      <label for={`type-${id}`}>{names.label(id)}</label>
      <Sparkline counts={counts} />
      <span class="week">
        {say.number(week)}
        <span class="spoken">{say.list.inLastDays(WEEK_DAYS)}</span>
      </span>
    </li>
  );
}

/** One number a day (UTC), oldest first. */
export function dailyCounts(
  daily: readonly DailyCount[],
  type: string,
  now: Date,
  days: number = RHYTHM_DAYS,
): readonly number[] {
  const byDay = new Map(daily.filter((row) => row.type === type).map(({ day, articles }) => [day, articles]));
  return Array.from({ length: days }, (_, index) => {
    const day = new Date(now.getTime() - (days - 1 - index) * 86_400_000).toISOString().slice(0, 10);
    return byDay.get(day) ?? 0;
  });
}

function TaggedSwitch({ query, parameters }: ArticleListModel) {
  const say = useWords();
  return (
    <ul class="switch" aria-label={say.list.which}>
      <li>
        <a
          href={addressWith(ARTICLES_PATH, parameters, { tagged: undefined })}
          aria-current={query.tagged ? undefined : 'true'}
        >
          {say.list.all}
        </a>
      </li>
      <li>
        <a
          href={addressWith(ARTICLES_PATH, parameters, { tagged: 'yes' })}
          aria-current={query.tagged ? 'true' : undefined}
        >
          {say.list.taggedOnly}
        </a>
      </li>
    </ul>
  );
}

interface ActiveFilter {
  readonly words: string;
  readonly without: string;
}

function activeFilters({ query, parameters, feeds, names }: ArticleListModel, say: Words): readonly ActiveFilter[] {
  const without = (name: string) => addressWith(ARTICLES_PATH, parameters, { [name]: undefined });
  return [
    ...(query.q?.trim() ? [{ words: say.list.quoted(query.q.trim()), without: without('q') }] : []),
    ...query.type.map((type) => ({
      words: names.label(type),
      without: addressWith(ARTICLES_PATH, parameters, { type: query.type.filter((other) => other !== type) }),
    })),
    ...(query.score !== undefined ? [{ words: say.list.atLeast(query.score), without: without('score') }] : []),
    ...(query.reviewed !== undefined
      ? [{ words: say.list.reviewedNames[query.reviewed ? 'yes' : 'no'], without: without('reviewed') }]
      : []),
    ...(query.period ? [{ words: say.list.periods[query.period], without: without('period') }] : []),
    ...(query.from ? [{ words: say.list.fromDay(parameters.get('from') ?? ''), without: without('from') }] : []),
    ...(query.to ? [{ words: say.list.toDay(parameters.get('to') ?? ''), without: without('to') }] : []),
    ...(query.language ? [{ words: say.languageName(query.language), without: without('language') }] : []),
    ...FILTER_FACETS.flatMap((facet) => {
      const value = query[facet];
      if (value === undefined) return [];
      return [{ words: `${names.facet(facet)}${say.colon}${names.value(facet, value)}`, without: without(facet) }];
    }),
    ...(query.feed !== undefined
      ? [
          {
            words: feeds.find(({ id }) => id === query.feed)?.name ?? say.list.feed(query.feed),
            without: without('feed'),
          },
        ]
      : []),
  ];
}

function ActiveFilters(model: ArticleListModel) {
  const say = useWords();
  const active = activeFilters(model, say);
  if (active.length === 0) return null;
  return (
    <ul class="active" aria-label={say.list.active}>
      {active.map(({ words, without }) => (
        <li key={words}>
          <a href={without}>
            <span class="spoken">{say.list.remove}</span>
            {words} <span aria-hidden="true">×</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function NothingFound(model: ArticleListModel) {
  const say = useWords();
  const { query, parameters, stored, stopped } = model;
  if (stored === 0) {
    return (
      <div class="empty">
        <h2>{say.list.noArticles}</h2>
        <p>
          {say.list.fetchesBefore}
          <a href="/feeds">{say.frame.feeds}</a>
          {say.list.fetchesBetween}
          <code>belfry feeds add ADDRESS</code>
          {say.list.fetchesAfter}
        </p>
      </div>
    );
  }
  if (stopped) {
    return (
      <div class="empty">
        <h2>{say.list.nothingSoFar}</h2>
      </div>
    );
  }
  const isFiltered = activeFilters(model, say).length > 0;
  return (
    <div class="empty">
      <h2>{query.after ? say.list.noOlder : say.list.nothingMatches}</h2>
      <p>{query.after ? say.list.end : say.list.nonePasses}</p>
      <p>
        {query.tagged && (
          <a href={addressWith(ARTICLES_PATH, parameters, { tagged: undefined })}>{say.list.includeUntagged}</a>
        )}
        {query.tagged && isFiltered && ' · '}
        {(isFiltered || query.after) && <a href={ARTICLES_PATH}>{say.list.showAll}</a>}
      </p>
    </div>
  );
}

function Paging({ query, parameters, articles, more, stopped, now }: ArticleListModel) {
  const say = useWords();
  const last = articles.at(-1)?.summary;
  return (
    <nav class="paging" aria-label={say.list.pages}>
      {stopped && (
        <p class="stopped">
          {query.after ? say.list.searchedNext(stopped.searched) : say.list.searched(stopped.searched)}
          <Moment at={stopped.after.happenedAt} now={now} />.
        </p>
      )}
      {query.after && <a href={addressWith(ARTICLES_PATH, parameters, {})}>{say.list.newest}</a>}
      {more === 'older' && last && (
        <a rel="next" href={addressWith(ARTICLES_PATH, parameters, { after: encodeCursor(last) })}>
          {say.list.older}
        </a>
      )}
      {stopped && (
        <a href={addressWith(ARTICLES_PATH, parameters, { after: encodeCursor(stopped.after) })}>
          {say.list.searchOlder}
        </a>
      )}
    </nav>
  );
}
