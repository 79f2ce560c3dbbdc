/** Containers that hold something other than the article, told by their element, role or names. */
import { type Block, type Container, isProse } from './blocks.js';

/** What a container is, where it is furniture. */
export type Furniture =
  | 'navigation'
  | 'hidden'
  | 'dialog'
  | 'form'
  | 'caption'
  | 'share'
  | 'newsletter'
  | 'related'
  | 'comments'
  | 'advertising'
  | 'author'
  | 'dateline'
  | 'tags'
  | 'consent'
  | 'paywall'
  | 'player'
  | 'footer';

const TAGS: Readonly<Record<string, Furniture>> = {
  nav: 'navigation',
  menu: 'navigation',
  dialog: 'dialog',
  figcaption: 'caption',
  footer: 'footer',
};

const ROLES: Readonly<Record<string, Furniture>> = {
  navigation: 'navigation',
  menu: 'navigation',
  menubar: 'navigation',
  search: 'form',
  dialog: 'dialog',
  alertdialog: 'dialog',
  contentinfo: 'footer',
};

/**
 * Words of class, id and test hooks that publishers share. They are matched as whole words in `Container.words`; the
 * order matters where several match.
 */
const NAMES: ReadonlyArray<readonly [Furniture, RegExp]> = [
  ['consent', words('cookie|cookies|consent|gdpr|cmp|onetrust|privacy banner|embed consent|external content|opt in')],
  [
    'newsletter',
    words(
      'newsletters?|news letter|mailing list|sign ?up|signup|subscribe|subscription|abonnement|nieuwsbrief|mc embed|email capture|whatsapp channel',
    ),
  ],
  ['paywall', words('regwall|meter|subscriber only|premium offer|abo box|offer box')],
  [
    'share',
    words(
      'share|shares|sharing|sharebar|sharetools|social|socials|sharedaddy|addthis|addtoany|shariff|follow us|teilen|delen|partager|bookmarks?|toolbar|tools|print',
    ),
  ],
  [
    'comments',
    words('comments?|disqus|respond|commentaires|reacties|kommentare|replies|livefyre|viafoura|coral talk|forum'),
  ],
  [
    'related',
    words(
      'related|recirc|recirculation|recommended|recommendations?|read more|readmore|read next|more stories|more news|more on|more from|also read|see also|most read|mostread|most popular|popular|trending|outbrain|taboola|up next|you may like|also like|ymal|suggested|promo|promos|promobox|inline links?|article links?|internal links?|linkbox|link box|link list|further reading|lesen sie auch|lees ook|a lire|zum thema|mehr zum|mehr zu|similar|next article|latest|crosslinks?|jp relatedposts|sidebar(?! grid| layout| wrapper| container)|side bar|rail|marketing',
    ),
  ],
  [
    'advertising',
    words(
      'ad|ads|adv|advert|adverts|advertisement|advertising|adsense|ad slot|adslot|ad unit|ad container|banner|sponsor|sponsored|dfp|gpt|werbung|anzeige|pub|publicite|affiliate|commercial|shopping|ecommerce|products? box|buy now',
    ),
  ],
  [
    'caption',
    words(
      'captions?|wp caption text|figcaption|image credits?|photo credits?|credits?|copyright|bildunterschrift|bildnachweis|image source|img source|legende|media info|photographer|fotograf|image meta|gallery|slideshow|carousel|lightbox|bildergalerie|fotostrecke|galerie|galleria',
    ),
  ],
  [
    'author',
    words(
      'author|authors|byline|bylines|by line|bio|biography|about the author|autor|autoren|auteurs?|contributors?|writer|reporter|author box|authorbox|signature|vcard|verfasser|profile',
    ),
  ],
  [
    'dateline',
    words(
      'dateline|date line|timestamp|time stamp|pub date|pubdate|publish date|published date|post date|entry date|article date|posted on|reading time|read time|lesezeit|meta|metadata|post meta|entry meta|article meta|article info|last updated|kicker|eyebrow|overline|topline|dachzeile|spitzmarke|rubrik',
    ),
  ],
  [
    'tags',
    words(
      'tags|tag list|taglist|tagged|topics|keywords|categories|category|breadcrumbs?|hashtags|post tags|entry tags|article tags|schlagworte|themen',
    ),
  ],
  [
    'player',
    words(
      'player|video player|audio player|jwplayer|video js|vjs|transcript controls|podcast player|text to speech|vorlesen|listen',
    ),
  ],
  [
    'navigation',
    words(
      'nav|navigation|navbar|menu|pagination|pager|skip link|skip links|skip to|toc|table of contents|inhaltsverzeichnis|jump links?|anchor links?|site header|masthead|screen reader text|sr only|visually hidden|visuallyhidden',
    ),
  ],
  [
    'footer',
    words('footer|site footer|page footer|colophon|impressum|legal|disclaimer|post footer|entry footer|article footer'),
  ],
  [
    'hidden',
    words('hidden|hide|invisible|is hidden|d none|noscript|print only|modal|popup|pop up|overlay|tooltip|toast'),
  ],
  ['form', words('poll|quiz|survey|umfrage|voting|feedback|correction|report error|fehler melden')],
];

function words(alternatives: string): RegExp {
  return new RegExp(`(?:^| )(?:${alternatives})(?= |$)`);
}

/** Names that say 'this is the article', whatever else they say. */
const ARTICLE_NAMES = words(
  'article (?:content|body|text|main|paragraph)s?|articlebody|articlecontent|articletext|(?:entry|post|story|page|main|news) (?:content|body|text)|body text|content body|hentry|type post|paragraph',
);
/** What furniture a container is by itself; null for one that may hold the article. */
export function furnitureOf(container: Container): Furniture | null {
  const { element, tag } = container;
  const byTag = TAGS[tag];
  if (byTag) return byTag;
  if (isHidden(element)) return 'hidden';
  const role = ROLES[element.getAttribute('role') ?? ''];
  if (role) return role;
  if (container.words === '' || ARTICLE_NAMES.test(container.words)) return null;
  return NAMES.find(([, pattern]) => pattern.test(container.words))?.[0] ?? null;
}

function isHidden(element: Element): boolean {
  if (element.hasAttribute('hidden') || element.getAttribute('aria-hidden') === 'true') return true;
  const style = element.getAttribute('style');
  return style !== null && /(?:display\s*:\s*none|visibility\s*:\s*hidden)/i.test(style);
}

/** Share of a page's prose that makes a container the article's own, whatever its names say. */
const ARTICLE_SHARE = 0.4;

/**
 * The containers that are furniture, outermost first. One that holds a large part of the page's prose isn't: publishers
 * give the article's own element odd names too.
 */
export function findFurniture(blocks: readonly Block[]): ReadonlyMap<Container, Furniture> {
  const total = blocks.reduce((sum, block) => sum + (isProse(block) ? block.text.length : 0), 0);
  const found = new Map<Container, Furniture>();
  const cleared = new Set<Container>();
  for (const block of blocks) {
    const line: Container[] = [];
    for (let container: Container | null = block.container; container; container = container.parent)
      line.push(container);
    for (const container of line.reverse()) {
      if (found.has(container)) break;
      if (cleared.has(container)) continue;
      const kind = container.prose > total * ARTICLE_SHARE ? null : furnitureOf(container);
      if (kind === null) cleared.add(container);
      else {
        found.set(container, kind);
        break;
      }
    }
  }
  return found;
}
