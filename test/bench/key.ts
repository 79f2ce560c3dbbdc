/** What every figure of the bench is: one file a key, all behind this shape. */
import type { Grounds } from './grounds.js';

/** `quick` measures less of the same, for about a minute in all. */
export type Size = 'quick' | 'full';

export interface Aim {
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Measurement {
  readonly value: number;
  /** The figures behind the value, for a person to judge it by. */
  readonly detail: string;
}

export type Server = 'redis-server' | 'PostgreSQL';

export interface BenchKey {
  readonly key: string;
  /** What the value means, and which way is better. */
  readonly meaning: string;
  readonly aim?: Aim;
  /** A machine without these skips the key. */
  readonly needs: readonly Server[];
  measure(grounds: Grounds, size: Size): Promise<Measurement>;
}
