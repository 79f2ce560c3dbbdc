import { describe, expect, test } from 'vitest';
import { blankBoilerplate } from '../../src/threats/boilerplate.js';

const article = `Harbour guards found a severed cable on Monday. ${'The operator repaired it within a day and went on. '.repeat(6)}`;

describe('blankBoilerplate', () => {
  test('keeps every offset and all that the article says', () => {
    const text = `${article}\n\nShare\n\nPolice suspect arson.`;
    const blanked = blankBoilerplate(text);
    expect(blanked).toHaveLength(text.length);
    expect(blanked.indexOf('Police suspect arson.')).toBe(text.indexOf('Police suspect arson.'));
    expect(blanked).not.toContain('Share');
  });

  test.each([
    ['a photo credit', '© AGENCY PHOTO JAN PEETERS'],
    ['a sign-up box', 'By clicking "Subscribe" I agree to the Privacy Policy.'],
    ['a postal address', 'Kerkstraat 12, 9000 Gent'],
    ['a web address', 'www.example.org'],
  ])('blanks %s', (_, line) => {
    expect(blankBoilerplate(`${article}\n${line}\n`).trim()).toBe(article.trim());
  });

  test("blanks the publisher's profile to the end, however long its paragraphs are", () => {
    const profile = 'Daily Watch reports on espionage, sabotage and terror all over Europe. '.repeat(5);
    expect(blankBoilerplate(`${article}\nAbout Daily Watch\n${profile}\nContact`).trim()).toBe(article.trim());
  });

  test('keeps a heading that opens a part of the article', () => {
    const text = `${article}\nAbout the attackers\nPolice say three men fled in a van.`;
    expect(blankBoilerplate(text)).toBe(text);
  });
});
