import { EdnHistoryParser } from './edn/history.ts'
import { HISTORY_TEXT_BEGINNING, historyTextEvent } from './edn/history-text.ts'
import { etcdEvent } from './etcd.ts'
import { JsonlParser } from './jsonl.ts'
import { LineHistoryParser } from './line-history.ts'
import type { HistoryParser, Recording } from './recording.ts'

export const HISTORY_FORMATS = ['jsonl', 'edn', 'text', 'etcd'] as const

export type HistoryFormat = (typeof HISTORY_FORMATS)[number]

/** For a history that comes in pieces; for one that is there as a whole, {@link parseRecording} is shorter. */
export function historyParser(format: HistoryFormat): HistoryParser {
  if (format === 'edn') return new EdnHistoryParser()
  if (format === 'text') return new LineHistoryParser(historyTextEvent)
  return format === 'etcd' ? new LineHistoryParser(etcdEvent) : new JsonlParser()
}

/** The format that the beginning of a text looks like; undefined where it looks like none. */
export function detectFormat(beginning: string): HistoryFormat | undefined {
  const text = beginning.replace(/^\uFEFF/, '').trimStart()
  if (/^INFO\s/.test(text)) return 'etcd'
  if (/^\{\s*(?:"|\})/.test(text)) return 'jsonl'
  if (HISTORY_TEXT_BEGINNING.test(text)) return 'text'
  return /^(?:[;([#]|\{\s*:)/.test(text) ? 'edn' : undefined
}

/**
 * A whole text as a recording. The format is the one it looks like, unless given.
 *
 * @throws FormatError with the number of the line.
 */
export function parseRecording(text: string, format = detectFormat(text) ?? 'jsonl'): Recording {
  const parser = historyParser(format)
  parser.push(text)
  return parser.end()
}
