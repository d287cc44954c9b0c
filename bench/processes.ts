import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Figure } from '../reports/json.ts'
import { median } from './measure.ts'

const STARTS = 7
const FEW_RUNS = 100
const MANY_RUNS = 10_000

/** How long the smallest command takes, beside Node alone. */
export function start(): readonly Figure[] {
  const command = fileURLToPath(new URL('../cli.js', import.meta.url))
  const pairs = Array.from({ length: STARTS }, () => ({
    node: startMs(['-e', '0']),
    petrel: startMs([command, '--version']),
  }))
  return [
    { name: 'start', value: median(pairs.map(({ petrel }) => petrel)), unit: 'ms' },
    { name: 'start-node', value: median(pairs.map(({ node }) => node)), unit: 'ms' },
  ]
}

function startMs(args: readonly string[]): number {
  const startedMs = performance.now()
  spawnSync(process.execPath, args)
  return performance.now() - startedMs
}

/** The largest resident memory of many runs against that of few; short runs, as the question is what piles up. */
export function memory(): readonly Figure[] {
  const few = peakMebibytes(FEW_RUNS)
  const many = peakMebibytes(MANY_RUNS)
  return [
    { name: 'memory', value: many, unit: `MiB at the peak of ${MANY_RUNS} runs` },
    { name: 'memory/few', value: many / few, unit: 'ratio' },
  ]
}

function peakMebibytes(runs: number): number {
  const script = fileURLToPath(new URL('./memory.js', import.meta.url))
  const { stdout } = spawnSync(process.execPath, [script, String(runs)], { encoding: 'utf8' })
  return Number(stdout)
}
