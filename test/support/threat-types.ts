/** The eleven types that Belfry ships, as the tests expect them. */
export const THREAT_TYPES = [
  'disinformation',
  'espionage',
  'political-interference',
  'cyberattack',
  'sabotage',
  'drone-incursion',
  'jihadism',
  'right-wing-extremism',
  'left-wing-extremism',
  'nihilistic-networks',
  'organised-crime',
] as const;
