import type { PlainData } from '../../sim/machine.ts'

/** A line that a node's process wrote: an entry of its log, or words for people. */
export type LogLine =
  | { readonly kind: 'entry'; readonly message: string; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: 'words'; readonly text: string }

export function readLogLine(text: string): LogLine {
  if (text.startsWith('{')) {
    try {
      const { msg, ...fields } = JSON.parse(text) as Record<string, unknown>
      if (typeof msg === 'string') return { kind: 'entry', message: msg, fields }
    } catch {
      // Words that begin with a brace.
    }
  }
  return { kind: 'words', text: text.replace(/^petrel: /, '') }
}

/** The note of a machine that an entry tells of. */
export function noteOf(line: LogLine): { readonly event: string; readonly detail: PlainData } | undefined {
  if (line.kind !== 'entry' || typeof line.fields['note'] !== 'string') return undefined
  return { event: line.fields['note'], detail: (line.fields['detail'] ?? {}) as PlainData }
}
