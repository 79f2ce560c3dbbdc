/** A value found on a page, with the name of the method that found it. */
export interface Clue<T = string> {
  readonly value: T;
  readonly method: string;
}

/** The first clue with a value. */
export function firstClue<T>(...clues: readonly (Clue<T | null> | null)[]): Clue<T> | null {
  for (const clue of clues) if (clue && clue.value !== null) return clue as Clue<T>;
  return null;
}
