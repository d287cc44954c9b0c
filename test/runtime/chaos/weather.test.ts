import { describe, expect, test } from 'vitest'
import { DiskWeather } from '../../../runtime/chaos/disk-weather.ts'
import { LinkWeather } from '../../../runtime/chaos/link-weather.ts'
import type { Fault } from '../../../sim/faults.ts'
import { randomStream } from '../../../sim/random.ts'

const FAIR = { latencyMs: [2, 2], loss: 0, duplication: 0 } as const
const lasting = { id: 1, atMs: 0, forMs: 100 }

function linksUnder(...faults: Fault[]): LinkWeather {
  const links = new LinkWeather('n1', FAIR, randomStream(1, 'test'), () => 0)
  links.become(faults.map((fault) => ({ fault, leftMs: 100 })))
  return links
}

describe('links under a plan', () => {
  test('have the latency of the network when nothing is wrong', () => {
    expect(linksUnder().datagram('n2')).toEqual([2])
    expect(linksUnder().frame('n2')).toBe(2)
  })

  test('that are cut carry nothing, neither way where the cut has two sides', () => {
    const links = linksUnder({ ...lasting, kind: 'partition', groups: [['n1'], ['n2']] })
    expect([links.datagram('n2'), links.frame('n2'), links.connects('n2')]).toEqual([[], 'cut', false])
    expect(links.datagram('n3')).toEqual([2])
  })

  test('that are cut one way still hear the other', () => {
    const links = linksUnder({ ...lasting, kind: 'one-way-partition', from: ['n2'], to: ['n1'] })
    expect(links.datagram('n2')).toEqual([2])
    expect(links.connects('n2')).toBe(false)
  })

  test('lose, double, slow and hold what they are told to', () => {
    expect(linksUnder({ ...lasting, kind: 'loss', probability: 1 }).datagram('n2')).toEqual([])
    expect(linksUnder({ ...lasting, kind: 'duplication', probability: 1, to: ['n2'] }).datagram('n2')).toEqual([2, 2])
    expect(linksUnder({ ...lasting, kind: 'slow-link', factor: 5, to: ['n3'] }).datagram('n2')).toEqual([2])
    expect(linksUnder({ ...lasting, kind: 'slow-link', factor: 5 }).datagram('n2')).toEqual([10])
    expect(linksUnder({ ...lasting, kind: 'clog' }).datagram('n2')).toEqual([100])
  })
})

test('a disk under a plan is full, fails and is slow for its own node only', () => {
  const disk = new DiskWeather('n1', [1, 1], randomStream(1, 'test'))
  disk.become([
    { fault: { ...lasting, kind: 'disk-full', node: 'n1' }, leftMs: 100 },
    { fault: { ...lasting, kind: 'slow-sync', node: 'n1', byMs: 40 }, leftMs: 100 },
    { fault: { ...lasting, kind: 'disk-error', node: 'n2', probability: 1 }, leftMs: 100 },
  ])
  expect([disk.operation('read'), disk.hasFailed]).toEqual([undefined, false])
  expect([disk.operation('grow'), disk.hasFailed, disk.sync()]).toEqual(['ENOSPC', true, 41])
})
