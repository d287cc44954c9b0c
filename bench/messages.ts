import type { Figure } from '../reports/json.ts'
import { bareGossip, simulatedGossip } from './gossip.ts'
import { against } from './measure.ts'
import { barePingPong, simulatedPingPong } from './pingpong.ts'

const PING_PONGS = 1_000_000
const GOSSIPED = 400_000

export function pingPong(): readonly Figure[] {
  return against(
    'pingpong',
    'messages/s',
    () => {
      simulatedPingPong(PING_PONGS)
      return PING_PONGS
    },
    () => {
      barePingPong(PING_PONGS)
      return PING_PONGS
    },
  )
}

export function gossip(nodes: number): readonly Figure[] {
  return against(
    `gossip-${nodes}`,
    'messages/s',
    () => simulatedGossip(nodes, GOSSIPED),
    () => bareGossip(nodes, GOSSIPED),
    3,
  )
}
