import { quoted } from '../quoted.ts'
import type { RecordingBranch } from '../recording/branch/branch-recording.ts'
import type { BranchOptions } from './branch-options.ts'

/** What stands behind `petrel replay` to show one seed of a branch again: a token would lack the recording. */
export function commandOf(directory: string, options: BranchOptions, branch: RecordingBranch, seed: string): string {
  const { scenario, for: durationMs, clients, operations, nemesis, machines, config } = options
  const words = [
    ['--branch', String(branch.event)],
    ['--seed', seed],
    ['--scenario', scenario],
    ['--for', durationMs === undefined ? undefined : `${durationMs}ms`],
    ['--clients', clients],
    ['--operations', operations],
    ['--nemesis', nemesis?.join(',')],
    ['--machines', machines],
    ['--config', config],
  ]
  const given = words.flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${quoted(String(value))}`]))
  return [quoted(directory), ...given].join(' ')
}
