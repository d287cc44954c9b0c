import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HostClock } from '../../../runtime/host/clock.ts'
import { HostTimers } from '../../../runtime/host/timers.ts'
import type { TimerName } from '../../../sim/machine.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }))
afterEach(() => void vi.useRealTimers())

function timers(): { readonly made: HostTimers; readonly fired: TimerName[] } {
  const fired: TimerName[] = []
  return { fired, made: new HostTimers(new HostClock(), 1, (timer) => fired.push(timer)) }
}

test('timers that are due at once, as the process was held up, fire by their deadlines, put off or not', () => {
  let presentMs = 0
  const fired: TimerName[] = []
  const clock = Object.assign(new HostClock(), { present: () => presentMs })
  const made: HostTimers = new HostTimers(clock, 1, (timer) => made.claim(timer) && fired.push(timer))
  made.set('put off', 1)
  made.set('put off', 20)
  made.set('brought forward', 60)
  made.set('brought forward', 10)
  made.set('first', 5)
  made.set('cancelled', 3)
  made.cancel('cancelled')
  made.set('last', 30)
  // The event loop gets its next turn late.
  presentMs = 50
  vi.advanceTimersByTime(1)
  expect(fired).toEqual(['first', 'brought forward', 'put off', 'last'])
})

test('a timer is never early, and one set anew in its own handler waits its whole time again', () => {
  const clock = new HostClock()
  const fired: number[] = []
  const made: HostTimers = new HostTimers(clock, 1, (timer) => {
    clock.sample()
    fired.push(clock.now)
    if (fired.length < 3) made.set(timer, 7.25)
  })
  made.set('tick', 7.25)
  vi.advanceTimersByTime(100)
  expect(fired).toHaveLength(3)
  expect([fired[0]! >= 7.25, fired[1]! - fired[0]! >= 7.25, fired[2]! - fired[1]! >= 7.25]).toEqual([true, true, true])
})

test('what is put off for long costs one look, and stopped timers never fire', () => {
  const { made, fired } = timers()
  for (let turn = 0; turn < 100; turn++) made.set('put off', 10 + turn)
  expect(made.look()).toMatchObject([{ timer: 'put off', leftMs: 109, draws: 0 }])
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(60)
  made.stop()
  vi.advanceTimersByTime(1_000)
  expect([fired, vi.getTimerCount()]).toEqual([[], 0])
})

test('a timer that was due, and is cancelled or put off before the node comes to it, does not fire', () => {
  const { made, fired } = timers()
  const record = { type: 'retry', n: 1 }
  for (const timer of ['cancelled', 'put off', 'kept', record]) made.set(timer, 5)
  vi.advanceTimersByTime(5)
  expect(fired).toEqual(['cancelled', 'put off', 'kept', record])
  made.cancel('cancelled')
  made.set('put off', 5)
  expect(fired.map((timer) => made.claim(timer))).toEqual([false, false, true, true])
  vi.advanceTimersByTime(6)
  expect(fired.slice(4)).toEqual(['put off'])
  expect(made.claim('put off')).toBe(true)
  expect(made.look().map(({ timer }) => timer)).not.toContain(record)
})
