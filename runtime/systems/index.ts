import { UsageError } from '../../explore/usage-error.ts'
import { unknownName } from '../suggest.ts'
import { dhtKvSystem } from './dht-kv/system.ts'
import { raftKvSystem } from './raft-kv.ts'
import type { AnySystem, System } from './system.ts'

const systems: readonly AnySystem[] = [raftKvSystem, dhtKvSystem]

export function findSystem(name: string): AnySystem | undefined {
  return systems.find((system) => system.name === name)
}

/** The system of a name; throws a sentence with the names there are. */
export function systemOf(name: string): AnySystem {
  return (
    findSystem(name) ??
    unknownName(
      'system',
      name,
      systems.map((system) => system.name),
    )
  )
}

/** One whose servers set-up has named; throws a sentence where it is another. */
export function fixedSystemOf(name: string, instead: string): System {
  const system = systemOf(name)
  if (system.membership === 'fixed') return system
  throw new UsageError('open-system', `The nodes of ${name} come and go, and are asked over HTTP: ${instead}.`)
}
