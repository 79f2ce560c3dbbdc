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

/** What each code means, in the words of `--help`. */
const MEANINGS: Readonly<Record<keyof typeof exitCode, string>> = {
  ok: 'all went well',
  failed: 'something that was asked for failed; the output says what',
  choose: 'several feeds to choose from; the output lists them',
  usage: 'the command line is wrong',
  unavailable: 'a server that is needed is away',
  locked: 'another run holds the lock; try again later',
  config: 'a setting, the taxonomy or the feed list is wrong',
};

/** The end of every command's `--help`. */
export const exitCodesHelp = [
  'Exit codes:',
  ...Object.entries(MEANINGS)
    .map(([name, meaning]) => [exitCode[name as keyof typeof exitCode], meaning] as const)
    .sort(([one], [other]) => one - other)
    .map(([code, meaning]) => `  ${String(code).padEnd(3)} ${meaning}`),
].join('\n');

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
