import { expect, test } from 'vitest'
import { heedSignals } from '../../../runtime/host/signals.ts'
import { hosted } from './support/hosted.ts'

/** Asks as the system would, though nobody but the newest listener hears it. */
function ask(): void {
  const listener = process.listeners('SIGTERM').at(-1) as (signal: NodeJS.Signals) => void
  listener('SIGTERM')
}

test('whoever is asked to end before the node is there stops it in good order once it is', async () => {
  const before = process.listenerCount('SIGTERM')
  const signals = heedSignals()
  ask()
  const node = await hosted('a', {})
  expect(await signals.stop(node)).toMatchObject({ how: 'stopped' })
  expect(process.listenerCount('SIGTERM')).toBe(before)
})

test('a node that is there is stopped, and who gives up before there is one hears no signals any more', async () => {
  const before = process.listenerCount('SIGTERM')
  heedSignals().release()
  expect(process.listenerCount('SIGTERM')).toBe(before)
  const signals = heedSignals()
  const node = await hosted('a', {})
  const ended = signals.stop(node)
  ask()
  expect(await ended).toMatchObject({ how: 'stopped' })
})
