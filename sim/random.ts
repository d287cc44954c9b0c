import seedrandom from 'seedrandom'
import type { Random } from './machine.ts'

/** A stream of its own for whatever the words name: `randomStream(seed, 'plan')`, `randomStream(seed, 'client', 2)`. */
export function randomStream(seed: number, ...words: readonly (string | number)[]): Random {
  const key = [seed, ...words].join('/')
  return fromGenerator(seedrandom.xor128(key), key)
}

interface Generator {
  int32(): number
}

function fromGenerator(generator: Generator, key: string): Random {
  let streams: Map<string, Random> | undefined
  const float = (): number => (generator.int32() >>> 0) / 4294967296
  const integer = (min: number, max: number): number => min + Math.floor(float() * (max - min + 1))
  return {
    float,
    integer,
    chance: (probability) => float() < probability,
    pick: (items) => items[integer(0, items.length - 1)]!,
    named: (name) => {
      const known = streams?.get(name)
      if (known !== undefined) return known
      const nameKey = `${key}/${name}`
      const stream = fromGenerator(seedrandom.xor128(nameKey), nameKey)
      streams ??= new Map()
      streams.set(name, stream)
      return stream
    },
  }
}
