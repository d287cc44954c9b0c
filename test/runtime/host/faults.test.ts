import { describe, expect, test } from 'vitest'
import type { DiskFaults } from '../../../runtime/host/disk-faults.ts'
import type { InputTap, Output } from '../../../runtime/host/input-tap.ts'
import type { DiskError } from '../../../sim/machine.ts'
import { heard, hosted, pair, until, type Word, type WordContext } from './support/hosted.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('a faulty disk', () => {
  test('that is full says so with a typed error, which a machine may live with', async () => {
    const diskFaults: DiskFaults = { operation: (use) => (use === 'grow' ? 'ENOSPC' : undefined), sync: () => 0 }
    const codes: string[] = []
    const node = await hosted(
      'a',
      {
        start: (ctx) => {
          try {
            ctx.disk.append('log', bytes('one'))
          } catch (error) {
            codes.push((error as DiskError).code)
          }
          ctx.send('a', { type: 'local', n: 1 })
        },
      },
      { diskFaults },
    )
    await until(() => heard(node).length === 1)
    expect(codes).toEqual(['ENOSPC'])
  })

  test('whose sync fails stops the node, and what waited for it is never said', async () => {
    const diskFaults: DiskFaults = { operation: () => undefined, sync: () => 'fails' }
    const [a, b] = await pair(
      {
        start: (ctx) => {
          ctx.disk.append('log', bytes('one'))
          ctx.disk.sync()
          ctx.send('b', { type: 'datagram', n: 1 })
        },
      },
      {},
      { a: { diskFaults } },
    )
    expect(await a.ended).toMatchObject({ how: 'failed', reason: 'the disk failed: DiskError: EIO: sync' })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(heard(b)).toEqual([])
  })

  test('that is slow holds back what waits, and nothing else', async () => {
    let syncs = 0
    const diskFaults: DiskFaults = { operation: () => undefined, sync: () => (syncs++ === 0 ? 40 : 0) }
    const node = await hosted(
      'a',
      {
        start: (ctx) => {
          ctx.disk.append('log', bytes('one'))
          ctx.disk.sync()
          ctx.send('a', { type: 'local', n: 1 })
          ctx.setTimer('meanwhile', 5)
        },
      },
      { diskFaults },
    )
    await until(() => heard(node).length === 2)
    expect(heard(node)).toEqual(['timer meanwhile', 'local 1 from a'])
  })

  test('that is slower than what comes in makes the node drop datagrams, not swell', async () => {
    const diskFaults: DiskFaults = { operation: () => undefined, sync: () => 200 }
    const tick = (ctx: WordContext): void => {
      for (let n = 0; n < 100; n++) ctx.send('b', { type: 'datagram', n })
      ctx.setTimer('tick', 1)
    }
    const [, b] = await pair(
      { start: tick, onTimer: tick },
      {
        onMessage: (ctx, { n }) => {
          ctx.disk.append('log', bytes(`${n}`))
          ctx.disk.sync()
          ctx.send('b', { type: 'local', n })
        },
      },
      { b: { diskFaults, limits: { waiting: 500 } } },
    )
    let most = 0
    await until(() => {
      most = Math.max(most, b.figures.waiting)
      return (b.figures.drops.get('too busy') ?? 0) > 200
    })
    // Beyond the limit comes only what one datagram brought.
    expect(most).toBeLessThan(500 + 3 * 3_000)
  })
})

test('a tap sees each input before anything comes of it, and all that is said', async () => {
  const seen: string[] = []
  const outputs: Output[] = []
  const tap: InputTap = {
    began: ({ self, seed }) => seen.push(`began ${self} ${seed}`),
    input: (input, now) => seen.push(`${input.kind}${now >= 0 ? '' : ' early'}`),
    answered: (answer) => seen.push(`answered ${answer.question} ${'answer' in answer ? answer.answer : answer.code}`),
    said: (output) => {
      seen.push(`said ${output.kind}`)
      outputs.push(output)
    },
    keep: () => seen.push('keep'),
    handled: (error) => seen.push(error === undefined ? 'handled' : `threw ${error.message}`),
    ended: (reason) => seen.push(`ended: ${reason}`),
  }
  const node = await hosted(
    'a',
    {
      start: (ctx) => {
        ctx.disk.append('log', bytes('x'))
        ctx.disk.sync()
        ctx.send('a', { type: 'local', n: ctx.outboxLength('b') })
      },
      onMessage: (ctx) => ctx.setTimer('soon', [3, 4]),
      onTimer: (ctx) => {
        ctx.disk.remove('nothing')
      },
    },
    { tap, seed: 42, diskFaults: { operation: () => undefined, sync: () => 1 } },
  )
  await node.ended
  expect(seen).toEqual([
    'began a 42',
    'start',
    'said write',
    'said sync',
    'answered outbox length 0',
    'said send',
    'handled',
    'synced',
    'message',
    'said timer',
    'handled',
    'timer',
    'said remove',
    'answered disk ENOENT',
    'threw ENOENT: nothing',
    'ended: a handler threw: DiskError: ENOENT: nothing',
  ])
  const armed = outputs.find(({ kind }) => kind === 'timer')
  expect(armed).toMatchObject({ kind: 'timer', timer: 'soon' })
  const { delayMs } = armed as Extract<Output, { kind: 'timer' }>
  expect([delayMs >= 3, delayMs <= 4]).toEqual([true, true])
})

test('a tap keeps what a node was told before any byte of what it says has left', async () => {
  for (const type of ['datagram', 'stream'] as const) {
    const seen: string[] = []
    const tap: InputTap = {
      began: () => undefined,
      input: () => undefined,
      answered: () => undefined,
      said: ({ kind }) => seen.push(`said ${kind}`),
      handled: () => undefined,
      keep: () => seen.push('keep'),
      ended: () => undefined,
    }
    const [a, b] = await pair(
      { onMessage: (ctx) => ctx.send('b', { type, n: 1 }) },
      { onMessage: () => seen.push('heard') },
      { a: { tap } },
    )
    a.deliver('someone', { type: 'local', n: 0 } as Word)
    await until(() => heard(b).some((words) => words.startsWith(type)))
    const said = seen.indexOf('said send')
    expect(seen.indexOf('keep', said)).toBeGreaterThan(said)
    expect(seen.indexOf('keep', said)).toBeLessThan(seen.indexOf('heard'))
  }
})
