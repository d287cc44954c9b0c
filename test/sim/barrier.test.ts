import { describe, expect, test } from 'vitest'
import { bytes, drops, events, filesOf, heard, node, textOf, worldOf, type TestContext } from './support/world.ts'

/** Appends, syncs, and only then answers: the whole of "persist before you answer". */
const persistThenAnswer = (ctx: TestContext, n: number): void => {
  ctx.disk.append('log', bytes(`${n};`))
  ctx.disk.sync()
  ctx.send('client', { type: 'datagram', n })
}

const server = node('server', { onMessage: (ctx, { n }) => persistThenAnswer(ctx, n) })
const asks = (...numbers: readonly number[]): ReturnType<typeof node> =>
  node('client', { start: (ctx) => numbers.forEach((n) => ctx.send('server', { type: 'datagram', n })) })

describe('sync is a full barrier', () => {
  test('what is sent after a sync waits until what was written before it is durable', () => {
    const world = worldOf([server, asks(1)])
    world.run(100)
    expect(events(world, 'synced')).toEqual(['11 server sync'])
    expect(events(world, 'deliver')).toEqual(['1 server datagram', '12 client datagram'])
  })

  test('what is sent before a sync does not wait, so a power loss finds the answer without the record', () => {
    const eager = node('server', {
      onMessage: (ctx, { n }) => {
        ctx.disk.append('log', bytes(`${n};`))
        ctx.send('client', { type: 'datagram', n })
        ctx.disk.sync()
      },
    })
    const lost = [1, 2, 3, 4, 5, 6, 7, 8].filter((seed) => {
      const world = worldOf([eager, asks(1)], { seed })
      world.run(5)
      expect(heard(world, 'client')).toEqual(['datagram 1 from server'])
      world.inject({ kind: 'power-loss', node: 'server', restartAfterMs: 1 })
      world.run(10)
      return textOf(world.node('server').disk.read('log')) !== '1;'
    })
    expect(lost.length).toBeGreaterThan(0)
  })

  test('a power loss takes no record whose answer was heard, whenever it comes', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const world = worldOf([server, asks(1, 2, 3, 4)], {
        seed,
        network: { latencyMs: [1, 9], loss: 0, duplication: 0 },
      })
      world.run(seed * 0.7)
      world.inject({ kind: 'power-loss', node: 'server', restartAfterMs: 1 })
      const answered = heard(world, 'client').map((entry) => entry.split(' ')[1]!)
      const kept = textOf(world.node('server').disk.read('log')) ?? ''
      for (const n of answered) expect(kept, `seed ${seed}`).toContain(`${n};`)
    }
  })

  test('reads see all that was said, while it still waits behind a sync', () => {
    const seen: unknown[] = []
    const world = worldOf([
      node('n1', {
        start: (ctx) => {
          ctx.disk.append('a', bytes('one'))
          ctx.disk.sync()
          ctx.disk.write('a', 1, bytes('NE'))
          ctx.disk.rename('a', 'b')
          ctx.disk.append('c', bytes('x'))
          ctx.disk.remove('c')
          seen.push(filesOf(ctx.disk), ctx.disk.read('a'))
        },
      }),
    ])
    world.run(1)
    expect(seen).toEqual([{ b: 'oNE' }, undefined])
  })

  test('a killed process loses what waited behind the sync, and keeps what was written before it', () => {
    const world = worldOf([
      node('n1', {
        start: (ctx) => {
          if (ctx.disk.list().length > 0) return
          ctx.disk.append('a', bytes('kept'))
          ctx.disk.sync()
          ctx.disk.append('b', bytes('gone'))
          ctx.send('n1', { type: 'local', n: 1 })
        },
      }),
    ])
    world.run(5)
    world.inject({ kind: 'kill', node: 'n1', restartAfterMs: 1 })
    world.run(50)
    expect(filesOf(world.node('n1').disk)).toEqual({ a: 'kept' })
    expect(heard(world, 'n1')).toEqual([])
  })

  test('write, sync, rename, sync: whatever the moment of the power loss, the file is the old or the new one, whole', () => {
    const replace = (ctx: TestContext, text: string): void => {
      ctx.disk.append('file.temp', bytes(text))
      ctx.disk.sync()
      ctx.disk.rename('file.temp', 'file')
      ctx.disk.sync()
    }
    const outcomes = new Set<string>()
    for (let seed = 1; seed <= 150; seed++) {
      const world = worldOf(
        [
          node(
            'n1',
            { start: (ctx) => ctx.setTimer('replace', 5), onTimer: (ctx) => replace(ctx, 'the new one') },
            { disk: new Map([['file', bytes('the old one')]]) },
          ),
        ],
        { seed },
      )
      world.run(4 + (seed % 30))
      world.inject({ kind: 'power-loss', node: 'n1' })
      outcomes.add(textOf(world.node('n1').disk.read('file'))!)
    }
    expect([...outcomes].sort()).toEqual(['the new one', 'the old one'])
  })

  test('a throw after write, sync, rename keeps the barrier too: the rename waits for ever', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const world = worldOf(
        [
          node(
            'n1',
            {
              start: (ctx) => {
                ctx.disk.append('file.temp', bytes('the new one'))
                ctx.disk.sync()
                ctx.disk.rename('file.temp', 'file')
                throw new Error('a bug')
              },
            },
            { disk: new Map([['file', bytes('the old one')]]) },
          ),
        ],
        { seed },
      )
      world.run(1)
      world.inject({ kind: 'power-loss', node: 'n1' })
      expect(textOf(world.node('n1').disk.read('file'))).toBe('the old one')
    }
  })

  test('timers and notes do not wait for a sync', () => {
    const world = worldOf([
      node('n1', {
        start: (ctx) => {
          ctx.disk.append('a', bytes('x'))
          ctx.disk.sync()
          ctx.setTimer('tick', 2)
          ctx.note('written', { path: 'a' })
        },
      }),
    ])
    world.run(3)
    expect(heard(world, 'n1')).toEqual(['timer tick'])
    expect(world.trace!.events[0]!.notes).toEqual([{ event: 'written', detail: { path: 'a' } }])
    expect(events(world, 'synced')).toEqual([])
  })

  test('while a sync is under way the node goes on handling, and its later answers queue behind it', () => {
    const world = worldOf([
      node('server', {
        onMessage: (ctx, { n }) => (n === 1 ? persistThenAnswer(ctx, 1) : ctx.send('client', { type: 'datagram', n })),
      }),
      node('client', {
        start: (ctx) => {
          ctx.send('server', { type: 'datagram', n: 1 })
          ctx.setTimer('again', 3)
        },
        onTimer: (ctx) => ctx.send('server', { type: 'datagram', n: 2 }),
      }),
    ])
    world.run(100)
    expect(events(world, 'deliver')).toEqual([
      '1 server datagram',
      '4 server datagram',
      '12 client datagram',
      '12 client datagram',
    ])
  })

  test('a message to oneself after a sync tells that the write is durable, and dies with its incarnation', () => {
    const writes = node('n1', {
      start: (ctx) => {
        ctx.disk.append('a', bytes('x'))
        ctx.disk.sync()
        ctx.send('n1', { type: 'local', n: ctx.disk.read('a')!.length })
      },
    })
    const undisturbed = worldOf([writes])
    undisturbed.run(100)
    expect(heard(undisturbed, 'n1')).toEqual(['local 1 from n1'])
    expect(events(undisturbed, 'deliver')).toEqual(['10 n1 local'])

    const crashed = worldOf([writes])
    crashed.run(9)
    crashed.inject({ kind: 'kill', node: 'n1', restartAfterMs: 1 })
    crashed.run(100)
    expect(heard(crashed, 'n1')).toEqual(['local 2 from n1'])
  })

  test('a local message on its way when the process is killed does not reach the next incarnation', () => {
    const world = worldOf([node('n1', { start: (ctx) => ctx.send('n1', { type: 'local', n: 1 }) })])
    world.step()
    world.inject({ kind: 'kill', node: 'n1', restartAfterMs: 0 })
    world.run(10)
    expect(heard(world, 'n1')).toEqual(['local 1 from n1'])
    expect(world.trace!.events.filter(({ kind }) => kind === 'drop')).toHaveLength(1)
  })

  test('a local message that a slow process comes to late does not reach the next incarnation either', () => {
    const once = node('n1', { start: (ctx) => ctx.wallClock % 100 === 0 && ctx.send('n1', { type: 'local', n: 1 }) })
    const world = worldOf([once])
    world.step()
    world.inject({ kind: 'slow-process', node: 'n1', byMs: 5, forMs: 1 })
    world.run(2)
    world.inject({ kind: 'kill', node: 'n1', restartAfterMs: 1 })
    world.run(20)
    expect(world.node('n1').incarnation).toBe(2)
    expect(heard(world, 'n1')).toEqual([])
    expect(drops(world)).toEqual({ 'for an earlier incarnation': 1 })
  })

  test('a sync that was under way at a crash says nothing about the writes of the next incarnation', () => {
    const writes = node('n1', {
      start: (ctx) => {
        ctx.disk.append('a', bytes('x'))
        ctx.disk.sync()
        ctx.send('n2', { type: 'datagram', n: ctx.disk.read('a')!.length })
      },
    })
    const world = worldOf([writes, node('n2')])
    world.run(5)
    world.inject({ kind: 'kill', node: 'n1', restartAfterMs: 1 })
    world.run(50)
    expect(events(world, 'synced')).toEqual(['16 n1 sync'])
    expect(events(world, 'deliver')).toEqual(['17 n2 datagram'])
  })

  test('a local message to another node is a finding, not a message', () => {
    const world = worldOf([node('n1', { start: (ctx) => ctx.send('n2', { type: 'local', n: 1 }) }), node('n2')])
    world.run(10)
    expect(world.findings.map(({ property, node: at }) => [property, at])).toEqual([
      ['local messages stay with their node', 'n1'],
    ])
    expect(heard(world, 'n2')).toEqual([])
  })
})

describe('group commit', () => {
  test('appends of several handlers that meet behind a sync share the next one', () => {
    const world = worldOf([server, asks(1, 2, 3, 4, 5, 6)])
    world.run(200)
    expect(events(world, 'synced')).toEqual(['11 server sync', '21 server sync'])
    expect(heard(world, 'client')).toHaveLength(6)
  })

  test('operations that are not appends to the same file keep their barriers', () => {
    const several = node('server', {
      onMessage: (ctx, { n }) => {
        ctx.disk.append(`log ${n}`, bytes('x'))
        ctx.disk.sync()
      },
    })
    const world = worldOf([several, asks(1, 2, 3)])
    world.run(200)
    expect(events(world, 'synced')).toEqual(['11 server sync', '21 server sync', '31 server sync'])
  })

  test('a sync with nothing to make durable takes no time', () => {
    const world = worldOf([
      node('n1', {
        start: (ctx) => {
          ctx.disk.sync()
          ctx.send('n2', { type: 'datagram', n: 1 })
        },
      }),
      node('n2'),
    ])
    world.run(1)
    expect(heard(world, 'n2')).toEqual(['datagram 1 from n1'])
  })
})
