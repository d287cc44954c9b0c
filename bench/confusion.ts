/** A failure of a planted bug, and what it is taken for. */
export interface Fingerprinted {
  readonly bug: string
  readonly fingerprint: string
}

/** Pairs of failures: how many there are, and how many have the same fingerprint. */
export interface Pairs {
  readonly together: number
  readonly of: number
}

/** How well fingerprints tell planted bugs apart. */
export interface Confusion {
  readonly bugs: readonly string[]
  /** By bug and bug, in the order of `bugs`; half of it, the diagonal included. */
  readonly pairs: readonly (readonly Pairs[])[]
  /** Failures of one bug: all together would be perfect. */
  readonly sameBug: Pairs
  /** Failures of different bugs: none together would be perfect. */
  readonly differentBugs: Pairs
}

/** Compares every failure with every other. */
export function confusionOf(failures: readonly Fingerprinted[]): Confusion {
  const bugs = [...new Set(failures.map(({ bug }) => bug))].sort()
  const own = new Map(bugs.map((bug) => [bug, failures.filter((failure) => failure.bug === bug)]))
  const pairs = bugs.map((bug, row) =>
    bugs.slice(0, row + 1).map((other) => pairsOf(own.get(bug)!, own.get(other)!, bug === other)),
  )
  const sum = (all: readonly Pairs[]): Pairs => ({
    together: all.reduce((total, { together }) => total + together, 0),
    of: all.reduce((total, { of }) => total + of, 0),
  })
  return {
    bugs,
    pairs,
    sameBug: sum(pairs.map((row) => row.at(-1)!)),
    differentBugs: sum(pairs.flatMap((row) => row.slice(0, -1))),
  }
}

function pairsOf(left: readonly Fingerprinted[], right: readonly Fingerprinted[], same: boolean): Pairs {
  let together = 0
  let of = 0
  for (const [index, one] of left.entries()) {
    for (const other of same ? right.slice(index + 1) : right) {
      of++
      if (one.fingerprint === other.fingerprint) together++
    }
  }
  return { together, of }
}

/** The share of pairs that are together, in percent, as a table in Markdown; a dot stands for none. */
export function confusionTable({ bugs, pairs }: Confusion): string {
  const cell = ({ together, of }: Pairs): string =>
    of === 0 ? '' : together === 0 ? '·' : String(Math.max(1, Math.round((100 * together) / of)))
  const rows = pairs.map((row, index) => {
    const cells = bugs.map((_, column) => (column > index ? '' : cell(row[column]!)))
    return `| ${[bugs[index], ...cells].join(' | ')} |`
  })
  return [`| | ${bugs.join(' | ')} |`, `|---|${bugs.map(() => '---:').join('|')}|`, ...rows].join('\n')
}
