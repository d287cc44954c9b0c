import { beforeAll, describe, expect, test } from 'vitest'
import { editMachine, freshProject, sharedProject } from './support/projects.ts'
import { petrel, petrelJson } from './support/petrel.ts'

describe('the futures of a failure', () => {
  const folder = sharedProject()
  let token = ''
  beforeAll(() => {
    token = petrelJson(folder, ['run', '--bug', 'skips-sync', '--runs', '40']).failures[0].token
  })

  test('with new luck are counted, each kind of end with a token that replays', () => {
    const { failing, futures, share, confidence, groups } = petrelJson(folder, ['explore', token, '--at', '2'])
    expect(futures).toBe(20)
    expect(share).toBe(failing / 20)
    expect(confidence[0]).toBeLessThanOrEqual(share)
    for (const { verdict, token: future, traceHash } of groups) {
      const replayed = petrelJson(folder, ['replay', future])
      expect(replayed).toMatchObject({ outcome: 'reproduced', verdict, traceHash })
    }
    const { stdout, status } = petrel(folder, ['explore', token, '--at', '2', '--reroll', '5'])
    expect(stdout).toMatch(/new luck \d of 5 futures fail the same way; with 95 % confidence \d+ % to \d+ %/)
    expect(status).toBe(0)
  })

  test('with one thing done at an event replay by a token of their own, and can be explored again', () => {
    const crashed = petrelJson(folder, ['explore', token, '--at', '3', '--crash', 'n1'])
    expect(crashed.intervention).toMatchObject({ kind: 'kill', node: 'n1', restartAfterMs: 200 })
    const replay = petrel(folder, ['replay', crashed.future.token, '--full'])
    expect(replay.stdout).toContain('n1 crashes (killed)')
    const again = petrel(folder, ['explore', crashed.future.token, '--at', '9', '--drop'])
    expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining('the next message that arrives is lost') })
  })

  test('cannot begin at an event that there is not, or with several things at once: a sentence, exit 64', () => {
    const said = (...args: string[]): string => {
      const { status, stderr } = petrel(folder, ['explore', token, ...args])
      expect(status).toBe(64)
      return stderr
    }
    expect(said('--at', '99999')).toMatch(/the run has only \d+ events/)
    expect(said('--at', '3', '--crash', 'n7')).toContain('There is no node "n7". Did you mean n1?')
    expect(said('--at', '3', '--drop', '--duplicate')).toContain('One at a time')
    expect(said()).toContain('--at')
  })

  test('are those of another run where the code changed, which is said', () => {
    const other = freshProject()
    editMachine(
      other,
      "if (message.type !== 'ask') return",
      "if (message.type !== 'ask' || message.id % 2 === 1) return",
    )
    const { status, stderr } = petrel(other, ['explore', token, '--at', '2', '--reroll', '2'])
    expect(stderr).toContain('the run is another: events have other numbers')
    expect(status).toBe(0)
  })
})

test('a failure report says when the failure was decided, and what to do next', () => {
  const folder = freshProject()
  const args = ['run', '--bug', 'skips-sync', '--runs', '40']
  const [failure] = petrelJson(folder, args).failures
  expect(failure.bakedIn.futures).toBe(20)
  const { stdout } = petrel(folder, args)
  expect(stdout).toMatch(/ {2}BAKED IN re-rolled futures failing: 0\.00s \d+%/)
  expect(stdout).toMatch(
    /next {5}petrel explore TOKEN --at \d+ \| petrel replay TOKEN --full \| petrel corpus add TOKEN\n/,
  )
})
