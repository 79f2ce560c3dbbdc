/** Pages that stand before the article: logins, paywalls and consent walls that hold no text of their own. */

/** A page is an article all the same when it holds more text than this beside its form or under its telling address. */
const MAX_GATE_CHARACTERS = 1500;
/** Weak signs only explain why a page holds no article at all. */
const NO_ARTICLE_CHARACTERS = 60;

const GATE_TITLE =
  /^(?:log ?in|sign ?in|inloggen|aanmelden|anmelden|anmeldung|einloggen|connexion|se connecter|identifiez-vous|subscribe to (?:read|continue)|privacy ?gate|cookie ?wall|consent|before you continue|voordat je verdergaat|bevor (?:du|sie) fort|avant de continuer|access denied|attention required|just a moment|are you a robot|zustimmung|einwilligung)/i;

/** What the last part of a gate's address is called, without its extension. */
const LOGIN_SEGMENT =
  /^(?:log-?in|log-?on|sign-?in|sign-?up|sso|auth|authenticate|inloggen|aanmelden|registreren|connexion|se-connecter|identification|anmelden|anmeldung|einloggen)$/;
const CONSENT_SEGMENT = /^(?:consent|privacy-?gate|cookie-?wall|collect-?consent|zustimmung|einwilligung|toestemming)$/;

const CONSENT_FORM = /consent|privacy-?gate|cookie-?wall|\bcmp\b/i;

/** Where a site keeps the login form that every one of its pages has. */
const EVERY_PAGE = 'header, nav, footer, aside, dialog, template, [role="dialog"], [hidden], [aria-hidden="true"]';

export interface Gate {
  readonly kind: 'login' | 'consent';
  /** With at least this much article text the page counts as an article. */
  readonly articleFromCharacters: number;
}

export interface GateClues {
  /** Where the page came from, after redirects. */
  readonly url: string;
  /** Whether the page itself says that it is an article: a date, a type, structured data. */
  readonly saysArticle: boolean;
}

/**
 * Says what gate a page may be; ask before the main text is looked for, which changes the document.
 *
 * @returns null when nothing speaks for a gate
 */
export function gateOf(document: Document, { url, saysArticle }: GateClues): Gate | null {
  const title = (document.querySelector('title')?.textContent ?? '').trim();
  const passwords = [...document.querySelectorAll('input[type="password"]')];
  const actions = [...document.querySelectorAll('form[action]')].map((form) => form.getAttribute('action') ?? '');
  const named = kindByAddress(url);
  if (named && !saysArticle) return { kind: named, articleFromCharacters: MAX_GATE_CHARACTERS };
  const passwordIsMain = passwords.some((input) => input.closest(EVERY_PAGE) === null);
  if (passwordIsMain && !saysArticle) return { kind: 'login', articleFromCharacters: MAX_GATE_CHARACTERS };
  const weak = (kind: Gate['kind']): Gate => ({ kind, articleFromCharacters: NO_ARTICLE_CHARACTERS });
  if (passwords.length > 0) return weak('login');
  if (actions.some((action) => CONSENT_FORM.test(action))) return weak('consent');
  return GATE_TITLE.test(title) ? weak('login') : null;
}

/** `/nl/login?return=…`, `/connexion.html`, `/signin/`: only a whole part counts, an article may be about logins. */
function kindByAddress(url: string): Gate['kind'] | null {
  if (!URL.canParse(url)) return null;
  const last = new URL(url).pathname.toLowerCase().split('/').filter(Boolean).at(-1) ?? '';
  const name = last.replace(/\.[a-z]{2,5}$/, '');
  if (LOGIN_SEGMENT.test(name)) return 'login';
  return CONSENT_SEGMENT.test(name) ? 'consent' : null;
}
