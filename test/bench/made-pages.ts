/** Pages of our own making, as heavy as a newspaper's: scripts, styles, drawings, teasers, and a text in between. */

const SENTENCES: readonly string[] = [
  'The harbour council of Oosterlo voted on Tuesday to close the northern quay after divers had found damage to two cables.',
  'Le conseil du port a décidé mardi de fermer le quai nord, après que des plongeurs eurent constaté des dégâts sur deux câbles.',
  'Der Hafenrat beschloss am Dienstag, den nördlichen Kai zu schließen, nachdem Taucher Schäden an zwei Kabeln gefunden hatten.',
  'De havenraad besloot dinsdag de noordelijke kade te sluiten, nadat duikers schade aan twee kabels hadden gevonden.',
];
const PAGES = 40;
const TEASERS = 120;
const SCRIPTS = 25;

export function madePages(): readonly Uint8Array[] {
  return Array.from({ length: PAGES }, (_, number) => new TextEncoder().encode(madePage(number)));
}

function madePage(number: number): string {
  const sentence = SENTENCES[number % SENTENCES.length] ?? '';
  const paragraphs = repeat(
    12 + (number % 20),
    (index) => `<p class="c-body__p" data-track="p${index}">${index}. ${sentence}</p>`,
  );
  const teasers = repeat(
    TEASERS,
    (index) =>
      `<li class="teaser teaser--small"><a href="/n/${index}" data-id="${index}"><img src="/i/${index}.jpg" alt="">
        <svg viewBox="0 0 9 9"><path d="M0 0L9 9${'L1 1'.repeat(20)}"/></svg><h3>Story ${index}</h3><span>More of it</span></a></li>`,
  );
  const scripts = repeat(
    SCRIPTS,
    (index) => `<script>window.state${index}=${JSON.stringify('x'.repeat(4000))};</script>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Story ${number} | Gazette</title>
<meta property="og:title" content="Story ${number}"><style>${'.a{color:red}'.repeat(800)}</style>
<script type="application/ld+json">{"@type":"NewsArticle","headline":"Story ${number}","datePublished":"2026-03-02T10:15:00+01:00",
"author":{"@type":"Person","name":"Mieke Daelman"}}</script>${scripts}</head><body>
<nav><ul>${repeat(60, (index) => `<li><a href="/s/${index}">Section ${index}</a></li>`)}</ul></nav>
<main><article><h1>Story ${number}</h1><div class="byline">By Mieke Daelman</div>${paragraphs}</article>
<aside><ul>${teasers}</ul></aside></main><footer>Gazette</footer></body></html>`;
}

const repeat = (times: number, make: (index: number) => string): string =>
  Array.from({ length: times }, (_, index) => make(index)).join('\n');
