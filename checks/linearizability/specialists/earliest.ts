import { entriesUpTo } from '../entry.ts'
import type { Entry } from '../entry.ts'
import type { SpecialistVerdict } from '../specialist.ts'

/** What is found out about some operations: an order for them, or a few that have none. Undefined: nothing. */
export type Outcome<Input, Output> =
  | { readonly order: () => readonly Entry<Input, Output>[] }
  | { readonly core: readonly Entry<Input, Output>[] }
  | undefined

export type Decide<Input, Output> = (some: readonly Entry<Input, Output>[]) => Outcome<Input, Output>

/** Operations that may be left out of a core together, if the rest is condemned without them: it then condemns all. */
export type Parts<Input, Output> = (
  core: readonly Entry<Input, Output>[],
) => readonly (readonly Entry<Input, Output>[])[]

/** To find the earliest core, so many operations may be looked at, and twice as many as the history has. */
const LOOKS = 400_000
/** A longer core stays as it is. */
const LARGEST_CORE = 60

/**
 * The verdict on the operations; if they are condemned, with a core that is complete as early as can be, and that has
 * no part to spare.
 */
export function verdictOf<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  decide: Decide<Input, Output>,
  parts: Parts<Input, Output>,
): SpecialistVerdict<Input, Output> | undefined {
  const outcome = decide(entries)
  if (outcome === undefined) return undefined
  if ('order' in outcome) return { verdict: 'ok', steps: entries.length, order: outcome.order }
  const core = () => smallerCore(earliestCore(entries, outcome.core, decide), decide, parts)
  return { verdict: 'violated', steps: entries.length, core }
}

/**
 * The shortest beginning in time that is condemned, with what was under way at its end left open: first by strides back
 * from the end of the known core, which often is the earliest, and then by halving. In a long history that ends sooner.
 */
function earliestCore<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  known: readonly Entry<Input, Output>[],
  decide: Decide<Input, Output>,
): readonly Entry<Input, Output>[] {
  let core = known
  let looks = 0
  const end = completedAt(core)
  const cuts = Float64Array.from(
    entries.filter(({ returned }) => returned <= end).map(({ returned }) => returned),
  ).sort()
  let [good, bad] = [-1, cuts.length - 1]
  let stride = 1
  while (bad - good > 1 && looks < LOOKS + 2 * entries.length) {
    const cut = stride === 0 ? (good + bad) >> 1 : Math.max(good + 1, bad - stride)
    const beginning = entriesUpTo(entries, cuts[cut]!)
    looks += beginning.length
    const outcome = decide(beginning)
    if (outcome === undefined || 'order' in outcome) {
      good = cut
      stride = 0
    } else {
      core = outcome.core
      stride *= 2
      while (bad > 0 && cuts[bad]! > completedAt(core)) bad -= 1
    }
  }
  return core
}

/** The rank of the last return. */
function completedAt(core: readonly Entry[]): number {
  return core.reduce((last, { returned }) => (returned === Infinity ? last : Math.max(last, returned)), -1)
}

function smallerCore<Input, Output>(
  whole: readonly Entry<Input, Output>[],
  decide: Decide<Input, Output>,
  parts: Parts<Input, Output>,
): readonly Entry<Input, Output>[] {
  let core = whole
  /** The first of each part without which the rest was not condemned: then less of the rest is not either. */
  const needed = new Set<Entry<Input, Output>>()
  for (let length = Infinity; core.length < length && core.length <= LARGEST_CORE;) {
    length = core.length
    for (const part of parts(core)) {
      if (needed.has(part[0]!)) continue
      const rest = core.filter((entry) => !part.includes(entry))
      const outcome = decide(rest)
      if (outcome !== undefined && 'core' in outcome) core = rest
      else needed.add(part[0]!)
    }
  }
  return core
}
