import type { Style } from './style.ts'

/**
 * Text in columns. Names and values come from anywhere, so all of them pass through {@link safe} first: after that
 * every character is one column wide, and nothing in it can move the cursor, change a colour or reverse the line.
 */

/** Latin, Greek and Cyrillic letters, box drawing and the few signs the reports use are one column wide everywhere. */
const NARROW =
  /[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u03ff\u0400-\u0482\u048a-\u04ff\u2013\u2014\u2018-\u201d\u2026\u2190-\u2193\u2500-\u257f]/
const ESCAPED_UNICODE = new RegExp(`(?!${NARROW.source})[\\s\\S]`, 'gu')
const ESCAPED_ASCII = /[^ -~]/gu

/** The text with every character that is not one plain column written as an escape. */
export function safe(text: string, style: Style): string {
  return text.replace(style.unicode ? ESCAPED_UNICODE : ESCAPED_ASCII, escape)
}

function escape(character: string): string {
  if (character === '\n') return '\\n'
  if (character === '\r') return '\\r'
  if (character === '\t') return '\\t'
  const code = character.codePointAt(0) ?? 0
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

/** At most `width` columns, the cut marked. */
export function clip(text: string, width: number, ellipsis: string): string {
  if (text.length <= width) return text
  return width <= 0 ? '' : text.slice(0, width - 1) + ellipsis
}

/** Lines of at most `width` columns, broken at spaces where there are any; later lines begin with `indent` spaces. */
export function wrap(text: string, width: number, indent = 0): readonly string[] {
  const lines: string[] = []
  let rest = text
  let room = width
  while (rest.length > room) {
    const space = rest.lastIndexOf(' ', room)
    const cut = space > room / 2 ? space : room
    lines.push(rest.slice(0, cut).trimEnd())
    rest = rest.slice(cut).trimStart()
    room = width - indent
  }
  if (rest !== '' || lines.length === 0) lines.push(rest)
  return lines.map((line, index) => (index === 0 ? line : ' '.repeat(indent) + line))
}

/** Both on one line with the second at the right edge; on two lines where they don't fit. */
export function leftAndRight(left: string, right: string, width: number): readonly string[] {
  if (right === '') return [left]
  const gap = width - left.length - right.length
  return gap >= 2 ? [left + ' '.repeat(gap) + right] : [left, right.padStart(Math.min(width, right.length + 4))]
}
