import type { Bounds } from './bounds.ts'
import type { CellDraft } from './carry-out.ts'
import { diskFingerprint } from './disk.ts'
import { before, FingerprintSum, Folder, join, same, type Fingerprint } from './fingerprint.ts'
import { essence, type SmallHistory } from './history.ts'
import type { Mail } from './network.ts'
import type { Cell, Memory, SmallState } from './state.ts'
import type { Renaming } from './symmetry.ts'

type MemoryPrints = Pick<Memory, 'common' | 'prints'>

/** Fingerprints of states and of their parts, under each renaming of nodes. */
export class Prints {
  private readonly bounds: Bounds
  private readonly mail: Mail
  private readonly renamings: readonly Renaming[]
  private readonly folders: readonly Folder[]
  /** Properties do not care in which order their memory was filled. */
  private readonly memoryFolders: readonly Folder[]
  private readonly histories = new WeakMap<SmallHistory, (Fingerprint | undefined)[]>()

  constructor(bounds: Bounds, mail: Mail, renamings: readonly Renaming[]) {
    this.bounds = bounds
    this.mail = mail
    this.renamings = renamings
    this.folders = renamings.map(({ reading }) => new Folder(reading))
    this.memoryFolders = renamings.map(({ reading }) => new Folder({ ...reading, unordered: true }))
  }

  /** Of a node, all but its disk. */
  cell(cell: CellDraft): readonly Fingerprint[] {
    const { index, up, incarnation, exitReason, state, fired, drawn, timers, backlog } = cell
    return this.folders.map((folder, renaming) => {
      const armed = new FingerprintSum()
      for (const { timer } of timers) armed.add(folder.of(timer))
      const own = folder.of(up, incarnation, exitReason, fired, drawn, state)
      const waiting = backlog.map((said) =>
        said.kind === 'send'
          ? this.mail.envelope(index, said.to, said.message).prints[renaming]!
          : folder.of(said.kind),
      )
      return join([own, armed.value, ...waiting])
    })
  }

  /**
   * Of what properties remember; `own` says which of the memories keep each node apart. Where it is equal to what was
   * remembered before, only the first print is made anew, to find that out.
   */
  memory(values: readonly unknown[], own: readonly boolean[], earlier?: MemoryPrints): MemoryPrints {
    const common = values.filter((_, index) => own[index] !== true)
    const apart = values.filter((_, index) => own[index] === true)
    const printUnder = (renaming: number, commonPrint: Fingerprint): Fingerprint =>
      join([commonPrint, this.memoryFolders[renaming]!.of(apart)])
    const commonPrint = this.memoryFolders[0]!.of(common)
    const first = printUnder(0, commonPrint)
    if (earlier !== undefined && same(first, earlier.prints[0]!)) return earlier
    const others = this.memoryFolders.slice(1).map((folder, index) => printUnder(index + 1, folder.of(common)))
    return { common: commonPrint, prints: [first, ...others] }
  }

  /** Of a whole state: the least under any renaming. `readsDisks`: disks count everywhere. */
  state(state: SmallState, readsDisks: boolean): Fingerprint {
    let least = this.stateUnder(state, readsDisks, 0)
    for (let renaming = 1; renaming < this.renamings.length; renaming++) {
      const other = this.stateUnder(state, readsDisks, renaming)
      if (before(other, least)) least = other
    }
    return least
  }

  private stateUnder(state: SmallState, readsDisks: boolean, renaming: number): Fingerprint {
    const { places } = this.renamings[renaming]!
    const cells = new FingerprintSum()
    for (const [index, cell] of state.cells.entries()) {
      const place = 2 * places[index]!
      cells.add(cell.prints[renaming]!, place)
      if (readsDisks || this.diskCounts(state, cell)) cells.add(join(diskFingerprint(cell.disk)), place + 1)
    }
    const { drops, duplicates, kills, powerLosses } = state.spent
    return join([
      cells.value,
      this.mail.fingerprint(state.inFlight, renaming),
      this.history(state.history, renaming),
      state.memory.prints[renaming]!,
      this.folders[renaming]!.of(drops, duplicates, kills, powerLosses),
    ])
  }

  private history(history: SmallHistory, renaming: number): Fingerprint {
    let prints = this.histories.get(history)
    if (prints === undefined) {
      prints = []
      this.histories.set(history, prints)
    }
    return (prints[renaming] ??= this.folders[renaming]!.of(essence(history)))
  }

  /** What lies on a disk matters to who will read it: after a crash that has been, or that may yet come. */
  private diskCounts({ spent }: SmallState, cell: Cell): boolean {
    if (!cell.up) return true
    return spent.kills < this.bounds.kills || spent.powerLosses < this.bounds.powerLosses
  }
}
