/** Invented news for the finding of stories: each story as several outlets would tell it, and stories that only sound alike. */

export interface Telling {
  readonly story: string;
  readonly language: string;
  readonly title: string;
  readonly text: string;
}

const tell = (story: string, language: string, title: string, text: string): Telling => ({
  story,
  language,
  title,
  text,
});

export const tellings: readonly Telling[] = [
  tell(
    'depot',
    'en',
    'Fire destroys signalling depot at Merelbroek, police suspect arson',
    'A fire destroyed a signalling depot next to the Merelbroek railway junction early on Thursday, halting trains between Oostvaart and Linden for six hours. Police spokesman Karel Dewinne said investigators found two jerrycans and a cut fence. Nobody was hurt. The operator Spoornet estimated the damage at 3.4 million euros and said normal service would resume on Saturday.',
  ),
  tell(
    'depot',
    'en',
    'Arson suspected after Merelbroek depot blaze stops trains',
    'Trains between Oostvaart and Linden stood still for six hours on Thursday after a blaze destroyed the signalling depot at the Merelbroek junction. Investigators found a cut fence and two jerrycans, according to police spokesman Karel Dewinne, who spoke of suspected arson. Operator Spoornet put the damage at 3.4 million euros; there were no injuries. Regular service is expected back on Saturday.',
  ),
  tell(
    'depot-linden',
    'en',
    'Trains between Oostvaart and Linden delayed by storm damage',
    'Fallen trees delayed trains between Oostvaart and Linden on Thursday. Operator Spoornet cleared the tracks before the evening rush and apologised to passengers, who were offered coffee at the stations. Gusts of 96 kilometres an hour were measured on the coast. Meteorologists expect calmer weather for the weekend, with some showers in the north and mild temperatures.',
  ),
  tell(
    'hospital',
    'en',
    'Hospital in Brackwater diverts ambulances after ransomware attack',
    'The St Alban hospital in Brackwater sent ambulances elsewhere on Monday after ransomware encrypted its patient records. Planned operations were cancelled, director Miriam Holt said. A group calling itself Velvet Jackal demanded two million dollars. The national cyber centre is helping to restore systems from backups, which may take a week.',
  ),
  tell(
    'hospital',
    'en',
    'Velvet Jackal hackers cripple Brackwater hospital',
    'Hackers who call themselves Velvet Jackal have encrypted the patient records of St Alban hospital in Brackwater and want two million dollars. Since Monday ambulances drive to other hospitals and planned operations are off, says director Miriam Holt. Restoring the systems from backups could take a week, even with help of the national cyber centre.',
  ),
  tell(
    'school',
    'en',
    'Ransomware attack closes schools in Harrowgate district',
    'Fourteen schools in the Harrowgate district stayed closed on Monday after ransomware encrypted the timetables and registers. Superintendent Paul Okafor said backups exist and that lessons restart on Wednesday. The national cyber centre is investigating. No group has claimed the attack and no ransom note was found on the servers.',
  ),
  tell(
    'drone-nl',
    'nl',
    'Vliegveld Zandwijk uren dicht na melding van drones',
    'Vliegveld Zandwijk is dinsdagavond drie uur gesloten geweest nadat verkeersleiders vier onbekende drones boven de landingsbaan zagen. Elf vluchten weken uit naar Rotstein. De marechaussee zocht met een helikopter naar de bestuurders, maar vond niemand. Luchthavendirecteur Femke Brouwer spreekt van een gerichte verstoring.',
  ),
  tell(
    'drone-nl',
    'nl',
    'Drones leggen Zandwijk plat, elf vluchten wijken uit',
    'Elf vluchten moesten dinsdagavond uitwijken naar Rotstein omdat boven de landingsbaan van vliegveld Zandwijk vier onbekende drones vlogen. Na drie uur ging de luchthaven weer open. Directeur Femke Brouwer noemt het een gerichte verstoring. De marechaussee zette een helikopter in, de bestuurders van de drones zijn niet gevonden.',
  ),
  tell(
    'drone-wet',
    'nl',
    'Kamer wil strengere regels voor drones bij luchthavens',
    'Een meerderheid in de Kamer wil strengere regels voor drones in de buurt van luchthavens. Hobbyvliegers moeten zich volgens het voorstel van Jan Terpstra registreren en een examen afleggen. De minister noemt het plan sympathiek maar wil eerst weten wat de handhaving kost. In het voorjaar volgt een debat met deskundigen van de luchtvaartpolitie.',
  ),
  tell(
    'spion-de',
    'de',
    'Ingenieur aus Wallstadt wegen Spionageverdachts festgenommen',
    'Die Bundesanwaltschaft hat einen 47-jährigen Ingenieur aus Wallstadt festnehmen lassen. Er soll Baupläne von Radaranlagen des Rüstungsherstellers Hentrich an einen ausländischen Dienst verkauft haben. Bei Durchsuchungen in drei Wohnungen fanden Ermittler Datenträger und 60.000 Euro Bargeld. Der Beschuldigte schweigt zu den Vorwürfen.',
  ),
  tell(
    'spion-de',
    'de',
    'Radarpläne verkauft? Hentrich-Ingenieur in Haft',
    'Ein Ingenieur des Rüstungsherstellers Hentrich sitzt in Haft, weil er Baupläne von Radaranlagen an einen ausländischen Dienst verkauft haben soll. Der 47-jährige aus Wallstadt schweigt zu den Vorwürfen der Bundesanwaltschaft. Ermittler durchsuchten drei Wohnungen und stellten Datenträger sowie 60.000 Euro Bargeld sicher.',
  ),
  tell(
    'prozess-de',
    'de',
    'Prozess gegen früheren Beamten wegen Geheimnisverrats beginnt',
    'Vor dem Oberlandesgericht in Moosfeld hat der Prozess gegen einen früheren Beamten begonnen. Die Bundesanwaltschaft wirft ihm vor, Dienstpläne und Namenslisten weitergegeben zu haben. Sein Verteidiger nannte die Vorwürfe übertrieben und beantragte einen Freispruch. Das Gericht hat bis Ostern zwölf Verhandlungstage angesetzt, vierzig Zeugen sollen aussagen.',
  ),
  tell(
    'rumeur-fr',
    'fr',
    'Une fausse vidéo du maire de Sauvelle circule avant le scrutin',
    'Une vidéo truquée montrant le maire de Sauvelle, Étienne Garrel, promettre la fermeture de deux écoles a été vue 800 000 fois en deux jours. Selon l’agence Vérif, les images ont été produites par un réseau de comptes ouverts en septembre. Le maire a porté plainte mercredi, à dix jours du scrutin municipal.',
  ),
  tell(
    'rumeur-fr',
    'fr',
    'Sauvelle : le maire porte plainte après une vidéo truquée',
    'À dix jours du scrutin municipal, le maire de Sauvelle Étienne Garrel a porté plainte mercredi contre une vidéo truquée. On y entend promettre la fermeture de deux écoles. Vue 800 000 fois en deux jours, elle provient d’un réseau de comptes ouverts en septembre, selon l’agence Vérif.',
  ),
  tell(
    'ecoles-fr',
    'fr',
    'Le maire de Sauvelle inaugure deux écoles rénovées',
    'Le maire de Sauvelle a inauguré mercredi deux écoles rénovées dans le quartier des Tilleuls. Les travaux, commencés il y a trois ans, ont coûté neuf millions d’euros, financés pour moitié par la région. Les parents saluent des classes plus claires, mais regrettent une cantine trop petite pour accueillir tous les enfants à midi.',
  ),
];
