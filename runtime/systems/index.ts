import { unknownName } from '../suggest.ts'
import { raftKvSystem } from './raft-kv.ts'
import type { System } from './system.ts'

const systems: readonly System[] = [raftKvSystem]

export function findSystem(name: string): System | undefined {
  return systems.find((system) => system.name === name)
}

/** The system of a name; throws a sentence with the names there are. */
export function systemOf(name: string): System {
  return (
    findSystem(name) ??
    unknownName(
      'system',
      name,
      systems.map((system) => system.name),
    )
  )
}
