import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { charsetOfContentType, decodeBytes } from '../../src/web/charset.js';

const document = (declaration: string, text: string): string => `<?xml version="1.0"${declaration}?><t>${text}</t>`;

describe('the encoding of a document', () => {
  it.each(
    [...['utf-8', 'utf-16le', 'utf-16be', 'utf-32le', 'utf-32be', 'iso-8859-1', 'iso-8859-15', 'windows-1252']]
      .map((encoding): readonly [string, string] => [encoding, 'één prijs à 5'])
      .concat([
        ['windows-1251', 'Новости дня'],
        ['koi8-r', 'Новости дня'],
        ['shift_jis', '今日のニュース'],
        ['euc-jp', '今日のニュース'],
        ['gbk', '今天的新闻'],
        ['big5', '今天的新聞'],
        ['euc-kr', '오늘의 뉴스'],
        ['windows-1253', 'Νέα της ημέρας'],
      ]),
  )('is %s when the declaration says so', (encoding, text) => {
    const bytes = iconv.encode(document(` encoding="${encoding}"`, text), encoding);
    expect(decodeBytes(bytes).text).toContain(text);
  });

  it('goes by the byte order mark before all claims', () => {
    const bytes = iconv.encode(document(' encoding="iso-8859-1"', 'é'), 'utf8', { addBOM: true });
    expect(decodeBytes(bytes, { contentType: 'text/xml; charset=windows-1252' })).toMatchObject({
      decidedBy: 'bom',
      encoding: 'utf-8',
    });
  });

  it('goes by the HTTP charset before the declaration', () => {
    const bytes = iconv.encode(document(' encoding="iso-8859-1"', '“é”'), 'windows-1252');
    const decoded = decodeBytes(bytes, { contentType: "application/xml; charset='windows-1252'" });
    expect(decoded).toMatchObject({ decidedBy: 'http', text: expect.stringContaining('“é”') });
  });

  it('passes over claims that the bytes contradict or nobody knows, with a warning', () => {
    const latin = iconv.encode(document('', 'één café'), 'latin1');
    const decoded = decodeBytes(latin, { contentType: 'text/xml; charset=utf-8' });
    expect(decoded.text).toContain('één café');
    expect(decoded.warnings[0]).toContain('"utf-8" does not fit');
    expect(decodeBytes(Buffer.from(document(' encoding="martian"', 'é'))).warnings[0]).toContain('martian');
    expect(decodeBytes(Buffer.from(document(' encoding="us-ascii"', 'é'))).text).toContain('é');
  });

  it('knows UTF-16 without a mark by its zeros', () => {
    expect(decodeBytes(iconv.encode('<t>é</t>', 'utf-16le'))).toMatchObject({ encoding: 'utf-16le', text: '<t>é</t>' });
  });

  it('reads stray bytes of windows-1252 in UTF-8 as what they were', () => {
    const bytes = Buffer.concat([Buffer.from('één café – '), Buffer.from([0x93, 0x61, 0x94])]);
    expect(decodeBytes(bytes).text).toBe('één café – “a”');
  });

  it.each([
    ['euc-jp', 'ゲームのあたらしいニュースをお届けします。とても楽しいです。'],
    ['windows-1251', 'Сегодня в столице открылась новая выставка современного искусства'],
    ['koi8-r', 'сегодня в столице открылась новая выставка современного искусства'],
    ['euc-kr', '오늘 서울에서 새로운 전시회가 열렸습니다'],
    ['windows-1255', 'היום נפתחה תערוכה חדשה בעיר'],
    ['windows-1252', 'Een één­malige coöperatie in België'],
  ])('is guessed as %s when nothing says it', (encoding, text) => {
    expect(decodeBytes(iconv.encode(text, encoding))).toMatchObject({ encoding, text });
  });

  it('reads the charset parameter however it is quoted', () => {
    expect(
      ['text/xml;charset="UTF-8"', "text/xml; charset= 'utf-8'", 'text/xml; qs=1; CHARSET=utf-8 ; x=y'].map(
        charsetOfContentType,
      ),
    ).toEqual(['utf-8', 'utf-8', 'utf-8']);
    expect(charsetOfContentType('text/xml')).toBeNull();
  });

  it('never throws, whatever the bytes', () => {
    for (let length = 0; length < 64; length++) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 151 + length * 31) % 256);
      expect(typeof decodeBytes(bytes, { contentType: 'x; charset=utf-32' }).text).toBe('string');
    }
  });
});
