import { type Delay, type Fault, type FaultKind, type Links, type MessageName, NOTED } from '../sim/faults.ts'
import { duration, percent, plural, significant } from './words.ts'

/** One sentence for each kind of fault, without its time of beginning: `power loss of n3, back after 210 ms`. */
export function faultWords(fault: Fault, arrow = '->'): string {
  const sentence = SENTENCES[fault.kind] as (fault: Fault, arrow: string) => string
  const words = sentence(fault, arrow) + lasting(fault)
  if (fault.when === undefined) return words
  const { note, occurrence } = fault.when
  const which = occurrence === undefined ? `the last note "${note}"` : `note ${occurrence} of "${note}"`
  return `after ${which}: ${words.replaceAll(NOTED, 'its writer')}`
}

/** The kind as words: `power-loss` → `power loss`. */
export function kindWords(kind: string): string {
  return kind.replaceAll('-', ' ').replace('one way', 'one-way')
}

type Of<Kind extends FaultKind> = Extract<Fault, { readonly kind: Kind }>

const SENTENCES: { readonly [Kind in FaultKind]: (fault: Of<Kind>, arrow: string) => string } = {
  loss: (fault, arrow) => `${percent(fault.probability)} of messages lost${links(fault, arrow)}`,
  duplication: (fault, arrow) => `${percent(fault.probability)} of messages doubled${links(fault, arrow)}`,
  delay: (fault, arrow) =>
    `${percent(fault.probability)} of messages delayed by ${delayWords(fault.delay)}${links(fault, arrow)}`,
  reordering: (fault, arrow) =>
    `${percent(fault.probability)} of messages reordered within ${duration(fault.withinMs)}${links(fault, arrow)}`,
  partition: (fault) => `partition ${fault.groups.map(set).join(' | ')}`,
  'one-way-partition': (fault, arrow) =>
    `one-way partition, nothing passes ${set(fault.from)} ${arrow} ${set(fault.to)}`,
  clog: (fault, arrow) => `messages held${links(fault, arrow)}`,
  'slow-link': (fault, arrow) => `latency ${significant(fault.factor)} times as long${links(fault, arrow)}`,
  bandwidth: (fault, arrow) => `bandwidth of ${significant(fault.bytesPerSecond / 1000)} kB/s${links(fault, arrow)}`,
  'stream-reset': (fault, arrow) => `streams broken${links(fault, arrow)}`,
  corruption: (fault, arrow) => `a bit flipped in ${percent(fault.probability)} of messages${links(fault, arrow)}`,
  kill: (fault) => `kill of ${fault.node}${back(fault)}`,
  'power-loss': (fault) => `power loss of ${fault.node}${back(fault)}`,
  'crash-in-output': (fault) =>
    `${crash(fault.power)} of ${fault.node} in the middle of what a handler said${back(fault)}`,
  'crash-in-recovery': (fault) =>
    `${crash(fault.power)} of ${fault.node}, again while it recovers, ${plural(fault.times, 'time')}${back(fault)}`,
  pause: (fault) => `pause of ${fault.node}`,
  'slow-process': (fault) => `${fault.node} takes ${duration(fault.byMs)} longer for each event`,
  spawn: (fault) => `new node number ${fault.index}`,
  'slow-sync': (fault) => `syncs of ${fault.node} take ${duration(fault.byMs)} longer`,
  'disk-error': (fault) => `${percent(fault.probability)} of the disk operations of ${fault.node} fail${again(fault)}`,
  'disk-full': (fault) => `the disk of ${fault.node} is full${again(fault)}`,
  'bit-rot': (fault) => `a bit rots on the disk of ${fault.node}`,
  'lost-sync': (fault) => `syncs of ${fault.node} say done and are not`,
  'misdirected-write': (fault) => `a write of ${fault.node} lands in another place`,
  'clock-skew': (fault) => `the wall clock of ${fault.node} is off by ${signed(fault.byMs)}`,
  'clock-drift': (fault) => `the clocks of ${fault.node} run at ${significant(fault.rate)} times the rate`,
  'clock-jump': (fault) => `the wall clock of ${fault.node} jumps by ${signed(fault.byMs)}`,
  'lost-message': (fault, arrow) => message(fault.message, arrow, 'lost'),
  'doubled-message': (fault, arrow) =>
    `${message(fault.message, arrow, 'doubled')}, the copy ${duration(fault.afterMs)} later`,
  'slow-message': (fault, arrow) => message(fault.message, arrow, `slower by ${duration(fault.byMs)}`),
  'corrupted-message': (fault, arrow) => message(fault.message, arrow, 'corrupted'),
}

function lasting(fault: Fault): string {
  const length = 'forMs' in fault && Number.isFinite(fault.forMs) ? ` for ${duration(fault.forMs)}` : ''
  return fault.forGood === true ? ', for good' : length
}

function links({ from, to }: Links, arrow: string): string {
  if (from === undefined && to === undefined) return ''
  return ` ${side(from)} ${arrow} ${side(to)}`
}

function side(nodes: readonly string[] | undefined): string {
  if (nodes === undefined) return 'all'
  return nodes.length === 1 ? String(nodes[0]) : set(nodes)
}

function set(nodes: readonly string[]): string {
  return `{${nodes.join(',')}}`
}

const DISKS = { kept: '', old: ' with an old disk', empty: ' with an empty disk' } as const

function back(fault: { restartAfterMs?: number; disk?: keyof typeof DISKS; upgrade?: boolean }): string {
  if (fault.restartAfterMs === undefined) return ', not back'
  const code = fault.upgrade === true ? ' with the other code' : ''
  return `, back after ${duration(fault.restartAfterMs)}${DISKS[fault.disk ?? 'kept']}${code}`
}

/** A fault of the disk stops the node only where an error escapes its machine. */
function again(fault: { restartAfterMs?: number }): string {
  return fault.restartAfterMs === undefined
    ? ''
    : `, restarted after ${duration(fault.restartAfterMs)} where that stops it`
}

function crash(power: boolean): string {
  return power ? 'power loss' : 'crash'
}

function signed(ms: number): string {
  return ms < 0 ? `-${duration(-ms)}` : duration(ms)
}

function delayWords(delay: Delay): string {
  switch (delay.shape) {
    case 'constant':
      return duration(delay.ms)
    case 'uniform':
      return `${duration(delay.minMs)} to ${duration(delay.maxMs)}`
    case 'exponential':
      return `${duration(delay.meanMs)} on average`
    case 'long-tailed':
      return `${duration(delay.minMs)} and more, ${duration(delay.maxMs)} at most`
  }
}

function message({ type, from, to, occurrence }: MessageName, arrow: string, fate: string): string {
  return `${type} ${from} ${arrow} ${to} ${fate}${occurrence === 0 ? '' : ` (occurrence ${occurrence + 1})`}`
}
