import { colours, glyphsOf } from './style.ts'
import type { Style } from './style.ts'
import { clip, safe } from './text.ts'
import { count, duration, shortCount, significant } from './words.ts'

/** How far a sweep is. */
export interface Progress {
  readonly runs: number
  /** Undefined where a length of time decides. */
  readonly plannedRuns?: number | undefined
  /** Of the wall clock. */
  readonly elapsedMs: number
  /** Where a length of time decides. */
  readonly timeLimitMs?: number | undefined
  readonly faults: number
  readonly failures: readonly { readonly fingerprint: string; readonly count: number }[]
}

/** One line without a line break, never wider than `columns`, as one that wraps could not be overwritten. */
export function progressLine(progress: Progress, style: Style, columns = 100): string {
  const { runs, plannedRuns, elapsedMs, faults, failures } = progress
  const perSecond = elapsedMs > 0 ? runs / (elapsedMs / 1000) : 0
  const left = timeLeftMs(progress)
  const parts = [
    plannedRuns === undefined ? `${count(runs)} runs` : `${count(runs)}/${count(plannedRuns)} runs`,
    `${significant(perSecond)}/s`,
    `${shortCount(faults)} faults`,
    ...(left === undefined ? [] : [`${duration(Math.ceil(left / 1000) * 1000)} left`]),
  ]
  const { times, ellipsis } = glyphsOf(style)
  const found = failures.map((failure) => `${failure.fingerprint}${times}${count(failure.count)}`).join(' ')
  const calm = clip(parts.join('  '), columns, ellipsis)
  if (found === '') return calm
  return calm + colours(style).red(clip(safe(`  FAIL ${found}`, style), columns - calm.length, ellipsis))
}

/** From the time limit, or else from the pace so far; undefined before there is one. */
function timeLeftMs({ runs, plannedRuns, elapsedMs, timeLimitMs }: Progress): number | undefined {
  const byTime = timeLimitMs === undefined ? undefined : Math.max(0, timeLimitMs - elapsedMs)
  const byRuns =
    plannedRuns === undefined || runs === 0 ? undefined : Math.max(0, plannedRuns - runs) * (elapsedMs / runs)
  if (byTime === undefined || byRuns === undefined) return byTime ?? byRuns
  return Math.min(byTime, byRuns)
}
