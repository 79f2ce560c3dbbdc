import { describe, expect, it } from 'vitest';
import { type Boilerplate, blankBoilerplate, boilerplateOf, markBoilerplate } from '../../src/articles/boilerplate.js';
import { extractArticle } from '../../src/articles/extract.js';
import { articlePage, bytesOf, SENTENCE } from './pages.js';

const lines: ReadonlyArray<readonly [Boilerplate, string]> = [
  ['read-also', 'Read also: Ferry stuck at the lock'],
  ['read-also', 'Lees ook: Veerboot vast in de sluis'],
  ['read-also', 'Lire aussi : Le ferry bloqué à l’écluse'],
  ['read-also', 'Lesen Sie auch: Fähre steckt in der Schleuse fest'],
  ['read-also', 'Das könnte Sie auch interessieren'],
  ['newsletter', 'Sign up for our daily newsletter and never miss a story'],
  ['newsletter', 'Schrijf je in voor onze nieuwsbrief'],
  ['newsletter', 'Abonnez-vous à notre infolettre'],
  ['newsletter', 'Melden Sie sich für unseren Newsletter an'],
  ['newsletter', 'Get updates in your mailbox'],
  ['credit', '© HAVEN PHOTO MIEKE DAELMAN'],
  ['credit', 'Foto: Mieke Daelman'],
  ['credit', 'Crédit photo : Mieke Daelman'],
  ['credit', 'Bild: Mieke Daelman/Hafenbild'],
  ['credit', 'Divers below the quay on Monday (Image: Harbour Press)'],
  ['copyright', '© 2026 Oosterlo Gazette'],
  ['copyright', 'Alle rechten voorbehouden'],
  ['copyright', 'Tous droits réservés.'],
  ['copyright', 'Alle Rechte vorbehalten.'],
  ['share', 'Share this article'],
  ['share', 'Deel via WhatsApp'],
  ['share', 'Partager sur Facebook'],
  ['share', 'Artikel teilen'],
  ['comments', '12 Kommentare'],
  ['advertising', 'Article continues below'],
  ['advertising', 'Lees verder onder de advertentie'],
  ['advertising', 'Anzeige'],
  ['account', 'Log in to continue reading'],
  ['consent', 'By clicking "Subscribe" I confirm I have read and agree to the Privacy Policy.'],
  ['consent', 'We use cookies. You can change your cookie settings or accept all of them.'],
  ['consent', 'Mit dem Klick stimmen Sie den Bedingungen zu und sind damit einverstanden.'],
  ['dateline', 'Aktualisiert: 3. März 2026, 14:05 Uhr'],
  ['dateline', 'Leestijd: 3 minuten'],
  ['tags', 'Tags: harbour, cables'],
  ['publisher', 'The post Quay closed appeared first on Oosterlo Gazette.'],
  ['publisher', 'Het bericht Kade dicht verscheen eerst op De Haven.'],
  ['publisher', 'L’article Le quai ferme est apparu en premier sur Le Port.'],
  ['publisher', 'Der Beitrag Kai gesperrt erschien zuerst auf Hafenblatt.'],
  ['live-blog', 'vor 12 Minuten'],
  ['live-blog', '3 hours ago'],
  ['live-blog', 'Il y a 5 minutes'],
];

const prose: readonly string[] = [
  SENTENCE,
  'Read the letter that the council sent to the navy on Monday, and you will see how little it knew.',
  'More than a hundred people had to leave their homes.',
  'Subscribers of the harbour line were told that their connection would be back by evening.',
  'Share prices of the cable maker fell by a tenth.',
  'Foto’s van duikers tonen volgens de raad twee breuken in de kabel.',
  'Die Anzeige gegen den Kapitän wurde am Montag zurückgezogen.',
  'Le partage des données entre les deux ports reste suspendu.',
  'Comments by the minister angered the divers.',
  'The post of harbour master was vacant when the ship appeared on Monday.',
  'Contact with the ship was lost at noon.',
  'Published figures differ: the ministry counts 12 cables.',
  'The thieves used newsletters and e-mail updates to reach their victims.',
];

describe('boilerplateOf', () => {
  it.each(lines)('calls it %s: %s', (kind, line) => {
    expect(boilerplateOf(line)).toBe(kind);
  });

  it.each(prose)('leaves prose alone: %s', (line) => {
    expect(boilerplateOf(line)).toBeNull();
  });
});

describe('markBoilerplate', () => {
  const text = [
    SENTENCE,
    SENTENCE,
    '',
    'Cable damage',
    SENTENCE,
    '© HAVEN PHOTO',
    'Share',
    'About the-haven.example',
    'The Haven delivers news of sabotage and espionage around the clock.',
    'Contact',
    'Kade 29, 1000 Oosterlo',
  ].join('\n');

  it('marks single lines, and everything from a profile heading in the later part on', () => {
    expect(markBoilerplate(text).map((line) => line.boilerplate)).toEqual([
      null,
      null,
      null,
      null,
      'credit',
      'share',
      'publisher',
      'publisher',
      'publisher',
      'publisher',
    ]);
  });

  it('says where each line stands in the text', () => {
    for (const line of markBoilerplate(`  first line \r\n\n second`))
      expect(['first line', 'second']).toContain(line.text);
    for (const { start, end, text: line } of markBoilerplate(text)) expect(text.slice(start, end)).toBe(line);
  });

  it('takes time linear in the text', () => {
    const long = `${'Sign up '.repeat(20)}\n`.repeat(5000);
    const began = performance.now();
    markBoilerplate(long);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describe('an article', () => {
  const textOf = (after: string): string => {
    const result = extractArticle(bytesOf(articlePage({ after })), { url: 'https://gazette.example/quay' });
    return result.ok ? result.article.text : '';
  };
  const more = `<p>Last. ${SENTENCE}</p>`;

  it.each(lines)('goes without a paragraph that is %s: %s', (_kind, line) => {
    expect(textOf(`<p>${line}</p>${more}`)).not.toContain(line);
    expect(textOf(`<p>${line}</p>${more}`)).toContain('Last.');
  });

  it('goes without a lone link, and keeps a sentence that is one', () => {
    const text = textOf(
      `<p><a href="/a">Ferry stuck at the lock</a></p><p><a href="/b">The mayor said so herself.</a></p>${more}`,
    );
    expect(text).not.toContain('Ferry');
    expect(text).toContain('The mayor said so herself.');
  });

  it('says nothing twice', () => {
    const again = `<p>Once more. ${SENTENCE}</p>`;
    expect(textOf(again + again + more).split('Once more.').length).toBe(2);
  });

  it('goes without the byline and the date above it', () => {
    const before = '<p>By Mieke Daelman</p><p>3 March 2026</p>';
    const result = extractArticle(bytesOf(articlePage({ before })), { url: 'https://gazette.example/quay' });
    expect(result.ok && result.article.text).toMatch(/^Part 1\./);
  });

  it('ends before the profile of its publisher', () => {
    const text = textOf(
      `<h2>About the Haven</h2><p>The Haven makes news of sabotage since 1950, and it has printed it on every day of the week, rain or shine.</p>`,
    );
    expect(text).not.toContain('since 1950');
  });
});

describe('blankBoilerplate', () => {
  const article = `Harbour guards found a severed cable on Monday. ${'The operator repaired it within a day and went on. '.repeat(6)}`;

  it('keeps every offset and all that the article says', () => {
    const text = `${article}\n\nShare\n\nPolice suspect arson.`;
    const blanked = blankBoilerplate(text);
    expect(blanked).toHaveLength(text.length);
    expect(blanked.indexOf('Police suspect arson.')).toBe(text.indexOf('Police suspect arson.'));
    expect(blanked).not.toContain('Share');
  });

  it.each([
    ['a photo credit', '© AGENCY PHOTO JAN PEETERS'],
    ['a sign-up box', 'By clicking "Subscribe" I agree to the Privacy Policy.'],
    ['a postal address', 'Kerkstraat 12, 9000 Gent'],
    ['a web address', 'www.example.org'],
  ])('blanks %s', (_, line) => {
    expect(blankBoilerplate(`${article}\n${line}\n`).trim()).toBe(article.trim());
  });

  it("blanks the publisher's profile to the end, however long its paragraphs are", () => {
    const profile = 'Daily Watch reports on espionage, sabotage and terror all over Europe. '.repeat(5);
    expect(blankBoilerplate(`${article}\nAbout Daily Watch\n${profile}\nContact`).trim()).toBe(article.trim());
  });

  it('keeps a heading that opens a part of the article', () => {
    const text = `${article}\nAbout the attackers\nPolice say three men fled in a van.`;
    expect(blankBoilerplate(text)).toBe(text);
  });
});
