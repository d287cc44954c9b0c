import { UsageError } from '../../explore/usage-error.ts'
import type { NodeId } from '../../sim/machine.ts'
import type { AnySystem } from '../systems/system.ts'
import { readOpenNode, readParameters } from './configuration.ts'
import type { Layout } from './layout.ts'
import type { SetUpOptions } from './set-up.ts'

export interface OpenSetUp {
  readonly tokens?: number
  readonly replicas?: number
}

/** What set-up is told of an open system; throws a sentence where the system is another. */
export function openSetUp(
  system: AnySystem,
  { tokens, replicas }: OpenSetUp,
): Pick<SetUpOptions, 'tokens' | 'parameters'> {
  if (system.membership === 'open') {
    return { tokens, ...(replicas === undefined ? {} : { parameters: system.replicated(replicas) }) }
  }
  if (tokens === undefined && replicas === undefined) return {}
  throw new UsageError('no-ring', `${system.name} has no ring: leave --tokens and --replicas out.`)
}

/** What was decided when a system was set up is not decided anew. */
export function refuseOtherSetUp(
  layout: Layout,
  system: AnySystem,
  servers: readonly NodeId[],
  options: OpenSetUp,
): void {
  openSetUp(system, options)
  if (system.membership === 'fixed') return
  const tokens = new Set(servers.map((id) => readOpenNode(layout, system, id).tokens))
  const replicas = system.replicasOf(readParameters(layout, system))
  const isOther =
    (options.tokens !== undefined && [...tokens].some((own) => own !== options.tokens)) ||
    (options.replicas !== undefined && replicas !== options.replicas)
  if (!isOther) return
  throw new UsageError(
    'set-up-otherwise',
    `${layout.directory} is set up with ${[...tokens].join(', ')} tokens a node and ${replicas} replicas: leave --tokens and --replicas out, or give another --directory.`,
  )
}
