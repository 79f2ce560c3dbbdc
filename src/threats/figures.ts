/** Precision, recall and F1 of given tags against labels, in the ways the scoreboard shows them. */

export interface Counts {
  right: number;
  wrong: number;
  missed: number;
}

export interface Figures {
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  /** How many labels there are: says how far the figure can be trusted. */
  readonly support: number;
}

export interface Scoreboard {
  readonly articles: number;
  readonly micro: Figures;
  /** Mean F1 of types with at least five labels. */
  readonly macroF1: number | null;
  readonly types: Readonly<Record<string, Figures>>;
  readonly languages: Readonly<Record<string, Figures>>;
  /** Kind of negative → share of its articles that got any tag. */
  readonly negativesTagged: Readonly<Record<string, { readonly tagged: number; readonly of: number }>>;
  /** Mean distance between the score of given tags and how often they are right, in ten bins by score. */
  readonly calibrationError: number | null;
}

export interface Judged {
  readonly language: string;
  readonly kind: string | null;
  readonly labels: readonly string[];
  readonly tags: readonly { readonly type: string; readonly score: number }[];
}

const LEAST_SUPPORT_FOR_MACRO = 5;
const BINS = 10;

/** Scores tags against labels. */
export function scoreboard(judged: readonly Judged[], types: readonly string[]): Scoreboard {
  const all = newCounts();
  const byType = new Map(types.map((type) => [type, newCounts()]));
  const byLanguage = new Map<string, Counts>();
  const negatives: Record<string, { tagged: number; of: number }> = {};
  const bins = Array.from({ length: BINS }, () => ({ count: 0, score: 0, right: 0 }));
  for (const { language, kind, labels, tags } of judged) {
    const inLanguage = byLanguage.get(language) ?? newCounts();
    byLanguage.set(language, inLanguage);
    for (const type of types) {
      const wanted = labels.includes(type);
      const tag = tags.find((given) => given.type === type);
      if (tag !== undefined) {
        const bin = bins[Math.min(BINS - 1, Math.floor(tag.score * BINS))] as (typeof bins)[number];
        bin.count++;
        bin.score += tag.score;
        bin.right += wanted ? 1 : 0;
      }
      const outcome = wanted ? (tag ? 'right' : 'missed') : tag ? 'wrong' : null;
      if (outcome === null) continue;
      for (const counts of [all, byType.get(type) as Counts, inLanguage]) counts[outcome]++;
    }
    if (labels.length === 0) {
      negatives[kind ?? 'negative'] ??= { tagged: 0, of: 0 };
      const count = negatives[kind ?? 'negative'] as { tagged: number; of: number };
      count.of++;
      if (tags.length > 0) count.tagged++;
    }
  }
  const given = bins.reduce((sum, { count }) => sum + count, 0);
  const supported = [...byType.values()].map(figures).filter(({ support }) => support >= LEAST_SUPPORT_FOR_MACRO);
  return {
    articles: judged.length,
    micro: figures(all),
    macroF1:
      supported.length === 0 ? null : round(supported.reduce((sum, { f1 }) => sum + (f1 ?? 0), 0) / supported.length),
    types: Object.fromEntries([...byType].map(([type, counts]) => [type, figures(counts)])),
    languages: Object.fromEntries([...byLanguage].sort().map(([language, counts]) => [language, figures(counts)])),
    negativesTagged: negatives,
    calibrationError:
      given === 0 ? null : round(bins.reduce((sum, { score, right }) => sum + Math.abs(score - right), 0) / given),
  };
}

const newCounts = (): Counts => ({ right: 0, wrong: 0, missed: 0 });

function figures({ right, wrong, missed }: Counts): Figures {
  return {
    precision: right + wrong === 0 ? null : round(right / (right + wrong)),
    recall: right + missed === 0 ? null : round(right / (right + missed)),
    f1: right + wrong + missed === 0 ? null : round((2 * right) / (2 * right + wrong + missed)),
    support: right + missed,
  };
}

const round = (value: number): number => Number(value.toFixed(3));
