import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import type { DictionaryCommand } from '../../../nodes/dictionary/dictionary.ts'
import { type Fault, NOTED } from '../../../sim/faults.ts'
import { planRun } from '../../../explore/plan-run.ts'
import type { Unnumbered } from '../../../explore/draft.ts'
import type { RunPlan } from '../../../explore/result.ts'
import type { PlannedOperation, Settings } from '../../../explore/scenario.ts'
import type { Round, RoundOrder } from '../../../runtime/chaos/round.ts'
import { raftKv } from '../../../scenarios/raft-kv.ts'
import { ROOT } from '../../support/compiler.ts'
import { temporaryFolder } from '../../support/temp-folder.ts'

/** One whose network loses nothing and whose disks are quick, and whose clients ask the leader and are patient. */
const SEED = 2_179
const SERVERS = ['n1', 'n2', 'n3']
const SETS_EACH = 25
const SET_EVERY_MS = 40
const SLOW_AT_MS = 600
const DARK_AT_MS = 1_300
const SETTINGS: Settings = { nodes: 3, clients: 6, operations: 2 * 6 * SETS_EACH, durationMs: 6_000 }

/**
 * Three servers, so that the leader and one other commit. While the disks of both others take longer than they have,
 * each of them can say once that it holds an entry which it does not: what is said behind a sync under way waits for
 * that one. Whichever says so last, the leader commits that entry, and no other that comes after. The power fails; the
 * leader, which alone has the entry on its disk, is gone for good, and the two that are back, a majority, have lost it.
 * So it does not matter how fast anything happens, only that a client sets something between the slow disks and the
 * dark: each does so every few hundredths of a second, for most of one. Nobody sets a key twice, and each is read in
 * the calm, so that nothing that was lost is hidden.
 */
function powerFailsOnSlowDisks(settings: Settings): RunPlan {
  const leads = raftKv.faults.leads!
  const faults = SERVERS.flatMap((node): Unnumbered[] => {
    const when = { note: leads, spares: [node] }
    const forMs = DARK_AT_MS - SLOW_AT_MS
    return [
      { kind: 'slow-sync', node, byMs: 20_000, atMs: SLOW_AT_MS, forMs, when },
      { kind: 'power-loss', node, atMs: DARK_AT_MS, restartAfterMs: 20, when },
    ]
  })
  faults.push({ kind: 'power-loss', node: NOTED, atMs: DARK_AT_MS, forGood: true, when: { note: leads } })
  const plan = planRun(raftKv, SEED, settings)
  return {
    ...plan,
    faults: faults.map((fault, place): Fault => ({ ...fault, id: place + 1 })),
    operations: Array.from({ length: settings.clients }, (_, client) => operationsOf(client, plan)).flat(),
  }
}

/** Sets keys that nobody else sets, and reads in the calm what another client has set. */
function operationsOf(client: number, { settings, calmAtMs }: RunPlan): readonly PlannedOperation[] {
  const { clients } = settings
  return Array.from({ length: 2 * SETS_EACH }, (_, index) => {
    const place = index % SETS_EACH
    const isSet = index < SETS_EACH
    const input: DictionaryCommand = isSet
      ? { action: 'set', key: `${client}.${place}`, value: `${client}.${place}` }
      : { action: 'get', key: `${(client + 1) % clients}.${place}` }
    const id = client + clients * index
    return { id, client, atMs: isSet ? place * SET_EVERY_MS : calmAtMs + 5 * place, input: { ...input } }
  })
}

/** With real processes, which only the built command can start. */
async function round(bug?: string): Promise<Round> {
  const built = pathToFileURL(join(ROOT, 'dist/runtime/chaos/round.js')).href
  const { runRound } = (await import(built)) as { readonly runRound: (order: RoundOrder) => Promise<Round> }
  const settings = bug === undefined ? SETTINGS : { ...SETTINGS, bug }
  const directory = temporaryFolder()
  return runRound({
    scenario: raftKv,
    seed: SEED,
    settings,
    strategy: 'cycles',
    plan: powerFailsOnSlowDisks(settings),
    directory,
    historyFile: join(directory, 'history.jsonl'),
    signal: new AbortController().signal,
    mostMs: Infinity,
    onUnrecorded: () => undefined,
    onProgress: () => undefined,
  })
}

test('the plan is of a quick network and quick disks', () => {
  expect(planRun(raftKv, SEED, SETTINGS)).toMatchObject({ network: { loss: 0 }, syncMs: [0.2, 2] })
})

// On a busy computer an election may fall into the blow, and whoever was spared the slow disk does not lead any more.
test(
  'R15: killed servers that had acknowledged what was not on their disks lose an acknowledged write, and a client sees it',
  { retry: 2, timeout: 90_000 },
  async () => {
    const { verdict, violations, made, madeInstead } = await round('R15')
    expect([made.get('slow-sync'), madeInstead.get('power-loss')]).toEqual([2, 3])
    expect(verdict).toBe('violated')
    expect(violations.map(({ property }) => property)).toContainEqual(expect.stringMatching(/^linearizable\(/))
  },
)

test('killed servers that acknowledge what is on their disks lose nothing under the same plan', async () => {
  const { operations, violations, made, madeInstead } = await round()
  expect([made.get('slow-sync'), madeInstead.get('power-loss')]).toEqual([2, 3])
  expect(operations.ok).toBeGreaterThan(0)
  expect(violations).toEqual([])
}, 90_000)
