/** The four invented newspapers of the demo: one a language, each with its own feed format and the words of its pages. */
import type { DemoLanguage } from './articles.js';

export interface Edition {
  readonly language: DemoLanguage;
  readonly name: string;
  readonly tagline: string;
  /** Folder of article pages, without slashes. */
  readonly folder: string;
  readonly feed: {
    readonly path: string;
    readonly format: 'rss' | 'atom' | 'rdf' | 'json';
    readonly contentType: string;
  };
  readonly words: {
    readonly home: string;
    readonly search: string;
    readonly logIn: string;
    readonly by: string;
    readonly share: string;
    readonly copyLink: string;
    readonly readAlso: string;
    readonly mostRead: string;
    readonly signUpTitle: string;
    readonly signUpText: string;
    readonly email: string;
    readonly password: string;
    readonly signUp: string;
    readonly cookieTitle: string;
    readonly cookieText: string;
    readonly accept: string;
    readonly refuse: string;
    readonly about: string;
    readonly aboutText: string;
    readonly privacy: string;
    readonly privacyText: string;
    readonly contact: string;
    readonly contactText: string;
    readonly rights: string;
    readonly notFound: string;
    readonly subscribersOnly: string;
  };
}

export const EDITIONS: Readonly<Record<DemoLanguage, Edition>> = {
  en: {
    language: 'en',
    name: 'The Quayside Courier',
    tagline: 'News from the water’s edge since 1887',
    folder: 'news',
    feed: { path: '/en/feed.rss', format: 'rss', contentType: 'application/rss+xml; charset=utf-8' },
    words: {
      home: 'Home',
      search: 'Search',
      logIn: 'Log in',
      by: 'By',
      share: 'Share this article',
      copyLink: 'Copy link',
      readAlso: 'Read also',
      mostRead: 'Most read',
      signUpTitle: 'The day in five minutes',
      signUpText: 'Get our evening letter in your mailbox. You can unsubscribe at any time.',
      email: 'E-mail address',
      password: 'Password',
      signUp: 'Sign up',
      cookieTitle: 'We value your privacy',
      cookieText:
        'We and our 214 partners store cookies on your device to measure our audience and to show advertisements.',
      accept: 'Accept all',
      refuse: 'Refuse',
      about: 'About us',
      aboutText:
        'The Quayside Courier is an invented newspaper. It exists so that Belfry can show what it does without the internet.',
      privacy: 'Privacy',
      privacyText: 'This site runs on your own machine and sends nothing anywhere.',
      contact: 'Contact',
      contactText: 'Our newsroom is above the chandler’s shop. Ring twice.',
      rights: 'All rights reserved. No part of this site may be reproduced without permission.',
      notFound: 'This page has moved or never existed',
      subscribersOnly: 'Log in to read on',
    },
  },
  nl: {
    language: 'nl',
    name: 'De Kaaibode',
    tagline: 'Elke dag het nieuws van de kade',
    folder: 'nieuws',
    feed: { path: '/nl/feed.atom', format: 'atom', contentType: 'application/atom+xml; charset=utf-8' },
    words: {
      home: 'Voorpagina',
      search: 'Zoeken',
      logIn: 'Aanmelden',
      by: 'Door',
      share: 'Deel dit artikel',
      copyLink: 'Kopieer de link',
      readAlso: 'Lees ook',
      mostRead: 'Meest gelezen',
      signUpTitle: 'De dag in vijf minuten',
      signUpText: 'Ontvang elke avond onze nieuwsbrief. Uitschrijven kan altijd.',
      email: 'E-mailadres',
      password: 'Wachtwoord',
      signUp: 'Inschrijven',
      cookieTitle: 'Wij geven om uw privacy',
      cookieText: 'Wij en onze 214 partners plaatsen cookies om ons bereik te meten en advertenties te tonen.',
      accept: 'Alles aanvaarden',
      refuse: 'Weigeren',
      about: 'Over ons',
      aboutText: 'De Kaaibode is een verzonnen krant. Ze bestaat opdat Belfry zonder internet kan tonen wat het doet.',
      privacy: 'Privacy',
      privacyText: 'Deze site draait op uw eigen toestel en stuurt niets door.',
      contact: 'Contact',
      contactText: 'De redactie zit boven de scheepswinkel. Tweemaal bellen.',
      rights: 'Alle rechten voorbehouden. Niets van deze site mag zonder toestemming worden overgenomen.',
      notFound: 'Deze pagina is verhuisd of heeft nooit bestaan',
      subscribersOnly: 'Meld u aan om verder te lezen',
    },
  },
  fr: {
    language: 'fr',
    name: 'Le Courrier du Quai',
    tagline: 'L’actualité vue du port',
    folder: 'actualites',
    feed: { path: '/fr/feed.rdf', format: 'rdf', contentType: 'application/rdf+xml; charset=utf-8' },
    words: {
      home: 'Accueil',
      search: 'Rechercher',
      logIn: 'Se connecter',
      by: 'Par',
      share: 'Partager cet article',
      copyLink: 'Copier le lien',
      readAlso: 'À lire aussi',
      mostRead: 'Les plus lus',
      signUpTitle: 'La journée en cinq minutes',
      signUpText: 'Recevez chaque soir notre lettre d’information. Désinscription à tout moment.',
      email: 'Adresse e-mail',
      password: 'Mot de passe',
      signUp: 'S’inscrire',
      cookieTitle: 'Votre vie privée nous importe',
      cookieText:
        'Avec nos 214 partenaires, nous déposons des cookies pour mesurer l’audience et afficher des publicités.',
      accept: 'Tout accepter',
      refuse: 'Refuser',
      about: 'Qui sommes-nous',
      aboutText:
        'Le Courrier du Quai est un journal inventé. Il existe pour que Belfry montre ce qu’il fait sans internet.',
      privacy: 'Vie privée',
      privacyText: 'Ce site tourne sur votre propre machine et n’envoie rien ailleurs.',
      contact: 'Contact',
      contactText: 'La rédaction se trouve au-dessus de la corderie. Sonnez deux fois.',
      rights: 'Tous droits réservés. Toute reproduction sans autorisation est interdite.',
      notFound: 'Cette page a déménagé ou n’a jamais existé',
      subscribersOnly: 'Connectez-vous pour lire la suite',
    },
  },
  de: {
    language: 'de',
    name: 'Der Kaibote',
    tagline: 'Nachrichten von der Wasserkante',
    folder: 'artikel',
    feed: { path: '/de/feed.json', format: 'json', contentType: 'application/feed+json; charset=utf-8' },
    words: {
      home: 'Startseite',
      search: 'Suche',
      logIn: 'Anmelden',
      by: 'Von',
      share: 'Artikel teilen',
      copyLink: 'Link kopieren',
      readAlso: 'Lesen Sie auch',
      mostRead: 'Meistgelesen',
      signUpTitle: 'Der Tag in fünf Minuten',
      signUpText: 'Jeden Abend unser Newsletter in Ihrem Postfach. Abmeldung jederzeit möglich.',
      email: 'E-Mail-Adresse',
      password: 'Passwort',
      signUp: 'Abonnieren',
      cookieTitle: 'Ihre Privatsphäre ist uns wichtig',
      cookieText: 'Wir und unsere 214 Partner speichern Cookies, um Reichweite zu messen und Werbung anzuzeigen.',
      accept: 'Alle akzeptieren',
      refuse: 'Ablehnen',
      about: 'Über uns',
      aboutText:
        'Der Kaibote ist eine erfundene Zeitung. Es gibt ihn, damit Belfry ohne Internet zeigen kann, was es tut.',
      privacy: 'Datenschutz',
      privacyText: 'Diese Seite läuft auf Ihrem eigenen Rechner und gibt nichts weiter.',
      contact: 'Kontakt',
      contactText: 'Die Redaktion sitzt über dem Schiffsausrüster. Zweimal klingeln.',
      rights: 'Alle Rechte vorbehalten. Nachdruck nur mit Genehmigung.',
      notFound: 'Diese Seite ist umgezogen oder hat nie bestanden',
      subscribersOnly: 'Zum Weiterlesen bitte anmelden',
    },
  },
};
