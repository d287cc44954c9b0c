import type { Random } from '../../sim/machine.ts'

/** How often each stream of a node's luck was drawn from; the first has no name, and a name is one within another. */
export type DrawCounts = readonly (readonly [names: readonly string[], draws: number])[]

/** A random stream that counts what is drawn from it, so that another of its seed can be brought to the same place. */
export class CountedRandom implements Random {
  private readonly stream: Random
  private readonly streams = new Map<string, CountedRandom>()
  private draws = 0

  constructor(stream: Random) {
    this.stream = stream
  }

  float(): number {
    this.draws++
    return this.stream.float()
  }

  integer(min: number, max: number): number {
    this.draws++
    return this.stream.integer(min, max)
  }

  chance(probability: number): boolean {
    this.draws++
    return this.stream.chance(probability)
  }

  pick<T>(items: readonly T[]): T {
    this.draws++
    return this.stream.pick(items)
  }

  named(name: string): CountedRandom {
    let stream = this.streams.get(name)
    if (stream === undefined) {
      stream = new CountedRandom(this.stream.named(name))
      this.streams.set(name, stream)
    }
    return stream
  }

  counts(): DrawCounts {
    const within = [...this.streams].flatMap(([name, stream]) =>
      stream.counts().map(([names, draws]) => [[name, ...names], draws] as const),
    )
    return [[[], this.draws], ...within]
  }

  /** Draws so often from each stream. */
  advance(counts: DrawCounts): void {
    for (const [names, draws] of counts) {
      const stream = names.reduce<CountedRandom>((above, name) => above.named(name), this)
      for (let drawn = 0; drawn < draws; drawn++) stream.float()
    }
  }
}
