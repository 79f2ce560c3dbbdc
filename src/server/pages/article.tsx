/** One article: its text with the evidence marked, and why it was tagged as it is. */
import { type Difference, differencesOf, type Piece, wordDifferences } from '../../articles/edits.js';
import { citationOf } from '../../outputs/citation.js';
import { ARTICLES_PATH, FILTER_FACETS } from '../../outputs/list-name.js';
import type { Neighbour, NoNeighbour, StoredArticle, StoredTag } from '../../store/articles.js';
import type { Story, StoryMember } from '../../store/stories.js';
import { hostName, webAddress } from '../../web/identity.js';
import { mayJudge } from '../judging.js';
import { articleAddress, itemId } from '../list-place.js';
import { addressWith } from '../list-query.js';
import { type Finding, findingsIn, findingsOf, paragraphsOf } from '../marks.js';
import { describePage } from '../outcomes.js';
import type { ThreatNames } from '../threat-names.js';
import type { Words } from '../words/en.js';
import { Judged, type JudgedModel, JudgementHistory, JudgeOne, Judging, type JudgingModel, Origin } from './judging.js';
import { Keys } from './keys.js';
import { MarkedText } from './marked.js';
import { Moment } from './moment.js';
import { SecondOpinions } from './second-opinions.js';
import { useWords } from './wording.js';
import { feedName, knownLanguage, TypeChip } from './words.js';

/** Versions whose differences are told; older ones stay in the API. */
const VERSIONS_SHOWN = 20;

export interface ArticlePageModel extends JudgingModel {
  readonly judged: JudgedModel;
  /** Beside it in the list that it is read in. */
  readonly newer: Neighbour | NoNeighbour;
  readonly older: Neighbour | NoNeighbour;
  /** What else tells its story, first to last; undefined where nothing does. */
  readonly story: { readonly story: Story; readonly members: readonly StoryMember[] } | undefined;
}

export function ArticlePage(model: ArticlePageModel) {
  const say = useWords();
  const { article, names, now } = model;
  const findings = findingsOf(article.tags);
  const lang = knownLanguage(article);
  return (
    <div class="with-aside reading">
      <Beside {...model} />
      <article class="full">
        <Judged {...model.judged} />
        <p class="meta">
          <a href={`${ARTICLES_PATH}?feed=${article.feedId}`}>{feedName(article.feedTitle, article.url)}</a>
          <Moment at={article.happenedAt} now={now} />
          <span>{say.languageName(article.language)}</span>
          {article.country && <span>{say.countryName(article.country)}</span>}
        </p>
        <h1 lang={lang}>
          <MarkedText
            text={article.title}
            findings={findingsIn(article.title, 'title', findings)}
            names={names}
            as="targets"
          />
        </h1>
        {article.byline.length > 0 && <p class="byline">{say.article.by(article.byline.join(', '))}</p>}
        {article.tags.length > 0 && (
          <ul class="chips" aria-label={say.threatTypes}>
            {article.tags.map(({ type, score }) => (
              <li key={type}>
                <TypeChip type={type} score={score} names={names} />
              </li>
            ))}
          </ul>
        )}
        <Original article={article} />
        <Text article={article} findings={findings} names={names} />
      </article>
      <aside aria-label={say.article.about}>
        <Why {...model} findings={findings} />
        <SecondOpinions article={article} names={names} now={now} />
        <Facets article={article} names={names} />
        <JudgementHistory {...model} />
        <SameStory {...model} />
        <Citation article={article} now={now} />
        <Provenance article={article} now={now} />
        <Versions article={article} now={now} />
        <ArticleKeys visitor={model.visitor} />
      </aside>
    </div>
  );
}

/** The way through the list that one reads in, and back to it. */
function Beside({ article, list, newer, older }: ArticlePageModel) {
  const say = useWords();
  return (
    <nav class="beside" aria-label={say.article.ofList}>
      <a id="to-list" href={`${addressWith(ARTICLES_PATH, list, {})}#${itemId(article.id)}`} aria-keyshortcuts="l">
        {say.article.list} <kbd>l</kbd>
      </a>
      <Step to={newer} list={list} rel="prev" shortcut="k" words={say.article.newer} />
      <Step to={older} list={list} rel="next" shortcut="j" words={say.article.older} />
    </nav>
  );
}

function Step({
  to,
  list,
  rel,
  shortcut,
  words,
}: {
  readonly to: Neighbour | NoNeighbour;
  readonly list: URLSearchParams;
  readonly rel: 'prev' | 'next';
  readonly shortcut: string;
  /** `none` stands instead where there is none, `noneNearby` where the search for one was given up. */
  readonly words: Words['article']['newer'];
}) {
  const say = useWords();
  if (to === 'none') return <span class="note">{words.none}</span>;
  if (to === 'not-near') return <span class="note">{words.noneNearby}</span>;
  return (
    <a href={articleAddress(to.id, list)} rel={rel} title={to.title} aria-keyshortcuts={shortcut}>
      {words.step}
      <span class="spoken">
        {say.colon}
        <span lang={knownLanguage(to)}>{to.title}</span>
      </span>{' '}
      <kbd>{shortcut}</kbd>
    </a>
  );
}

function ArticleKeys({ visitor }: Pick<ArticlePageModel, 'visitor'>) {
  const say = useWords();
  return (
    <Keys
      keys={[
        ['j', say.article.keys.older],
        ['k', say.article.keys.newer],
        ['l', say.article.keys.list],
        ...(mayJudge(visitor)
          ? ([
              ['a', say.article.keys.accept],
              ['r', say.article.keys.reject],
              ['t', say.article.keys.add],
              ['u', say.article.keys.undo],
            ] as const)
          : []),
        ['o', say.article.keys.original],
        ['c', say.article.keys.cite],
      ]}
    />
  );
}

function Original({ article }: { readonly article: StoredArticle }) {
  const say = useWords();
  const address = webAddress(article.url);
  return (
    <p class="original">
      {address ? (
        <a
          href={address}
          rel="noopener noreferrer external"
          referrerpolicy="no-referrer"
          target="_blank"
          aria-keyshortcuts="o"
        >
          {say.article.readAt(hostName(address))}
          <span class="spoken">{say.article.newTab}</span> <span aria-hidden="true">↗</span>
        </a>
      ) : (
        say.article.noAddress(article.url)
      )}
    </p>
  );
}

function Text({
  article,
  findings,
  names,
}: {
  readonly article: StoredArticle;
  readonly findings: readonly Finding[];
  readonly names: ThreatNames;
}) {
  const lang = knownLanguage(article);
  const inText = findingsIn(article.text, 'text', findings);
  return (
    <div class="text" lang={lang}>
      {paragraphsOf(article.text).map((paragraph) => (
        <p key={paragraph.start}>
          <MarkedText text={article.text} findings={inText} range={paragraph} names={names} as="targets" />
        </p>
      ))}
    </div>
  );
}

function Why({ findings, ...model }: ArticlePageModel & { readonly findings: readonly Finding[] }) {
  const say = useWords();
  const { article, names, visitor, list, now } = model;
  return (
    <section aria-labelledby="why">
      <h2 id="why">{say.threatTypes}</h2>
      {article.tags.length === 0 && (
        <p>
          {article.rejections.length > 0
            ? say.article.noneSaysJudge
            : article.secondOpinions.some(({ first }) => first.score >= first.threshold)
              ? say.article.noneSaysSecondOpinion
              : say.article.noThreat}
        </p>
      )}
      <Judging {...model} />
      {article.tags.map((tag) => tagged(tag))}
    </section>
  );

  function tagged(tag: StoredTag) {
    const { type, score } = tag;
    return (
      <section key={type} class={`evidence ${names.colour(type)}`} aria-label={names.label(type)}>
        <h3>
          <TypeChip type={type} score={score} names={names} />
        </h3>
        {tag.evidence.length > 0 && (
          <table>
            <caption class="spoken">{say.article.evidenceFor(names.label(type))}</caption>
            <thead>
              <tr>
                <th scope="col">{say.article.words}</th>
                <th scope="col">{say.article.concept}</th>
                <th scope="col" class="amount">
                  {say.article.weight}
                </th>
              </tr>
            </thead>
            <tbody>
              {findings
                .filter((finding) => finding.type === type)
                .map((finding) => (
                  <tr key={finding.number}>
                    <td>
                      <a href={`#finding-${finding.number}`} lang={knownLanguage(article)}>
                        {finding.text}
                      </a>
                      {finding.field === 'title' && <span class="note">{say.article.inTitle}</span>}
                    </td>
                    <td>
                      <ConceptName concept={finding.concept} />
                    </td>
                    <td class="amount">{say.weight(finding.weight)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        )}
        <Origin tag={tag} now={now} />
        <JudgeOne tag={tag} article={article} names={names} visitor={visitor} list={list} />
      </section>
    );
  }
}

/** Who, what at, by what means, where and when, each value with the words that show it. */
function Facets({ article, names }: { readonly article: StoredArticle; readonly names: ThreatNames }) {
  const say = useWords();
  if (article.facets.length === 0) return null;
  const lang = knownLanguage(article);
  const facets = [...new Set(article.facets.map(({ facet }) => facet))];
  return (
    <section aria-labelledby="facets">
      <h2 id="facets">{say.article.tells}</h2>
      <dl>
        {facets.map((name) => (
          <>
            <dt>{names.facet(name)}</dt>
            {article.facets
              .filter(({ facet }) => facet === name)
              .map(({ value, evidence }) => (
                <dd key={value}>
                  <FacetName facet={name} value={value} names={names} />{' '}
                  <span class="note" lang={lang}>
                    {[...new Set(evidence.map(({ text }) => say.list.quoted(text)))].join(', ')}
                  </span>
                </dd>
              ))}
          </>
        ))}
      </dl>
    </section>
  );
}

/** Leads to the articles that tell the same, where lists are filtered by it. */
function FacetName({
  facet,
  value,
  names,
}: {
  readonly facet: string;
  readonly value: string;
  readonly names: ThreatNames;
}) {
  const name = names.value(facet, value);
  const isFilter = (FILTER_FACETS as readonly string[]).includes(facet);
  return isFilter ? <a href={`${ARTICLES_PATH}?${facet}=${value}`}>{name}</a> : <span>{name}</span>;
}

/** Long names break after their dots and hyphens, not within words. */
function ConceptName({ concept }: { readonly concept: string }) {
  return (
    <code>
      {concept.split(/(?<=[.-])/).map((part, place) => (
        <>
          {place > 0 && <wbr />}
          {part}
        </>
      ))}
    </code>
  );
}

function Provenance({ article, now }: { readonly article: StoredArticle; readonly now: Date }) {
  const say = useWords();
  return (
    <section aria-labelledby="provenance">
      <h2 id="provenance">{say.article.provenance}</h2>
      <dl>
        <dt>{say.article.feed}</dt>
        <dd>
          <a href={`/feeds#feed-${article.feedId}`}>{feedName(article.feedTitle, article.url)}</a>
        </dd>
        <dt>{say.article.published}</dt>
        <dd>{article.publishedAt ? <Moment at={article.publishedAt} now={now} /> : say.article.notSaid}</dd>
        <dt>{say.article.stored}</dt>
        <dd>
          <Moment at={article.storedAt} now={now} />
        </dd>
        {article.version > 1 && (
          <>
            <dt>{say.article.edited}</dt>
            <dd>
              <Moment at={article.updatedAt} now={now} />
            </dd>
          </>
        )}
        {article.section && (
          <>
            <dt>{say.article.section}</dt>
            <dd lang={knownLanguage(article)}>{article.section}</dd>
          </>
        )}
        <dt>{say.article.textFrom}</dt>
        <dd>
          {article.source === 'page' ? say.article.itsPage : say.article.itsFeed}
          {article.sourceReason && say.article.because(describePage(article.sourceReason, say).words)}
        </dd>
        <dt>{say.article.method}</dt>
        <dd>
          <code>{article.method}</code>
        </dd>
        <dt>{say.article.id}</dt>
        <dd>
          <code>{article.id}</code> · <a href={`/api/v1/articles/${article.id}`}>{say.article.asJson}</a>
        </dd>
      </dl>
    </section>
  );
}

/** The same story elsewhere, in the order in which it was told. */
function SameStory({ article, story, list, now }: ArticlePageModel) {
  const say = useWords();
  if (story === undefined) return null;
  const others = story.members.filter(({ id }) => id !== article.id);
  const left = story.story.articles - 1 - others.length;
  return (
    <section aria-labelledby="story">
      <h2 id="story">{say.article.sameStory}</h2>
      <ol class="same-story">
        {others.map(({ id, title, url, language, feedTitle, happenedAt }) => (
          <li key={id}>
            <a href={articleAddress(id, list)} lang={knownLanguage({ language })}>
              {title}
            </a>
            <p class="meta">
              <span>{feedName(feedTitle, url)}</span>
              <Moment at={happenedAt} now={now} />
            </p>
          </li>
        ))}
      </ol>
      {left > 0 && (
        <p class="note">
          {say.article.moreIn(left)}
          <a href={`/api/v1/stories/${story.story.id}`}>{say.article.api}</a>
        </p>
      )}
    </section>
  );
}

/** Ready to be selected and taken along; the button is the script's. */
function Citation({ article, now }: { readonly article: StoredArticle; readonly now: Date }) {
  const say = useWords();
  return (
    <section aria-labelledby="cite">
      <h2 id="cite">{say.article.citation}</h2>
      <p id="citation" class="citation">
        {citationOf(article, now, say.article.cited)}
      </p>
      <p class="buttons" hidden>
        <button type="button" class="quiet" id="copy-citation" aria-keyshortcuts="c">
          {say.article.copy} <kbd>c</kbd>
        </button>
        <span role="status" id="copied" />
      </p>
    </section>
  );
}

function Versions({ article, now }: { readonly article: StoredArticle; readonly now: Date }) {
  const say = useWords();
  if (article.versions.length === 0) return null;
  const lang = knownLanguage(article);
  return (
    <section aria-labelledby="versions">
      <h2 id="versions">{say.article.versions}</h2>
      {article.versions.slice(0, VERSIONS_SHOWN).map((version, index) => {
        const next = article.versions[index - 1] ?? article;
        return (
          <details key={version.version} class="version" open={index === 0}>
            <summary>
              {say.article.version(version.version, next.version)}
              <Moment at={version.replacedAt} now={now} />
            </summary>
            <div lang={lang}>
              <Edit before={version} after={next} />
            </div>
          </details>
        );
      })}
      {article.versions.length > VERSIONS_SHOWN && (
        <p class="note">
          {say.article.earlierVersions(article.versions.length - VERSIONS_SHOWN)}
          <a href={`/api/v1/articles/${article.id}`}>{say.article.asJson}</a>
        </p>
      )}
    </section>
  );
}

interface Wording {
  readonly title: string;
  readonly text: string;
}

function Edit({ before, after }: { readonly before: Wording; readonly after: Wording }) {
  const say = useWords();
  const differences = differencesOf(before.text, after.text);
  const isTitleOnly = differences.every(({ kind }) => kind === 'same');
  return (
    <>
      {before.title !== after.title && (
        <h3>
          <Pieces pieces={wordDifferences(before.title, after.title)} />
        </h3>
      )}
      {isTitleOnly && before.title === after.title && (
        <p class="note" lang={say.language}>
          {say.article.onlyLayout}
        </p>
      )}
      {!isTitleOnly &&
        inRuns(differences).map((run, place) =>
          run.kind === 'same' ? (
            <p key={place} class="unchanged">
              <span class="note" lang={say.language}>
                {say.article.unchanged(run.paragraphs)}
              </span>
            </p>
          ) : (
            <p key={place}>
              <Pieces pieces={run.pieces} />
            </p>
          ),
        )}
    </>
  );
}

type Run =
  | { readonly kind: 'same'; readonly paragraphs: number }
  | { readonly kind: 'changed'; readonly pieces: readonly Piece[] };

/** Paragraphs that stayed are counted, not shown: an edit is read by what changed. */
function inRuns(differences: readonly Difference[]): readonly Run[] {
  const runs: Run[] = [];
  let same = 0;
  const endSame = () => {
    if (same > 0) runs.push({ kind: 'same', paragraphs: same });
    same = 0;
  };
  for (const difference of differences) {
    if (difference.kind === 'same') same++;
    else {
      endSame();
      runs.push({ kind: 'changed', pieces: difference.kind === 'edited' ? difference.pieces : [difference] });
    }
  }
  endSame();
  return runs;
}

function Pieces({ pieces }: { readonly pieces: readonly Piece[] }) {
  return (
    <>
      {pieces.map(({ kind, text }, place) =>
        kind === 'removed' ? (
          <del key={place}>{text}</del>
        ) : kind === 'added' ? (
          <ins key={place}>{text}</ins>
        ) : (
          <span key={place}>{text}</span>
        ),
      )}
    </>
  );
}
