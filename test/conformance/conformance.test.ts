import { describe, expect, test } from 'vitest'
import { InvariantError } from '../../sim/machine.ts'
import { loopbackStage } from './loopback.ts'
import { simulatedStage } from './simulated.ts'
import { bytes, codeOf, textOf, type Stage, type StageContext } from './stage.ts'

/** What a machine may rely on, in whichever world it runs. Who is talked to is named first: it is there first. */
describe.each([
  ['the simulated world', simulatedStage],
  ['real sockets and disks', loopbackStage],
] as const)('in %s', (_name, newStage) => {
  test('what a handler says to one peer on a stream arrives in the order it was said', async () => {
    const stage = newStage()
    await stage.begin({
      b: {},
      a: { start: (ctx) => range(200).forEach((n) => ctx.send('b', { type: 'stream', n })) },
    })
    await stage.until(() => stage.heard('b').length === 202)
    expect(stage.heard('b')).toEqual(['start 1', 'up a', ...range(200).map((n) => `stream ${n} from a`)])
    expect(stage.heard('a')).toEqual(['start 1', 'up b'])
  })

  test('messages to oneself come through the queue, one at a time, never within the handler', async () => {
    const stage = newStage()
    await stage.begin({
      a: {
        start: (ctx, say) => {
          ctx.send('a', { type: 'local', n: 1 })
          ctx.send('a', { type: 'datagram', n: 2 })
          say('end of start')
        },
        onMessage: (ctx, { type, n }, _from, say) => {
          if (type === 'local' && n === 1) ctx.send('a', { type: 'local', n: 3 })
          say(`end of ${n}`)
        },
      },
    })
    await stage.until(() => stage.heard('a').includes('end of 3') && stage.heard('a').includes('end of 2'))
    const heard = stage.heard('a')
    expect(heard.slice(0, 2)).toEqual(['start 1', 'end of start'])
    for (const [n, type] of [
      [1, 'local'],
      [2, 'datagram'],
      [3, 'local'],
    ] as const) {
      expect(heard[heard.indexOf(`${type} ${n} from a`) + 1]).toBe(`end of ${n}`)
    }
    expect(heard.indexOf('local 1 from a')).toBeLessThan(heard.indexOf('local 3 from a'))
  })

  test('what is said behind a sync waits for it while the node goes on; reads see all that was said', async () => {
    const stage = newStage()
    await stage.begin({
      a: {
        start: (ctx, say) => {
          ctx.disk.append('log', bytes('one '))
          ctx.send('a', { type: 'local', n: 1 })
          ctx.disk.sync()
          ctx.disk.append('log', bytes('two'))
          ctx.send('a', { type: 'local', n: 2 })
          say(textOf(ctx, 'log')!)
        },
      },
    })
    await stage.until(() => stage.heard('a').length === 4)
    expect(stage.heard('a')).toEqual(['start 1', 'one two', 'local 1 from a', 'local 2 from a'])
  })

  test('appends that meet behind a sync keep their order, and each is told when it is durable', async () => {
    const stage = newStage()
    await stage.begin({
      a: {
        start: (ctx) => range(50).forEach((n) => ctx.send('a', { type: 'datagram', n })),
        onMessage: (ctx, { type, n }, _from, say) => {
          if (type === 'datagram') {
            ctx.disk.append('log', bytes(`${n};`))
            ctx.disk.sync()
            ctx.send('a', { type: 'local', n })
          } else say(`log ends with ${textOf(ctx, 'log')!.split(';').length - 1}`)
        },
      },
    })
    await stage.until(() => stage.heard('a').filter((words) => words.startsWith('local')).length === 50)
    const durable = stage.heard('a').filter((words) => words.startsWith('local'))
    const said = stage.heard('a').filter((words) => words.startsWith('datagram'))
    expect(durable).toEqual(said.map((words) => words.replace('datagram', 'local')))
    expect(stage.heard('a').at(-1)).toBe('log ends with 50')
  })

  test('timers are put off, cancelled, told apart by what they say, and never early', async () => {
    const stage = newStage()
    const set = new Map<string, number>()
    const arm = (ctx: StageContext, name: string, ms: number): void => {
      set.set(name, ctx.now + ms)
      ctx.setTimer(name, ms)
    }
    await stage.begin({
      a: {
        start: (ctx) => {
          arm(ctx, 'late', 30)
          arm(ctx, 'put off', 1)
          arm(ctx, 'put off', 20)
          arm(ctx, 'brought forward', 60_000)
          arm(ctx, 'brought forward', 10)
          ctx.setTimer('cancelled', 5)
          ctx.cancelTimer('cancelled')
          ctx.setTimer({ type: 'numbered', n: 1, of: 'two' }, 40)
          ctx.setTimer({ of: 'two', n: 1, type: 'numbered' }, 5)
          ctx.setTimer({ type: 'numbered', n: 2, of: 'two' }, 15)
        },
        onTimer: (ctx, timer, say) => {
          if (typeof timer === 'string') say(ctx.now >= set.get(timer)! ? 'in time' : 'early')
        },
      },
    })
    await stage.until(() => stage.heard('a').includes('timer late'))
    await stage.pass()
    const heard = stage.heard('a').filter((words) => words !== 'in time')
    expect(heard).toEqual([
      'start 1',
      'timer two 1',
      'timer brought forward',
      'timer two 2',
      'timer put off',
      'timer late',
    ])
  })

  test('a range of a timer is drawn anew each time, both ends included', async () => {
    const stage = newStage()
    let armedAt = 0
    const waits: number[] = []
    const arm = (ctx: StageContext): void => {
      armedAt = ctx.now
      ctx.setTimer('drawn', [1, 9])
    }
    await stage.begin({
      a: {
        start: arm,
        onTimer: (ctx) => {
          waits.push(ctx.now - armedAt)
          if (waits.length < 20) arm(ctx)
        },
      },
    })
    await stage.until(() => waits.length === 20)
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1)
    expect(new Set(waits.map(Math.floor)).size).toBeGreaterThan(3)
  })

  test('both clocks stand still within a handler, and the monotonic one begins near 0', async () => {
    const stage = newStage()
    const looks: (readonly [number, number])[] = []
    await stage.begin({
      a: {
        start: (ctx) => {
          for (let turn = 0; turn < 20_000; turn++) looks.push([ctx.now, ctx.wallClock])
        },
      },
    })
    expect(new Set(looks.map(String)).size).toBe(1)
    expect(looks[0]![0]).toBeLessThan(1_000)
  })

  test('a stream that breaks is down at both ends; what is said while it is down is gone, and it comes back', async () => {
    const stage = newStage()
    let n = 0
    const tick = (ctx: StageContext): void => {
      ctx.send('b', { type: 'stream', n: ++n })
      ctx.setTimer('tick', 1)
    }
    await stage.begin({ b: {}, a: { start: tick, onTimer: tick } })
    await stage.until(() => stage.heard('b').length > 20)
    stage.resetStream('a', 'b')
    await stage.until(() => news(stage, 'a').length === 3 && news(stage, 'b').length === 3)
    await stage.until(() => stage.heard('b').at(-1) !== 'up a')
    expect([news(stage, 'a'), news(stage, 'b')]).toEqual([
      ['up b', 'down b', 'up b'],
      ['up a', 'down a', 'up a'],
    ])
    const numbers = numbersIn(stage, 'b')
    expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other))
    expect(numbers.length).toBeLessThan(numbers.at(-1)!)
  })

  test('a peer that is killed is down, and up again once it is back', async () => {
    const stage = newStage()
    const tick = (ctx: StageContext): void => {
      ctx.send('b', { type: 'stream', n: 0 })
      ctx.setTimer('tick', 5)
    }
    await stage.begin({ b: {}, a: { start: tick, onTimer: tick } })
    await stage.until(() => stage.heard('b').length > 5)
    await stage.killAndRestart('b')
    await stage.until(() => news(stage, 'a').length === 3 && stage.heard('b').includes('start 2'))
    await stage.until(() => stage.heard('b').at(-1)!.startsWith('stream'))
    expect(news(stage, 'a')).toEqual(['up b', 'down b', 'up b'])
    const second = stage.heard('b').slice(stage.heard('b').indexOf('start 2'))
    expect(second.slice(0, 2)).toEqual(['start 2', 'up a'])
  })

  test('an outbox has a bound: who says more than is taken hears that the stream is down', async () => {
    const stage = newStage()
    await stage.begin({
      b: {},
      a: {
        start: (ctx, say) => {
          say(`outbox ${ctx.outboxLength('b')}`)
          range(5_000).forEach((n) => ctx.send('b', { type: 'stream', n }))
        },
      },
    })
    await stage.until(() => news(stage, 'a').includes('down b'))
    await stage.pass()
    expect(stage.heard('a').slice(0, 2)).toEqual(['start 1', 'outbox 0'])
    expect(numbersIn(stage, 'b').length).toBeLessThan(5_000)
  })

  test('a message that does not fit its schema is dropped at the edge, and so is one to nobody', async () => {
    const stage = newStage()
    await stage.begin({
      b: {},
      a: {
        start: (ctx) => {
          ctx.send('b', { type: 'datagram', n: 'one' } as never)
          ctx.send('b', { type: 'stream', n: 'two' } as never)
          ctx.send('nobody', { type: 'datagram', n: 3 })
          ctx.send('b', { type: 'stream', n: 4 })
        },
      },
    })
    await stage.until(() => stage.heard('b').length === 3)
    await stage.pass()
    expect(stage.heard('b')).toEqual(['start 1', 'up a', 'stream 4 from a'])
    expect(stage.ended('a')).toBeUndefined()
  })

  test('a killed process keeps what it wrote, synced or not, and a prefix of what waited behind a sync', async () => {
    const stage = newStage()
    await stage.begin({
      a: {
        start: (ctx, say) => {
          const found = textOf(ctx, 'log')
          if (found !== undefined) say(`found ${found}`)
          else {
            ctx.disk.append('log', bytes('a'))
            for (const letter of 'bcdefgh') {
              ctx.disk.sync()
              ctx.disk.append('log', bytes(letter))
              ctx.disk.write('other', 0, bytes(letter))
            }
          }
        },
      },
    })
    await stage.killAndRestart('a')
    const [, , found] = stage.heard('a')
    expect('found abcdefgh'.startsWith(found!)).toBe(true)
    expect(found!.length).toBeGreaterThan('found '.length)
  })

  test('a new incarnation has its disk and nothing else: no timers, no messages to oneself, a clock from 0', async () => {
    const stage = newStage()
    await stage.begin({
      a: {
        start: (ctx, say, incarnation) => {
          if (incarnation > 1) {
            say(`${textOf(ctx, 'log')} ${ctx.now < 1_000}`)
            return
          }
          ctx.disk.append('log', bytes('kept'))
          ctx.setTimer('of the first', 40)
          ctx.disk.sync()
          for (let turn = 0; turn < 20; turn++) {
            ctx.disk.append('log', bytes('!'))
            ctx.disk.write('other', 0, bytes('!'))
            ctx.disk.sync()
          }
          ctx.send('a', { type: 'local', n: 1 })
        },
      },
    })
    await stage.killAndRestart('a')
    await stage.pass()
    const second = stage.heard('a').slice(stage.heard('a').indexOf('start 2'))
    expect(second).toHaveLength(2)
    expect(second[1]).toMatch(/^kept!* true$/)
  })

  test('a machine that exits has what it said before carried out, and nothing after', async () => {
    const stage = newStage()
    await stage.begin({
      b: { onMessage: (ctx, { n }, from) => ctx.send(from, { type: 'datagram', n: n + 1 }) },
      a: {
        start: (ctx) => ctx.send('b', { type: 'datagram', n: 1 }),
        onMessage: (ctx) => {
          ctx.disk.append('log', bytes('x'))
          ctx.disk.sync()
          ctx.send('b', { type: 'datagram', n: 10 })
          ctx.exit('all is done')
          ctx.send('b', { type: 'datagram', n: 20 })
        },
      },
    })
    await stage.until(() => stage.ended('a') !== undefined && stage.heard('b').length > 2)
    await stage.pass()
    expect(stage.ended('a')).toContain('all is done')
    expect(stage.heard('b')).toEqual(['start 1', 'datagram 1 from a', 'datagram 10 from a'])
  })

  test.each([
    ['throws', () => new Error('a bug')],
    ['finds an invariant broken', () => new InvariantError('a bug')],
  ])(
    'a handler that %s keeps what it wrote before its first sync, says nothing, and ends the node',
    async (_how, error) => {
      const stage = newStage()
      await stage.begin({
        b: {},
        a: {
          start: (ctx, say) => {
            say(`found ${textOf(ctx, 'log')}`)
            if (ctx.disk.list().length === 0) ctx.send('a', { type: 'local', n: 1 })
          },
          onMessage: (ctx) => {
            ctx.disk.append('log', bytes('one '))
            ctx.send('b', { type: 'datagram', n: 1 })
            ctx.disk.append('log', bytes('two'))
            ctx.disk.sync()
            ctx.disk.append('log', bytes('three'))
            throw error()
          },
        },
      })
      await stage.until(() => stage.ended('a') !== undefined)
      await stage.pass()
      expect(stage.ended('a')).toContain('a bug')
      expect(stage.heard('b')).toEqual(['start 1'])
    },
  )

  test('a disk has files by path, copies what it is given, and says which file is missing', async () => {
    const stage = newStage()
    await stage.begin({
      a: {
        start: ({ disk, ...ctx }, say) => {
          const buffer = bytes('one')
          disk.append('a/x', buffer)
          buffer.fill(0)
          disk.write('a/x', 5, bytes('six'))
          disk.append('a/y', bytes('gone'))
          disk.truncate('a/x', 7)
          disk.rename('a/x', 'b')
          disk.remove('a/y')
          say(`${disk.list()}: ${new TextDecoder().decode(disk.read('b')).replaceAll('\0', '.')}`)
          for (const act of [() => disk.rename('a/x', 'c'), () => disk.remove('a/y'), () => disk.truncate('c', 0)]) {
            say(codeOf(act))
          }
          disk.sync()
          disk.rename('b', 'c')
          disk.append('c', bytes('!'))
          say(`${disk.list('c')}: ${disk.read('b')} ${new TextDecoder().decode(disk.read('c')).replaceAll('\0', '.')}`)
          void ctx
        },
      },
    })
    expect(stage.heard('a').slice(1)).toEqual(['b: one..si', 'ENOENT', 'ENOENT', 'ENOENT', 'c: undefined one..si!'])
  })

  test('a context must not be kept, and rare paths are a matter of simulation', async () => {
    const stage = newStage()
    let kept: StageContext | undefined
    await stage.begin({
      a: {
        start: (ctx) => {
          kept = ctx
          ctx.setTimer('next', 1)
        },
      },
    })
    await stage.until(() => stage.heard('a').includes('timer next'))
    expect(() => kept!.send('a', { type: 'local', n: 1 })).toThrow('used outside its handler')
    expect(() => kept!.setTimer('late', 1)).toThrow('used outside its handler')
  })
})

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, place) => place + 1)
}

function news(stage: Stage, id: string): readonly string[] {
  return stage.heard(id).filter((words) => /^(up|down) /.test(words))
}

function numbersIn(stage: Stage, id: string): readonly number[] {
  return stage.heard(id).flatMap((words) => (words.startsWith('stream') ? [Number(words.split(' ')[1])] : []))
}
