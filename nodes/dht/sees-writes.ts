import { hasAnswer, type History, type Operation } from '../../checks/history.ts'
import { afterwards, type Breach, type ClusterView, type HistoryProperty, inHistory } from '../../checks/property.ts'
import { merge, NOTHING, type Siblings, valuesOf } from '../versions/siblings.ts'
import type { DhtInput } from './client.ts'
import { dhtState } from './dht-state.ts'

/**
 * What a client may count on in a store that keeps concurrent writes as siblings. Each put writes a value of its own,
 * and says which values its client had read; so a history alone tells which write may have replaced which. A write is
 * accounted for in an answer where its value is there, or where a chain of later writes, each of which had seen the
 * one before, leads to a value that is there, or to a deletion.
 */

type Write = Operation<Extract<DhtInput, { action: 'put' | 'delete' }>, { readonly attempts: number }>
type Get = Operation<
  Extract<DhtInput, { action: 'get' }>,
  { readonly values: readonly string[]; readonly isComplete: boolean }
>

interface KeyHistory {
  readonly writes: Write[]
  readonly gets: Get[]
  /** Of each write those that may have replaced it, once somebody asked. */
  readonly replacers: Map<Write, readonly Write[]>
}

function byKey(history: History): ReadonlyMap<string, KeyHistory> {
  const keys = new Map<string, KeyHistory>()
  for (const operation of history as History<DhtInput>) {
    const { input } = operation
    if (!('key' in input)) continue
    let key = keys.get(input.key)
    if (key === undefined) keys.set(input.key, (key = { writes: [], gets: [], replacers: new Map() }))
    if (input.action !== 'get') key.writes.push(operation as Write)
    else if (hasAnswer(operation)) key.gets.push(operation as Get)
  }
  return keys
}

/** True where the later one may have replaced what the earlier one wrote. */
function mayReplace(later: Write, earlier: Write): boolean {
  const { saw } = later.input
  if (later === earlier || later.outcome === 'fail' || earlier.input.action === 'delete') return false
  return saw === null ? earlier.invokedAtMs < lastEffectMs(later) : saw.includes(earlier.input.value)
}

/** A request that was sent more than once may be carried out once more after it was answered. */
function lastEffectMs({ returnedAtMs, output }: Write): number {
  return (output?.attempts ?? 1) > 1 ? Infinity : returnedAtMs
}

/** True where the write is in the values, or was replaced by one that is accounted for, by the given time. */
function isAccountedFor(key: KeyHistory, write: Write, values: ReadonlySet<string>, byMs: number): boolean {
  const reached = new Set([write])
  for (const one of reached) {
    if (one.input.action === 'delete' || values.has(one.input.value)) return true
    for (const later of replacersOf(key, one)) if (later.invokedAtMs < byMs) reached.add(later)
  }
  return false
}

function replacersOf({ writes, replacers }: KeyHistory, write: Write): readonly Write[] {
  let found = replacers.get(write)
  if (found === undefined) replacers.set(write, (found = writes.filter((later) => mayReplace(later, write))))
  return found
}

const valueOf = ({ input }: Write): string | undefined => (input.action === 'put' ? input.value : undefined)

/** An answer that is complete holds every write that was acknowledged before it was asked for. */
export const seesWrites: HistoryProperty = inHistory('an answer holds every acknowledged write', (history) => {
  for (const [key, keyHistory] of byKey(history)) {
    const { writes, gets } = keyHistory
    for (const get of gets) {
      const { values, isComplete } = get.output!
      if (!isComplete) continue
      const shown = new Set(values)
      const missed = writes.find(
        (write) =>
          write.outcome === 'ok' &&
          write.input.action === 'put' &&
          write.returnedAtMs <= get.invokedAtMs &&
          !isAccountedFor(keyHistory, write, shown, get.returnedAtMs),
      )
      if (missed === undefined) continue
      const told = values.length === 0 ? 'that there is no such key' : `only ${values.join(', ')}`
      return {
        summary: `T1 had written ${valueOf(missed)} to ${key}, and T2 was told ${told}`,
        operations: [missed.id, get.id],
      }
    }
  }
  return undefined
})

/** What is read was written, and not replaced by a write that was acknowledged before. */
export const readsAreTrue: HistoryProperty = inHistory('an answer holds nothing that was replaced', (history) => {
  for (const [key, { writes, gets }] of byKey(history)) {
    const writers = new Map(writes.map((write) => [valueOf(write), write]))
    for (const get of gets) {
      for (const value of get.output!.values) {
        const writer = writers.get(value)
        if (writer === undefined || writer.invokedAtMs > get.returnedAtMs) {
          return { summary: `T1 was told ${value} of ${key}, which nobody had written`, operations: [get.id] }
        }
        const breach = resurrected(key, writer, writes, get)
        if (breach !== undefined) return breach
      }
    }
  }
  return undefined
})

/** A put that was asked for more than once is several writes, of which another may have seen only one. */
function resurrected(key: string, writer: Write, writes: readonly Write[], get: Get): Breach | undefined {
  if (!get.output!.isComplete || writer.outcome !== 'ok' || writer.output!.attempts > 1) return undefined
  const value = valueOf(writer)!
  const end = writes.find(
    ({ input, outcome, returnedAtMs }) =>
      outcome === 'ok' && returnedAtMs <= get.invokedAtMs && input.saw?.includes(value) === true,
  )
  if (end === undefined) return undefined
  return {
    summary: `T2 had replaced ${value} of ${key}, and T3 was told it again`,
    operations: [writer.id, end.id, get.id],
  }
}

/** In the end every acknowledged write is kept by some node that is up, or was replaced by one that is. */
export const nothingLost: HistoryProperty = afterwards('no acknowledged write is lost', (history, view) => {
  const kept = keptByKey(view)
  for (const [key, keyHistory] of byKey(history)) {
    const values = new Set(valuesOf(kept.get(key) ?? NOTHING))
    const lost = keyHistory.writes.find(
      (write) =>
        write.outcome === 'ok' && write.input.action === 'put' && !isAccountedFor(keyHistory, write, values, Infinity),
    )
    if (lost === undefined) continue
    return {
      summary: `T1 wrote ${valueOf(lost)} to ${key}, and in the end ${values.size === 0 ? 'nothing' : [...values].join(', ')} is kept there`,
      operations: [lost.id],
    }
  }
  return undefined
})

function keptByKey(view: ClusterView): ReadonlyMap<string, Siblings> {
  const kept = new Map<string, Siblings>()
  for (const node of view.nodes) {
    for (const { key, siblings } of dhtState(node)?.items.values() ?? []) {
      kept.set(key, merge(kept.get(key) ?? NOTHING, siblings))
    }
  }
  return kept
}
