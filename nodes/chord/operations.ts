import type { History, Operation } from '../../checks/history.ts'
import {
  afterwards,
  type Breach,
  eventually,
  type EventuallyProperty,
  type HistoryProperty,
  inHistory,
} from '../../checks/property.ts'
import type { ChordCommand } from './messages.ts'

/** What clients asked and were told, as far as it can be held against the ring. */

type Asked = Operation<ChordCommand, { readonly value: string; readonly version: number } | null>

export interface Write {
  readonly id: number
  readonly version: number
  readonly returnedAtMs: number
}

/** The last write of each key that was acknowledged, up to a time. */
export function acknowledgedWrites(history: History, beforeMs = Infinity): ReadonlyMap<string, Write> {
  const last = new Map<string, Write>()
  for (const { id, input, outcome, returnedAtMs } of history as readonly Asked[]) {
    if (input.action !== 'put' || outcome !== 'ok' || returnedAtMs >= beforeMs) continue
    if ((last.get(input.key)?.version ?? 0) < id + 1) last.set(input.key, { id, version: id + 1, returnedAtMs })
  }
  return last
}

/** Whatever a read finds was written, with that version, under that key. */
export const readsWhatWasWritten: HistoryProperty = inHistory('reads find what was written', (history) => {
  const writes = new Map<number, Asked>()
  for (const operation of history as readonly Asked[]) {
    if (operation.input.action === 'put') writes.set(operation.id + 1, operation)
  }
  for (const { id, input, outcome, output } of history as readonly Asked[]) {
    if (input.action !== 'get' || outcome !== 'ok' || output === null || output === undefined) continue
    const write = writes.get(output.version)
    const put = write?.input.action === 'put' ? write.input : undefined
    if (put?.key === input.key && put.value === output.value) continue
    return { summary: `a read of ${input.key} found ${output.value}, which nobody wrote there`, operations: [id] }
  }
  return undefined
})

/**
 * Once nothing has gone wrong for a while, a read finds the last write that was acknowledged before it began, or a
 * later one.
 */
export function readsFindTheLastWrite(settledAtMs: number): HistoryProperty {
  return afterwards('reads in the calm find the last write', (history) => {
    for (const read of history as readonly Asked[]) {
      const { input, outcome, output, invokedAtMs } = read
      if (input.action !== 'get' || outcome !== 'ok' || invokedAtMs < settledAtMs) continue
      const write = acknowledgedWrites(history, invokedAtMs).get(input.key)
      const found = output?.version ?? 0
      if (write !== undefined && found < write.version) return missed(read, write, found)
    }
    return undefined
  })
}

function missed({ id, input }: Asked, write: Write, found: number): Breach {
  const { key } = input as { readonly key: string }
  return {
    summary: `a read of ${key} found ${found === 0 ? 'nothing' : `version ${found}`} after version ${write.version} was acknowledged`,
    operations: [write.id, id],
    because: [`T1 was acknowledged at ${write.returnedAtMs}, before T2 was asked`],
  }
}

/** How long an operation is given in the calm. */
const GRACE_MS = 1_000

/** Whoever asks once nothing has gone wrong for a while is served: the last reads and writes end ok. */
export function clientsServed(settledAtMs: number): EventuallyProperty {
  const check: EventuallyProperty['check'] = (view, history) => {
    let asked = 0
    for (let place = history.length - 1; place >= 0; place--) {
      const { invokedAtMs, outcome, input } = history[place]! as Asked
      if (invokedAtMs < settledAtMs) break
      if (input.action === 'join' || input.action === 'leave') continue
      if (outcome === 'ok') return undefined
      if (invokedAtMs <= view.nowMs - GRACE_MS) asked++
    }
    return asked === 0 ? undefined : `${asked} operations began in the calm and none has ended ok`
  }
  return eventually('clients are served in the calm', check, { clientVisible: true })
}
