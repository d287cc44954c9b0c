import { beforeAll, describe, expect, test } from 'vitest'
import { editMachine, freshProject, randomProject, sharedProject } from './support/projects.ts'
import { petrel, petrelJson } from './support/petrel.ts'
import { writeFiles } from '../support/temp-folder.ts'

const NO_SYNC = 'if (!options.skipsSync) syncJournal(state.journal, ctx.disk)'

describe('the token of a failure', () => {
  const folder = sharedProject()
  let token = ''
  beforeAll(() => {
    token = petrelJson(folder, ['run', '--bug', 'skips-sync', '--runs', '40']).failures[0].token
  })

  test('gives the same trace hash in another process, and its violation: exit 1', () => {
    const { status, stdout } = petrel(folder, ['replay', token])
    expect(stdout).toContain('VIOLATED linearizable')
    expect(stdout).toMatch(/the same run: trace hash [0-9a-f]{16}, as recorded/)
    expect(status).toBe(1)
    const document = petrelJson(folder, ['replay', token])
    expect(document).toMatchObject({ outcome: 'reproduced', otherCode: false, traceHash: document.recordedTraceHash })
  })

  test('is taken from a file as well', () => {
    writeFiles(folder, { 'failure.token': `${token}\n` })
    expect(petrelJson(folder, ['replay', 'failure.token']).outcome).toBe('reproduced')
    writeFiles(folder, {
      'report.txt': petrel(folder, ['replay', token]).stdout,
      'two.txt': `${token}\n${token}x\n`,
      'none.txt': 'none\n',
    })
    expect(petrelJson(folder, ['replay', 'report.txt']).outcome).toBe('reproduced')
    expect(petrel(folder, ['replay', 'two.txt'])).toMatchObject({
      status: 64,
      stderr: expect.stringContaining('two.txt holds 2 tokens'),
    })
    expect(petrel(folder, ['replay', 'none.txt'])).toMatchObject({
      status: 64,
      stderr: expect.stringContaining('none.txt holds neither'),
    })
  })

  test('stops at an event and shows what each node holds', () => {
    const { stdout, status } = petrel(folder, ['replay', token, '--at', '1'])
    expect(stdout).toMatch(/^#1 .*n1 starts/)
    expect(stdout).toContain('n1 (server, incarnation 1) {')
    expect(status).toBe(0)
    const { nodes } = petrelJson(folder, ['replay', token, '--at', '1'])
    expect(nodes[0]).toMatchObject({ id: 'n1', up: true, state: { done: [] } })
    expect(petrel(folder, ['replay', token, '--at', '99999']).stderr).toMatch(/has only \d+ events/)
  })

  test('can be shrunk once more and prints the whole trace', () => {
    expect(petrelJson(folder, ['shrink', token])).toMatchObject({ command: 'shrink', verdict: 'violated' })
    expect(petrel(folder, ['replay', token, '--full']).stdout).toMatch(/#1 +0\.000 +n1 +n1 starts/)
  })

  test('is a diagram for Mermaid', () => {
    expect(petrel(folder, ['replay', token, '--reporter', 'mermaid']).stdout).toMatch(/^sequenceDiagram\n/)
  })

  test('says what became of it with other code: 1 still there, 0 gone', () => {
    const other = freshProject()
    editMachine(other, 'interface State', '/** Another comment. */\ninterface State')
    const still = petrel(other, ['replay', token])
    expect(still.stderr).toMatch(/made with code [0-9a-f]{7}, this is [0-9a-f]{7}/)
    expect(still).toMatchObject({ status: 1, stdout: expect.stringContaining('REPRODUCED') })
    editMachine(other, NO_SYNC, 'syncJournal(state.journal, ctx.disk)')
    expect(petrel(other, ['replay', token])).toMatchObject({ status: 0, stdout: expect.stringContaining('GONE') })
  })

  test('diverges where the code no longer does what is asked: exit 3, with the interval', () => {
    const other = freshProject()
    editMachine(
      other,
      "if (message.type !== 'ask') return",
      "if (message.type !== 'ask' || message.id >= 0) throw new Error('changed')",
    )
    const { status, stdout } = petrel(other, ['replay', token])
    expect(stdout).toMatch(/DIVERGED.*\n.*another run.*\n {2}they differ first within events #\d+ to #\d+/)
    expect(status).toBe(3)
  })
})

test('a saved run places a divergence at its event and names the handler', () => {
  const folder = freshProject()
  const { token } = petrelJson(folder, ['run', '--seed', '7'])
  expect(petrel(folder, ['replay', token, '--save', 'run.json']).status).toBe(0)
  expect(petrelJson(folder, ['replay', 'run.json'])).toMatchObject({ outcome: 'reproduced' })
  editMachine(
    folder,
    "if (message.type !== 'ask') return",
    "if (message.type !== 'ask') return\n      ctx.note('asked')",
  )
  const { stdout, status } = petrel(folder, ['replay', 'run.json'])
  expect(stdout).toMatch(/but not the same contents\n  they differ first at event #\d+: n1 handling ask from c\d/)
  // What a node notes is no part of the trace hash: it is the same run all the same.
  expect(status).toBe(0)
})

test('the token of a run that passed can be replayed as well: exit 0', () => {
  const folder = freshProject()
  const { token } = petrelJson(folder, ['run', '--seed', '7'])
  expect(petrel(folder, ['replay', token])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('passes again'),
  })
})

test('the same code that gives another run is not deterministic: exit 3', () => {
  const folder = randomProject()
  const { token } = petrelJson(folder, ['run', '--seed', '1'])
  expect(petrel(folder, ['replay', token])).toMatchObject({
    status: 3,
    stdout: expect.stringContaining('NOT DETERMINISTIC'),
  })
})

test('what a machine logs is seen under replay', () => {
  const folder = freshProject()
  editMachine(folder, 'const { id, input } = message', "const { id, input } = message\n      console.log('asked', id)")
  const { token } = petrelJson(folder, ['run', '--seed', '7'])
  expect(petrel(folder, ['replay', token]).stdout).toMatch(/^asked \d+\n/)
})
