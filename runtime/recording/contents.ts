import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../../explore/usage-error.ts'
import { count, plural } from '../../reports/words.ts'
import { parseSegmentName } from './layout.ts'

/**
 * What a recording holds once nobody records there any more: each segment with its bytes. A killed process leaves a
 * recording that ends anywhere; only this tells such an end from one that was cut off later.
 */
const CONTENTS = 'contents.json'

type Contents = Readonly<Record<string, number>>

/**
 * Writes down what the folder of a recording holds; nothing may be recorded there afterwards. Where that cannot be
 * written it gives a sentence: the recording is worth as much as without it.
 */
export function writeContents(directory: string): string | undefined {
  if (!existsSync(directory)) return undefined
  const file = join(directory, CONTENTS)
  const bytesOf = (path: string): number => statSync(join(directory, path)).size
  const contents: Contents = Object.fromEntries(segmentsIn(directory).map((path) => [path, bytesOf(path)]))
  try {
    writeFileSync(file, `${JSON.stringify(contents, null, 1)}\n`)
    return undefined
  } catch (error) {
    // Half of it would pass for a damaged recording.
    rmSync(file, { recursive: true, force: true })
    return `a replay will not see whether ${directory} was cut short, as ${CONTENTS} cannot be written there: ${(error as Error).message}`
  }
}

/** Throws a UsageError where something in the folder, or below, is not there any more as it was written down. */
export function refuseCutShort(directory: string): void {
  for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const file = join(directory, path)
    if (!file.endsWith(CONTENTS) || !statSync(file).isFile()) continue
    const folder = join(file, '..')
    for (const [segment, bytes] of Object.entries(readContents(file))) {
      const left = existsSync(join(folder, segment)) ? statSync(join(folder, segment)).size : undefined
      if (left === bytes) continue
      const now = left === undefined ? 'is missing' : `was ${plural(bytes, 'byte')} long and is ${count(left)}`
      throw new UsageError(
        'recording-cut-short',
        `${join(folder, segment)} ${now}, as ${CONTENTS} beside it tells: a replay of a part would prove nothing.`,
      )
    }
  }
}

function readContents(file: string): Contents {
  try {
    const contents: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof contents === 'object' && contents !== null && !Array.isArray(contents)) return contents as Contents
  } catch {
    // Said below.
  }
  throw new UsageError('recording-damaged', `${file} does not tell what the recording holds: it is damaged.`)
}

function segmentsIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => parseSegmentName(path.slice(path.lastIndexOf('/') + 1)) !== undefined)
    .sort()
}
