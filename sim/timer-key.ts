import type { Millis, TimerName } from './machine.ts'
import { draw, mix, mixText, within } from './mix.ts'

/** What tells a timer from others of its node: its name, or its record written out, whatever the order of its fields. */
export function timerKey(timer: TimerName): string {
  if (typeof timer === 'string') return timer
  // The same text as JSON.stringify of the sorted record, without making that record: requests arm and cancel many.
  const fields = timer as unknown as Readonly<Record<string, unknown>>
  let text = ''
  for (const name of Object.keys(fields).sort()) {
    const value = written(fields[name])
    if (value !== undefined) text += `${text === '' ? '{' : ','}${JSON.stringify(name)}:${value}`
  }
  return `${text === '' ? '{' : text}}`
}

function written(value: unknown): string | undefined {
  return Number.isSafeInteger(value) ? String(value) : JSON.stringify(value)
}

/**
 * How long a timer waits, in microseconds. A range is drawn by the node's luck, the timer's key, and how often that
 * timer was drawn before, so that no other timer's draws move it.
 */
export function timerDelayUs(
  after: Millis | readonly [min: Millis, max: Millis],
  luck: number,
  key: string,
  draws: number,
): number {
  if (typeof after === 'number') return toUs(after)
  return within(draw(mix(mixText(luck, key), draws), 0), toUs(after[0]), toUs(after[1]))
}

function toUs(ms: Millis): number {
  if (!(ms >= 0 && ms < 1e12)) throw new RangeError(`a timer needs a time from 0 ms up, not ${ms}`)
  return Math.round(ms * 1000)
}
