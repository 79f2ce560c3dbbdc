/**
 * Lines that stand in an article's text but belong to its site: 'read also', sign-ups, credits, share buttons. They are
 * told by wording that many publishers share, in Dutch, French, German and English (and its neighbours where the word
 * is as plain), so that the rules hold for texts without a page too.
 */

/** What a line is, where it isn't the article's. */
export type Boilerplate =
  | 'read-also'
  | 'newsletter'
  | 'credit'
  | 'copyright'
  | 'share'
  | 'comments'
  | 'advertising'
  | 'account'
  | 'consent'
  | 'dateline'
  | 'tags'
  | 'live-blog'
  | 'publisher';

/** One line of a text. */
export interface MarkedLine {
  readonly text: string;
  /** Where the line begins and ends in the text, in UTF-16 units; line breaks are left out. */
  readonly start: number;
  readonly end: number;
  /** Null for the article's own lines. */
  readonly boilerplate: Boilerplate | null;
}

interface LineRule {
  readonly kind: Boilerplate;
  readonly pattern: RegExp;
  /** Longer lines are prose that happens to begin alike. */
  readonly maxCharacters: number;
}

/** Builds a pattern for the begin of a line, after bullets, arrows and the like. */
const opening = (source: string): RegExp => new RegExp(`^[^\\p{L}\\p{N}©(]*(?:${source})`, 'iu');
/** Builds a pattern for a whole line, ending in punctuation or not. */
const whole = (source: string): RegExp => new RegExp(`^[^\\p{L}\\p{N}©(]*(?:${source})[\\s:.!…>»→|-]*$`, 'iu');

const RULES: readonly LineRule[] = [
  {
    kind: 'read-also',
    maxCharacters: 240,
    pattern: opening(
      "(?:(?:also )?read(?: also| more| next| this)?|see (?:also|more)|more(?: on this)?|related(?: articles?| stor(?:y|ies))?|also on [\\w.]+|watch(?: also)?|don['’]t miss|lees (?:ook|meer|verder)|bekijk ook|ook interessant|(?:à )?lire (?:aussi|également|la suite)|voir (?:aussi|également)|sur le même (?:sujet|thème)|lesen sie (?:auch|mehr|dazu|hierzu|hier)|lies auch|mehr (?:zum thema|dazu|lesen)|auch interessant|zum thema|siehe auch|leggi anche|(?:lea|lee) (?:también|más)|leia (?:também|mais)|les også|läs (?:också|mer|även)|læs også|czytaj (?:więcej|też|także|również))\\s*[:>»→|]",
    ),
  },
  {
    kind: 'read-also',
    maxCharacters: 80,
    pattern: whole(
      "read (?:also|more|next)(?: (?:about|on) .{1,50})?|also read|see also|related(?: (?:articles?|stories|news|topics|content|links))?|recommended(?: (?:reading|stories|articles|videos?|for you))?|recent articles|(?:most )?popular(?: this week)?|most read|top stories|latest (?:news|stories|articles)|more (?:stories|news|from .{1,40}|on this (?:story|topic))|don['’]t miss|you (?:may|might) (?:also )?like(?: these posts)?|up next|lees (?:ook|meer|verder)|meer (?:nieuws|over dit onderwerp|lezen)|ook interessant|meest gelezen|bekijk ook|(?:à )?lire (?:aussi|également|la suite)|(?:les )?plus lus|à (?:voir|lire)|voir aussi|sur le même (?:sujet|thème)|lesen sie (?:auch|mehr)(?: zum thema| dazu| die folgenden beiträge)?|lesen sie auch die folgenden beiträge|das könnte (?:sie|dich|ihnen|dir)(?: auch)? (?:interessieren|gefallen)|auch interessant|mehr (?:zum thema|dazu|lesen)|zum thema|meistgelesen|schon gelesen\\?|neueste (?:artikel|beiträge)|weitere (?:artikel|beiträge|themen|informationen)|ende der weiteren informationen|czytaj więcej|leggi anche|te puede interesar|【関連記事】",
    ),
  },
  {
    kind: 'newsletter',
    maxCharacters: 320,
    pattern: opening(
      '(?:sign[ -]?up|subscribe|get|join|receive|enter your|want (?:more|to)|click here to (?:subscribe|sign)|do you want to be informed|every (?:day|week|morning)|for (?:the latest|more)|check out|keep up|stay (?:informed|up)|abonneer|schrijf (?:je|u)|meld (?:je|u)|ontvang|wil je|blijf op de hoogte|abonne[zr]|inscri(?:vez|s)|recevez|ne manquez|restez|abonnieren|melden sie|bestellen|erhalten sie|jetzt|exklusive|bleiben sie|verpassen|kein|möchten sie|folgst du).{0,160}(?:newsletter|nieuwsbrief|infolettre|lettre d.information|in your (?:inbox|mailbox)|(?:à|dans) votre boîte|postfach|e-?mail updates?|updates? in your|per e-?mail|send an email|email us|whatsapp|push-?(?:nachricht|meldung))',
    ),
  },
  {
    kind: 'newsletter',
    maxCharacters: 90,
    pattern: whole(
      '(?:our |onze |notre |unser )?(?:free |gratis )?(?:daily |weekly )?(?:newsletter|nieuwsbrief|infolettre)(?: sign ?up| abonnieren| bestellen)?|want more stories like this\\?|skip past newsletter promotion|after newsletter promotion|sign up(?: now| here| for free)?|subscribe(?: now| here| today)?|learn more|abonneren|s.abonner|abonnieren|get updates in your (?:mailbox|inbox)',
    ),
  },
  {
    kind: 'account',
    maxCharacters: 160,
    pattern: opening(
      '(?:(?:create|register for) (?:an|your) (?:free )?account|(?:please )?(?:sign|log)[ -]?in (?:to|or)|already (?:a subscriber|have an account|registered)|(?:access|enjoy|read|get) .{0,60}articles? (?:per|a|from|with)|this (?:article|content) is (?:only )?(?:available|for) (?:for |to )?subscribers|maak een (?:gratis )?account|log in om|al abonnee|dit artikel is (?:alleen )?(?:voor|exclusief)|connectez-vous|déjà abonné|créez un compte|cet article est réservé|(?:bitte )?(?:melden sie sich an|loggen sie sich)|bereits abonnent|dieser (?:artikel|inhalt) ist (?:nur )?(?:für|exklusiv))',
    ),
  },
  {
    kind: 'credit',
    maxCharacters: 180,
    pattern: opening(
      "(?:©(?!\\s*(?:copyright )?(?:19|20)\\d\\d)|(?:photos?|foto(?:['’]s|s|grafie)?|bild(?:er|nachweis|quelle)?|beeld|images?|pictures?|titelbild|symbolbild|illustration|grafik|video|crédits?(?: photos?)?|photo credits?|image credits?|image source|credits?|quelle|bron|source)\\s?[:/©]|(?:afp|belga|dpa|anp|epa|reuters|getty)\\s+(?:photo|images?|foto|picture)s?\\b|open this (?:photo|image) in gallery|(?:symbol|archiv)(?:bild|foto)$)",
    ),
  },
  {
    kind: 'credit',
    maxCharacters: 320,
    pattern:
      /\((?:image|photo|picture|pic|credit|photo credit|foto|bild|beeld|crédits?(?: photos?)?|archivfoto|symbolbild)s?\s?[:/©][^)]*\)\.?$|[\p{L})]\s?(?:©|\| (?:foto|photo|bild|beeld|image)\s?:)\s?[^.©]{2,60}$/iu,
  },
  {
    kind: 'copyright',
    maxCharacters: 320,
    pattern: opening(
      '(?:(?:copyright|\\(c\\))\\s|©\\s?(?:copyright )?(?:19|20)\\d\\d|(?:19|20)\\d\\d\\s?©|all rights reserved|alle rechten voorbehouden|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|.{0,60}\\b(?:may not be (?:published|reproduced|republished)|mag niet worden (?:overgenomen|gereproduceerd)|reproduction (?:interdite|is prohibited)|(?:vervielfältigung|nachdruck).{0,40}(?:untersagt|verboten|genehmigung)))',
    ),
  },
  {
    kind: 'share',
    maxCharacters: 70,
    pattern: whole(
      'share(?: (?:this|article|story|it|on|via|with)\\b.{0,40})?|like this story\\? share it.{0,30}|(?:artikel |beitrag )?teilen(?: (?:auf|per|via|mit) .{1,30})?|deel(?: (?:dit|via|op|artikel)\\b.{0,30})?|delen(?: via .{1,20})?|partage[rz]?(?: (?:cet|sur|l.article|via)\\b.{0,30})?|facebook|twitter|whatsapp|linkedin|telegram|pinterest|e-?mail|tweet|copy link|link kopieren|kopieer link|copier le lien|print|drucken|kommentare ?drucken|afdrukken|imprimer|(?:follow us|volg ons|suivez-nous|folgen sie uns)\\b.{0,50}|make .{2,30} my homepage',
    ),
  },
  {
    kind: 'comments',
    maxCharacters: 140,
    pattern: whole(
      '(?:\\d+ )?(?:comments?|kommentare?|reacties?|commentaires?)(?: \\(?\\d+\\)?)?|(?:leave|post|write|add) a comment|(?:plaats|schrijf) een reactie|laisser un commentaire|kommentar (?:schreiben|verfassen)|(?:join|share).{0,40}(?:conversation|comments?)(?: .{0,20}comments)?|tell us what you think|deine meinung zählt|note: .{0,60}\\bcomments\\b.{0,60}',
    ),
  },
  {
    kind: 'advertising',
    maxCharacters: 130,
    pattern: whole(
      'advert(?:isement|ising|orial)?s?|ad|anzeige|werbung|publicité|annonce|advertentie|reclame|publicidad|iklan|reklama|sponsored(?: content)?|gesponsert|スポンサードリンク|広告|skip (?:ad|to (?:main )?content)|(?:(?:story|article) )?continues? (?:below|after).{0,40}|(?:lees|tekst gaat) verder onder .{1,30}|(?:de )?tekst loopt (?:door|verder).{0,30}|la suite (?:de l.article )?après .{1,30}|(?:der )?(?:artikel|text) (?:wird|geht).{0,40}(?:unten|weiter|fortgesetzt).{0,30}|suite après la publicité',
    ),
  },
  {
    kind: 'advertising',
    maxCharacters: 400,
    pattern:
      /\bwe (?:may|might|will) (?:earn|receive|get) (?:a |an )?(?:small )?(?:affiliate )?commission|\baffiliate[- ]links?\b|\b(?:partner|affiliate)-?links?\b.{0,80}\bprovision|\bcommission d.affiliation\b|\bcommissie\b.{0,60}\blinks?\b/iu,
  },
  {
    kind: 'consent',
    maxCharacters: 500,
    pattern:
      /(?:\bcookies?\b.{0,160}(?:accept|consent|agree|settings|preferences|zustimm|einwillig|akzeptier|einstellungen|toestemming|accepteer|voorkeuren|instellingen|accepte[rz]|consentement|paramètres))|(?:^by (?:clicking|continuing|signing|subscribing|submitting)\b.{0,200}(?:agree|confirm|accept|consent))|(?:^(?:door|en) (?:te klikken|verder te gaan|cliquant|continuant|vous inscrivant).{0,160}(?:akkoord|acceptez|conditions))|(?:^(?:mit|durch) (?:dem|der|ihre[rm]?|einem?) (?:klick|anmeldung|absenden).{0,200}(?:einverstanden|stimme|akzeptier))|externe[rn]? inhalte? .{0,60}(?:anzeigen|angezeigt|geladen)|(?:externen inhalt|inhalte?) (?:anzeigen|laden)$|^empfohlener (?:redaktioneller|externer) inhalt|^an dieser stelle finden sie .{0,80}inhalt|protected by recaptcha|^privacy notice\b|personenbezogene daten an drittplattformen|pour afficher ce contenu|om deze (?:inhoud|content) te (?:tonen|zien|bekijken)/iu,
  },
  {
    kind: 'dateline',
    maxCharacters: 130,
    pattern: opening(
      '(?:(?:first |last )?(?:published|updated?|posted|modified)|veröffentlicht|aktualisiert|zuletzt aktualisiert|gepubliceerd|geplaatst|bijgewerkt|laatste update|publié|mis(?:e)? à jour|publicerad|uppdaterad|publisert|oppdatert)(?:\\s?[:|]|\\s(?:at|on|am|um|op|om|le|à|den)\\b|\\s(?=\\d)).{0,100}\\d',
    ),
  },
  {
    kind: 'dateline',
    maxCharacters: 60,
    pattern: whole(
      '(?:lesezeit|leestijd|reading time|temps de lecture|lecture)\\s?:?\\s?(?:ca\\. )?\\d+ ?(?:min\\w*|minut\\w+)\\.?|\\d+[ -]min(?:ute)?s? read|(?:mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun)?\\w{0,7},? ?\\d{1,2}\\. ?(?:\\p{L}{3,9}|\\d{1,2}\\.) ?(?:19|20)\\d\\d(?:,? (?:um )?\\d{1,2}[:.]\\d\\d(?: uhr)?)?',
    ),
  },
  {
    kind: 'tags',
    maxCharacters: 240,
    pattern: opening(
      '(?:tags?|topics?|keywords|filed under|categor(?:y|ies)|schlagw(?:ort|örter|orte)|themen|stichwörter|trefwoorden|onderwerpen|mots[- ]clés|étiquettes|thèmes|etiketler|etiquetas)\\s?:',
    ),
  },
  {
    kind: 'live-blog',
    maxCharacters: 70,
    pattern: whole(
      '\\d+ (?:mins?|minutes?|hours?|hrs?|days?) ago.{0,40}|vor \\d+ (?:minuten?|stunden?).{0,30}|\\d+ (?:minuten|min|uur|uren) geleden.{0,30}|il y a \\d+ (?:min\\w*|heures?|h)\\b.{0,30}|(?:load|show|view) more(?: (?:posts|updates|entries|comments))?|mehr (?:anzeigen|laden|einträge)|meer (?:laden|tonen|weergeven)|(?:voir|afficher) plus|key (?:events|posts|updates)|share this post|(?:new )?updates? every .{1,20}|beitrag teilen|refresh(?: the page)?(?: for (?:the )?latest)?.{0,20}',
    ),
  },
  {
    kind: 'publisher',
    maxCharacters: 400,
    pattern:
      /^(?:the post|het bericht|der beitrag|l['’]article) .{3,300} (?:appeared first on|first appeared on|verscheen (?:het )?eerst op|erschien zuerst (?:auf|bei)|est apparu en premier sur) .{2,100}$/iu,
  },
  {
    kind: 'publisher',
    maxCharacters: 300,
    pattern: opening(
      '(?:got a (?:story|tip)|do you have a (?:story|tip)|have you got a (?:story|tip)|(?:heeft u|heb je) een (?:tip|nieuwstip)|vous avez (?:une info|un témoignage)|haben sie (?:einen hinweis|hinweise)|if you enjoyed (?:reading )?this|(?:click here to )?get the .{2,30}\\bapp|download (?:the|our) .{0,30}app|follow .{2,40} on (?:twitter|facebook|instagram|google)|get .{2,40} on the go)',
    ),
  },
  {
    kind: 'publisher',
    maxCharacters: 400,
    pattern: /^\(?(?:additional |further )?reporting by .{3,200}(?:editing|writing) by /iu,
  },
];

/** Says what a single line is; null for one that may be the article's own. */
export function boilerplateOf(line: string): Boilerplate | null {
  return RULES.find((rule) => line.length <= rule.maxCharacters && rule.pattern.test(line))?.kind ?? null;
}

/** A heading over the publisher's profile or address, which run to the end of the text. */
const PROFILE_HEADING =
  /^(?:about (?:us|the (?:author|company|publisher)|this site|[\p{L}\d-]+(?:\.[\p{L}\d-]+)+)|over (?:ons|[\p{L}\d-]+(?:\.[\p{L}\d-]+)+)|à propos(?: de nous)?|über (?:uns|(?:den autor|die autorin)|[\p{L}\d-]+(?:\.[\p{L}\d-]+)+)|contact(?: us)?|contactez-nous|kontakt|impressum|imprint|colofon|mentions légales)$/iu;
/** 'About NAME' is such a heading where the next line goes on to describe NAME. */
const NAMED_PROFILE_HEADING = /^(?:about|over|à propos(?: de| du)?|über) ([\p{L}\d][\p{L}\d .&-]{1,40})$/iu;
const WEB_OR_MAIL_ADDRESS = /^(?:https?:\/\/\S+|www\.\S+|\S+@\S+\.\w+)$/i;
/** A street with a number and a postal code, in either order. */
const POSTAL_ADDRESS = /^(?=.{1,70}$)(?=.*\b\d{4,5}\b)[\p{L}\p{N} .,'’-]+\d+[\p{L}\p{N} .,'’-]*$/u;
/** A profile stands behind the article: not in the first part of the text. */
const PROFILE_FROM = 0.4;

/**
 * Marks the boilerplate among the lines of a plain text, for texts that come without a page. Pure; empty lines are left
 * out. From a heading such as 'About us' or 'Contact' in the later part on, everything is the publisher's.
 */
export function markBoilerplate(text: string): readonly MarkedLine[] {
  const lines = [...text.matchAll(/[^\r\n]+/g)].flatMap(({ 0: raw, index }) => {
    const line = raw.trim();
    const start = index + raw.indexOf(line);
    return line === '' ? [] : [{ text: line, start, end: start + line.length }];
  });
  const profile = lines.findIndex(
    (line, number) =>
      number > 0 && line.start >= text.length * PROFILE_FROM && isProfileHeading(line.text, lines[number + 1]?.text),
  );
  return lines.map((line, number) => ({
    ...line,
    boilerplate: (profile !== -1 && number >= profile) || isAddress(line.text) ? 'publisher' : boilerplateOf(line.text),
  }));
}

/** The text with its boilerplate blanked out, character for character: offsets stay what they were. */
export function blankBoilerplate(text: string): string {
  let blanked = '';
  for (const { start, end, boilerplate } of markBoilerplate(text)) {
    blanked += text.slice(blanked.length, start);
    blanked += boilerplate === null ? text.slice(start, end) : ' '.repeat(end - start);
  }
  return blanked + text.slice(blanked.length);
}

const isAddress = (line: string): boolean => WEB_OR_MAIL_ADDRESS.test(line) || POSTAL_ADDRESS.test(line);

/** Whether a line heads the publisher's profile or address, seen with the line after it. */
export function isProfileHeading(line: string, next = ''): boolean {
  if (PROFILE_HEADING.test(line)) return true;
  const name = NAMED_PROFILE_HEADING.exec(line)?.[1];
  return name !== undefined && next.toLowerCase().startsWith(name.toLowerCase());
}
