import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { githubAnnotations, githubSummary } from '../../reports/github.ts'
import { junitDocument } from '../../reports/junit.ts'
import { mermaidDiagram } from '../../reports/mermaid.ts'
import { fullTrace } from '../../reports/full-trace.ts'
import { sliceOf } from '../../reports/slice.ts'
import { PLAIN } from '../../reports/style.ts'
import { stories } from './support/hostile.ts'
import { staleFailure, staleTrace, staleViolation } from './support/stale-read.ts'
import { failing, hostileSweeps, passing, undecided } from './support/sweep.ts'
import { parseXml } from './support/xml.ts'

describe('JUnit', () => {
  test('has a suite a scenario, with failures, errors and what was never seen', () => {
    const root = parseXml(junitDocument([failing, undecided]))
    expect([root.name, root.attributes]).toEqual([
      'testsuites',
      { name: 'petrel', tests: '7', failures: '1', errors: '1', skipped: '1', time: '18.200' },
    ])
    const [first, second] = root.children
    expect(
      first?.children.map(({ name, attributes, children }) => [
        name,
        attributes['name'],
        children.map((child) => child.name),
      ]),
    ).toEqual([
      ['testcase', 'the sweep has an answer', []],
      ['testcase', 'linearizable(x): stale read (1a2b3c4d)', ['failure']],
      ['testcase', 'sometimes: leader changed', []],
      ['testcase', 'sometimes: read served by a follower', ['skipped']],
    ])
    const failure = first?.children[1]?.children[0]
    expect(failure?.attributes).toEqual({ message: '2 operations cannot be ordered', type: 'linearizable(x)' })
    expect(failure?.text).toContain('npx petrel replay v1.raft-kv.5eed1f.kQ4x')
    expect(second?.children[0]?.children[0]?.attributes).toEqual({
      message: 'the budget of 5,000,000 steps was spent',
      type: 'unknown',
    })
  })

  test('is well-formed whatever the names, and counts what it has', () => {
    fc.assert(
      fc.property(fc.array(hostileSweeps, { maxLength: 3 }), (sweeps) => {
        const root = parseXml(junitDocument(sweeps))
        const cases = root.children.flatMap((suite) => suite.children)
        const having = (name: string) =>
          String(cases.filter((item) => item.children.some((child) => child.name === name)).length)
        expect(root.attributes).toMatchObject({
          tests: String(cases.length),
          failures: having('failure'),
          errors: having('error'),
        })
        for (const item of cases) expect(Object.keys(item.attributes)).toEqual(['classname', 'name', 'time'])
      }),
    )
  })
})

describe('GitHub', () => {
  test('gets an annotation a failure and a warning for what was never seen', () => {
    expect(githubAnnotations([failing], () => ({ file: 'scenarios/raft,kv.ts', line: 12 }))).toEqual([
      '::error file=scenarios/raft%2Ckv.ts,line=12,title=raft-kv%3A linearizable(x)::' +
        'stale read: 2 operations cannot be ordered (37 of 1,000 runs, first seed 0x5eed1f)%0Anpx petrel replay v1.raft-kv.5eed1f.kQ4x',
      '::warning file=scenarios/raft%2Ckv.ts,line=12,title=raft-kv%3A never seen::read served by a follower was not seen in 1,000 runs',
    ])
  })

  test('gets at most ten annotations of a level, the last of which counts the rest', () => {
    const failures = Array.from({ length: 25 }, () => staleFailure)
    const lines = githubAnnotations([{ ...failing, failures }])
    expect(lines.filter((line) => line.startsWith('::error'))).toHaveLength(10)
    expect(lines[9]).toBe('::error title=petrel::and 16 more, see the summary of the job')
  })

  test('can be told nothing but annotations, whatever the names', () => {
    fc.assert(
      fc.property(hostileSweeps, (sweep) => {
        for (const line of githubAnnotations([sweep], () => ({ file: sweep.scenario }))) {
          expect(line).toMatch(/^::(error|warning) file=[^:,\r\n]*,title=[^:,\r\n]*::[^\r\n]*$/)
        }
      }),
    )
  })

  test('gets a summary with every report in a fence that its text cannot close', () => {
    const text = githubSummary([{ ...failing, neverSeen: ['```` <b>'] }, passing])
    expect(text).toContain('### raft-kv: FAILED (1,000 runs)')
    expect(text).toContain('### raft-kv: passed (1,000 runs)')
    expect(text).toContain('\n`````text\n')
    expect(text).toContain('VIOLATED linearizable(x)')
  })

  test('gets at most a mebibyte, and is told what is left out', () => {
    const failures = Array.from({ length: 600 }, (_, index) => ({ ...staleFailure, fingerprint: String(index) }))
    const text = githubSummary([{ ...failing, failures }])
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024 * 1024)
    expect(Buffer.byteLength(text)).toBeGreaterThan(1000 * 1024)
    expect(text).toMatch(/\n\d+ more sections left out\.\n$/)
  })
})

describe('Mermaid', () => {
  test('draws the slice of a stale read', () => {
    const lines = mermaidDiagram(staleTrace, sliceOf(staleTrace, staleViolation), staleViolation).split('\n')
    expect(lines.slice(0, 3)).toEqual(['sequenceDiagram', '  participant p0 as c1', '  participant p1 as c2'])
    expect(lines).toContain('  p3->>p4: 2.269 became follower term=3 #35;82 (AppendEntries)')
    expect(lines).toContain('  p3-xp2: 2.266 AppendEntries lost #35;81 (partition)')
    expect(lines).toContain('  Note over p0,p4: 1.200 partition #35;13')
    expect(lines.at(-2)).toBe('  p2->>p1: 2.310 T2 -#62; 0 #35;91 #60;== STALE READ')
  })

  test('has only lines of its own, and at most 50,000 characters, whatever the names', () => {
    fc.assert(
      fc.property(stories, ({ result, violation }) => {
        const trace = result?.trace ?? staleTrace
        const diagram = mermaidDiagram(trace, sliceOf(trace, violation), violation)
        expect(diagram.length).toBeLessThanOrEqual(50_000)
        for (const line of diagram.trimEnd().split('\n').slice(1)) {
          expect(line).toMatch(/^ {2}(participant p\d+ as |p\d+(->>|-x|-\))p\d+: |Note over p\d+(,p\d+)?: )/)
          expect(line.replace(/#\d+;/g, '')).not.toMatch(/[#;{}%"]|\bend\b/i)
        }
      }),
    )
  })

  test('leaves rows out where labels are too long', () => {
    const events = staleTrace.events.map((event) => ({ ...event, label: ';'.repeat(1000) }))
    const trace = { ...staleTrace, events }
    const slice = sliceOf(trace, staleViolation)
    const many = { ...slice, rows: Array.from({ length: 200 }, () => slice.rows).flat() }
    expect(mermaidDiagram(trace, many, staleViolation).length).toBeLessThanOrEqual(50_000)
  })
})

describe('the full trace', () => {
  test('has a line an event', () => {
    const lines = [...fullTrace(staleTrace, PLAIN, staleViolation)]
    expect(lines).toHaveLength(staleTrace.events.length)
    expect(lines.slice(78, 82)).toEqual([
      '#79    2.260  c1  T1 set x=1',
      '#80    2.265  n2  ClientRequest from c1 <- #79',
      '#81    2.266  n1  AppendEntries lost from n2 (partition) <- #80',
      '#82    2.269  n3  AppendEntries from n2 <- #80; became follower term=3',
    ])
  })

  test('is at most 100 columns wide, whatever happened', () => {
    fc.assert(
      fc.property(stories, fc.boolean(), ({ result }, unicode) => {
        for (const line of fullTrace(result?.trace ?? staleTrace, { colour: 0, unicode }))
          expect(line.length).toBeLessThanOrEqual(100)
      }),
    )
  })
})
