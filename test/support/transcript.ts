import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'

/**
 * A transcript is a test that reads like a lecture. Comments, which begin with `#`, tell the story; one or more
 * commands are followed by `----` and by what they came to, up to the next empty line. All in between is prose to the
 * machine and the point of it to the reader.
 */

/** A line of a transcript that says what to do: `fire n1 election`, `servers 5 seed=7`. */
export interface Command {
  readonly name: string
  readonly words: readonly string[]
  /** What was given as `name=value`. */
  readonly options: ReadonlyMap<string, string>
}

/** Carries out a command and tells, line by line, what came of it. */
export type Interpreter = (command: Command) => readonly string[]

const RULE = '----'
/** Before a command: it is carried out, and what it comes to is not told. */
const QUIETLY = /^quietly /

/** The transcript as it would read now: the same comments and commands, with what the commands come to. */
export function retell(text: string, interpret: Interpreter): string {
  const told: string[] = []
  /** What the commands above came to, until their rule comes. */
  let outcome: string[] | undefined
  let skipping = false
  for (const [place, line] of text.split('\n').entries()) {
    if (skipping && line !== '') continue
    skipping = line === RULE
    told.push(line)
    if (line === RULE) {
      told.push(...(outcome === undefined || outcome.length === 0 ? ['(nothing)'] : outcome))
      outcome = undefined
    } else if (line !== '' && !line.startsWith('#')) {
      outcome = [...(outcome ?? []), ...attempt(interpret, line, place + 1)]
    } else if (outcome !== undefined) throw new Error(`line ${place + 1}: the commands above lack their ${RULE}`)
  }
  if (outcome !== undefined) throw new Error(`the last commands lack their ${RULE}`)
  return told.join('\n')
}

function attempt(interpret: Interpreter, line: string, number: number): readonly string[] {
  try {
    const told = interpret(parseCommand(line.replace(QUIETLY, '')))
    return QUIETLY.test(line) ? [] : told
  } catch (error) {
    throw new Error(`line ${number}, "${line}": ${(error as Error).message}`, { cause: error })
  }
}

function parseCommand(line: string): Command {
  const [name = '', ...rest] = line.split(/\s+/)
  const options = new Map<string, string>()
  const words: string[] = []
  for (const word of rest) {
    const equals = word.indexOf('=')
    if (equals < 0) words.push(word)
    else options.set(word.slice(0, equals), word.slice(equals + 1))
  }
  return { name, words, options }
}

/** What a transcript is about: its first paragraph. */
export function titleOf(path: string): string {
  const title: string[] = []
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (!line.startsWith('# ')) break
    title.push(line.slice(2))
  }
  if (title.length === 0) throw new Error(`${path} does not begin with a comment that says what it is about`)
  return title.join(' ')
}

/** Fails where the transcript reads otherwise now. With PETREL_REWRITE=1 in the environment it is written anew. */
export function expectTranscript(path: string, interpret: Interpreter): void {
  const text = readFileSync(path, 'utf8')
  const now = retell(text, interpret)
  if (process.env['PETREL_REWRITE'] === '1') {
    if (now !== text) writeFileSync(path, now)
  } else expect(now, `${path} tells it otherwise; if it is right so, PETREL_REWRITE=1 writes it anew`).toBe(text)
}
