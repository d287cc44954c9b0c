import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/temp-folder.ts'
import { petrel, petrelJson } from './support/petrel.ts'

const ELECTION = ['run', 'raft-kv', '--exhaustive', '--operations', '0', '--timers', 'election']

test('every behaviour of a small world, with the states there are', () => {
  const args = [...ELECTION, '--nodes', '2', '--depth', '3']
  expect(petrelJson(temporaryFolder(), args)).toMatchObject({
    schema: 1,
    command: 'run',
    exhaustive: true,
    scenario: 'raft-kv',
    verdict: 'ok',
    explored: 'depth',
    depth: 3,
    states: expect.any(Number),
    steps: expect.any(Number),
    terminalStates: 0,
    statesPerSecond: expect.any(Number),
    settings: { nodes: 2, clients: 1, operations: 0 },
    bounds: { depth: 3, timeouts: 1, timers: ['election'], network: 'unordered' },
    notJudged: expect.arrayContaining(['a leader is known to a majority']),
  })
  expect(petrel(temporaryFolder(), args)).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^PASS raft-kv every behaviour of 2 servers, 1 client, 0 operations\n/),
  })
})

test('a violation is told by the fewest steps that lead to it, and exits 1', () => {
  const { status, stdout } = petrel(temporaryFolder(), [...ELECTION, '--nodes', '2', '--bug', 'R14'])
  expect(status).toBe(1)
  expect(stdout).toMatch(/^FAIL raft-kv --bug R14 > election safety: n1 and n2 both lead in term 1\n/)
  expect(stdout).toMatch(/4 steps lead there, and no fewer do\n\s+1 {2}n1 times out: election {2,}became candidate/)
  expect(petrel(temporaryFolder(), [...ELECTION, '--nodes', '2', '--bug', 'R14', '--expect-fail'])).toMatchObject({
    status: 0,
  })
})

test('a search that met too many states is unknown, and exits 2', () => {
  const { status, stdout } = petrel(temporaryFolder(), [...ELECTION, '--max-states', '5'])
  expect(status).toBe(2)
  expect(stdout).toMatch(/^UNKNOWN raft-kv[^]*there are more than 5 states; nothing is known of the rest/)
})

test.each([
  [['run', '--depth', '3'], /--depth bounds a search over all behaviours: give --exhaustive as well/],
  [['run', '--power-losses', '1'], /--power-losses bounds a search/],
  [['run', '--exhaustive', '--runs', '3'], /'--exhaustive' cannot be used with option '--runs/],
  [['run', '--exhaustive', '--symmetry', '--partial-order'], /choose one of them/],
  [['run', '--exhaustive', '--symmetry', '--nodes', '6'], /at most 5 can be interchangeable/],
  [['run', '--exhaustive', '--network', 'pigeons'], /Allowed choices are unordered, duplicating, ordered/],
])('what does not go together gets a sentence and exit 64: %j', (args, sentence) => {
  const { status, stdout, stderr } = petrel(temporaryFolder(), args)
  expect(stderr).toMatch(sentence)
  expect({ status, stdout }).toEqual({ status: 64, stdout: '' })
})
