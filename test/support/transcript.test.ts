import { readFileSync, writeFileSync } from 'node:fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { RaftTranscript } from '../nodes/support/raft-transcript.ts'
import { temporaryFolder } from './temp-folder.ts'
import { expectTranscript, retell, titleOf, type Interpreter } from './transcript.ts'

/** Says what it was told to do. */
const echo: Interpreter = ({ name, words, options }) =>
  name === 'wait' ? [] : [[name, ...words, ...[...options].map((option) => option.join(':'))].join(' ')]

const fails: Interpreter = () => {
  throw new Error('no such server')
}

describe('a transcript', () => {
  test('keeps its story, and what its commands come to stands below each rule', () => {
    const text = '# A story\n\ngo east speed=3\ngo west\n----\nsomething else\nby far\n\n# The end\nwait\n----\n'
    expect(retell(text, echo)).toBe(
      '# A story\n\ngo east speed=3\ngo west\n----\ngo east speed:3\ngo west\n\n# The end\nwait\n----\n(nothing)\n',
    )
  })

  test('carries out quietly what is not to be told', () => {
    expect(retell('quietly go east\ngo west\n----\n', echo)).toBe('quietly go east\ngo west\n----\ngo west\n')
  })

  test('says at which line it cannot go on, and why', () => {
    expect(() => retell('# A story\ngo n9\n----\n', fails)).toThrow('line 2, "go n9": no such server')
    expect(() => retell('go east\n# and then\n----\n', echo)).toThrow('line 2: the commands above lack their ----')
    expect(() => retell('quietly go east', echo)).toThrow('the last commands lack their ----')
  })

  describe('in a file', () => {
    afterEach(() => void vi.unstubAllEnvs())
    const file = (text: string): string => {
      const path = `${temporaryFolder()}/story.txt`
      writeFileSync(path, text)
      return path
    }

    test('is called by its first paragraph', () => {
      expect(titleOf(file('# Two lines\n# of title.\n\n# A story\n'))).toBe('Two lines of title.')
      expect(() => titleOf(file('go east\n'))).toThrow('does not begin with a comment that says what it is about')
    })

    test('that tells it otherwise fails, and is written anew where that is asked for', () => {
      vi.stubEnv('PETREL_REWRITE', '')
      const path = file('go east\n----\ngo west\n')
      expect(() => expectTranscript(path, echo)).toThrow('PETREL_REWRITE=1')
      vi.stubEnv('PETREL_REWRITE', '1')
      expectTranscript(path, echo)
      expect(readFileSync(path, 'utf8')).toBe('go east\n----\ngo east\n')
    })
  })
})

describe("a transcript of Raft's says in a sentence what it cannot do:", () => {
  test.each([
    ['fire n1 election', 'first say which servers there are'],
    ['servers 2\njump', 'there is no command "jump"'],
    ['servers 2\nfire n3 election', '"n3" is no server; n1, n2 are'],
    ['servers 2\nfire n1 heartbeat', 'n1 has no timer "heartbeat" armed, but election'],
    ['servers 2\ndeliver n1>n2', 'no such message waits'],
    ['servers 2\nrestart n1', 'n1 is up'],
    ['servers 2\npass', 'say for how many milliseconds'],
    ['servers 2\nchange n1 admin.1 paint n2', 'a cluster is changed by add, remove, transfer, not "paint"'],
    ['servers 2\nask n1 alice.1 steal x', 'a client can get, set, delete and cas, not "steal"'],
  ])('%s', (commands, sentence) => {
    const raft = new RaftTranscript()
    expect(() => retell(`${commands}\n----\n`, (command) => raft.interpret(command))).toThrow(sentence)
  })

  test('a property that breaks is told where it breaks', () => {
    const raft = new RaftTranscript()
    const story =
      'quietly servers 5 bug=R14\nquietly fire n1 election\nfire n5 election\nquietly deliver n1>n2 n5>n4\nstabilize\n----\n'
    expect(retell(story, (command) => raft.interpret(command))).toContain(
      'BROKEN, election safety: n1 and n5 both lead in term 1',
    )
  })
})
