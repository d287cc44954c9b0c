import { UsageError } from '../../../explore/usage-error.ts'
import type { Millis } from '../../../sim/machine.ts'
import { parseDuration } from '../../arguments.ts'
import type { Survey } from './survey.ts'

/** Where a recording is left: behind an event of its replay, at a time, or where it ends. */
export type BranchPoint =
  | { readonly event: number }
  /** After the first event. */
  | { readonly afterMs: Millis }
  /** By the wall clocks of the nodes, in milliseconds since the epoch. */
  | { readonly wallClock: Millis }
  | 'end'

const MOST_MS = 365 * 24 * 3_600_000

/** `812`: an event. `12.5s`: so long after the first. `2026-11-21T12:01:02Z`: a time. `end`. */
export function parseBranchPoint(text: string): BranchPoint {
  const word = text.trim()
  if (word === 'end') return 'end'
  if (/^\d+$/.test(word)) return { event: Number(word) }
  if (/^[\d.]+(ms|s|m|h)$/.test(word)) return { afterMs: parseDuration('--branch', MOST_MS)(word) }
  const wallClock = /^\d{4}-\d\d-\d\dT/.test(word) ? Date.parse(word) : Number.NaN
  if (Number.isFinite(wallClock)) return { wallClock }
  throw new UsageError(
    'bad-branch-point',
    `--branch ${text}: give an event (812), a time since the first event (12.5s), a date and time (2026-11-21T12:01:02.5Z), or end.`,
  )
}

/** How many events of a replay come before the point. */
export function eventsBefore(point: BranchPoint, survey: Survey): number {
  const { order } = survey
  if (point === 'end') return order.length
  if ('event' in point) {
    if (point.event >= 1 && point.event <= order.length) return point.event
    throw outOfRange(`There is no event #${point.event}`, survey)
  }
  const times = wallClocksOf(survey)
  const until = 'afterMs' in point ? times[0]! + point.afterMs : point.wallClock
  const count = times.filter((time) => time <= until).length
  if (count === 0) throw outOfRange(`Nothing is recorded by ${new Date(until).toISOString()}`, survey)
  if (until <= times.at(-1)!) return count
  throw outOfRange(`The recording is over by ${new Date(until).toISOString()}`, survey)
}

function outOfRange(what: string, survey: Survey): UsageError {
  const times = wallClocksOf(survey).map((time) => new Date(time).toISOString())
  return new UsageError(
    'out-of-range',
    `${what}: the recording has ${survey.order.length} events, from ${times[0]} to ${times.at(-1)}.`,
  )
}

/** Of each event, in the order of the replay; a clock that was set back stands still until it has caught up. */
function wallClocksOf({ order, logs }: Survey): readonly Millis[] {
  const next = new Map([...logs.keys()].map((self) => [self, 0]))
  let latest = 0
  return order.map((self) => {
    const place = next.get(self)!
    next.set(self, place + 1)
    latest = Math.max(latest, logs.get(self)!.wallClocks[place]!)
    return latest
  })
}
