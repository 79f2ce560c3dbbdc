/** Text as it may stand in XML and HTML. */

/** What XML 1.0 section 2.2 doesn't allow anywhere, escaped or not; halves of surrogate pairs among them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

/** Without characters that XML forbids, escaped or not, and that no reader could show. */
export const allowedInXml = (text: string): string => text.replace(FORBIDDEN, '');

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** For element content and attribute values in double quotes; what XML forbids is left out. */
export const escapeMarkup = (text: string): string =>
  allowedInXml(text).replace(/[&<>"]/g, (character) => entities[character] as string);

export type Attributes = Readonly<Record<string, string | undefined>>;

const open = (name: string, attributes: Attributes): string =>
  Object.entries(attributes).reduce(
    (tag, [key, value]) => (value === undefined ? tag : `${tag} ${key}="${escapeMarkup(value)}"`),
    `<${name}`,
  );

/** An element that holds text. */
export const textElement = (name: string, text: string, attributes: Attributes = {}): string =>
  `${open(name, attributes)}>${escapeMarkup(text)}</${name}>`;

/** An element that holds other elements, already made. */
export const parentElement = (name: string, children: readonly string[], attributes: Attributes = {}): string =>
  `${open(name, attributes)}>${children.join('')}</${name}>`;

export const emptyElement = (name: string, attributes: Attributes): string => `${open(name, attributes)}/>`;
