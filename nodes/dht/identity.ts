import type { Random } from '../../sim/machine.ts'
import { drawPosition } from '../ring/ring.ts'
import { drawName } from './names.ts'
import type { DhtContext, Identity } from './state.ts'

/** SHA-1 has 160 bits. */
export const POSITION_DIGITS = 40

/** Who a node is that runs for the first time on its disk. */
export function drawIdentity(random: Random, tokens: number): Identity {
  return {
    id: drawUuid(random),
    name: drawName(random),
    tokens: Array.from({ length: tokens }, () => drawPosition(random, POSITION_DIGITS)),
  }
}

/** A random UUID (RFC 9562, section 5.4): version 4, variant 10. */
export function drawUuid(random: Random): string {
  const digits = drawPosition(random, 32)
  const variant = '89ab'[random.integer(0, 3)]!
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20),
  ].join('-')
}

/**
 * The name under which an incarnation writes: another one each time, as a node whose disk was lost, or put back, cannot
 * know how far it had counted under the last.
 */
export function drawActor({ name }: Identity, ctx: DhtContext): string {
  return `${name}-${drawPosition(ctx.random.named('actor'), 12)}`
}
