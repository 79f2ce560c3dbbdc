import { describe, expect, it } from 'vitest';
import { extractArticle } from '../../src/articles/extract.js';
import { bytesOf, SENTENCE } from './pages.js';

const url = 'https://www.gazette.example/2026/quay';

function titleOf(head: string, body: string): string | null {
  const html = `<html><head>${head}</head><body><main>${body}${`<p>${SENTENCE}</p>`.repeat(4)}</main></body></html>`;
  const result = extractArticle(bytesOf(html), { url });
  if (!result.ok) throw new Error(result.message);
  return result.article.title;
}

const jsonLd = (headline: string): string =>
  `<script type="application/ld+json">${JSON.stringify({ '@type': 'NewsArticle', headline })}</script>`;
const og = (title: string): string => `<meta property="og:title" content="${title}">`;

const cases: ReadonlyArray<readonly [name: string, head: string, body: string, title: string]> = [
  [
    'cuts the name that the page gives its site',
    `${og('Kade dicht na schade | De Haven')}<meta property="og:site_name" content="De Haven">`,
    '',
    'Kade dicht na schade',
  ],
  ['cuts a name that is the host', og('Kade dicht na schade - Gazette'), '', 'Kade dicht na schade'],
  [
    'cuts whatever a title has behind the heading',
    `<title>Le quai ferme après des dégâts - Régions - Le Port</title>${og('Le quai ferme après des dégâts - Le Port')}`,
    '<h1>Le quai ferme après des dégâts</h1>',
    'Le quai ferme après des dégâts',
  ],
  ['keeps a dash inside a title', og('Schäden am Kai - was nun gilt'), '', 'Schäden am Kai - was nun gilt'],
  [
    'takes the headline that an editor wrote apart from the heading',
    jsonLd('Northern quay of Oosterlo closed after cable damage') + og('Quay closed'),
    '<h1>Quay closed</h1>',
    'Northern quay of Oosterlo closed after cable damage',
  ],
  [
    'trusts JSON-LD over a title that was made for tabs',
    `${jsonLd('Quay closed after divers find damage')}${og('Damage found at the quay | Gazette')}`,
    '<h1>Quay closed after divers find damage</h1>',
    'Quay closed after divers find damage',
  ],
  [
    'takes the heading where the title for cards was cut short',
    `${og('Quay closed after damage')}${jsonLd('Quay closed for weeks after divers find damage to two power cables')}`,
    '<h1>Quay closed for weeks after divers find damage to two power cables</h1>',
    'Quay closed for weeks after divers find damage to two power cables',
  ],
  [
    'takes the heading where the headline for search results was cut short',
    `${jsonLd('Quay closed: damage found')}${og('Quay closed for weeks after divers find damage to two power cables')}`,
    '<h1>Quay closed for weeks after divers find damage to two power cables</h1>',
    'Quay closed for weeks after divers find damage to two power cables',
  ],
  [
    'keeps an OpenGraph title that only lacks the kicker of the heading',
    `${og('Divers find damage')}${jsonLd('Closed northern quay: Damage found by divers')}`,
    '<h1>Closed northern quay: Damage found by divers</h1>',
    'Divers find damage',
  ],
  ['cuts a name in brackets', og('Kade dicht na schade (Gazette)'), '', 'Kade dicht na schade'],
  ['keeps brackets that hold no name', og('Kade dicht na schade (en nu?)'), '', 'Kade dicht na schade (en nu?)'],
  ['cuts a separator that nothing follows', og('Kade dicht na schade -'), '', 'Kade dicht na schade'],
  [
    "finds the title among the parts of the tab's by a lesser heading",
    '<title>Harbour Notes | Quay closed after divers find damage | Archive of the year</title>',
    '<h2>Latest</h2><h2>Quay closed after divers find damage</h2>',
    'Quay closed after divers find damage',
  ],
  [
    'passes over a heading that is the name of the site',
    '<title>Gazette | Quay closed after divers find damage</title>',
    '<h1>Gazette</h1>',
    'Quay closed after divers find damage',
  ],
  [
    'picks the heading of the story among several',
    '<title>Quay closed after divers find damage | Oosterlo News</title>',
    '<h1>Weather</h1><h1>Quay closed after divers find damage</h1><h1>Letters to the editor today</h1>',
    'Quay closed after divers find damage',
  ],
  [
    'decodes entities that were escaped twice',
    jsonLd('Sch&amp;auml;den &amp;quot;am Kai&amp;quot;'),
    '',
    'Schäden "am Kai"',
  ],
];

describe('the title', () => {
  it.each(cases)('%s', (_name, head, body, title) => {
    expect(titleOf(head, body)).toBe(title);
  });
});
