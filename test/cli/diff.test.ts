import { beforeAll, describe, expect, test } from 'vitest'
import { sharedProject } from './support/projects.ts'
import { petrel, petrelJson } from './support/petrel.ts'

describe('two runs', () => {
  const folder = sharedProject()
  let token = ''
  let fork = ''
  beforeAll(() => {
    token = petrelJson(folder, ['run', '--bug', 'skips-sync', '--runs', '40']).failures[0].token
    fork = petrelJson(folder, ['explore', token, '--at', '2', '--crash', 'n1']).future.token
  })

  test('that are the same are the same: exit 0', () => {
    expect(petrel(folder, ['diff', token, token])).toMatchObject({
      status: 0,
      stdout: 'the same run, event for event (exit 0)\n',
    })
  })

  test('part at the event at which one was forked: exit 1, each difference in 100 columns', () => {
    const { status, stdout } = petrel(folder, ['diff', token, fork])
    expect(stdout).toMatch(/^ {2}FIRST {4}they part at event #2, in what happened\n {2}- #2 .*\n {2}\+ #2 .*kill of n1/)
    expect(stdout).toMatch(/forks: none \| at #2 kill of n1, back after 200 ms/)
    for (const name of ['PLAN', 'FAULTS', 'OPS', 'NOTES', 'STATES', 'VERDICT']) expect(stdout).toContain(`  ${name}`)
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([])
    expect(status).toBe(1)
  })

  test('are a document for a program', () => {
    const document = petrelJson(folder, ['diff', token, fork])
    expect(document).toMatchObject({
      schema: 1,
      command: 'diff',
      same: false,
      first: { event: 2, contentsOnly: false },
    })
    expect(document.runs.a.token).toBe(token)
    expect(petrelJson(folder, ['diff', token, token])).toMatchObject({ same: true, operations: { differing: [] } })
  })

  test('may be a failure and the whole run of its seed', () => {
    const { status, stdout } = petrel(folder, ['diff', token, '--seed', '1'])
    expect(stdout).toMatch(/OPS {6}\d+ alike/)
    expect(status).toBe(1)
  })

  test('are two, of one scenario: a sentence otherwise, exit 64', () => {
    expect(petrel(folder, ['diff', token])).toMatchObject({
      status: 64,
      stderr: expect.stringContaining('Give two runs'),
    })
    const other = petrelJson(folder, ['run', 'raft-kv', '--seed', '1', '--duration', '1s']).token
    expect(petrel(folder, ['diff', token, other]).stderr).toContain('only runs of one scenario can be compared')
  })
})
