/** A value found on a page, with the name of the method that found it. */
export interface Clue<T = string> {
  readonly value: T;
  readonly method: string;
}
