/** natural ships no types for its single stemmer files, and its root import loads database drivers. */
declare module 'natural/lib/natural/stemmers/*' {
  const stemmer: { stem(word: string): string };
  export default stemmer;
}

declare module 'natural/lib/natural/classifiers/*' {
  export default class Classifier {
    constructor(stemmer?: unknown, smoothing?: number);
    addDocument(words: string[], label: string): void;
    train(): void;
    classify(words: string[]): string;
  }
}
