import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { detectLanguage } from '../../src/articles/language.js';
import { type Classifier, createClassifier } from '../../src/threats/classifier.js';
import { buildLexicon } from '../../src/threats/lexicon.js';
import { parseTerm } from '../../src/threats/terms.js';
import { splitWords } from '../../src/threats/words.js';

let classifier: Classifier;
beforeAll(() => {
  classifier = createClassifier();
});

const typesOf = (title: string, text = '') => classifier.classify({ title, text }).threats.map(({ type }) => type);

describe('classify', () => {
  test.each([
    [
      'sabotage',
      'Brandanschlag auf Bahnstrecke',
      'Unbekannte haben in der Nacht einen Brandsatz in einen Kabelschacht gelegt.',
    ],
    [
      'jihadism',
      'Syriëganger veroordeeld',
      'De IS-strijder krijgt twaalf jaar cel wegens lidmaatschap van Islamitische Staat.',
    ],
    [
      'organised-crime',
      'Saisie record de cocaïne',
      'Le cartel importait la drogue, selon la police, qui a arrêté douze trafiquants.',
    ],
    ['cyberattack', 'Ransomware gang hits hospital', 'Hackers encrypted patient files and demanded bitcoin.'],
    [
      'drone-incursion',
      'Drones above air base',
      'Soldiers reported drones over the military base; the airspace was closed.',
    ],
    ['nihilistic-networks', 'Member of 764 network arrested', 'The group blackmailed girls on Discord into self-harm.'],
  ])('tags %s', (type, title, text) => {
    expect(typesOf(title, text)).toContain(type);
  });

  test.each([
    ['a film', 'Spy thriller opens in cinemas', 'The film follows a double agent; the actress shines.'],
    [
      'a match',
      'Coach speaks of sabotage',
      'After the match the coach said his team had sabotaged its own season. The striker scored two goals.',
    ],
    ['an outage', 'Panne bij bank', 'De storing had een technische oorzaak, er is geen sprake van een cyberaanval.'],
    ['a product', 'Neue Kameradrohne im Test', 'Die Drohne kostet 800 Euro und macht schöne Luftaufnahmen.'],
  ])('gives no tag to %s', (_, title, text) => {
    expect(typesOf(title, text)).toEqual([]);
  });

  test.each([
    ['en', 'Police ruled out sabotage.', 'Police have not ruled out sabotage.'],
    ['nl', 'Sabotage is uitgesloten, zegt de politie.', 'Sabotage is niet uitgesloten, zegt de politie.'],
    ['fr', 'La piste du sabotage est exclue.', 'La piste du sabotage n’est pas exclue.'],
    ['de', 'Die Polizei schließt Sabotage aus.', 'Die Polizei schließt Sabotage nicht aus.'],
  ])('tells a threat ruled out from one that is not ruled out (%s)', (language, denied, open) => {
    const weightOfSabotage = (text: string): number =>
      classifier
        .explain({ title: '', text, language })
        .find(({ type }) => type === 'sabotage')
        ?.evidence.find(({ concept }) => concept === 'act.sabotage')?.weight ?? 0;
    expect(weightOfSabotage(denied)).toBeLessThan(0);
    expect(weightOfSabotage(open)).toBeGreaterThan(0);
  });

  test('quotes evidence with offsets into the named field, strongest first', () => {
    const article = {
      title: 'Hackers “stelen” 😀 gegevens',
      text: 'Ransomware legde de servers plat, zegt de politie.',
    };
    const [tag] = classifier.classify(article).threats;
    expect(tag?.type).toBe('cyberattack');
    const weights = tag?.evidence.map(({ weight }) => weight) ?? [];
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
    for (const { field, start, end, text } of tag?.evidence ?? []) expect(article[field].slice(start, end)).toBe(text);
  });

  test('explains a score as bias, wording, the other types and the weights of its spans', () => {
    const explained = classifier.explain({ title: 'Ransomware', text: 'Hackers attacked the servers of a hospital.' });
    for (const { logit, bias, wording, otherType, evidence } of explained) {
      const sum = evidence.reduce((total, { weight }) => total + weight, bias + wording + otherType);
      expect(Math.abs(sum - logit)).toBeLessThan(0.15);
    }
  });

  test('answers empty, endless and hostile texts', () => {
    expect(typesOf('', '')).toEqual([]);
    expect(typesOf('x', 'a'.repeat(1_000_000))).toEqual([]);
    const started = performance.now();
    typesOf('cable cut', 'hacker drone sabotage cable cut police airport '.repeat(4000));
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('terms', () => {
  const find = (term: string, text: string, language = 'en') => {
    const parsed = parseTerm(term);
    if (!parsed.ok) throw new Error(parsed.expected);
    const terms = parsed.alternatives.map((steps) => ({ steps, concept: 0, term: 0 }));
    const words = splitWords(text);
    return buildLexicon(language, terms)
      .find(words)
      .map(({ first, last }) => text.slice(words.start[first], words.end[last]));
  };

  test.each([
    ['arson', 'Arsons were rare.', 'en', ['Arsons']],
    ['set .. ablaze', 'They set two vans ablaze.', 'en', ['set two vans ablaze']],
    ['set .. ablaze', 'They set off. Ablaze it was.', 'en', []],
    ['IS', 'It is said that IS did it.', 'en', ['IS']],
    ['^Base', 'At base, the Base trains.', 'en', ['Base']],
    ['(arson|fire)~ attack', 'A firebomb attack', 'en', ['firebomb attack']],
    ['terreur', 'Twee terreurverdachten', 'nl', ['terreurverdachten']],
    ['Kartell', 'Das Drogenkartell', 'de', ['Drogenkartell']],
    ['author', 'The authorities said', 'en', []],
    ['attentat', 'L’attentat déjoué', 'fr', ['attentat']],
    ['Anschlag', 'ANSCHLÄGE', 'de', ['ANSCHLÄGE']],
  ])('%s in "%s" (%s)', (term, text, language, found) => {
    expect(find(term, text, language)).toEqual(found);
  });
});

describe('detectLanguage', () => {
  test.each([
    ['nl', 'Politie waarschuwt voor drones'],
    ['fr', 'La police met en garde'],
    ['de', 'Die Polizei warnt vor Drohnen'],
    ['en', 'Police warn of drones'],
    ['und', 'Sabotage'],
    ['und', '1234 !!'],
  ])('%s: %s', (language, text) => {
    expect(detectLanguage(text)).toBe(language);
  });
});

describe('belfry classify', () => {
  test('prints one line an input, in order, and goes on after a bad one', () => {
    const input = [
      '{"id":1,"title":"Ransomware gang hacked bank","text":"Hackers stole data."}',
      'nonsense',
      '{"id":3,"title":5}',
      '{"id":4}',
    ];
    let output: string;
    try {
      output = execFileSync('node', ['dist/src/cli/main.js', 'classify'], {
        input: input.join('\n'),
        encoding: 'utf8',
      });
    } catch (error) {
      output = (error as { stdout: string }).stdout;
    }
    const lines = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ id, line }) => id ?? `line ${line}`)).toEqual([1, 'line 2', 'line 3', 4]);
    expect(lines[0].threats[0].type).toBe('cyberattack');
    expect(lines[1].error).toMatch(/not JSON/);
  });
});
