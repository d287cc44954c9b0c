import type { Judgement } from '../../../checks/judges/judge.ts'
import type { Verdict, Violation } from '../../../checks/verdict.ts'

/** The only violation that there is. */
export function violationIn(verdict: Verdict): Violation {
  if (verdict.verdict !== 'violated') throw new Error(`expected a violation, got ${verdict.verdict}`)
  if (verdict.violations.length !== 1) throw new Error(`expected one violation, got ${shapesIn(verdict).join(', ')}`)
  return verdict.violations[0]!
}

/** The kinds of breach that were found, the earliest first; none where the verdict is not `violated`. */
export function shapesIn(verdict: Verdict): readonly string[] {
  return verdict.verdict === 'violated' ? verdict.violations.map(({ shape }) => shape) : []
}

export function figureIn({ figures }: Judgement, name: string): number | undefined {
  return figures.find((figure) => figure.name === name)?.value
}
