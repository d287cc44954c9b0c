import { unknownName } from '../suggest.ts'
import { raftKvSystem } from './raft-kv.ts'
import type { System } from './system.ts'

const systems: readonly System[] = [raftKvSystem]

/** The system of a name; throws a sentence with the names there are. */
export function systemOf(name: string): System {
  return (
    systems.find((system) => system.name === name) ??
    unknownName(
      'system',
      name,
      systems.map((system) => system.name),
    )
  )
}
