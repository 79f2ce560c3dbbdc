/**
 * Pages as real news sites serve them: an article somewhere between navigation, a cookie banner, a sign-up box, share
 * buttons and other people's headlines. What an extractor must leave out is as important here as what it must keep.
 */
import { bodyBlocks, type DemoArticle } from './articles.js';
import type { Edition } from './editions.js';
import { escapeMarkup } from './markup.js';

/** An article with the place and time that the running newsroom gave it. */
export interface PublishedArticle {
  readonly article: DemoArticle;
  readonly edition: Edition;
  /** Absolute address. */
  readonly url: string;
  readonly publishedAt: Date;
  /** Null where the article was never edited. */
  readonly modifiedAt: Date | null;
}

/** Everything that one newspaper has online; addresses in `origin` end without a slash. */
export interface Site {
  readonly origin: string;
  readonly edition: Edition;
  /** Newest first. */
  readonly published: readonly PublishedArticle[];
}

/** Paragraph after which the sign-up box breaks into the text, and the one after which a headline does. */
const SIGN_UP_AFTER_PARAGRAPH = 2;
const READ_ALSO_AFTER_PARAGRAPH = 4;
const MOST_READ = 5;
const RELATED = 3;
const TIME_ZONE = 'Europe/Brussels';

export function articlePage(site: Site, published: PublishedArticle, charset: 'utf-8' | 'windows-1252'): string {
  const { article, edition } = published;
  const others = site.published.filter((other) => other !== published);
  const related = others.filter((_, position) => position % 2 === 0).slice(0, RELATED);
  return document(site, {
    title: `${article.title} | ${edition.name}`,
    head: headFor[article.layout](published),
    charset,
    main: `${articleMarkup[article.layout](published, bodyWithInterruptions(published, others))}
    <aside class="related">
      <h2>${edition.words.readAlso}</h2>
      <ul>
        ${related.map(teaser).join('\n        ')}
      </ul>
    </aside>`,
  });
}

export function frontPage(site: Site): string {
  return document(site, {
    title: `${site.edition.name} | ${site.edition.tagline}`,
    head: feedLink(site),
    charset: 'utf-8',
    main: `<h1 class="masthead">${site.edition.name}</h1>
    <ul class="river">
      ${site.published.map(teaserWithLead).join('\n      ')}
    </ul>`,
  });
}

export function sectionPage(site: Site, section: string): string {
  const published = site.published.filter((one) => one.article.section === section);
  return document(site, {
    title: `${section} | ${site.edition.name}`,
    head: feedLink(site),
    charset: 'utf-8',
    main: `<h1>${escapeMarkup(section)}</h1>
    <ul class="river">
      ${published.map(teaserWithLead).join('\n      ')}
    </ul>`,
  });
}

/** A page of a few words: about, privacy, contact, not found. */
export function plainPage(site: Site, title: string, text: string): string {
  return document(site, {
    title: `${title} | ${site.edition.name}`,
    head: '',
    charset: 'utf-8',
    main: `<h1>${escapeMarkup(title)}</h1>\n    <p>${escapeMarkup(text)}</p>`,
  });
}

/** What a reader without a subscription gets: a form, and not a line of the article. */
export function loginPage(site: Site): string {
  const { words, language } = site.edition;
  return document(site, {
    title: `${words.subscribersOnly} | ${site.edition.name}`,
    head: '<meta name="robots" content="noindex">',
    charset: 'utf-8',
    main: `<h1>${words.subscribersOnly}</h1>
    <form class="login" method="get" action="/${language}/login">
      <label>${words.email} <input type="email" name="email" autocomplete="username"></label>
      <label>${words.password} <input type="password" name="password" autocomplete="current-password"></label>
      <button type="submit">${words.logIn}</button>
    </form>`,
  });
}

export const sectionPath = (edition: Edition, section: string): string =>
  `/${edition.language}/section/${encodeURIComponent(section.toLowerCase())}`;

interface DocumentParts {
  readonly title: string;
  readonly head: string;
  readonly charset: string;
  readonly main: string;
}

function document(site: Site, parts: DocumentParts): string {
  const { edition, published } = site;
  const { words, language } = edition;
  const sections = [...new Set(published.map((one) => one.article.section))];
  return `<!doctype html>
<html lang="${language}">
<head>
  <meta charset="${parts.charset}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${escapeMarkup(parts.title)}</title>
  <link rel="stylesheet" href="/style.css">
  <link rel="icon" href="/logo.svg" type="image/svg+xml">
  ${parts.head}
</head>
<body>
  <div class="cookie-banner" role="dialog" aria-label="${words.cookieTitle}">
    <strong>${words.cookieTitle}</strong>
    <p>${words.cookieText}</p>
    <button type="button">${words.accept}</button> <button type="button">${words.refuse}</button>
  </div>
  <header class="site-header">
    <a class="logo" href="/${language}/"><img src="/logo.svg" alt="${edition.name}" width="32" height="32"></a>
    <p class="tagline">${edition.tagline}</p>
    <form class="search" action="/${language}/" method="get" role="search"><input name="q" type="search" aria-label="${words.search}"><button>${words.search}</button></form>
    <nav class="sections">
      <ul>
        <li><a href="/${language}/">${words.home}</a></li>
        ${sections.map((section) => `<li><a href="${sectionPath(edition, section)}">${escapeMarkup(section)}</a></li>`).join('\n        ')}
        <li><a href="/${language}/login">${words.logIn}</a></li>
      </ul>
    </nav>
  </header>
  <main>
    ${parts.main}
  </main>
  <aside class="most-read">
    <h2>${words.mostRead}</h2>
    <ol>
      ${published.slice(0, MOST_READ).map(teaser).join('\n      ')}
    </ol>
  </aside>
  <footer class="site-footer">
    <ul>
      <li><a href="/${language}/about">${words.about}</a></li>
      <li><a href="/${language}/privacy">${words.privacy}</a></li>
      <li><a href="/${language}/contact">${words.contact}</a></li>
      <li><a href="${edition.feed.path}">${edition.feed.format.toUpperCase()}</a></li>
    </ul>
    <p>© ${edition.name}. ${words.rights}</p>
  </footer>
</body>
</html>
`;
}

const feedLink = ({ edition }: Site): string =>
  `<link rel="alternate" type="${edition.feed.contentType.split(';')[0]}" title="${edition.name}" href="${edition.feed.path}">`;

const teaser = ({ article, url }: PublishedArticle): string =>
  `<li><a href="${pathOf(url)}">${escapeMarkup(article.title)}</a></li>`;

const teaserWithLead = ({ article, url }: PublishedArticle): string =>
  `<li><h2><a href="${pathOf(url)}">${escapeMarkup(article.title)}</a></h2><p>${escapeMarkup(article.lead)}</p></li>`;

const pathOf = (url: string): string => new URL(url).pathname;

function bodyWithInterruptions({ article, edition }: PublishedArticle, others: readonly PublishedArticle[]): string {
  const { words, language } = edition;
  const signUpBox = `<div class="newsletter-box"><h3>${words.signUpTitle}</h3><p>${words.signUpText}</p><form action="/${language}/" method="get"><input type="email" name="email" placeholder="${words.email}"><button>${words.signUp}</button></form></div>`;
  const headline =
    others[0] &&
    `<p class="read-also">${words.readAlso}: <a href="${pathOf(others[0].url)}">${escapeMarkup(others[0].article.title)}</a></p>`;
  let paragraphs = 0;
  return bodyBlocks(article)
    .flatMap((block) => {
      if (block.heading) return [`<h2>${escapeMarkup(block.text)}</h2>`];
      paragraphs += 1;
      const paragraph = `<p>${escapeMarkup(block.text)}</p>`;
      if (paragraphs === SIGN_UP_AFTER_PARAGRAPH) return [paragraph, signUpBox];
      if (paragraphs === READ_ALSO_AFTER_PARAGRAPH && headline) return [paragraph, headline];
      return [paragraph];
    })
    .join('\n        ');
}

type Layout = DemoArticle['layout'];

const headFor: Readonly<Record<Layout, (published: PublishedArticle) => string>> = {
  'json-ld': (published) => `<link rel="canonical" href="${published.url}">
  <meta name="description" content="${escapeMarkup(published.article.lead)}">
  <script type="application/ld+json">${jsonLd(published)}</script>`,
  'open-graph': ({ article, edition, url, publishedAt, modifiedAt }) => `<link rel="canonical" href="${url}">
  <meta property="og:type" content="article">
  <meta property="og:site_name" content="${edition.name}">
  <meta property="og:title" content="${escapeMarkup(article.title)}">
  <meta property="og:description" content="${escapeMarkup(article.lead)}">
  <meta property="og:url" content="${url}">
  <meta property="og:image" content="${new URL('/logo.svg', url)}">
  <meta property="article:published_time" content="${publishedAt.toISOString()}">
  ${modifiedAt ? `<meta property="article:modified_time" content="${modifiedAt.toISOString()}">` : ''}
  <meta property="article:section" content="${escapeMarkup(article.section)}">
  <meta name="author" content="${escapeMarkup(article.author)}">`,
  bare: () => '',
};

/** schema.org NewsArticle; `<` is escaped so that no text can end the script element. */
function jsonLd({ article, edition, url, publishedAt, modifiedAt }: PublishedArticle): string {
  const data = {
    '@context': 'https://schema.org',
    '@type': 'NewsArticle',
    headline: article.title,
    description: article.lead,
    inLanguage: article.language,
    articleSection: article.section,
    datePublished: publishedAt.toISOString(),
    dateModified: (modifiedAt ?? publishedAt).toISOString(),
    author: [{ '@type': 'Person', name: article.author }],
    publisher: { '@type': 'Organization', name: edition.name },
    mainEntityOfPage: url,
    image: new URL('/logo.svg', url).href,
  };
  return JSON.stringify(data).replaceAll('<', '\\u003c');
}

const articleMarkup: Readonly<Record<Layout, (published: PublishedArticle, body: string) => string>> = {
  'json-ld': (published, body) => `<article>
      <p class="kicker">${escapeMarkup(published.article.section)}</p>
      <h1>${escapeMarkup(published.article.title)}</h1>
      <p class="lead">${escapeMarkup(published.article.lead)}</p>
      <p class="meta"><span class="author">${escapeMarkup(published.article.author)}</span> · <time datetime="${published.publishedAt.toISOString()}">${readableDate(published)}</time></p>
      ${shareBar(published)}
      <div class="article-body">
        ${body}
      </div>
    </article>`,
  'open-graph': (published, body) => `<article class="story">
      <header>
        <h1>${escapeMarkup(published.article.title)}</h1>
        <p class="byline">${published.edition.words.by} <a rel="author" href="/${published.edition.language}/about">${escapeMarkup(published.article.author)}</a></p>
        <time datetime="${published.publishedAt.toISOString()}">${readableDate(published)}</time>
      </header>
      <p class="standfirst"><strong>${escapeMarkup(published.article.lead)}</strong></p>
      ${shareBar(published)}
      <section class="story-text">
        ${body}
      </section>
    </article>`,
  bare: (published, body) => `<div class="content">
      <h1>${escapeMarkup(published.article.title)}</h1>
      <div class="small">${published.edition.words.by} ${escapeMarkup(published.article.author)}, ${readableDate(published)}</div>
      <div class="text">
        <p><b>${escapeMarkup(published.article.lead)}</b></p>
        ${body}
      </div>
      ${shareBar(published)}
    </div>`,
};

function shareBar({ article, edition, url }: PublishedArticle): string {
  const mail = `mailto:?subject=${encodeURIComponent(article.title)}&amp;body=${encodeURIComponent(url)}`;
  return `<div class="share-bar"><span>${edition.words.share}</span> <a href="${mail}">${edition.words.email}</a> <button type="button">${edition.words.copyLink}</button></div>`;
}

const readableDate = ({ publishedAt, edition }: PublishedArticle): string =>
  new Intl.DateTimeFormat(edition.language === 'en' ? 'en-GB' : edition.language, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: TIME_ZONE,
  }).format(publishedAt);
