import type { History } from '../history.ts'
import { parseRecording } from './parse.ts'
import type { HistoryFormat } from './parse.ts'
import { subjects } from './subjects.ts'

/**
 * The history in a text, ready for `check`: `check(readHistory(text, 'kv'), kv)`.
 *
 * @param model what `petrel check --model` takes.
 * @param format what the text looks like, unless given.
 * @throws FormatError with the number of the line.
 */
export function readHistory(text: string, model: string, format?: HistoryFormat): History<any, any> {
  const subject = subjects.find(({ name }) => name === model)
  if (subject === undefined) {
    const names = subjects.map(({ name }) => name).join(', ')
    throw new RangeError(`There is no model "${model}". There are: ${names}.`)
  }
  return subject.read(parseRecording(text, format))
}
