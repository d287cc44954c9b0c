import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figure } from '../reports/json.ts'
import { median } from './measure.ts'
import { startCluster, type Cluster } from './runtime-cluster.ts'
import { measure, OPTIONS, SERVERS } from './runtime-sets.ts'
import type { Slice } from './switched-tap.ts'

const SLICE_MS = 100
/** Off, on, on, off: what drifts meets both alike. */
const SLICES_PER_GROUP = 4
const WARM_MS = 3_000
const MEASURED_MS = 60_000

interface Cost {
  cpuUs: number
  sets: number
  milliseconds: number
}

/**
 * What recording costs: one cluster under load whose servers are recorded and not, in turns of a tenth of a second. Two
 * clusters, or longer turns, differ more by what else the machine does than by a recorder. The figures are medians over
 * groups of four turns; they count all of the servers' processes, with the system's work for them.
 */
export async function runtimeRecording(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'petrel-bench-'))
  const cluster = await startCluster(SERVERS, folder, OPTIONS, {
    folder: join(folder, 'recording'),
    sliceMs: SLICE_MS,
  })
  try {
    await measure(cluster, folder, 'set', 0, WARM_MS)
    const warm = new Set((await slicesOf(cluster)).map(({ number }) => number))
    await measure(cluster, folder, 'set', 0, MEASURED_MS)
    return figuresOf((await slicesOf(cluster)).filter(({ number }) => !warm.has(number)))
  } finally {
    await cluster.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function slicesOf(cluster: Cluster): Promise<readonly Slice[]> {
  return (await cluster.figures()).flatMap(({ slices }) => slices)
}

/** `slices` are those of all servers. */
export function figuresOf(slices: readonly Slice[]): readonly Figure[] {
  const groups = groupsOf(slices)
  const ratios = groups.map(([bare, recorded]) => cpuASet(recorded) / cpuASet(bare))
  const rates = groups.map(([bare, recorded]) => setsAMillisecond(recorded) / setsAMillisecond(bare))
  return [
    { name: 'runtime-recording', value: median(ratios), unit: 'times the processor time for a set, when recorded' },
    { name: 'runtime-recording-error', value: standardError(ratios), unit: 'the standard error of that' },
    { name: 'runtime-recording-sets', value: median(rates), unit: 'times the sets/s, when recorded' },
    {
      name: 'runtime-set-cpu',
      value: median(groups.map(([bare]) => cpuASet(bare))),
      unit: 'µs of all servers a set, not recorded',
    },
  ]
}

/** What was not recorded and what was, of each group of slices that has both. */
function groupsOf(slices: readonly Slice[]): readonly (readonly [bare: Cost, recorded: Cost])[] {
  const groups = new Map<number, readonly [Cost, Cost]>()
  for (const { number, isRecorded, cpuUs, sets, milliseconds } of slices) {
    const place = Math.floor(number / SLICES_PER_GROUP)
    const group = groups.get(place) ?? [emptyCost(), emptyCost()]
    groups.set(place, group)
    const cost = group[isRecorded ? 1 : 0]
    cost.cpuUs += cpuUs
    cost.sets += sets / SERVERS
    cost.milliseconds += milliseconds / SERVERS
  }
  return [...groups.values()].filter((group) => group.every(({ sets }) => sets > 0))
}

function emptyCost(): Cost {
  return { cpuUs: 0, sets: 0, milliseconds: 0 }
}

function cpuASet({ cpuUs, sets }: Cost): number {
  return cpuUs / sets
}

function setsAMillisecond({ sets, milliseconds }: Cost): number {
  return sets / milliseconds
}

/** Of the median, from the distance of the quartiles, as strays are many. */
function standardError(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const quartile = (share: number): number => sorted[Math.floor(share * sorted.length)]!
  return (1.253 * (quartile(0.75) - quartile(0.25))) / 1.349 / Math.sqrt(sorted.length)
}
