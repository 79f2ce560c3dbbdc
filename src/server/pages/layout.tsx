/** The frame around every page. */
import type { ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { ARTICLES_PATH } from '../../outputs/list-name.js';
import { FORM_FIELD, may, type Visitor } from '../access.js';
import { type Asset, logo, stylesheet, wordsScript } from '../assets.js';
import type { FeedLink } from '../feeds-out.js';
import { LANGUAGE_PATH, languageFields } from '../language-choice.js';
import { OVERVIEW_PATH, QUEUES_PATH } from '../security.js';
import type { Words } from '../words/en.js';
import { pageLanguages } from '../words/language.js';
import { InWords } from './wording.js';

type PlacedSection = 'overview' | 'articles' | 'feeds' | 'operations';
export type Section = PlacedSection | 'none';

const sections: readonly { readonly section: PlacedSection; readonly address: string }[] = [
  { section: 'overview', address: OVERVIEW_PATH },
  { section: 'articles', address: ARTICLES_PATH },
  { section: 'feeds', address: '/feeds' },
  { section: 'operations', address: '/operations' },
];

export interface Page {
  readonly title: string;
  readonly section: Section;
  readonly body: ComponentChildren;
  /** The same content as feeds, for readers that look for them on the page. */
  readonly feeds?: readonly FeedLink[];
  /** Of what its scripts draw; Belfry's own comes last, and wins. */
  readonly stylesheets?: readonly Asset[];
  /** Make things quicker; the page works without them. */
  readonly scripts?: readonly Asset[];
}

/** Who reads a page, and where. */
export interface Reader {
  readonly visitor: Visitor;
  readonly say: Words;
  /** Of the page, a path with its query: to come back to in another language. */
  readonly address: string;
}

/** A whole HTML document for this reader. What comes from articles and feeds is escaped by the renderer. */
export function renderPage(
  { title, section, body, feeds = [], stylesheets = [], scripts = [] }: Page,
  { visitor, say, address }: Reader,
): string {
  return `<!doctype html>${renderToString(
    <InWords value={say}>
      <html lang={say.language}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>{`${title} · Belfry`}</title>
          <link rel="icon" href={logo.address} type={logo.contentType} />
          {[...stylesheets, stylesheet].map(({ address }) => (
            <link key={address} rel="stylesheet" href={address} />
          ))}
          {feeds.map(({ type, title, address }) => (
            <link key={address} rel="alternate" type={type} title={title} href={address} />
          ))}
          {scripts.length > 0 && <meta name="belfry-words" content={JSON.stringify(say.scripts)} />}
          {(scripts.length > 0 ? [wordsScript, ...scripts] : []).map(({ address }) => (
            <script key={address} src={address} defer />
          ))}
        </head>
        <body>
          <a class="skip" href="#main">
            {say.frame.skip}
          </a>
          <header class="masthead">
            <a class="brand" href={OVERVIEW_PATH}>
              <img src={logo.address} width="28" height="28" alt="" />
              Belfry
            </a>
            <nav aria-label={say.frame.main}>
              <ul>
                {sections.map((each) => (
                  <li key={each.section}>
                    <a href={each.address} aria-current={each.section === section ? 'page' : undefined}>
                      {say.frame[each.section]}
                    </a>
                  </li>
                ))}
                {may(visitor, 'operate') && (
                  <li>
                    <a href={QUEUES_PATH}>{say.frame.queues}</a>
                  </li>
                )}
              </ul>
            </nav>
            <LanguageChoice say={say} address={address} />
            <Account visitor={visitor} say={say} />
          </header>
          <main id="main" tabindex={-1}>
            {body}
          </main>
        </body>
      </html>
    </InWords>,
  )}`;
}

/** Each language by its own name, for those who read no other. */
function LanguageChoice({ say, address }: Pick<Reader, 'say' | 'address'>) {
  return (
    <form class="languages" action={LANGUAGE_PATH} method="post" aria-label={say.frame.language}>
      <input type="hidden" name={languageFields.next} value={address} />
      {Object.values(pageLanguages).map(({ language, languageName }) => (
        <button
          key={language}
          type="submit"
          name={languageFields.language}
          value={language}
          lang={language}
          aria-pressed={language === say.language}
        >
          {language.toUpperCase()}
          <span class="spoken"> {languageName(language)}</span>
        </button>
      ))}
    </form>
  );
}

function Account({ visitor, say }: Pick<Reader, 'visitor' | 'say'>) {
  if (visitor.kind !== 'session') return null;
  return (
    <form class="account" action="/logout" method="post">
      <FormToken visitor={visitor} />
      <span>{visitor.name}</span> <button type="submit">{say.frame.logOut}</button>
    </form>
  );
}

/** Stands in every form that changes something. */
export const FormToken = ({ visitor }: { readonly visitor: Visitor }) => (
  <input type="hidden" name={FORM_FIELD} value={visitor.formToken} />
);
