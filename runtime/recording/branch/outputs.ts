import { encodePlain } from '../../../sim/encoding.ts'
import type { NodeId, PlainData } from '../../../sim/machine.ts'
import type { DiskOperation } from '../../disk-queue.ts'
import { Files } from '../files.ts'
import type { Effect } from '../replay-node.ts'

/** A message as it was said. */
export interface SaidMessage {
  readonly kind: 'send'
  readonly to: NodeId
  readonly type: string
  /** Its encoding, as it was when it was said. */
  readonly bytes: Uint8Array
}

/** What waits: in program order. */
export type Waiting =
  | DiskOperation
  | { readonly kind: 'sync' }
  | { readonly kind: 'exit'; readonly reason: string }
  | SaidMessage

/**
 * What of a recorded node's words was carried out, and what is durable, by the rules of its disk: a sync is a barrier,
 * and appends that wait behind it may share it. The recording tells when each sync ended.
 */
export class RecordedOutputs {
  private readonly durable: Files
  private readonly onSent: (message: SaidMessage) => void
  /** Carried out and not durable; the first of them are covered by the sync under way. */
  private carriedOut: DiskOperation[] = []
  private covered = 0
  private isSyncing = false
  /** Files of an earlier process, which the first sync makes durable. */
  private hasFound: boolean
  private waiting: Waiting[] = []
  /** False where the recording does not tell what waited when it began: then every sync counts as over at once. */
  readonly isKnown: boolean
  /** Why it ended in good order, once that is carried out. */
  exitReason: string | undefined

  constructor(
    files: ReadonlyMap<string, Uint8Array>,
    begins: { readonly atStart: boolean; readonly waiting: number },
    onSent: (message: SaidMessage) => void,
  ) {
    this.durable = new Files(files)
    this.hasFound = begins.atStart && files.size > 0
    this.isKnown = begins.waiting === 0
    this.onSent = onSent
  }

  /** A handler returned. */
  say(effects: readonly Effect[]): void {
    for (const effect of effects) this.waiting.push(kept(effect))
    if (!this.isSyncing) this.drain()
  }

  /** A handler threw: what it wrote before its first sync is kept, the rest is forgotten. */
  abandon(effects: readonly Effect[]): void {
    for (const effect of this.isSyncing ? [] : effects) {
      if (effect.kind === 'sync' && this.isDirty) return
      if (effect.kind !== 'sync' && effect.kind !== 'send' && effect.kind !== 'exit') this.perform(effect)
    }
  }

  /** A sync ended. */
  synced(): void {
    if (!this.isSyncing) return
    this.isSyncing = false
    for (const operation of this.carriedOut.splice(0, this.covered)) this.durable.perform(operation)
    this.drain()
  }

  /** The node heard what by this account still waits: then the disk was faster. */
  catchUp(): void {
    while (this.isSyncing) this.synced()
  }

  /** The files as far as they are durable. */
  durableFiles(): ReadonlyMap<string, Uint8Array> {
    return this.durable.image()
  }

  /** The files as a killed process leaves them: what was only said is gone. */
  filesAfterKill(): ReadonlyMap<string, Uint8Array> {
    const files = new Files(this.durable.image())
    for (const operation of this.carriedOut) files.perform(operation)
    return files.image()
  }

  /** What is not durable or not carried out, in program order; the sync under way is to begin anew. */
  unfinished(): readonly Waiting[] {
    const sync = this.isSyncing ? [{ kind: 'sync' } as const] : []
    return [...this.carriedOut, ...sync, ...this.waiting]
  }

  private get isDirty(): boolean {
    return this.hasFound || this.carriedOut.length > 0
  }

  private drain(): void {
    let done = 0
    while (done < this.waiting.length && !this.isSyncing) {
      const said = this.waiting[done++]!
      if (said.kind === 'sync') this.beginSync(done)
      else if (said.kind === 'send') this.onSent(said)
      else if (said.kind === 'exit') this.exitReason = said.reason
      else this.perform(said)
    }
    this.waiting.splice(0, done)
  }

  private perform(operation: DiskOperation): void {
    if (this.isKnown) this.carriedOut.push(operation)
    else this.durable.perform(operation)
  }

  private beginSync(from: number): void {
    if (!this.isKnown || !this.isDirty) return
    this.shareSync(from)
    this.hasFound = false
    this.isSyncing = true
    this.covered = this.carriedOut.length
  }

  /** Appends that wait behind the sync take part in it while nothing but appends to one file is at stake. */
  private shareSync(from: number): void {
    const path = this.onlyAppendsTo
    if (path === undefined) return
    for (let place = from; place < this.waiting.length; place++) {
      const said = this.waiting[place]!
      if (said.kind === 'sync' || said.kind === 'send' || said.kind === 'exit') continue
      if (said.kind !== 'write' || !said.append || said.path !== path) return
      this.carriedOut.push(said)
      this.waiting.splice(place--, 1)
    }
  }

  private get onlyAppendsTo(): string | undefined {
    const path = this.carriedOut[0]?.path
    const isAppend = (operation: DiskOperation): boolean =>
      operation.kind === 'write' && operation.append && operation.path === path
    return !this.hasFound && path !== undefined && this.durable.has(path) && this.carriedOut.every(isAppend)
      ? path
      : undefined
  }
}

/** As it is now: who said it may use its buffer, or change its message, at once. */
function kept(effect: Effect): Waiting {
  switch (effect.kind) {
    case 'send':
      return {
        kind: 'send',
        to: effect.to,
        type: effect.message.type,
        bytes: encodePlain(effect.message as unknown as PlainData),
      }
    case 'write':
      return { ...effect, bytes: effect.bytes.slice() }
    case 'exit':
      return { kind: 'exit', reason: effect.reason }
    default:
      return effect
  }
}
