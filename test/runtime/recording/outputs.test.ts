import { describe, expect, test } from 'vitest'
import type { Effect } from '../../../runtime/recording/replay-node.ts'
import { RecordedOutputs } from '../../../runtime/recording/branch/outputs.ts'

const text = new TextDecoder()
const SYNC: Effect = { kind: 'sync' }

function append(path: string, word: string, offset: number): Effect {
  return { kind: 'write', path, offset, bytes: new TextEncoder().encode(word), append: true }
}

function send(type: string): Effect {
  return { kind: 'send', to: 'b', message: { type } }
}

/** A process that finds a file, whose first sync is over. */
function opened(waiting = 0): { readonly outputs: RecordedOutputs; readonly left: string[] } {
  const left: string[] = []
  const files = new Map([['log', new TextEncoder().encode('0')]])
  const outputs = new RecordedOutputs(files, { atStart: false, waiting }, ({ type }) => void left.push(type))
  return { outputs, left }
}

function log(files: ReadonlyMap<string, Uint8Array>): string {
  return text.decode(files.get('log'))
}

describe('what a recorded node said, at any of its events', () => {
  test('leaves behind a sync when that is over, and is durable then', () => {
    const { outputs, left } = opened()
    outputs.say([send('before'), append('log', '1', 1), SYNC, send('after')])
    expect([left, log(outputs.durableFiles()), log(outputs.filesAfterKill())]).toEqual([['before'], '0', '01'])
    expect(outputs.unfinished().map(({ kind }) => kind)).toEqual(['write', 'sync', 'send'])
    outputs.synced()
    expect([left, log(outputs.durableFiles()), outputs.unfinished()]).toEqual([['before', 'after'], '01', []])
  })

  test('shares a sync where appends to one file wait for it, as the disk does', () => {
    const { outputs, left } = opened()
    outputs.say([append('log', '1', 1), SYNC, send('one')])
    outputs.say([append('log', '2', 2), SYNC, send('two')])
    outputs.say([append('log', '3', 3), SYNC, send('three')])
    outputs.synced()
    expect(left).toEqual(['one'])
    outputs.synced()
    expect([left, log(outputs.durableFiles())]).toEqual([['one', 'two', 'three'], '0123'])
  })

  test('does not share it where another file is at stake', () => {
    const { outputs, left } = opened()
    outputs.say([append('log', '1', 1), SYNC, send('one')])
    outputs.say([append('other', '2', 0), SYNC, send('two')])
    outputs.say([append('log', '3', 2), SYNC, send('three')])
    outputs.synced()
    outputs.synced()
    expect(left).toEqual(['one', 'two'])
    outputs.synced()
    expect(left).toEqual(['one', 'two', 'three'])
  })

  test('keeps, where a handler threw, what it wrote before its first sync', () => {
    const { outputs, left } = opened()
    outputs.abandon([append('log', '1', 1), send('never'), SYNC, append('log', '2', 2)])
    expect([left, log(outputs.filesAfterKill())]).toEqual([[], '01'])
  })

  test('is as it was said, whatever becomes of the buffer', () => {
    const { outputs } = opened()
    const bytes = Uint8Array.of(49)
    outputs.say([{ kind: 'write', path: 'log', offset: 1, bytes, append: true }])
    bytes[0] = 50
    expect(log(outputs.filesAfterKill())).toBe('01')
  })

  test('counts as durable and said at once where nobody knows what waited when the recording began', () => {
    const { outputs, left } = opened(3)
    outputs.say([append('log', '1', 1), SYNC, send('one')])
    expect([outputs.isKnown, left, log(outputs.durableFiles()), outputs.unfinished()]).toEqual([
      false,
      ['one'],
      '01',
      [],
    ])
  })
})
