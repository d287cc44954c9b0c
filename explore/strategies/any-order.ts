import { moments } from './moments.ts'
import type { Strategy } from './strategy.ts'

/** Messages overtake each other by far, one by one, beside faults at moments of the run. */
export const anyOrder: Strategy = {
  about: 'each message slower or faster by a factor of its own, beside faults at moments of the run',
  faults: moments.faults,
  anyOrder: true,
}
