import { describe, expect, it } from 'vitest';
import { readDate } from '../../src/feeds/dates.js';

const at = (text: string, language?: string): string | null => {
  const reading = readDate(text, { language: language ?? null });
  return reading.ok ? reading.at.replace('.000Z', 'Z') : reading.reason;
};

describe('dates of feeds', () => {
  it.each([
    // RFC 822 and its kin
    ['Tue, 03 Mar 2026 14:05:09 GMT', '2026-03-03T14:05:09Z'],
    ['Tue, 3 Mar 26 14:05 +0100', '2026-03-03T13:05:00Z'],
    ['3 Mar 71 14:05:00 UT', '1971-03-03T14:05:00Z'],
    ['Tue, 03 Mar, 2026 14:05:09 EST', '2026-03-03T19:05:09Z'],
    ['Tue, 03 March 2026 14:05:09 PT', '2026-03-03T22:05:09Z'],
    ['Tuesday, March 3, 2026 2:05 pm CET', '2026-03-03T13:05:00Z'],
    ['Tue, 03 Mar 2026 12:00 AM GMT', '2026-03-03T00:00:00Z'],
    ['Tue, 03 Mar 2026 14:05:09 +0200 (EET)', '2026-03-03T12:05:09Z'],
    ['Tue, 03 Mar 2026 14:05:09 (CEST)', '2026-03-03T12:05:09Z'],
    ['Tue, 03 Mar 2026 14:05:09 GMT+2', '2026-03-03T12:05:09Z'],
    ['Tue, 03 Mar 2026 14:05:09 MESZ', '2026-03-03T12:05:09Z'],
    ['Tue, 03 Mar 2026 14:05:09 Europe/Brussels', '2026-03-03T13:05:09Z'],
    ['Wed, 01 Jul 2026 14:05:09 Europe/Brussels', '2026-07-01T12:05:09Z'],
    ['Tue Mar 03 2026 14:05:09 -0330', '2026-03-03T17:35:09Z'],
    ['Fri, 2026/03/06 08:19:53 EDT', '2026-03-06T12:19:53Z'],
    // asctime
    ['Tue Mar  3 14:05:09 2026', '2026-03-03T14:05:09Z'],
    ['Tue Mar 03 14:05:09 +0100 2026', '2026-03-03T13:05:09Z'],
    // W3CDTF and ISO 8601
    ['2026-03-03T14:05:09+01:00', '2026-03-03T13:05:09Z'],
    ['2026-03-03T14:05:09.25Z', '2026-03-03T14:05:09.250Z'],
    ['2026-03-03T14:05Z', '2026-03-03T14:05:00Z'],
    ['2026-03-03 14:05:09 -00:20', '2026-03-03T14:25:09Z'],
    ['20260303T140509Z', '2026-03-03T14:05:09Z'],
    ['2026-03-03T24:00:00Z', '2026-03-04T00:00:00Z'],
    ['2026-12-31T23:59:60Z', '2027-01-01T00:00:00Z'],
    ['2026-062', '2026-03-03T00:00:00Z'],
    ['2026062', '2026-03-03T00:00:00Z'],
    ['2026-W10-2', '2026-03-03T00:00:00Z'],
    ['2026W102T0930+01', '2026-03-03T08:30:00Z'],
    ['260303', '2026-03-03T00:00:00Z'],
    ['2026-03', '2026-03-01T00:00:00Z'],
    ['2026', '2026-01-01T00:00:00Z'],
    ['1772546709', '2026-03-03T14:05:09Z'],
    ['1772546709000', '2026-03-03T14:05:09Z'],
    // Dutch, French, German
    ['dinsdag 3 maart 2026 om 14:05 uur', '2026-03-03T14:05:00Z'],
    ['di 03 mrt 2026 14:05:09 +0100', '2026-03-03T13:05:09Z'],
    ['3 mei 2026', '2026-05-03T00:00:00Z'],
    ['mardi 3 mars 2026 à 14h05', '2026-03-03T14:05:00Z'],
    ['mar. 03 févr. 2026 14:05:09 +0100', '2026-02-03T13:05:09Z'],
    ['1er août 2026', '2026-08-01T00:00:00Z'],
    ['Dienstag, 3. März 2026, 14:05 Uhr MEZ', '2026-03-03T13:05:00Z'],
    ['Di, 03 Mär 2026 14:05:09 +0100', '2026-03-03T13:05:09Z'],
    ['15. Jänner 2026', '2026-01-15T00:00:00Z'],
    ['03.04.2026 14:05', '2026-04-03T14:05:00Z'],
    // others
    ['Τρί, 03 Μαρ 2026 14:05:09 EET', '2026-03-03T12:05:09Z'],
    ['2026-március-03T9:15+01:00', '2026-03-03T08:15:00Z'],
    ['2026년 03월 03일 14:05:09', '2026-03-03T05:05:09Z'],
    ['2026-03-03 오후 2:05:09', '2026-03-03T05:05:09Z'],
    ['2026年3月3日', '2026-03-03T00:00:00Z'],
    ['25/12/2026', '2026-12-25T00:00:00Z'],
    ['12/25/2026', '2026-12-25T00:00:00Z'],
  ])('reads %s', (text, expected) => expect(at(text)).toBe(expected));

  it.each([
    ['Sun, 31 Jun 2026 12:00:00 GMT', 'impossible'],
    ['2026-02-29', 'impossible'],
    ['2026-03-03T25:00:00Z', 'impossible'],
    ['2026-03-03T14:61:00Z', 'impossible'],
    ['2026-03-03T14:05:09+99:00', 'impossible'],
    ['2026-367', 'impossible'],
    ['Tue, 00 Mar 2026 14:05 GMT', 'impossible'],
    ['03/04/2026', 'ambiguous'],
    ['Tue, 03 Mar 2026 14:05:09 IST', 'ambiguous'],
    ['Tue, 03 Mar 2026 14:05:09 K', 'ambiguous'],
    ['03/04/05', 'ambiguous'],
    ['', 'unreadable'],
    ['yesterday', 'unreadable'],
    ['Tue, 03 Mar 2026 14:05:09:11 GMT', 'unreadable'],
    ['2026-03-03T09:xx:00Z', 'unreadable'],
    ['013', 'unreadable'],
    ['Posted on 3 Mar 2026 by someone', 'unreadable'],
    ['3 Mar 2026 and 4 Mar 2026', 'unreadable'],
    ['9'.repeat(1000), 'unreadable'],
  ])('refuses %s as %s', (text, reason) => expect(at(text)).toBe(reason));

  it('orders day and month in numbers as the language of the feed does', () => {
    expect(at('03/04/2026', 'nl-BE')).toBe('2026-04-03T00:00:00Z');
    expect(at('03/04/2026', 'en')).toBe('ambiguous');
  });

  it('says when it took UTC for want of a zone, and how exact a date is', () => {
    expect(readDate('2026-03-03 14:05')).toMatchObject({ zone: 'assumed', precision: 'time' });
    expect(readDate('2026-03-03T14:05Z')).toMatchObject({ zone: 'given' });
    expect(readDate('March 2026')).toMatchObject({ precision: 'month' });
  });
});
