import { Chalk } from 'chalk'
import type { ChalkInstance, ColorSupportLevel } from 'chalk'

/** What the terminal can show. Who writes the text decides; nothing in this folder looks at the environment. */
export interface Style {
  /** 0 none, 1 sixteen colours, 2 256, 3 all. */
  readonly colour: ColorSupportLevel
  /** False where the terminal has no UTF-8: every character is then ASCII. */
  readonly unicode: boolean
}

/** No report line is wider, except where a token alone is. */
export const COLUMNS = 100

export const PLAIN: Style = { colour: 0, unicode: false }

/** The characters that differ between a terminal with UTF-8 and one without; each is one column wide. */
export interface Glyphs {
  readonly line: string
  readonly down: string
  readonly dash: string
  readonly crossing: string
  readonly origin: string
  readonly left: string
  readonly right: string
  readonly lost: string
  readonly wall: string
  readonly point: string
  readonly ellipsis: string
  readonly arrow: string
  readonly times: string
  readonly dot: string
  /** Both ends of a bar. */
  readonly begin: string
  readonly end: string
}

const UNICODE: Glyphs = {
  line: '│',
  down: '┊',
  dash: '─',
  crossing: '┼',
  origin: '○',
  left: '◄',
  right: '►',
  lost: '×',
  wall: '╱',
  point: '●',
  ellipsis: '…',
  arrow: '→',
  times: '×',
  dot: '·',
  begin: '├',
  end: '┤',
}

const ASCII: Glyphs = {
  line: '|',
  down: ':',
  dash: '-',
  crossing: '|',
  origin: 'o',
  left: '<',
  right: '>',
  lost: 'x',
  wall: '/',
  point: '*',
  ellipsis: '~',
  arrow: '->',
  times: 'x',
  dot: '-',
  begin: '|',
  end: '|',
}

export function glyphsOf(style: Style): Glyphs {
  return style.unicode ? UNICODE : ASCII
}

/** A chalk of the level asked for, whatever the environment says. */
export function colours(style: Style): ChalkInstance {
  return new Chalk({ level: style.colour })
}

/** The word a section begins with, made bold. */
export function heading(line: string, style: Style): string {
  return line.replace(/^ {2}\S+/, (word) => colours(style).bold(word))
}
