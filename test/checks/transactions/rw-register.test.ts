import { describe, expect, test } from 'vitest'
import { becauseOf, inTurn, namesIn, registers, together } from './histories.ts'

/** The anomalies of transactions on registers, with the weakest levels that each rules out. */
const ANOMALIES = [
  ['G1a: an aborted write was read', together('read x 1', 'fail: write x 1'), ['G1a'], ['read-committed']],
  [
    'G1b: a write was read that the same transaction had overwritten',
    together('write x 1, write x 2', 'read x 1'),
    ['G1b'],
    ['read-committed'],
  ],
  [
    'G1c: two transactions read from each other',
    together('write x 1, read y 1', 'write y 1, read x 1'),
    ['G1c'],
    ['read-committed'],
  ],
  [
    'G-single: one write of a transaction was read, and beside it the initial state that another overwrote',
    together('read x nil, read y 1', 'write y 1, write x 2'),
    ['G-single'],
    ['consistent-view', 'parallel-snapshot-isolation', 'repeatable-read'],
  ],
  [
    'G-single: a version was read that its reader had seen overwritten',
    together('write y 1', 'read y 1, write x 1, write y 2', 'read x 1, read y 1'),
    ['G-single'],
    ['consistent-view', 'parallel-snapshot-isolation', 'repeatable-read'],
  ],
  [
    'G-nonadjacent: two readers saw two writes in opposite orders, a long fork',
    together('write x 1', 'read x 1, read y nil', 'write y 1', 'read y 1, read x nil'),
    ['G-nonadjacent'],
    ['repeatable-read', 'snapshot-isolation'],
  ],
  [
    'G2-item: two transactions overwrote what the other had read, write skew',
    together('read x 1, read y 1', 'read x 1, write y 2', 'read y 1, write x 2'),
    ['G2-item'],
    ['repeatable-read', 'update-serializable'],
  ],
  [
    'lost update: two transactions read the same version and wrote the register',
    together('read x 0, write x 1', 'read x 0, write x 2'),
    ['lost-update', 'G2-item'],
    ['cursor-stability', 'update-atomic'],
  ],
  [
    'internal: a transaction read two values in a row',
    together('write x 1', 'write x 2', 'read x 1, read x 2'),
    ['internal'],
    ['read-atomic'],
  ],
  [
    'internal: a transaction did not read what it had written',
    together('write x 1', 'read x 1, write x 2, read x 1'),
    ['internal'],
    ['read-atomic'],
  ],
  [
    'future read: a transaction read what it wrote later',
    together('read x 1, write x 1'),
    ['future-read'],
    ['read-committed'],
  ],
  [
    'garbage read: nobody wrote what was read',
    together('read x nil', 'read x 7'),
    ['garbage-read'],
    ['read-uncommitted'],
  ],
] as const

describe('what is wrong with registers is called by its name', () => {
  test.each(ANOMALIES)('%s', (_title, history, names, not) => {
    const verdict = registers(history)
    expect(verdict.verdict).toBe('violated')
    expect(namesIn(verdict)).toEqual(names)
    expect(verdict.not).toEqual(not)
  })
})

describe('what shows where more is taken for granted of each register', () => {
  test('G0: two transactions wrote two registers in opposite orders, by what each process read afterwards', () => {
    const history = inTurn('c0 write x 1, write y 2', 'c1 write x 2, write y 1', 'c0 read x 2', 'c1 read y 2')
    expect(namesIn(registers(history, { consistency: 'serializable' }))).not.toContain('G0')
    const verdict = registers(history, { assume: { sequentialKeys: true } })
    expect([namesIn(verdict)[0], verdict.not]).toEqual(['G0', ['read-uncommitted']])
  })

  test('cyclic versions: a process read again what it had seen overwritten', () => {
    const history = inTurn('c0 write x 1', 'c0 write x 2', 'c0 read x 1')
    const verdict = registers(history, { assume: { sequentialKeys: true } })
    expect(namesIn(verdict)).toEqual(['cyclic-versions'])
    expect(verdict.anomalies[0]!.violations[0]!.because.at(-1)).toContain(
      'However by what a process read or wrote later, each',
    )
  })

  test('cyclic versions: a value was read that had been overwritten before', () => {
    const history = inTurn('c0 write x 1', 'c1 read x 2', 'c2 read x 1')
    const verdict = registers(history, { assume: { linearizableKeys: true } })
    expect(namesIn(verdict)).toContain('cyclic-versions')
    const told = verdict.anomalies.find(({ name }) => name === 'cyclic-versions')!.violations[0]!.because.at(-1)
    expect(told).toContain('However by what was read or written once another had returned, each')
  })

  test('that writes follow reads need not be taken for granted', () => {
    const history = together('write y 1', 'read y 1, write x 1, write y 2', 'read x 1, read y 1')
    expect(namesIn(registers(history, { assume: { writesFollowReads: false } }))).toEqual([])
  })
})

test('a register may begin with a value that nobody wrote', () => {
  expect(registers(together('read x 0', 'read x 0, write x 1', 'read x 1')).verdict).toBe('ok')
})

test('the reader of a version comes before who overwrote it', () => {
  const verdict = registers(together('read x nil, read y 1', 'write y 1, write x 2'))
  expect(becauseOf(verdict, 'G-single')).toEqual([
    'T1 < T2, because T1 read null in x, which T2 overwrote with 2',
    'However T2 < T1, because T1 read 1 in y, which T2 wrote: a contradiction',
  ])
})
