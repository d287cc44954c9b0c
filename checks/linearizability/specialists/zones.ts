import type { Block } from './blocks.ts'
import { sortedBy } from '../sorting.ts'

/**
 * Blocks in an order that real time allows, or two that real time puts both before and after each other.
 *
 * Block A must come before B if one of A had returned when one of B was invoked: if A's first return is before B's last
 * invocation. The time between its first return and its last invocation is a block's zone: P. Gibbons and E. Korach,
 * "Testing shared memories", 1997, section 4, call it forward where the return comes first, and backward where the
 * invocation does.
 *
 * If two blocks must both come before each other, there is no order. Otherwise there is one, the order of the zones'
 * beginnings: let A begin before B, and suppose that B must come before A. So B's first return is before A's last
 * invocation. If A is backward, its last invocation is its beginning, thus before B's beginning and B's first return,
 * which contradicts it. If A is forward, its first return is its beginning, thus before B's last invocation, and A
 * must come before B as well, which was excluded.
 *
 * Only forward zones can conflict with a later one, and while there is no conflict the last of them ends last: another
 * forward zone that begins before its end would conflict with it. So to look at the last one suffices.
 */
export function byZone(blocks: readonly Block[]): readonly Block[] | { readonly conflict: readonly [Block, Block] } {
  // The initial value's zone begins at -2.
  const order = sortedBy(blocks, ({ firstReturn, lastInvocation }) => Math.min(firstReturn, lastInvocation) + 2)
  let forward: Block | undefined
  for (const block of order) {
    if (forward !== undefined && block.firstReturn < forward.lastInvocation) return { conflict: [forward, block] }
    if (block.firstReturn < block.lastInvocation) forward = block
  }
  return order
}
