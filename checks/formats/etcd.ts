import { excerpt, FormatError } from './lines.ts'
import type { EventType, RecordedEvent } from './recording.ts'

const LINE = /^INFO\s+jepsen\.util - (\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(.+)$/
const PAIR = /^\[(-?\d+|nil) (-?\d+|nil)\]$/
const TIMED_OUT = ':timed-out'

/**
 * The log that Jepsen writes of a compare-and-set register on etcd. It has no times. A cas that failed without having
 * timed out found another value than it expected.
 */
export function etcdEvent(content: string, line: number): RecordedEvent {
  const [, process, type, f, text] = LINE.exec(content) ?? []
  if (process === undefined || f === undefined || text === undefined) {
    const found = excerpt(content)
    throw new FormatError(line, `expected "INFO  jepsen.util - PROCESS :TYPE :ACTION VALUE", found "${found}"`)
  }
  const timedOut = text === TIMED_OUT
  const mismatch = type === 'fail' && f === 'cas' && !timedOut
  const value = timedOut ? null : f === 'cas' ? pairOf(line, text) : numberOf(line, text)
  return {
    line,
    type: type as EventType,
    process,
    call: { f, value },
    timeMs: undefined,
    error: timedOut ? 'timed out' : undefined,
    ...(mismatch ? { observed: true } : {}),
  }
}

function pairOf(line: number, text: string): readonly unknown[] {
  const [, expected, next] = PAIR.exec(text) ?? []
  if (expected === undefined || next === undefined) {
    throw new FormatError(line, `expected [OLD NEW], found "${excerpt(text)}"`)
  }
  return [numberOf(line, expected), numberOf(line, next)]
}

function numberOf(line: number, text: string): number | null {
  if (text === 'nil') return null
  if (!/^-?\d+$/.test(text)) throw new FormatError(line, `expected a number or nil, found "${excerpt(text)}"`)
  return Number(text)
}
