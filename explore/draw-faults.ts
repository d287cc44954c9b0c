import type { FAULT_KINDS } from '../sim/faults.ts'
import type { Millis, NodeId } from '../sim/machine.ts'
import { type Draft, sample, type Unnumbered } from './draft.ts'

/** Each kind adds one entry to a draft, or a burst of them. */
export const DRAW: { readonly [Kind in (typeof FAULT_KINDS)[number]]: (draft: Draft) => void } = {
  loss: (d) =>
    d.entries.push({
      kind: 'loss',
      atMs: d.at(),
      forMs: d.lasting(),
      probability: d.random.pick([0.05, 0.2, 0.5, 0.9]),
      ...d.links(),
    }),
  duplication: (d) =>
    d.entries.push({
      kind: 'duplication',
      atMs: d.at(),
      forMs: d.lasting(),
      probability: d.random.pick([0.05, 0.3, 0.8]),
      ...d.links(),
    }),
  delay: (d) =>
    d.entries.push({
      kind: 'delay',
      atMs: d.at(),
      forMs: d.lasting(),
      probability: d.random.pick([0.05, 0.3, 1]),
      delay: d.delay(),
      ...d.links(),
    }),
  reordering: (d) =>
    d.entries.push({
      kind: 'reordering',
      atMs: d.at(),
      forMs: d.lasting(),
      probability: d.random.pick([0.1, 0.5]),
      withinMs: d.random.pick([10, 50, 250]),
      ...d.links(),
    }),
  partition: (d) => drawPartition(d),
  'one-way-partition': (d) => {
    const [from, to] = d.sides()
    d.entries.push({ kind: 'one-way-partition', atMs: d.at(), forMs: d.lasting(), from, to })
  },
  clog: (d) => d.entries.push({ kind: 'clog', atMs: d.at(), forMs: d.lasting(1000), ...d.links() }),
  'slow-link': (d) =>
    d.entries.push({
      kind: 'slow-link',
      atMs: d.at(),
      forMs: d.lasting(),
      factor: d.random.pick([3, 10, 40]),
      ...d.links(),
    }),
  bandwidth: (d) =>
    d.entries.push({
      kind: 'bandwidth',
      atMs: d.at(),
      forMs: d.lasting(),
      bytesPerSecond: d.random.pick([10_000, 50_000, 200_000]),
      ...d.links(),
    }),
  'stream-reset': (d) => d.entries.push({ kind: 'stream-reset', atMs: d.at(), ...d.links() }),
  corruption: (d) =>
    d.entries.push({
      kind: 'corruption',
      atMs: d.at(),
      forMs: d.lasting(),
      probability: d.random.pick([0.01, 0.1]),
      ...d.links(),
    }),
  kill: (d) => burst(d, (node, atMs) => ({ kind: 'kill', node, atMs, ...d.comeback(node) })),
  'power-loss': (d) => burst(d, (node, atMs) => ({ kind: 'power-loss', node, atMs, ...d.comeback(node) })),
  'crash-in-output': (d) =>
    burst(d, (node, atMs) => ({
      kind: 'crash-in-output',
      node,
      atMs,
      power: d.random.chance(0.5),
      writing: d.random.chance(0.5),
      ...d.comeback(node),
    })),
  'crash-in-recovery': (d) =>
    burst(d, (node, atMs) => ({
      kind: 'crash-in-recovery',
      node,
      atMs,
      power: d.random.chance(0.5),
      times: d.random.integer(1, 3),
      ...d.comeback(node),
    })),
  pause: (d) => burst(d, (node, atMs) => ({ kind: 'pause', node, atMs, forMs: d.lasting() })),
  'slow-process': (d) =>
    d.entries.push({
      kind: 'slow-process',
      node: d.anyone(),
      atMs: d.at(),
      forMs: d.lasting(),
      byMs: d.random.pick([1, 10, 60]),
    }),
  spawn: (d) =>
    d.entries.push({ kind: 'spawn', atMs: d.at(), index: d.entries.filter(({ kind }) => kind === 'spawn').length }),
  'slow-sync': (d) =>
    burst(d, (node, atMs) => ({
      kind: 'slow-sync',
      node,
      atMs,
      forMs: d.lasting(),
      byMs: d.random.pick([5, 30, 150]),
    })),
  'disk-error': (d) =>
    d.entries.push({
      kind: 'disk-error',
      node: d.anyone(),
      atMs: d.at(),
      forMs: d.lasting(500),
      probability: d.random.pick([0.05, 0.5]),
    }),
  'disk-full': (d) => d.entries.push({ kind: 'disk-full', node: d.anyone(), atMs: d.at(), forMs: d.lasting(500) }),
  'bit-rot': (d) =>
    onBadDisk(d, (node, atMs) => [
      { kind: 'bit-rot', node, atMs },
      {
        kind: 'kill',
        node,
        atMs: d.within(atMs + 1),
        ...(d.untrusted.has(node) ? { forGood: true } : { restartAfterMs: 50 }),
      },
    ]),
  'lost-sync': (d) => onBadDisk(d, (node, atMs) => [{ kind: 'lost-sync', node, atMs, forMs: d.lasting() }]),
  'misdirected-write': (d) => onBadDisk(d, (node, atMs) => [{ kind: 'misdirected-write', node, atMs }]),
  'clock-skew': (d) =>
    d.entries.push({
      kind: 'clock-skew',
      node: d.anyone(),
      atMs: d.at(),
      forMs: d.lasting(),
      byMs: d.random.pick([-60_000, -500, 500, 60_000]),
    }),
  'clock-drift': (d) =>
    d.entries.push({
      kind: 'clock-drift',
      node: d.anyone(),
      atMs: d.at(),
      forMs: d.lasting(),
      rate: d.random.pick([0.5, 0.9, 1.1, 2]),
    }),
  'clock-jump': (d) =>
    d.entries.push({
      kind: 'clock-jump',
      node: d.anyone(),
      atMs: d.at(),
      byMs: d.random.pick([-3_600_000, -1000, 1000, 3_600_000]),
    }),
}

function drawPartition(draft: Draft): void {
  const { random } = draft
  const atMs = draft.at()
  const mayStay = draft.subject.menu.cutsForGood !== false
  if (mayStay && draft.expendable.length > 0 && random.chance(0.2)) {
    const left = [...draft.expendable]
    const right = draft.servers.filter((id) => !left.includes(id))
    if (draft.subject.menu.partialCutsForGood === true && random.chance(0.5)) {
      draft.entries.push({ ...partialCut(draft, atMs, left, right), forGood: true })
      return
    }
    draft.entries.push({
      kind: 'partition',
      atMs,
      forMs: draft.subject.calmAtMs,
      groups: [left, [...right, ...draft.others]],
      forGood: true,
    })
    return
  }
  const [left, right] = draft.sides()
  const shape = random.float()
  if (shape < 0.2 && right.length > 1) right.shift()
  else if (shape < 0.4) right.push(left[0]!)
  draft.entries.push({ kind: 'partition', atMs, forMs: draft.lasting(), groups: [left, right] })
}

/** Cuts some links between the two sides, or one direction of them; whoever is on neither hears everyone. */
function partialCut(draft: Draft, atMs: Millis, left: readonly NodeId[], right: readonly NodeId[]): Unnumbered {
  const { random } = draft
  const forMs = draft.subject.calmAtMs
  const some = sample(random, right, random.integer(1, right.length))
  const shape = random.integer(0, 2)
  if (shape === 0) return { kind: 'partition', atMs, forMs, groups: [left, some] }
  const [from, to] = shape === 1 ? [left, some] : [some, left]
  return { kind: 'one-way-partition', atMs, forMs, from, to }
}

function burst(draft: Draft, entry: (node: NodeId, atMs: Millis) => Unnumbered): void {
  const atMs = draft.at()
  const spreadMs = draft.random.pick([0, 5, 100])
  for (const node of draft.victims())
    draft.entries.push(entry(node, draft.within(atMs + spreadMs * draft.random.float())))
}

function onBadDisk(draft: Draft, entries: (node: NodeId, atMs: Millis) => readonly Unnumbered[]): void {
  if (draft.expendable.length === 0) return
  draft.entries.push(...entries(draft.random.pick(draft.expendable), draft.at()))
}
