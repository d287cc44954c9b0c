import { excerpt, FormatError } from '../lines.ts'
import type { EventType, RecordedEvent } from '../recording.ts'
import { callOf } from './history.ts'
import { EdnReader } from './reader.ts'

const LINE = /^(?<process>[^\s:[{]+|:\S+)\s+:(?<type>invoke|ok|fail|info)\s+(?<f>:\S+)(?:\s+(?<rest>.*))?$/

/** How a line of it begins, for telling the format. */
export const HISTORY_TEXT_BEGINNING = /^\[?\s*(?:[^\s:[{("#;]+|:\S+)\s+:(?:invoke|ok|fail|info)\s+:/

/**
 * Jepsen's `history.txt`: a line for each end of an operation, with its process, type, function, value, and an error
 * where there is one; or the same as a vector a line. The values are EDN. It has no times. What the nemesis did, whose
 * process is a keyword, is passed over.
 */
export function historyTextEvent(content: string, line: number): RecordedEvent | undefined {
  const { process, type, f, rest } = LINE.exec(withoutBrackets(content))?.groups ?? {}
  if (process === undefined) {
    throw new FormatError(line, `expected "PROCESS :TYPE :FUNCTION VALUE", found "${excerpt(content)}"`)
  }
  if (process.startsWith(':')) return undefined
  const { value, error } = valueAndError(rest ?? 'nil', line)
  return {
    line,
    type: type as EventType,
    process,
    call: callOf({ f, key: undefined, value }),
    timeMs: undefined,
    error,
  }
}

function withoutBrackets(content: string): string {
  return content.startsWith('[') && content.endsWith(']') ? content.slice(1, -1).trim() : content
}

/** The first form, and what stands behind it. */
function valueAndError(text: string, line: number): { readonly value: unknown; readonly error: string | undefined } {
  const reader = new EdnReader()
  reader.push(text)
  reader.close()
  try {
    const value = reader.read()
    const error = text.slice(reader.position).trim().replace(/^:/, '')
    return { value, error: error === '' ? undefined : error }
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(line, error.sentence)
    throw error
  }
}
