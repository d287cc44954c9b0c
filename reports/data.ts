import type { Operation } from '../checks/history.ts'

/** Plain data in one short line, for people: `{term: 3, log: [1, 2]}`. It need not be read back by a machine. */
export function dataWords(value: unknown, depth = 3): string {
  if (typeof value === 'string') return /^[\w.:@/-]+$/.test(value) ? value : JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null) return String(value)
  if (depth === 0) return '..'
  if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`
  if (value instanceof Map)
    return `{${list(value, ([key, item]) => `${dataWords(key, depth - 1)} => ${dataWords(item, depth - 1)}`)}}`
  if (value instanceof Set) return `{${list(value, (item) => dataWords(item, depth - 1))}}`
  if (Array.isArray(value)) return `[${list(value, (item) => dataWords(item, depth - 1))}]`
  return `{${list(Object.entries(value), ([key, item]) => `${key}: ${dataWords(item, depth - 1)}`)}}`
}

/** As {@link dataWords}, a record's fields bare: `term=3 votes=2`. */
export function detailWords(detail: unknown): string {
  if (detail === undefined) return ''
  if (typeof detail !== 'object' || detail === null || Symbol.iterator in detail) return dataWords(detail)
  return list(Object.entries(detail), ([key, item]) => `${key}=${dataWords(item, 2)}`, ' ')
}

const MOST_ITEMS = 8

function list<Item>(items: Iterable<Item>, words: (item: Item) => string, separator = ', '): string {
  const shown: string[] = []
  for (const item of items) {
    if (shown.length === MOST_ITEMS) return `${shown.join(separator)}${separator}..`
    shown.push(words(item))
  }
  return shown.join(separator)
}

/**
 * What was asked, as a call: `set x=1`, `get x`, `cas x 1 2`. An input that names its action in a field of its own
 * (`action`, `operation`, `f` or `type`) reads like that; any other is shown as data.
 */
export function inputWords(input: unknown): string {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return dataWords(input)
  const fields: { readonly [name: string]: unknown } = { ...input }
  const actionField = ['action', 'operation', 'f', 'type'].find((name) => typeof fields[name] === 'string')
  if (actionField === undefined) return dataWords(input)
  const { key, value, [actionField]: action, ...others } = fields
  const target = key === undefined ? '' : ` ${dataWords(key)}`
  const argument = value === undefined ? '' : `${target === '' ? ' ' : '='}${dataWords(value)}`
  const rest = detailWords(others)
  return `${action}${target}${argument}${rest === '' ? '' : ` ${rest}`}`
}

/** How it ended: `-> ok`, `-> 0`, `-> no answer`. A write's answer is only that it happened. */
export function outcomeWords(operation: Operation, arrow = '->'): string {
  if (operation.outcome !== 'ok') {
    const reason = operation.reason === undefined ? '' : ` (${operation.reason})`
    return `${arrow} ${operation.outcome === 'info' ? 'unknown' : 'failed'}${reason}`
  }
  return `${arrow} ${answerWords(operation.output, operation.input)}`
}

/** An answer alone. A record of one field called `value` is that value; nothing in answer to a write is `ok`. */
export function answerWords(output: unknown, input: unknown): string {
  if (output === undefined) return 'ok'
  if (output === null) return typeof input === 'object' && input !== null && 'value' in input ? 'ok' : 'null'
  if (typeof output === 'object' && 'value' in output && Object.keys(output).length === 1) {
    return dataWords(output.value)
  }
  return dataWords(output)
}
