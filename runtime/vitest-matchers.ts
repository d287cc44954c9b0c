import type { ExpectStatic } from 'vitest'
import type { VerdictName, Violation } from '../checks/verdict.ts'

/** Whatever has a verdict: that of a checker, a run, a sweep. */
export interface Judged {
  readonly verdict: VerdictName
  readonly violations?: readonly Violation[]
  readonly failures?: readonly { readonly violation: Violation }[]
  readonly reason?: string | undefined
}

interface VerdictMatchers {
  /** The verdict is `ok`: nothing is violated, and nothing is unknown. */
  toBeOk(): void
  /** The verdict is not `violated`; it may be unknown. */
  toHaveNoViolation(): void
}

declare module 'vitest' {
  // Its own parameter must be named as vitest names it.
  // oxlint-disable-next-line typescript/no-explicit-any
  interface Assertion<T = any> extends VerdictMatchers {}
}

interface MatcherResult {
  readonly pass: boolean
  readonly message: () => string
}

export function addVerdictMatchers(expect: ExpectStatic): void {
  expect.extend({
    toBeOk: (received: unknown) => judge('toBeOk', received, ({ verdict }) => verdict === 'ok'),
    toHaveNoViolation: (received: unknown) =>
      judge('toHaveNoViolation', received, ({ verdict }) => verdict !== 'violated'),
  })
}

function judge(matcher: string, received: unknown, passes: (judged: Judged) => boolean): MatcherResult {
  if (!isJudged(received))
    throw new TypeError(`${matcher} is for what has a verdict: that of a checker, a run, a sweep`)
  return { pass: passes(received), message: () => inWords(received) }
}

function isJudged(value: unknown): value is Judged {
  return typeof value === 'object' && value !== null && 'verdict' in value && typeof value.verdict === 'string'
}

function inWords(judged: Judged): string {
  const violations = judged.violations ?? judged.failures?.map(({ violation }) => violation) ?? []
  const reason = judged.reason === undefined ? '' : `: ${judged.reason}`
  const lines = violations.flatMap(({ property, summary, because }) => [
    `${property}: ${summary}`,
    ...because.map((step) => `  - ${step}`),
  ])
  return [`the verdict is ${judged.verdict}${reason}`, ...lines].join('\n')
}
