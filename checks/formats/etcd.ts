import type { History } from '../history.ts'
import type { CasRegisterInput } from '../models/cas-register.ts'
import { FormatError, linesOf } from './lines.ts'
import { LogRecorder } from './recorder.ts'

const LINE = /^INFO\s+jepsen\.util - (\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(.+)$/
const PAIR = /^\[(\d+) (\d+)\]$/

/**
 * The log that Jepsen writes of a compare-and-set register on etcd, as a history for the model `casRegister`. A cas
 * that failed because it found another value is an observation, and so ends ok with the answer false; what timed out
 * may have taken effect, except a read.
 *
 * @throws FormatError with the number of the line.
 */
export function parseEtcd(text: string): History<CasRegisterInput, unknown> {
  const recorder = new LogRecorder<CasRegisterInput, unknown>()
  for (const { line, content } of linesOf(text)) {
    const [, process, type, action, value] = LINE.exec(content) ?? []
    if (process === undefined || action === undefined || value === undefined) {
      throw new FormatError(line, `expected "INFO  jepsen.util - PROCESS :TYPE :ACTION VALUE", found "${content}"`)
    }
    if (type === 'invoke') recorder.invoke(line, process, inputOf(line, action, value))
    else {
      const operation = recorder.end(line, process)
      const mismatch = type === 'fail' && action === 'cas' && value !== ':timed-out'
      operation.outcome = type === 'ok' || mismatch ? 'ok' : type === 'fail' ? 'fail' : 'info'
      if (operation.outcome === 'ok') operation.output = action === 'read' ? numberOf(line, value) : !mismatch
      else operation.reason = value
    }
  }
  return recorder.history
}

function inputOf(line: number, action: string, value: string): CasRegisterInput {
  if (action === 'read') return { action: 'read' }
  if (action === 'write') return { action: 'write', value: numberOf(line, value) }
  const [, expected, next] = PAIR.exec(value) ?? []
  if (expected === undefined) throw new FormatError(line, `expected [OLD NEW], found "${value}"`)
  return { action: 'cas', expected: Number(expected), next: Number(next) }
}

function numberOf(line: number, value: string): number | null {
  if (value === 'nil') return null
  if (!/^-?\d+$/.test(value)) throw new FormatError(line, `expected a number or nil, found "${value}"`)
  return Number(value)
}
