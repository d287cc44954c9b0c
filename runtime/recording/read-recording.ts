import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../../explore/usage-error.ts'
import type { NodeId } from '../../sim/machine.ts'
import { refuseCutShort } from './contents.ts'
import { parseSegmentName } from './layout.ts'
import { readSegment, type Segment } from './read-segment.ts'

/** What is there of one incarnation of a node: segments in a row, the first perhaps gone. */
export interface RecordedIncarnation {
  readonly self: NodeId
  readonly segments: readonly Segment[]
  /** Why it ended, where the recording says so; a killed process leaves none. */
  readonly ended: string | undefined
  /** Bytes of an unfinished record at the end, as a kill leaves them. */
  readonly tornBytes: number
}

/**
 * Reads what nodes recorded in a folder: incarnations in the order in which they began. Throws a UsageError where it
 * is none, is damaged, or lacks something in the middle.
 */
export function readRecording(directory: string): readonly RecordedIncarnation[] {
  if (!existsSync(directory) || !statSync(directory).isDirectory())
    throw new UsageError('no-recording', `${directory}: there is no such folder.`)
  refuseCutShort(directory)
  const files = new Map<string, { readonly path: string; readonly segment: number }[]>()
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const path = join(directory, name)
    const parsed = parseSegmentName(path.slice(join(path, '..').length + 1))
    if (parsed === undefined) continue
    const key = join(path, '..', parsed.incarnation)
    files.set(key, [...(files.get(key) ?? []), { path, segment: parsed.segment }])
  }
  const incarnations = [...files.values()].flatMap((segments) => incarnationOf(segments) ?? [])
  if (incarnations.length === 0)
    throw new UsageError(
      'no-recording',
      `${directory} holds no recording: nodes make one with --record, or the tap recordTo.`,
    )
  const beginning = ({ segments }: RecordedIncarnation): number => segments[0]!.head.startedAt
  return incarnations.sort((a, b) => beginning(a) - beginning(b) || (a.self < b.self ? -1 : 1))
}

function incarnationOf(
  files: readonly { readonly path: string; readonly segment: number }[],
): RecordedIncarnation | undefined {
  const ordered = [...files].sort((a, b) => a.segment - b.segment)
  const segments: Segment[] = []
  for (const [place, { path, segment }] of ordered.entries()) {
    const isLast = place === ordered.length - 1
    if (segment !== ordered[0]!.segment + place)
      throw incomplete(path, `segment ${ordered[0]!.segment + place}, which came before it, is missing`)
    const read = readSegment(path)
    if (!isLast && (read === undefined || read.tornBytes > 0))
      throw incomplete(path, 'it ends in the middle of a record')
    if (read === undefined) continue
    checkFollows(segments.at(-1), read)
    segments.push(read)
  }
  const last = segments.at(-1)
  return last && { self: last.head.self, segments, ended: last.ended, tornBytes: last.tornBytes }
}

function checkFollows(before: Segment | undefined, next: Segment): void {
  if (before === undefined) return
  const expected = before.head.firstEvent + before.events.length
  if (next.head.firstEvent !== expected)
    throw incomplete(before.path, `it ends before event ${next.head.firstEvent - 1}, and another segment follows`)
}

function incomplete(path: string, why: string): UsageError {
  return new UsageError(
    'recording-incomplete',
    `${path}: ${why}. Only the end of an incarnation may be missing; a replay over a gap would prove nothing.`,
  )
}
