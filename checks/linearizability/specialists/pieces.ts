import type { Cutter } from './cutter.ts'
import type { Entry } from '../entry.ts'
import { Makers } from './makers.ts'
import type { TextView } from '../../model.ts'

/** Stands for whoever wrote the text that was there before any operation. */
export const BEGINNING = -1

/** Which pieces texts are made of; operations and the pieces they made are numbers in the list that was given. */
export interface Pieces {
  /** A few operations that contradict each other; empty where each piece was always read after the same one. */
  readonly conflict: readonly number[]
  /** The pieces of the text that was read. */
  of(reader: number): readonly number[]
  lastOf(reader: number): number
  /** Operations by which it is known who made its pieces, where others made the same. */
  knownBy(reader: number): readonly number[]
  /** What every reader of the piece found before it; undefined where nobody read it. */
  beforeOf(piece: number): number | undefined
  /** The first who read the piece, if anybody did. */
  witnessOf(piece: number): readonly number[]
}

/** Takes the texts that were read apart; undefined where a piece was made twice and either could be meant. */
export function piecesOf(entries: readonly Entry[], views: readonly TextView[], cutter: Cutter): Pieces | undefined {
  const reading = new Reading(views, new Makers(entries, views, cutter))
  return reading.isCertain || reading.conflict.length > 0 ? reading : undefined
}

class Reading implements Pieces {
  isCertain = true
  readonly conflict: readonly number[]
  private readonly views: readonly TextView[]
  private readonly makers: Makers
  private readonly texts: (readonly number[])[] = []
  private readonly inferred: boolean[] = []
  private readonly before: (number | undefined)[] = []
  private readonly witness: number[] = []
  /** Texts that were looked at: another reader of the same adds nothing. */
  private readonly compared = new Set<readonly number[]>()

  constructor(views: readonly TextView[], makers: Makers) {
    this.views = views
    this.makers = makers
    this.conflict = this.readAll()
  }

  of(reader: number): readonly number[] {
    return this.texts[reader] ?? []
  }

  lastOf(reader: number): number {
    return this.of(reader).at(-1) ?? BEGINNING
  }

  knownBy(reader: number): readonly number[] {
    return this.inferred[reader] === true ? this.makers.involved(reader, this.views[reader]!.text!) : []
  }

  beforeOf(piece: number): number | undefined {
    return this.before[piece]
  }

  witnessOf(piece: number): readonly number[] {
    return this.witness[piece] === undefined ? [] : [this.witness[piece]!]
  }

  private readAll(): readonly number[] {
    for (let reader = 0; reader < this.views.length; reader++) {
      const { does, text } = this.views[reader]!
      if (does !== 'get' || text === undefined) continue
      const made = this.makers.of(reader, text)
      if (made === undefined) this.isCertain = false
      if (made === undefined) continue
      if ('conflict' in made) return made.conflict
      this.texts[reader] = made.pieces
      if (made.isInferred) this.inferred[reader] = true
      if (this.compared.has(made.pieces)) continue
      const conflict = this.compare(reader, made.pieces)
      if (conflict.length > 0) return conflict
      this.compared.add(made.pieces)
    }
    return []
  }

  /** Notes what came before what; who contradicts it, if anybody does. */
  private compare(reader: number, pieces: readonly number[]): readonly number[] {
    let before = BEGINNING
    for (let place = 0; place < pieces.length; place++) {
      const piece = pieces[place]!
      if (this.views[piece]!.does === 'append') {
        this.before[piece] ??= before
        if (this.before[piece] !== before) return [reader, this.witness[piece] ?? reader]
      }
      this.witness[piece] ??= reader
      before = piece
    }
    return []
  }
}
