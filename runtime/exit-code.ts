/** What the process says with its exit code. */
export const ExitCode = {
  pass: 0,
  violated: 1,
  /** A budget was spent before an answer. */
  unknown: 2,
  /** Not deterministic, or a replay left the recorded run. */
  diverged: 3,
  usage: 64,
  /** A service that was asked for does not answer. */
  unavailable: 69,
  internal: 70,
  interrupted: 130,
} as const

const WORST_FIRST: readonly number[] = [ExitCode.interrupted, ExitCode.diverged, ExitCode.violated, ExitCode.unknown]

/** The one that stands for several: what makes the others worthless beats them. */
export function worstExitCode(codes: readonly number[]): number {
  return WORST_FIRST.find((code) => codes.includes(code)) ?? ExitCode.pass
}
