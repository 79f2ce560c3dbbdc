/** Exit codes, after sysexits.h where it has a fitting one; `belfry --help` lists them. */
export const exitCode = {
  ok: 0,
  /** Something that was asked for failed; standard error or the output says what. */
  failed: 1,
  /** There are several to choose from, and nobody to ask; the output lists them. */
  choose: 3,
  /** The command line is wrong (EX_USAGE). */
  usage: 64,
  /** A server that is needed is away (EX_UNAVAILABLE). */
  unavailable: 69,
  /** Another run holds the lock; try again later (EX_TEMPFAIL). */
  locked: 75,
  /** A setting, the taxonomy or the feed list is wrong (EX_CONFIG). */
  config: 78,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
