import { createReadStream, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8'
import { resourceLimits } from 'node:worker_threads'
import { createGunzip } from 'node:zlib'
import { FormatError } from '../../checks/formats/lines.ts'
import { detectFormat, HISTORY_FORMATS, historyParser, type HistoryFormat } from '../../checks/formats/parse.ts'
import type { HistoryParser, Recording } from '../../checks/formats/recording.ts'
import { UsageError } from '../../explore/usage-error.ts'
import { Utf8Reader } from './utf8-reader.ts'

/** A recording and what it was read from. */
export interface HistoryFile {
  /** As people call it: the path, or `standard input`. */
  readonly name: string
  readonly format: HistoryFormat
  readonly recording: Recording
}

export const STANDARD_INPUT = '-'
const CHUNK_BYTES = 1 << 20
const GZIP = Buffer.from([0x1f, 0x8b])
const MOST_OF_MEMORY = 0.5
const MEBIBYTE = 1 << 20
/** What the format is guessed from. */
const BEGINNING_CHARACTERS = 4096

/**
 * Reads a history piece by piece, so that its size does not matter, only the number of its operations. A file that
 * was compressed by gzip is expanded on the way.
 *
 * @throws UsageError that names the file, and the line where one is at fault.
 */
export async function readHistoryFile(path: string, format: HistoryFormat | undefined): Promise<HistoryFile> {
  const name = path === STANDARD_INPUT ? 'standard input' : path
  if (path !== STANDARD_INPUT) refuseWhatIsNoFile(path)
  const reading = new Reading(name, format)
  try {
    for await (const chunk of open(path)) reading.push(chunk as Buffer)
    return reading.end()
  } catch (error) {
    throw asUsageError(name, error)
  }
}

function refuseWhatIsNoFile(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) throw new UsageError('no-history', `There is no file ${path}.`)
  if (stats.isDirectory()) {
    throw new UsageError('no-history', `${path} is a folder: give the files in it, such as ${path}/history.edn.`)
  }
}

/** Its bytes, expanded where the first two say that gzip compressed them (RFC 1952, section 2.3.1). */
async function* open(path: string): AsyncIterable<unknown> {
  const options = { highWaterMark: CHUNK_BYTES }
  const source = path === STANDARD_INPUT ? createReadStream('', { fd: 0, ...options }) : createReadStream(path, options)
  try {
    const chunks = fromBeginning(source)
    const { value: beginning = Buffer.alloc(0) } = await chunks.next()
    const all = (async function* () {
      yield beginning
      yield* chunks
    })()
    yield* beginning.subarray(0, GZIP.length).equals(GZIP) ? expanded(Readable.from(all)) : all
  } finally {
    source.destroy()
  }
}

/** Its chunks, of which the first is long enough to tell what it is: a pipe may give its bytes one by one. */
async function* fromBeginning(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, undefined> {
  let beginning = Buffer.alloc(0)
  for await (const chunk of source) {
    if (beginning.length >= GZIP.length) yield chunk
    else {
      beginning = Buffer.concat([beginning, chunk])
      if (beginning.length >= GZIP.length) yield beginning
    }
  }
  if (beginning.length < GZIP.length) yield beginning
}

function expanded(source: Readable): Readable {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
  source.on('error', (error) => gunzip.destroy(error))
  return source.pipe(gunzip)
}

class Reading {
  private readonly name: string
  private readonly text = new Utf8Reader()
  private format: HistoryFormat | undefined
  private parser: HistoryParser | undefined
  /** The first characters, until there are enough of them to guess the format. */
  private beginning = ''

  constructor(name: string, format: HistoryFormat | undefined) {
    this.name = name
    this.format = format
    if (format !== undefined) this.parser = historyParser(format)
  }

  push(chunk: Buffer): void {
    this.take(this.text.push(chunk))
    refuseTooMany(this.text.linesRead)
  }

  end(): HistoryFile {
    this.take(this.text.end())
    if (this.parser === undefined) this.begin()
    const recording = this.parser!.end()
    if (recording.operations.length === 0) {
      throw new UsageError('empty-history', `${this.name} has no operations of clients: there is nothing to judge.`)
    }
    return { name: this.name, format: this.format!, recording }
  }

  private take(text: string): void {
    if (this.parser !== undefined) {
      this.parser.push(text)
      return
    }
    this.beginning += text
    if (this.beginning.length >= BEGINNING_CHARACTERS) this.begin()
  }

  private begin(): void {
    const { beginning, name } = this
    this.format = detectFormat(beginning)
    if (this.format === undefined) {
      if (beginning.trim() === '') throw new UsageError('empty-history', `${name} is empty: there is nothing to judge.`)
      throw new UsageError(
        'unknown-format',
        `${name}, line 1: this looks like none of the formats ${HISTORY_FORMATS.join(', ')}: --format says which it is.`,
      )
    }
    this.parser = historyParser(this.format)
    this.parser.push(beginning)
    this.beginning = ''
  }
}

/**
 * Said while there is memory left to say it: judging takes about as much as the operations themselves. Only the old
 * generation counts, as it is what runs out; the young one is part of V8's limit, and may be as large as the old one.
 */
function refuseTooMany(linesRead: number): void {
  const limitBytes = getHeapStatistics().heap_size_limit - (resourceLimits.maxYoungGenerationSizeMb ?? 0) * MEBIBYTE
  if (oldGenerationBytes() < limitBytes * MOST_OF_MEMORY) return
  const limitMebibytes = Math.round(limitBytes / MEBIBYTE)
  throw new FormatError(
    linesRead,
    `the operations up to here take half of the memory that Node has, ${limitMebibytes} MiB, and judging them takes the rest: give it more with NODE_OPTIONS=--max-old-space-size=${2 * limitMebibytes}, or judge the file in parts`,
  )
}

function oldGenerationBytes(): number {
  let usedBytes = 0
  for (const space of getHeapSpaceStatistics()) {
    if (!space.space_name.startsWith('new_')) usedBytes += space.space_used_size
  }
  return usedBytes
}

function asUsageError(name: string, error: unknown): unknown {
  if (error instanceof FormatError) return new UsageError('bad-history', `${name}, ${error.message}.`)
  const { code, message } = error as NodeJS.ErrnoException
  if (code?.startsWith('Z_')) return new UsageError('bad-history', `${name} can't be expanded by gzip: ${message}.`)
  if (code !== undefined && /^E[A-Z]+$/.test(code))
    return new UsageError('no-history', `${name} can't be read: ${message}.`)
  return error
}
