import type { History } from '../history.ts'
import type { KvInput } from '../models/kv.ts'
import { FormatError, linesOf } from './lines.ts'
import { LogRecorder } from './recorder.ts'

const TEXT = '"(?:[^"\\\\]|\\\\.)*"'
const LINE = new RegExp(
  `^\\{:process (\\d+), :type :(invoke|ok|fail|info), :f :(get|put|append), :key (${TEXT}), :value (${TEXT}|nil)\\}$`,
)

/**
 * One EDN map a line, as Jepsen writes them of a map with get, put and append, as a history for the model `kv`:
 * `{:process 9, :type :invoke, :f :append, :key "0", :value "x 9 0 y"}`.
 *
 * @throws FormatError with the number of the line.
 */
export function parseKvEdn(text: string): History<KvInput, unknown> {
  const recorder = new LogRecorder<KvInput, unknown>()
  for (const { line, content } of linesOf(text)) {
    const [, process, type, action, key, value] = LINE.exec(content) ?? []
    if (process === undefined || key === undefined || value === undefined) {
      throw new FormatError(line, `expected {:process N, :type :T, :f :F, :key "K", :value "V"}, found ${content}`)
    }
    if (type === 'invoke') recorder.invoke(line, process, inputOf(line, action as KvInput['action'], key, value))
    else {
      const operation = recorder.end(line, process)
      operation.outcome = type as 'ok' | 'fail' | 'info'
      if (type === 'ok' && action === 'get') operation.output = textOf(line, value)
    }
  }
  return recorder.history
}

function inputOf(line: number, action: KvInput['action'], key: string, value: string): KvInput {
  if (action === 'get') return { action, key: textOf(line, key) }
  return { action, key: textOf(line, key), value: textOf(line, value) }
}

function textOf(line: number, literal: string): string {
  try {
    return JSON.parse(literal === 'nil' ? '""' : literal)
  } catch {
    throw new FormatError(line, `${literal} is not a string`)
  }
}
