import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EventQueue } from '../../sim/event-queue.ts'

/** What a queue does, against a list that is sorted each time. */
type Step = { readonly do: 'push'; readonly atUs: number } | { readonly do: 'pop' | 'put off' }

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('push' as const), atUs: fc.integer({ min: 0, max: 20 }) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('pop' as const, 'put off' as const) }) },
  ),
  { maxLength: 900, size: 'max' },
)

describe('the event queue', () => {
  test('gives the events in the order of time, equal times in the order they were pushed', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const queue = new EventQueue()
        let model: { readonly atUs: number; readonly order: number; readonly name: number }[] = []
        for (const [order, step] of all.entries()) {
          if (step.do === 'push') {
            queue.push(step.atUs, 1, order % 7, order, order + 1, order + 2, order + 3, `event ${order}`)
            model.push({ atUs: step.atUs, order, name: order })
          } else if (model.length > 0) {
            model.sort((a, b) => a.atUs - b.atUs || a.order - b.order)
            const [expected, ...rest] = model
            model = rest
            expect(queue.nextAtUs).toBe(expected!.atUs)
            const slot = queue.pop()
            expect([queue.body[slot], queue.poppedAtUs]).toEqual([`event ${expected!.name}`, expected!.atUs])
            expect([queue.incarnation[slot], queue.peer[slot], queue.number[slot], queue.cause[slot]]).toEqual(
              [0, 1, 2, 3].map((plus) => expected!.name + plus),
            )
            if (step.do === 'put off') {
              queue.pushSlot(expected!.atUs + 5, slot)
              model.push({ atUs: expected!.atUs + 5, order, name: expected!.name })
            } else queue.free(slot)
          }
          expect(queue.length).toBe(model.length)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('keeps its order when it has grown far beyond its first size', () => {
    const queue = new EventQueue()
    for (let event = 0; event < 5000; event++) queue.push((event * 7919) % 1000, 1, 0, 0, 0, event, 0, undefined)
    let before = -1
    const atEqualTime = new Map<number, number>()
    while (queue.length > 0) {
      const slot = queue.pop()
      expect(queue.poppedAtUs).toBeGreaterThanOrEqual(before)
      expect(queue.number[slot]).toBeGreaterThan(atEqualTime.get(queue.poppedAtUs) ?? -1)
      atEqualTime.set(queue.poppedAtUs, queue.number[slot]!)
      before = queue.poppedAtUs
      queue.free(slot)
    }
    expect(queue.nextAtUs).toBe(Infinity)
  })
})
