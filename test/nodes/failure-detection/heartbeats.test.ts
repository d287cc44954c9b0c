import { describe, expect, test } from 'vitest'
import { expectToHear, forget, heard, isSuspected, newHeartbeats } from '../../../nodes/failure-detection/heartbeats.ts'

describe('heartbeats', () => {
  test('a member is suspected once nothing new was heard of it for too long, and no longer when something is', () => {
    const heartbeats = newHeartbeats()
    heard(heartbeats, 'a', 100)
    expect(isSuspected(heartbeats, 'a', 1_100, 1_000)).toBe(false)
    expect(isSuspected(heartbeats, 'a', 1_101, 1_000)).toBe(true)
    heard(heartbeats, 'a', 1_200)
    expect(isSuspected(heartbeats, 'a', 1_300, 1_000)).toBe(false)
  })

  test('one that was never heard of is suspected, unless it is only now expected', () => {
    const heartbeats = newHeartbeats()
    expect(isSuspected(heartbeats, 'a', 100, 1_000)).toBe(true)
    expectToHear(heartbeats, 'a', 100)
    expectToHear(heartbeats, 'a', 1_050)
    expect(isSuspected(heartbeats, 'a', 1_000, 1_000)).toBe(false)
    expect(isSuspected(heartbeats, 'a', 1_200, 1_000)).toBe(true)
    forget(heartbeats, 'a')
    expect(isSuspected(heartbeats, 'a', 1_200, 10_000)).toBe(true)
  })
})
