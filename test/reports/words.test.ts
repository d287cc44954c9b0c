import { describe, expect, test } from 'vitest'
import { answerWords, dataWords, inputWords, outcomeWords } from '../../reports/data.ts'
import { faultWords } from '../../reports/fault-words.ts'
import { roleOf, roleWords } from '../../reports/roles.ts'
import { safe, wrap } from '../../reports/text.ts'
import { count, duration, moment, percent, plural, seedText, shortCount } from '../../reports/words.ts'
import { FAULT_KINDS } from '../../sim/faults.ts'
import type { Fault, FaultKind } from '../../sim/faults.ts'

const lasting = { atMs: 0, forMs: 300 }
const message = { from: 'n1', to: 'n3', type: 'AppendEntries', identity: 7, occurrence: 1 }

const SENTENCES: {
  readonly [Kind in FaultKind]: readonly [Omit<Extract<Fault, { kind: Kind }>, 'id' | 'kind'>, string]
} = {
  loss: [{ ...lasting, probability: 0.2, from: ['n1'] }, '20 % of messages lost n1 -> all for 300 ms'],
  duplication: [{ ...lasting, probability: 0.125 }, '12.5 % of messages doubled for 300 ms'],
  delay: [
    { ...lasting, probability: 1, delay: { shape: 'uniform', minMs: 1, maxMs: 1500 }, to: ['n1', 'n2'] },
    '100 % of messages delayed by 1 ms to 1.5 s all -> {n1,n2} for 300 ms',
  ],
  reordering: [{ ...lasting, probability: 0.5, withinMs: 40 }, '50 % of messages reordered within 40 ms for 300 ms'],
  partition: [
    {
      ...lasting,
      groups: [
        ['n1', 'c2'],
        ['n2', 'n3'],
      ],
    },
    'partition {n1,c2} | {n2,n3} for 300 ms',
  ],
  'one-way-partition': [
    { ...lasting, from: ['n1'], to: ['n2'] },
    'one-way partition, nothing passes {n1} -> {n2} for 300 ms',
  ],
  clog: [{ ...lasting, from: ['n1'], to: ['n2'] }, 'messages held n1 -> n2 for 300 ms'],
  'slow-link': [{ ...lasting, factor: 10 }, 'latency 10 times as long for 300 ms'],
  bandwidth: [{ ...lasting, bytesPerSecond: 4500 }, 'bandwidth of 4.5 kB/s for 300 ms'],
  'stream-reset': [{ atMs: 0, from: ['n1'], to: ['n2'] }, 'streams broken n1 -> n2'],
  corruption: [{ ...lasting, probability: 0.01 }, 'a bit flipped in 1 % of messages for 300 ms'],
  kill: [
    { atMs: 0, node: 'n3', restartAfterMs: 50, upgrade: true },
    'kill of n3, back after 50 ms with the other code',
  ],
  'power-loss': [{ atMs: 0, node: 'n3', restartAfterMs: 210 }, 'power loss of n3, back after 210 ms'],
  'crash-in-output': [
    { atMs: 0, node: 'n3', power: false, restartAfterMs: 1, disk: 'old' },
    'crash of n3 in the middle of what a handler said, back after 1 ms with an old disk',
  ],
  'crash-in-recovery': [
    { atMs: 0, node: 'n3', power: true, times: 2 },
    'power loss of n3, again while it recovers, 2 times, not back',
  ],
  pause: [{ ...lasting, node: 'n3' }, 'pause of n3 for 300 ms'],
  'slow-process': [{ ...lasting, node: 'n3', byMs: 5 }, 'n3 takes 5 ms longer for each event for 300 ms'],
  spawn: [{ atMs: 0, index: 2 }, 'new node number 2'],
  'slow-sync': [{ ...lasting, node: 'n3', byMs: 20 }, 'syncs of n3 take 20 ms longer for 300 ms'],
  'disk-error': [{ ...lasting, node: 'n3', probability: 0.1 }, '10 % of the disk operations of n3 fail for 300 ms'],
  'disk-full': [
    { ...lasting, node: 'n3', restartAfterMs: 90 },
    'the disk of n3 is full, restarted after 90 ms where that stops it for 300 ms',
  ],
  'bit-rot': [{ atMs: 0, node: 'n3' }, 'a bit rots on the disk of n3'],
  'lost-sync': [{ ...lasting, node: 'n3' }, 'syncs of n3 say done and are not for 300 ms'],
  'misdirected-write': [{ atMs: 0, node: 'n3' }, 'a write of n3 lands in another place'],
  'clock-skew': [{ ...lasting, node: 'n3', byMs: 5000 }, 'the wall clock of n3 is off by 5 s for 300 ms'],
  'clock-drift': [{ ...lasting, node: 'n3', rate: 1.05 }, 'the clocks of n3 run at 1.05 times the rate for 300 ms'],
  'clock-jump': [{ atMs: 0, node: 'n3', byMs: -5000 }, 'the wall clock of n3 jumps by -5 s'],
  'lost-message': [{ atMs: 0, message }, 'AppendEntries n1 -> n3 lost (occurrence 2)'],
  'doubled-message': [
    { atMs: 0, message, afterMs: 12 },
    'AppendEntries n1 -> n3 doubled (occurrence 2), the copy 12 ms later',
  ],
  'slow-message': [{ atMs: 0, message, byMs: 90 }, 'AppendEntries n1 -> n3 slower by 90 ms (occurrence 2)'],
  'corrupted-message': [{ atMs: 0, message: { ...message, occurrence: 0 } }, 'AppendEntries n1 -> n3 corrupted'],
}

describe('the words for a fault', () => {
  test.each(Object.entries(SENTENCES))('%s', (kind, [fields, sentence]) => {
    expect(faultWords({ id: 1, kind, ...fields } as Fault)).toBe(sentence)
  })

  test('exist for every kind of the catalogue', () => {
    expect(FAULT_KINDS.filter((kind) => !(kind in SENTENCES))).toEqual([])
  })

  test('say where the calm does not heal it', () => {
    expect(faultWords({ id: 1, kind: 'pause', node: 'n3', atMs: 0, forMs: 300, forGood: true })).toBe(
      'pause of n3, for good',
    )
  })
})

describe('numbers', () => {
  test('are grouped, short where there is little room, and never long fractions', () => {
    expect([0, 999, 12_044, 1e9].map(count)).toEqual(['0', '999', '12,044', '1,000,000,000'])
    expect([99_999, 100_000, 1_234_567, 50_000_000, 2e9].map(shortCount)).toEqual([
      '99,999',
      '100k',
      '1.23M',
      '50M',
      '2G',
    ])
    expect([999_999, 999_999_999].map(shortCount)).toEqual(['1,000k', '1,000M'])
    expect([0.2, 0.005, 1].map(percent)).toEqual(['20 %', '0.5 %', '100 %'])
    expect([plural(1, 'run'), plural(2, 'run'), plural(2, 'kind of failure', 'kinds of failure')]).toEqual([
      '1 run',
      '2 runs',
      '2 kinds of failure',
    ])
  })

  test('of time have the unit that fits', () => {
    expect([0, 0.5, 210, 2310, 119_999, 270_000, 10_000_000, 1e9].map(duration)).toEqual([
      '0 ms',
      '0.5 ms',
      '210 ms',
      '2.31 s',
      '120 s',
      '4.5 minutes',
      '2.8 hours',
      '11.6 days',
    ])
    expect([2310, Infinity].map(moment)).toEqual(['2.310', 'never'])
  })

  test('that are seeds say that they are hexadecimal', () => {
    expect([0x5eed1f, 10, Number.MAX_SAFE_INTEGER].map(seedText)).toEqual(['0x5eed1f', '0xa', '0x1fffffffffffff'])
  })
})

describe('data', () => {
  test('is short, whatever it is', () => {
    expect(dataWords({ term: 3, log: [1, 'a b'], at: new Map([['k', new Set([1])]]), bytes: new Uint8Array(3) })).toBe(
      '{term: 3, log: [1, "a b"], at: {k => {1}}, bytes: <3 bytes>}',
    )
    expect(dataWords(Array.from({ length: 1000 }, () => 0))).toBe('[0, 0, 0, 0, 0, 0, 0, 0, ..]')
    expect(dataWords([[[['deep']]]])).toBe('[[[..]]]')
  })

  test('that was asked and answered reads like a call', () => {
    expect(inputWords({ action: 'set', key: 'x', value: 1 })).toBe('set x=1')
    expect(inputWords({ f: 'cas', key: 'x', from: 1, to: 2 })).toBe('cas x from=1 to=2')
    expect(inputWords(['anything'])).toBe('[anything]')
    expect(answerWords(null, { action: 'set', key: 'x', value: 1 })).toBe('ok')
    expect(answerWords(null, { action: 'get', key: 'x' })).toBe('null')
    expect(answerWords({ value: 5 }, { action: 'get', key: 'x' })).toBe('5')
    const open = { id: 1, process: 'c1', input: 1, invokedAtMs: 0, returnedAtMs: Infinity, outcome: 'info' } as const
    expect(outcomeWords({ ...open, reason: 'timed out' })).toBe('-> unknown (timed out)')
  })
})

describe('roles', () => {
  test('are read from notes that say what a node became or is', () => {
    expect(roleOf({ event: 'became leader', detail: { term: 3 } })).toEqual({ name: 'leader', term: 3 })
    expect(roleOf({ event: 'elected', detail: { role: 'primary', view: 7 } })).toEqual({ name: 'primary', term: 7 })
    expect(roleOf({ event: 'committed', detail: { index: 3 } })).toBeUndefined()
    expect(roleWords({ name: 'leader' })).toBe('leader')
  })
})

describe('text', () => {
  test('cannot move the cursor, change colours or turn the line round', () => {
    expect(safe('a\u001b[2J\u202eb\n\u00ad🐦é', { colour: 0, unicode: true })).toBe(
      'a\\x1b[2J\\u{202e}b\\n\\xad\\u{1f426}é',
    )
    expect(safe('é', { colour: 0, unicode: false })).toBe('\\xe9')
  })

  test('is broken at spaces, or anywhere where there are none', () => {
    expect(wrap('one two three', 8, 2)).toEqual(['one two', '  three'])
    expect(wrap('x'.repeat(10), 4)).toEqual(['xxxx', 'xxxx', 'xx'])
    expect(wrap('', 4)).toEqual([''])
  })
})
