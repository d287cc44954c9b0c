import type { NodeId } from '../../sim/machine.ts'
import { sha1OfText } from '../ring/sha1.ts'
import { byLogicalClock, historyOf } from './history.ts'
import type { Member } from './member.ts'
import type { MembershipEvent } from './messages.ts'
import { formatNode, ringInForce } from './persistence.ts'

/**
 * The disks of nodes that are members of one settled ring before they first run, as set-up leaves them. Which ring it
 * is follows from the number: its identities and tokens are digests.
 */
export function foundedDisks(
  uris: readonly NodeId[],
  tokens: number,
  ring: number,
): ReadonlyMap<NodeId, ReadonlyMap<string, Uint8Array>> {
  const members = uris.map((uri): Member => {
    const digest = (word: string): string => sha1OfText(`${uri} ${word} ${ring}`)
    return {
      id: uuidFrom(digest('id')),
      name: `Founder ${uri}`,
      uri,
      tokens: Array.from({ length: tokens }, (_, token) => digest(`token ${token}`)),
    }
  })
  const events = members.map((member, place): MembershipEvent => ({
    clock: place + 1,
    author: member.id,
    serial: 1,
    timestampMs: place,
    type: 'ADD',
    member,
  }))
  const settled = ringInForce(historyOf(events, byLogicalClock).view, members)
  return new Map(members.map((member) => [member.uri, formatNode(member, events, settled)]))
}

function uuidFrom(digits: string): string {
  const groups = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`]
  return [...groups, digits.slice(20, 32)].join('-')
}
