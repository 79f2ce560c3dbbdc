/** The frame around every page. */
import type { ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { ARTICLES_PATH } from '../../outputs/list-name.js';
import { FORM_FIELD, may, type Visitor } from '../access.js';
import { type Asset, logo, stylesheet } from '../assets.js';
import type { FeedLink } from '../feeds-out.js';
import { OVERVIEW_PATH, QUEUES_PATH } from '../security.js';

export type Section = 'overview' | 'articles' | 'feeds' | 'operations' | 'none';

const sections: readonly { readonly section: Section; readonly address: string; readonly name: string }[] = [
  { section: 'overview', address: OVERVIEW_PATH, name: 'Overview' },
  { section: 'articles', address: ARTICLES_PATH, name: 'Articles' },
  { section: 'feeds', address: '/feeds', name: 'Feeds' },
  { section: 'operations', address: '/operations', name: 'Operations' },
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

/** A whole HTML document for this visitor. What comes from articles and feeds is escaped by the renderer. */
export function renderPage(
  { title, section, body, feeds = [], stylesheets = [], scripts = [] }: Page,
  visitor: Visitor,
): string {
  return `<!doctype html>${renderToString(
    <html lang="en">
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
        {scripts.map(({ address }) => (
          <script key={address} src={address} defer />
        ))}
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <header class="masthead">
          <a class="brand" href={OVERVIEW_PATH}>
            <img src={logo.address} width="28" height="28" alt="" />
            Belfry
          </a>
          <nav aria-label="Main">
            <ul>
              {sections.map((each) => (
                <li key={each.section}>
                  <a href={each.address} aria-current={each.section === section ? 'page' : undefined}>
                    {each.name}
                  </a>
                </li>
              ))}
              {may(visitor, 'operate') && (
                <li>
                  <a href={QUEUES_PATH}>Queues</a>
                </li>
              )}
            </ul>
          </nav>
          <Account visitor={visitor} />
        </header>
        <main id="main" tabindex={-1}>
          {body}
        </main>
      </body>
    </html>,
  )}`;
}

function Account({ visitor }: { readonly visitor: Visitor }) {
  if (visitor.kind !== 'session') return null;
  return (
    <form class="account" action="/logout" method="post">
      <FormToken visitor={visitor} />
      <span>{visitor.name}</span> <button type="submit">Log out</button>
    </form>
  );
}

/** Stands in every form that changes something. */
export const FormToken = ({ visitor }: { readonly visitor: Visitor }) => (
  <input type="hidden" name={FORM_FIELD} value={visitor.formToken} />
);
