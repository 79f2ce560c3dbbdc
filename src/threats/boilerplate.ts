/** What a page's frame leaves in a text that was copied from it: share buttons, sign-up boxes, the publisher's profile, addresses. */

/** A line this short can be a button or the heading of a box. */
const SHORT_LINE_CHARACTERS = 70;
/** The publisher's profile and contacts stand at the end; nothing before this share of the text is taken for them. */
const CLOSING_SHARE = 0.4;

const buttons =
  /^(share|tweet|print|e-?mail|copy link|delen|afdrukken|partager|imprimer|teilen|drucken|subscribe|abonneer|s'abonner|abonnieren|contact|kontakt|read more|lees meer|lire la suite|mehr lesen|advertisement|advertentie|publicité|anzeige)[:.!]?$/i;
const signUps =
  /\b(privacy policy|privacybeleid|politique de confidentialité|datenschutzerklärung|terms of (use|service)|algemene voorwaarden|conditions générales|nutzungsbedingungen|newsletter|nieuwsbrief|lettre d'information|cookies?|in your (mailbox|inbox)|in je mailbox|dans votre boîte)\b/i;
const credits = /^(©|\(c\)|copyright\b|photo:|foto:|bild:|image:)/i;
const webAddress = /^(https?:\/\/|www\.)\S+$|^\S+@\S+\.\w+$/i;
/** A street with a number and a postal code, or the other way round. */
const postalAddress = /^(?=.*\b\d{4,5}\b)[\p{L}\p{N} .,'’-]+\d+[\p{L}\p{N} .,'’-]*$/u;
const aboutHeading = /^(about|over|à propos(?: de| du)?|über)\s+(.+)$/i;
const aboutUs = /^(us|ons|nous|uns|this site|deze site|ce site|diese seite)$/i;
const domain = /^[\w-]+(\.[\w-]+)+$/;

/** The text with its boilerplate blanked out, character for character: offsets stay what they were. */
export function blankBoilerplate(text: string): string {
  const lines = [...text.matchAll(/[^\n]+/g)].map(({ 0: line, index }) => ({
    line: line.trim(),
    index,
    size: line.length,
  }));
  let blanked = text;
  let inProfile = false;
  for (const [at, { line, index, size }] of lines.entries()) {
    inProfile ||= index > text.length * CLOSING_SHARE && opensProfile(line, lines.slice(at + 1));
    if (!inProfile && !isBoilerplate(line)) continue;
    blanked = blanked.slice(0, index) + ' '.repeat(size) + blanked.slice(index + size);
  }
  return blanked;
}

const isBoilerplate = (line: string): boolean =>
  credits.test(line) ||
  webAddress.test(line) ||
  (line.length <= SHORT_LINE_CHARACTERS && (buttons.test(line) || postalAddress.test(line))) ||
  (signUps.test(line) &&
    line.length <= 3 * SHORT_LINE_CHARACTERS &&
    /subscri|abonne|agree|akkoord|accept|zustimm|updates|sign up|inschrijv|inscri|anmeld|mailbox|inbox/i.test(line));

/** 'About' the publisher: its site, 'us', or a name that the next line goes on to describe. */
function opensProfile(line: string, following: readonly { readonly line: string }[]): boolean {
  const name = line.length <= SHORT_LINE_CHARACTERS ? aboutHeading.exec(line)?.[2] : undefined;
  if (name === undefined) return false;
  const next = following.find((other) => other.line !== '')?.line ?? '';
  return aboutUs.test(name) || domain.test(name) || next.toLowerCase().startsWith(name.toLowerCase());
}
