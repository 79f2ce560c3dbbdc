/** Splits labelled articles so that no event stands in two folds: a model that has seen the event already looks better than it is. */
import type { LabelledArticle } from './labelled.js';

/** A name of two words or more that this many articles of one type share is an event; more share a subject, not an event. */
const MOST_SHARING = 25;
/** A fold may exceed its fair share by this much before an event's chain of names is cut. */
const LARGEST_EVENT_SHARE = 0.5;

const capitalised = /\p{Lu}[\p{L}\p{N}’'-]+(?:\s+(?:of|de|van|der|von|du|la|el|al)?\s*\p{Lu}[\p{L}\p{N}’'-]+)+/gu;

/** For each article the number of its fold, 0 to `folds` − 1; the same for the same input. */
export function foldsByEvent(articles: readonly LabelledArticle[], folds: number): number[] {
  const group = articles.map((_, index) => index);
  const find = (index: number): number => {
    let root = index;
    while (group[root] !== root) root = group[root] as number;
    group[index] = root;
    return root;
  };
  const size = articles.map(() => 1);
  const largest = Math.max(1, Math.floor((articles.length / folds) * LARGEST_EVENT_SHARE));
  for (const members of articlesByName(articles)) {
    for (const member of members.slice(1)) {
      const [a, b] = [find(members[0] as number), find(member)];
      const together = (size[a] as number) + (size[b] as number);
      if (a === b || together > largest) continue;
      group[b] = a;
      size[a] = together;
    }
  }
  const events = new Map<number, number[]>();
  for (const index of articles.keys()) {
    const root = find(index);
    events.set(root, [...(events.get(root) ?? []), index]);
  }
  return spread([...events.values()], articles, folds);
}

/** The same for invented articles: the tellings of one story in several languages stand in one fold. */
export function foldsByStory(articles: readonly LabelledArticle[], folds: number): number[] {
  const numbers = new Map<string, number>();
  return articles.map(({ id, story }) => {
    const key = story ?? id;
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number % folds;
  });
}

/** Articles with a label in common that name the same people, groups or places; the rarest names first. */
function articlesByName(articles: readonly LabelledArticle[]): number[][] {
  const byName = new Map<string, Set<number>>();
  for (const [index, { title, text, labels }] of articles.entries()) {
    const names = new Set([...`${title}\n${text}`.matchAll(capitalised)].map(([name]) => name.toLowerCase()));
    for (const name of names) {
      for (const label of labels) {
        const key = `${label} ${name}`;
        byName.set(key, (byName.get(key) ?? new Set()).add(index));
      }
    }
  }
  return [...byName.values()]
    .filter(({ size }) => size > 1 && size <= MOST_SHARING)
    .map((members) => [...members])
    .sort((a, b) => a.length - b.length || (a[0] as number) - (b[0] as number));
}

/** Largest event first, each into the fold that has the fewest articles of its labels (then the fewest at all). */
function spread(events: number[][], articles: readonly LabelledArticle[], folds: number): number[] {
  const labelCount = Array.from({ length: folds }, () => new Map<string, number>());
  const total = Array.from({ length: folds }, () => 0);
  const foldOf = articles.map(() => 0);
  events.sort((a, b) => b.length - a.length || (a[0] as number) - (b[0] as number));
  for (const event of events) {
    const labels = event.flatMap((index) => {
      const { labels, language } = articles[index] as LabelledArticle;
      return labels.length > 0 ? labels : [`none ${language}`];
    });
    const load = (fold: number) =>
      labels.reduce((sum, label) => sum + (labelCount[fold]?.get(label) ?? 0), 0) / labels.length +
      (total[fold] as number) / articles.length;
    let best = 0;
    for (let fold = 1; fold < folds; fold++) if (load(fold) < load(best)) best = fold;
    for (const index of event) foldOf[index] = best;
    for (const label of labels) labelCount[best]?.set(label, (labelCount[best]?.get(label) ?? 0) + 1);
    total[best] = (total[best] as number) + event.length;
  }
  return foldOf;
}
