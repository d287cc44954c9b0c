import type { Cutter } from './cutter.ts'
import type { Entry } from '../entry.ts'
import type { TextView } from '../../model.ts'

/** Who made a text, piece by piece; or a few operations of which it is certain that they contradict each other. */
export type Made = Known | { readonly conflict: readonly number[] }

interface Known {
  readonly pieces: readonly number[]
  /** By which operations it is known, where several made the same. */
  readonly knownBy: readonly number[]
}

/** Who made the pieces of texts; where several made the same, who it must have been. */
export class Makers {
  private readonly entries: readonly Entry[]
  private readonly views: readonly TextView[]
  private readonly byText = new Map<string, number[]>()
  private readonly cutter: Cutter
  /** Puts by their returns: when each returned, and the latest invocation of it and those before. */
  private readonly putsReturned: number[] = []
  private readonly putsInvoked: number[] = []

  constructor(entries: readonly Entry[], views: readonly TextView[], cutter: Cutter) {
    this.entries = entries
    this.views = views
    this.cutter = cutter
    for (const [index, { does, text }] of views.entries()) {
      if (does === 'get') continue
      const makers = this.byText.get(text)
      if (makers) makers.push(index)
      else this.byText.set(text, [index])
    }
    const puts = entries.filter(({ returned }, index) => views[index]!.does === 'put' && returned !== Infinity)
    let latest = -1
    for (const { invoked, returned } of puts.sort((left, right) => left.returned - right.returned)) {
      latest = Math.max(latest, invoked)
      this.putsReturned.push(returned)
      this.putsInvoked.push(latest)
    }
  }

  /** Who made the text that was read; undefined where it could have been these or those. */
  of(reader: number, text: string): Made | undefined {
    const pieces = this.cutter.cut(text)
    if (pieces === undefined) return { conflict: [reader] }
    const found: number[] = []
    const doubtful: number[] = []
    for (const [place, piece] of pieces.entries()) {
      const [maker, other] = this.byText.get(piece) ?? []
      if (maker === undefined) return { conflict: [reader] }
      if (other !== undefined) doubtful.push(place)
      else if (place > 0 && this.views[maker]!.does === 'put') return { conflict: [reader] }
      found.push(other === undefined ? maker : UNCERTAIN)
    }
    const wasDoubtful = doubtful.length > 0
    for (let count = Infinity; doubtful.length > 0 && doubtful.length < count;) {
      count = doubtful.length
      for (const place of doubtful.splice(0)) {
        const [maker, other] = this.possible(reader, found, place, this.byText.get(pieces[place]!)!)
        if (maker === undefined) return { conflict: this.involved(reader, pieces) }
        if (other === undefined) found[place] = maker
        else doubtful.push(place)
      }
    }
    if (doubtful.length > 0) return undefined
    return { pieces: found, knownBy: wasDoubtful ? this.involved(reader, pieces) : [] }
  }

  /** All that {@link possible} looks at. */
  private involved(reader: number, pieces: readonly string[]): number[] {
    const { invoked, returned } = this.entries[reader]!
    const makers = pieces.flatMap((piece) => this.byText.get(piece)!)
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
    return makers.filter((maker) => {
      const { invoked, returned } = this.entries[maker]!
      const fits = place === 0 || this.views[maker]!.does === 'append'
      return fits && returned >= earliest && invoked < latest && !found.includes(maker)
    })
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
