import { Cutter } from './cutter.ts'
import { verdictOf } from './earliest.ts'
import type { Outcome } from './earliest.ts'
import type { Entry } from '../entry.ts'
import type { Model, TextView } from '../../model.ts'
import { NOTHING } from '../calls.ts'
import { BEGINNING, piecesOf } from './pieces.ts'
import type { Pieces } from './pieces.ts'
import type { RegisterFacts } from './register-facts.ts'
import { decideRegister } from './register.ts'
import type { Specialist } from '../specialist.ts'

/**
 * A text to which pieces are put and appended of which it is certain who made them (each is unique, or time tells), so
 * that a text that was read tells by whom it was made, in which order. Then it is a register that holds the last piece: a put writes its own; an append whose piece was read is a
 * compare and set from the piece before it to its own; one that nobody read is a write that nobody found, since only
 * other writes that nobody found can come between it and the next put. So the specialist for registers decides.
 *
 * Time: that of sorting, and of reading all the texts once.
 */
export const textOfPieces: Specialist = (entries, model) => {
  const { text } = model
  if (text === undefined) return undefined
  const views = viewsOf(entries, text)
  const cutter = views && Cutter.of(views)
  if (cutter === undefined) return undefined
  return verdictOf(
    entries,
    (some) => decide(some, text, cutter),
    (core) => parts(core, text),
  )
}

type TextOf<Input, Output> = NonNullable<Model<unknown, Input, Output>['text']>

/** Undefined where one of them does something else than a text can. */
function viewsOf<Input, Output>(entries: readonly Entry<Input, Output>[], text: TextOf<Input, Output>) {
  const views: TextView[] = []
  for (const { input, output } of entries) {
    const view = text(input, output)
    if (view === undefined) return undefined
    views.push(view)
  }
  return views
}

function decide<Input, Output>(entries: readonly Entry<Input, Output>[], text: TextOf<Input, Output>, cutter: Cutter) {
  const views = viewsOf(entries, text)
  const pieces = views && piecesOf(entries, views, cutter)
  if (views === undefined || pieces === undefined) return undefined
  const condemned = (core: readonly number[]): Outcome<Input, Output> => ({
    core: withWitnesses(core, views, pieces).map((index) => entries[index]!),
  })
  if (pieces.conflict.length > 0) return condemned(pieces.conflict)
  const outcome = decideRegister(entries, registerFacts(views, pieces))
  if (outcome === undefined) return undefined
  if ('core' in outcome) return condemned(outcome.core)
  return { order: () => outcome.order().map((index) => entries[index]!) }
}

/** Values are pieces: the text at the beginning has the number 0, and what an operation made the operation's plus one. */
function registerFacts(views: readonly TextView[], pieces: Pieces): RegisterFacts {
  const found = new Int32Array(views.length).fill(NOTHING)
  const wrote = new Int32Array(views.length).fill(NOTHING)
  for (let operation = 0; operation < views.length; operation++) {
    const view = views[operation]!
    if (view.does !== 'get') wrote[operation] = operation + 1
    else if (view.text !== undefined) found[operation] = pieces.lastOf(operation) + 1
    const before = view.does === 'append' ? pieces.beforeOf(operation) : undefined
    if (before !== undefined) found[operation] = before + 1
  }
  const foundNot = new Int32Array(views.length).fill(NOTHING)
  return { found, foundNot, wrote, initial: BEGINNING + 1, valueCount: views.length + 1 }
}

/**
 * With each operation those without which its view would be another: for a text that was read who made its pieces, and by
 * whom that is known; for a piece the first who read it, or else nobody could tell what came before it.
 */
function withWitnesses(core: readonly number[], views: readonly TextView[], pieces: Pieces): number[] {
  const all = new Set<number>()
  const pending = [...core]
  while (pending.length > 0) {
    const index = pending.pop()!
    if (all.has(index)) continue
    all.add(index)
    if (views[index]!.does === 'get') pending.push(...pieces.of(index), ...pieces.knownBy(index))
    else if (views[index]!.does === 'append') pending.push(...pieces.witnessOf(index))
  }
  return [...all].sort((left, right) => left - right)
}

/** Each read, and each write of a piece that is in no text that was read, so that it is no matter who made which. */
function parts<Input, Output>(core: readonly Entry<Input, Output>[], text: TextOf<Input, Output>) {
  const views = viewsOf(core, text) ?? []
  const read = views.flatMap((view) => (view.does === 'get' && view.text !== undefined ? [view.text] : []))
  const isUnread = (view: TextView) => view.does === 'get' || !read.some((whole) => whole.includes(view.text))
  return core.filter((_, index) => isUnread(views[index]!)).map((entry) => [entry])
}
