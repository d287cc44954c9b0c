import type { Cutter } from './cutter.ts'
import type { Entry } from '../entry.ts'
import type { TextView } from '../../model.ts'

/** Who made a text, piece by piece; or a few operations of which it is certain that they contradict each other. */
export type Made = Known | { readonly conflict: readonly number[] }

interface Known {
  readonly pieces: readonly number[]
  /** True where several made the same, and time told which was meant: see {@link Makers.involved}. */
  readonly isInferred: boolean
}

/** Who made the pieces of texts; where several made the same, who it must have been. */
export class Makers {
  private readonly entries: readonly Entry[]
  private readonly views: readonly TextView[]
  private readonly byText = new Map<string, number[]>()
  private readonly cutter: Cutter
  /** Texts of which each piece was made by one alone. */
  private readonly certain = new Map<string, Known>()
  /** Puts by their returns: when each returned, and the latest invocation of it and those before. */
  private readonly putsReturned: number[] = []
  private readonly putsInvoked: number[] = []

  constructor(entries: readonly Entry[], views: readonly TextView[], cutter: Cutter) {
    this.entries = entries
    this.views = views
    this.cutter = cutter
    const puts: Entry[] = []
    for (let index = 0; index < views.length; index++) {
      const { does, text } = views[index]!
      if (does === 'get') continue
      const makers = this.byText.get(text)
      if (makers) makers.push(index)
      else this.byText.set(text, [index])
      if (does === 'put' && entries[index]!.returned !== Infinity) puts.push(entries[index]!)
    }
    puts.sort((left, right) => left.returned - right.returned)
    let latest = -1
    for (let place = 0; place < puts.length; place++) {
      const { invoked, returned } = puts[place]!
      latest = Math.max(latest, invoked)
      this.putsReturned.push(returned)
      this.putsInvoked.push(latest)
    }
  }

  /** Who made the text that was read; undefined where it could have been these or those. The same text, the same answer. */
  of(reader: number, text: string): Made | undefined {
    const known = this.certain.get(text)
    if (known) return known
    const pieces = this.cutter.cut(text)
    if (pieces === undefined) return { conflict: [reader] }
    const found: number[] = []
    const doubtful: number[] = []
    for (let place = 0; place < pieces.length; place++) {
      const makers = this.byText.get(pieces[place]!)
      if (makers === undefined) return { conflict: [reader] }
      if (makers.length > 1) doubtful.push(place)
      else if (place > 0 && this.views[makers[0]!]!.does === 'put') return { conflict: [reader] }
      found.push(makers.length > 1 ? UNCERTAIN : makers[0]!)
    }
    if (doubtful.length > 0) return this.inferred(reader, text, found, doubtful)
    const made = { pieces: found, isInferred: false }
    this.certain.set(text, made)
    return made
  }

  /** Where several made a piece: who it must have been for this reader. */
  private inferred(reader: number, text: string, found: number[], doubtful: number[]): Made | undefined {
    const pieces = this.cutter.cut(text)!
    for (let count = Infinity; doubtful.length > 0 && doubtful.length < count;) {
      count = doubtful.length
      for (const place of doubtful.splice(0)) {
        const [maker, other] = this.possible(reader, found, place, this.byText.get(pieces[place]!)!)
        if (maker === undefined) return { conflict: this.involved(reader, text) }
        if (other === undefined) found[place] = maker
        else doubtful.push(place)
      }
    }
    return doubtful.length > 0 ? undefined : { pieces: found, isInferred: true }
  }

  /** The operations by which it is known who made the pieces of a text that was read. */
  involved(reader: number, text: string): number[] {
    const { invoked, returned } = this.entries[reader]!
    const makers = this.cutter.cut(text)!.flatMap((piece) => this.byText.get(piece)!)
    const replaced = this.lastReplaced(invoked)
    const put = this.entries.findIndex((entry) => entry.invoked === replaced)
    return [reader, ...makers.filter((maker) => this.entries[maker]!.invoked < returned), ...(put < 0 ? [] : [put])]
  }

  /**
   * Those who did not come too early (a later put had replaced all by then, or what stands before it was not there yet)
   * or too late (it was read already, or what stands after it was there).
   */
  private possible(reader: number, found: readonly number[], place: number, makers: readonly number[]): number[] {
    let earliest = this.lastReplaced(this.entries[reader]!.invoked)
    let latest = this.entries[reader]!.returned
    for (let other = 0; other < found.length; other++) {
      const maker = found[other]!
      if (maker === UNCERTAIN) continue
      const { invoked, returned } = this.entries[maker]!
      if (other < place) earliest = Math.max(earliest, invoked)
      if (other > place) latest = Math.min(latest, returned)
    }
    const possible: number[] = []
    for (let choice = 0; choice < makers.length; choice++) {
      const maker = makers[choice]!
      const { invoked, returned } = this.entries[maker]!
      if (returned < earliest || invoked >= latest || found.includes(maker)) continue
      if (place === 0 || this.views[maker]!.does === 'append') possible.push(maker)
    }
    return possible
  }

  /** The latest invocation of a put that had returned by then; -1 where there is none. */
  private lastReplaced(by: number): number {
    let from = 0
    let to = this.putsReturned.length
    while (from < to) {
      const middle = (from + to) >> 1
      if (this.putsReturned[middle]! < by) from = middle + 1
      else to = middle
    }
    return from === 0 ? -1 : this.putsInvoked[from - 1]!
  }
}

const UNCERTAIN = -1
