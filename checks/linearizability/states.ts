import { canonical } from '../plain.ts'

/** The states of a model, numbered from 0 in the order of their first appearance; equal contents are one state. */
export class States<State> {
  private readonly list: State[] = []
  private readonly primitives = new Map<unknown, number>()
  private readonly objects = new Map<string | number, number>()
  private readonly identity: (state: State) => string | number

  constructor(identity?: (state: State) => string | number) {
    this.identity = identity ?? canonical
  }

  at(number: number): State {
    return this.list[number]!
  }

  numberOf(state: State): number {
    if (typeof state === 'object' && state !== null) return this.numberIn(this.objects, this.identity(state), state)
    return this.numberIn(this.primitives, state, state)
  }

  private numberIn<Key>(numbers: Map<Key, number>, key: Key, state: State): number {
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, this.list.length)
    return this.list.push(state) - 1
  }
}
