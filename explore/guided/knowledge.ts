import { randomStream } from '../../sim/random.ts'
import { mutate } from './mutate.ts'
import type { Recipe } from './recipe.ts'

/** A search learns after each so many runs: what it knows changes nothing within them, so that workers change nothing. */
export const EPOCH_RUNS = 256

/** Plans that are kept; the oldest goes when another comes. */
const MOST_PLANS = 96
/** The share of runs that owe nothing to earlier ones: a search that only mutates ends in a corner. */
const FRESH = 0.5

/** What one run showed: hashes of abstract states, each once. */
export interface Shown {
  readonly recipe: Recipe
  readonly features: readonly number[]
}

/**
 * The plan of a run, made from plans that had shown something new; undefined where it is to be a fresh one. A pure
 * function of the seed and the corpus.
 */
export function guidedRecipe(seed: number, corpus: readonly Recipe[], calmAtMs: number): Recipe | undefined {
  if (corpus.length === 0) return undefined
  const random = randomStream(seed, 'guided')
  if (random.chance(FRESH)) return undefined
  // The later ones are what the search has come to last.
  const parent = random.chance(0.5)
    ? corpus[corpus.length - 1 - recent(random.float(), corpus.length)]!
    : random.pick(corpus)
  return mutate(seed, parent, random.pick(corpus), calmAtMs)
}

function recent(drawn: number, count: number): number {
  return Math.floor(drawn * drawn * count)
}

/**
 * Guidance by novelty, in the manner of coverage-guided fuzzers: a plan whose run came to an abstract state that no
 * run before it had shown is kept, and later plans are made from it. Runs must be shown in the order of their seeds.
 */
export class Knowledge {
  private readonly known = new Set<number>()
  private plans: Recipe[] = []

  get corpus(): readonly Recipe[] {
    return this.plans
  }

  /** How many abstract states were seen. */
  get states(): number {
    return this.known.size
  }

  learn(runs: readonly Shown[]): void {
    // Always a new list: the one that was given out may still be in use.
    const plans = [...this.plans]
    for (const { recipe, features } of runs) {
      const before = this.known.size
      for (const feature of features) this.known.add(feature)
      if (this.known.size > before) plans.push(recipe)
    }
    this.plans = plans.slice(-MOST_PLANS)
  }
}
