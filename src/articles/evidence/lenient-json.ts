/** JSON as web pages hold it: wrapped in comments, with raw line breaks in strings, trailing commas, escaped twice. */

/** The parsed value, or null where no mending makes it JSON. */
export function parseLenientJson(text: string): unknown {
  const bare = text
    .replace(/^\s*(?:\/\/)?\s*<!\[CDATA\[|(?:\/\/)?\s*\]\]>\s*$/g, '')
    .replace(/^\s*\/\*[\s\S]*?\*\/|^\s*<!--|-->\s*$/g, '')
    .trim()
    .replace(/;$/, '');
  for (const mend of MENDINGS) {
    try {
      return JSON.parse(mend(bare));
    } catch {
      // the next mending may do
    }
  }
  return null;
}

const MENDINGS: ReadonlyArray<(text: string) => string> = [
  (text) => text,
  mendStrings,
  (text) => mendStrings(text).replace(/,(\s*[}\]])/g, '$1'),
  (text) => mendStrings(text.replace(/&quot;/g, '"')).replace(/,(\s*[}\]])/g, '$1'),
];

/** Escapes control characters inside strings and drops escapes that JSON doesn't know. */
function mendStrings(text: string): string {
  return text.replace(/"(?:[^"\\]|\\[\s\S])*"/g, (string) =>
    string
      .replace(/\\([^"\\/bfnrtu])/g, '$1')
      .replace(/\\u(?![0-9a-f]{4})/gi, 'u')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
      .replace(/[\u0000-\u001f]/g, (character) => (character === '\n' ? '\\n' : character === '\t' ? '\\t' : ' ')),
  );
}
