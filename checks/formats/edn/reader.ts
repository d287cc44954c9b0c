import { DEEPEST, FormatError } from '../lines.ts'

/** Thrown where the text ends in the middle of a form, and more of it may come. */
export const CUT = { cut: true } as const

/** `#jepsen.independent.Tuple [key value]`: a value with the key of the object it belongs to. */
export class Tuple {
  readonly key: unknown
  readonly value: unknown

  constructor(key: unknown, value: unknown) {
    this.key = key
    this.value = value
  }
}

const SHORTEST_SLICE = 13

/** Bits of {@link KINDS}. */
const BLANK = 1
const DELIMITER = 2
const KINDS = new Uint8Array(128)
for (const character of ' \t\r\n\f,') KINDS[character.charCodeAt(0)] = BLANK | DELIMITER
for (const character of '()[]{}";') KINDS[character.charCodeAt(0)]! |= DELIMITER

const code = (character: string) => character.charCodeAt(0)
const QUOTE = code('"')
const BACKSLASH = code('\\')
const COLON = code(':')
const HASH = code('#')
const MINUS = code('-')
const PLUS = code('+')
const CARET = code('^')
const SEMICOLON = code(';')
const UNDERSCORE = code('_')
const [LEFT_ROUND, RIGHT_ROUND] = [code('('), code(')')]
const [LEFT_SQUARE, RIGHT_SQUARE] = [code('['), code(']')]
const [LEFT_CURLY, RIGHT_CURLY] = [code('{'), code('}')]
const ZERO = code('0')

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['b', '\b'],
  ['f', '\f'],
  ['"', '"'],
  ['\\', '\\'],
])

const CHARACTERS: ReadonlyMap<string, string> = new Map([
  ['newline', '\n'],
  ['space', ' '],
  ['tab', '\t'],
  ['return', '\r'],
  ['backspace', '\b'],
  ['formfeed', '\f'],
])

/**
 * Reads forms of EDN (github.com/edn-format/edn) from a text that comes in pieces: nil is null; keywords and symbols
 * are their text, `:read`; whole numbers beyond 2⁵³ are bigints; vectors and lists are arrays, sets Sets, maps Maps; a
 * tag is dropped, but for that of a {@link Tuple}.
 */
export class EdnReader {
  private text = ''
  private at = 0
  private complete = false
  private depth = 0
  /** Items of the vectors that are open: an array that grows by itself takes more than twice the memory of a slice. */
  private readonly stack: unknown[] = []
  private top = 0
  /** Up to where line breaks were counted, and how many there were. */
  private countedTo = 0
  private line = 1

  /** What was read is forgotten, the rest goes before the new piece. */
  push(text: string): void {
    if (this.at > 0) {
      this.lineAt(this.at)
      this.countedTo = Math.max(0, this.countedTo - this.at)
    }
    this.text = this.text.slice(this.at) + text
    this.at = 0
  }

  /** No more pieces will come. */
  close(): void {
    this.complete = true
  }

  get position(): number {
    return this.at
  }

  /** Characters that were not read. */
  get rest(): number {
    return this.text.length - this.at
  }

  /** Goes back, in what {@link push} has not forgotten. */
  rewind(position: number): void {
    this.at = position
    this.depth = 0
    this.top = 0
  }

  /** The line of a position, which may not be before the last one asked for. */
  lineAt(position: number): number {
    for (let next = this.text.indexOf('\n', this.countedTo); next !== -1 && next < position;) {
      this.line++
      this.countedTo = next + 1
      next = this.text.indexOf('\n', this.countedTo)
    }
    return this.line
  }

  refuse(sentence: string): never {
    throw new FormatError(this.lineAt(this.at), sentence)
  }

  /** Over blanks, commas, comments and discarded forms; the code of what stands there, NaN at the end of a whole text. */
  peek(): number {
    for (;;) {
      const here = this.text.charCodeAt(this.at)
      if (here < 128 && (KINDS[here]! & BLANK) !== 0) this.at++
      else if (here === SEMICOLON) this.skipLine()
      else if (here === HASH && this.codeAt(this.at + 1) === UNDERSCORE) {
        this.at += 2
        this.read()
      } else {
        if (here !== here && !this.complete) throw CUT
        return here
      }
    }
  }

  /** Takes one character, which {@link peek} has seen. */
  take(): void {
    this.at++
  }

  read(): unknown {
    const here = this.peek()
    if (here === QUOTE) return this.string()
    if (here === COLON) return this.token()
    if (here === LEFT_SQUARE || here === LEFT_ROUND) {
      this.at++
      return this.items(here === LEFT_SQUARE ? RIGHT_SQUARE : RIGHT_ROUND)
    }
    if (here === LEFT_CURLY) {
      this.at++
      return this.map()
    }
    if (here === HASH) return this.dispatch()
    if (here === CARET) return this.afterMetadata()
    if (here === BACKSLASH) return this.character()
    if (here !== here) this.refuse('the text ends in the middle of a form; it may have been cut off')
    if (here === RIGHT_CURLY || here === RIGHT_SQUARE || here === RIGHT_ROUND) {
      this.refuse(`"${String.fromCharCode(here)}" closes nothing that is open`)
    }
    return this.atom(here)
  }

  /** The text up to the next delimiter; a keyword begins with a colon. It may be guessed, to save the cutting out. */
  token(guess?: string): string {
    const { text } = this
    const from = this.at
    if (guess !== undefined && text.startsWith(guess, from)) {
      const after = text.charCodeAt(from + guess.length)
      if (after < 128 && (KINDS[after]! & DELIMITER) !== 0) {
        this.at = from + guess.length
        return guess
      }
    }
    let to = from
    for (; to < text.length; to++) {
      const here = text.charCodeAt(to)
      if (here < 128 && (KINDS[here]! & DELIMITER) !== 0) break
    }
    if (to === text.length && !this.complete) throw CUT
    if (to === from) this.refuse(`"${text.slice(from, from + 1)}" is no form of EDN`)
    this.at = to
    return owned(text.slice(from, to))
  }

  private codeAt(position: number): number {
    const here = this.text.charCodeAt(position)
    if (here !== here && !this.complete) throw CUT
    return here
  }

  private skipLine(): void {
    const end = this.text.indexOf('\n', this.at)
    if (end === -1 && !this.complete) throw CUT
    this.at = end === -1 ? this.text.length : end + 1
  }

  private items(closing: number): unknown[] {
    this.enter()
    const from = this.top
    while (this.peek() !== closing) {
      const item = this.read()
      this.stack[this.top++] = item
    }
    this.leave()
    const items = this.stack.slice(from, this.top)
    this.top = from
    return items
  }

  private map(): Map<unknown, unknown> {
    this.enter()
    const map = new Map<unknown, unknown>()
    while (this.peek() !== RIGHT_CURLY) {
      const key = this.read()
      if (this.peek() === RIGHT_CURLY) this.refuse('a map has a key without a value')
      map.set(key, this.read())
    }
    this.leave()
    return map
  }

  private enter(): void {
    this.depth++
    if (this.depth > DEEPEST) this.refuse(`forms are nested more than ${DEEPEST} deep`)
  }

  private leave(): void {
    this.depth--
    this.at++
  }

  private dispatch(): unknown {
    const next = this.codeAt(this.at + 1)
    if (next === LEFT_CURLY) {
      this.at += 2
      return new Set(this.items(RIGHT_CURLY))
    }
    if (next === HASH) {
      this.at += 2
      return this.symbolicNumber()
    }
    this.at++
    const tag = this.token()
    const value = this.read()
    const isTuple = tag === 'jepsen.independent.Tuple' && Array.isArray(value) && value.length === 2
    return isTuple ? new Tuple(value[0], value[1]) : value
  }

  /** `##Inf`, `##-Inf`, `##NaN`. */
  private symbolicNumber(): number {
    const name = this.token()
    return name === 'Inf' ? Infinity : name === '-Inf' ? -Infinity : Number.NaN
  }

  private afterMetadata(): unknown {
    this.at++
    this.read()
    return this.read()
  }

  private character(): string {
    const first = this.codeAt(this.at + 1)
    if (first !== first) this.refuse('the text ends in the middle of a form; it may have been cut off')
    // A delimiter can be a character too.
    const [from, step] = [this.at + 1, first < 128 && (KINDS[first]! & DELIMITER) !== 0 ? 2 : 0]
    if (step > 0) {
      this.at += step
      return this.text.slice(from, from + 1)
    }
    this.at++
    const name = this.token()
    const unicode = /^u([0-9a-fA-F]{4})$/.exec(name)
    return CHARACTERS.get(name) ?? (unicode ? String.fromCharCode(Number.parseInt(unicode[1]!, 16)) : name)
  }

  private string(): string {
    const { text } = this
    const from = this.at + 1
    const to = text.indexOf('"', from)
    if (to === -1) this.cutString()
    const slice = text.slice(from, to)
    if (slice.includes('\\')) return this.escapedString(from)
    this.at = to + 1
    return owned(slice)
  }

  private cutString(): never {
    if (!this.complete) throw CUT
    return this.refuse('a string has no end; the file may have been cut off')
  }

  private escapedString(from: number): string {
    const { text } = this
    const parts: string[] = []
    let start = from
    for (let to = from; ; to++) {
      const here = text.charCodeAt(to)
      if (here !== here) this.cutString()
      if (here === QUOTE) {
        parts.push(text.slice(start, to))
        this.at = to + 1
        return parts.join('')
      }
      if (here !== BACKSLASH) continue
      parts.push(text.slice(start, to))
      to = this.escapeInto(parts, to + 1)
      start = to + 1
    }
  }

  /** The last position of the escape sequence. */
  private escapeInto(parts: string[], position: number): number {
    const { text } = this
    const letter = text.charAt(position)
    if (letter === '') this.cutString()
    const plain = ESCAPES.get(letter)
    if (plain !== undefined) {
      parts.push(plain)
      return position
    }
    const digits = /^u([0-9a-fA-F]{4})/.exec(text.slice(position, position + 5))
    if (digits === null) this.refuse(`"\\${letter}" is no escape sequence of a string`)
    parts.push(String.fromCharCode(Number.parseInt(digits[1]!, 16)))
    return position + 4
  }

  /** A number, `nil`, `true`, `false` or a symbol. */
  private atom(first: number): unknown {
    const { text } = this
    let position = this.at
    const negative = first === MINUS
    if (negative || first === PLUS) position++
    const digits = position
    let value = 0
    for (; position - digits < 15; position++) {
      const digit = text.charCodeAt(position) - ZERO
      if (!(digit >= 0 && digit <= 9)) break
      value = value * 10 + digit
    }
    const after = text.charCodeAt(position)
    if (position > digits && after < 128 && (KINDS[after]! & DELIMITER) !== 0) {
      this.at = position
      return negative ? -value : value
    }
    return atomOf(this.token())
  }
}

function atomOf(token: string): unknown {
  if (token === 'nil') return null
  if (token === 'true') return true
  if (token === 'false') return false
  const whole = /^([+-]?\d+)N?$/.exec(token)?.[1]
  if (whole !== undefined) {
    const value = Number(whole)
    return Number.isSafeInteger(value) ? value : BigInt(whole)
  }
  return /^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?M?$/.test(token) ? Number(token.replace('M', '')) : token
}

/** A long slice keeps the whole text it was cut from in memory: it gets one of its own. */
function owned(slice: string): string {
  return slice.length < SHORTEST_SLICE ? slice : ` ${slice}`.slice(1)
}
