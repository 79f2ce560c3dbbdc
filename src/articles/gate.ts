/** Pages that stand before the article: logins, paywalls and consent walls that hold no text of their own. */

/** Above this much text a page is an article with a form on it, not a form. */
const MAX_GATE_CHARACTERS = 1500;

const GATE_TITLE =
  /^(?:log ?in|sign ?in|inloggen|aanmelden|anmelden|anmeldung|einloggen|connexion|se connecter|identifiez-vous|subscribe to (?:read|continue)|privacy ?gate|cookie ?wall|consent|before you continue|voordat je verdergaat|bevor (?:du|sie) fort|avant de continuer|access denied|attention required|just a moment|are you a robot|zustimmung|einwilligung)/i;

const CONSENT_FORM = /consent|privacy-?gate|cookie-?wall|\bcmp\b/i;

/**
 * Says what gate a page is.
 *
 * @param textLength characters of article text that were found on it
 */
export function gateKind(document: Document, textLength: number): 'login' | 'consent' | null {
  if (textLength > MAX_GATE_CHARACTERS) return null;
  const title = (document.querySelector('title')?.textContent ?? '').trim();
  const hasPassword = document.querySelector('input[type="password"]') !== null;
  const actions = [...document.querySelectorAll('form[action]')].map((form) => form.getAttribute('action') ?? '');
  if (hasPassword && (GATE_TITLE.test(title) || textLength < MAX_GATE_CHARACTERS / 2)) return 'login';
  if (actions.some((action) => CONSENT_FORM.test(action)) && textLength < MAX_GATE_CHARACTERS) return 'consent';
  return GATE_TITLE.test(title) ? 'login' : null;
}
