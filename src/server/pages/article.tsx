/** One article: its text with the evidence marked, and why it was tagged as it is. */
import type { StoredArticle, StoredTag } from '../../store/articles.js';
import { webAddress } from '../../web/identity.js';
import { type Finding, findingsIn, findingsOf, paragraphsOf } from '../marks.js';
import { describePage } from '../outcomes.js';
import type { ThreatNames } from '../threat-names.js';
import { JudgementHistory, JudgeOne, Judging, type JudgingModel, Origin } from './judging.js';
import { MarkedText, weightInWords } from './marked.js';
import { Moment } from './moment.js';
import { countryName, feedName, hostName, languageName, TypeChip } from './words.js';

export type ArticlePageModel = JudgingModel;

export function ArticlePage(model: ArticlePageModel) {
  const { article, names, now } = model;
  const findings = findingsOf(article.tags);
  const lang = article.language === 'und' ? undefined : article.language;
  return (
    <div class="with-aside reading">
      <article class="full">
        <p class="meta">
          <a href={`/?feed=${article.feedId}`}>{feedName(article.feedTitle, article.url)}</a>
          <Moment at={article.happenedAt} now={now} />
          <span>{languageName(article.language)}</span>
          {article.country && <span>{countryName(article.country)}</span>}
        </p>
        <h1 lang={lang}>
          <MarkedText
            text={article.title}
            findings={findingsIn(article.title, 'title', findings)}
            names={names}
            as="targets"
          />
        </h1>
        {article.byline.length > 0 && <p class="byline">By {article.byline.join(', ')}</p>}
        {article.tags.length > 0 && (
          <ul class="chips" aria-label="Threat types">
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
      <aside aria-label="About this article">
        <Why {...model} findings={findings} />
        <Facets article={article} />
        <JudgementHistory {...model} />
        <Provenance article={article} now={now} />
        <Versions article={article} now={now} />
      </aside>
    </div>
  );
}

function Original({ article }: { readonly article: StoredArticle }) {
  const address = webAddress(article.url);
  return (
    <p class="original">
      {address ? (
        <a href={address} rel="noopener noreferrer external" target="_blank">
          Read at {hostName(address)}
          <span class="spoken"> (opens in a new tab)</span> <span aria-hidden="true">↗</span>
        </a>
      ) : (
        `The feed’s address is not one to open: ${article.url}`
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
  const lang = article.language === 'und' ? undefined : article.language;
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
  const { article, names, visitor, now } = model;
  return (
    <section aria-labelledby="why">
      <h2 id="why">Threat types</h2>
      {article.tags.length === 0 && (
        <p>
          {article.rejections.length > 0
            ? 'None, says who judged it.'
            : 'None: nothing in this article speaks for a threat type strongly enough.'}
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
            <caption class="spoken">Evidence for {names.label(type)}</caption>
            <thead>
              <tr>
                <th scope="col">Words</th>
                <th scope="col">Concept</th>
                <th scope="col" class="amount">
                  Weight
                </th>
              </tr>
            </thead>
            <tbody>
              {findings
                .filter((finding) => finding.type === type)
                .map((finding) => (
                  <tr key={finding.number}>
                    <td lang={article.language === 'und' ? undefined : article.language}>
                      <a href={`#finding-${finding.number}`}>{finding.text}</a>
                      {finding.field === 'title' && <span class="note"> in the title</span>}
                    </td>
                    <td>
                      <ConceptName concept={finding.concept} />
                    </td>
                    <td class="amount">{weightInWords(finding.weight)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        )}
        <Origin tag={tag} now={now} />
        <JudgeOne tag={tag} article={article} names={names} visitor={visitor} />
      </section>
    );
  }
}

/** Who, what at, by what means, where and when, each value with the words that show it. */
function Facets({ article }: { readonly article: StoredArticle }) {
  if (article.facets.length === 0) return null;
  const lang = article.language === 'und' ? undefined : article.language;
  const names = [...new Set(article.facets.map(({ facet }) => facet))];
  return (
    <section aria-labelledby="facets">
      <h2 id="facets">What it tells</h2>
      <dl>
        {names.map((name) => (
          <>
            <dt>{inWords(name)}</dt>
            {article.facets
              .filter(({ facet }) => facet === name)
              .map(({ value, evidence }) => (
                <dd key={value}>
                  {inWords(value)}{' '}
                  <span class="note" lang={lang}>
                    {[...new Set(evidence.map(({ text }) => `“${text}”`))].join(', ')}
                  </span>
                </dd>
              ))}
          </>
        ))}
      </dl>
    </section>
  );
}

/** An id as words, the first with a capital. */
const inWords = (id: string): string => id.charAt(0).toUpperCase() + id.slice(1).replaceAll('-', ' ');

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
  return (
    <section aria-labelledby="provenance">
      <h2 id="provenance">Where it comes from</h2>
      <dl>
        <dt>Feed</dt>
        <dd>
          <a href={`/feeds#feed-${article.feedId}`}>{feedName(article.feedTitle, article.url)}</a>
        </dd>
        <dt>Published</dt>
        <dd>{article.publishedAt ? <Moment at={article.publishedAt} now={now} /> : 'not said'}</dd>
        <dt>Stored</dt>
        <dd>
          <Moment at={article.storedAt} now={now} />
        </dd>
        {article.version > 1 && (
          <>
            <dt>Edited</dt>
            <dd>
              <Moment at={article.updatedAt} now={now} />
            </dd>
          </>
        )}
        {article.section && (
          <>
            <dt>Section</dt>
            <dd>{article.section}</dd>
          </>
        )}
        <dt>Text from</dt>
        <dd>
          {article.source === 'page' ? 'the article’s page' : 'the feed'}
          {article.sourceReason && `, because: ${describePage(article.sourceReason).words}`}
        </dd>
        <dt>Method</dt>
        <dd>
          <code>{article.method}</code>
        </dd>
        <dt>Id</dt>
        <dd>
          <code>{article.id}</code> · <a href={`/api/v1/articles/${article.id}`}>as JSON</a>
        </dd>
      </dl>
    </section>
  );
}

function Versions({ article, now }: { readonly article: StoredArticle; readonly now: Date }) {
  if (article.versions.length === 0) return null;
  return (
    <section aria-labelledby="versions">
      <h2 id="versions">Earlier versions</h2>
      {article.versions.map((version, index) => {
        const next = article.versions[index - 1] ?? article;
        const kept = new Set(linesOf(next.text));
        return (
          <details key={version.version} class="version">
            <summary>
              Version {version.version}, until <Moment at={version.replacedAt} now={now} />
            </summary>
            <div lang={article.language === 'und' ? undefined : article.language}>
              <h3>{version.title === next.title ? version.title : <del>{version.title}</del>}</h3>
              {linesOf(version.text).map((line, place) => (
                <p key={place}>{kept.has(line) ? line : <del>{line}</del>}</p>
              ))}
            </div>
          </details>
        );
      })}
      <p class="note">Struck out: paragraphs that the next version does not have.</p>
    </section>
  );
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');
