import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../support/compiler.ts'
import { writeFiles } from '../support/temp-folder.ts'
import { editMachine, freshProject, sharedProject } from './support/projects.ts'
import { petrel, petrelJson } from './support/petrel.ts'

const FILE = 'petrel.corpus.jsonl'
const NO_SYNC = 'if (!options.skipsSync) syncJournal(state.journal, ctx.disk)'

describe('the corpus', () => {
  const source = sharedProject()
  let failing = ''
  let passing = ''
  beforeAll(() => {
    failing = petrelJson(source, ['run', '--bug', 'skips-sync', '--runs', '40']).failures[0].token
    passing = petrelJson(source, ['run', '--seed', '7']).token
  })

  /** A project that keeps a run that fails and one that passes. */
  function keeping(): string {
    const folder = freshProject()
    for (const token of [failing, passing])
      expect(petrel(folder, ['corpus', 'add', token, '--why', `seed ${token.split('.')[2]}`]).status).toBe(0)
    return folder
  }

  test('keeps a run once, a line each, with what it does now', () => {
    const folder = keeping()
    const before = readFileSync(join(folder, FILE), 'utf8')
    expect(petrelJson(folder, ['corpus', 'list']).entries).toMatchObject([{ expect: 'fails' }, { expect: 'passes' }])
    expect(petrelJson(folder, ['corpus', 'add', passing, '--why', 'seed 7']).done).toBe('already there')
    expect(readFileSync(join(folder, FILE), 'utf8')).toBe(before)
    expect(petrelJson(folder, ['corpus', 'add', passing, '--why', 'another reason']).done).toBe('replaced')
    expect(readFileSync(join(folder, FILE), 'utf8').trim().split('\n')).toHaveLength(2)
  })

  test('passes as long as every run does what it did', () => {
    const folder = keeping()
    expect(petrel(folder, ['corpus', 'run'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('2 kept runs of petrel.corpus.jsonl, 2 as expected (exit 0)'),
    })
    expect(petrel(folder, ['replay', `${FILE}:1`]).status).toBe(1)
    expect(petrel(folder, ['corpus', 'list']).stdout).toContain(`npx petrel replay ${FILE}:2`)
  })

  test('says what is fixed, and passes; then keeps it as one that must pass', () => {
    const folder = keeping()
    editMachine(folder, NO_SYNC, 'syncJournal(state.journal, ctx.disk)')
    const { runs } = petrelJson(folder, ['corpus', 'run'])
    expect(runs.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['fixed', 'as expected'])
    expect(petrel(folder, ['corpus', 'run'])).toMatchObject({ status: 0, stdout: expect.stringContaining('FIXED') })
    expect(petrelJson(folder, ['corpus', 'add', `${FILE}:1`]).done).toBe('replaced')
    expect(petrelJson(folder, ['corpus', 'list']).entries[0].expect).toBe('passes')
  })

  test('fails where a run breaks that must pass: exit 1', () => {
    const folder = keeping()
    editMachine(
      folder,
      "if (message.type !== 'ask') return",
      "if (message.type !== 'ask') return\n      if (message.id === 9) throw new Error('broken')",
    )
    const { status, stdout } = petrel(folder, ['corpus', 'run'])
    expect(stdout).toMatch(/FAILS {5}line 2.*\n +no machine throws: n\d: Error: broken/)
    expect(status).toBe(1)
  })

  test('fails where a run has more events than it may', () => {
    const folder = freshProject()
    petrel(folder, ['corpus', 'add', passing, '--most-events', '10'])
    expect(petrel(folder, ['corpus', 'run'])).toMatchObject({ status: 1, stdout: expect.stringContaining('TOO LONG') })
  })

  test('names the line that is none: exit 64', () => {
    const folder = keeping()
    const good = readFileSync(join(folder, FILE), 'utf8')
    const entry = JSON.parse(good.split('\n')[0]!)
    const said = (line: string): string => {
      writeFiles(folder, { [FILE]: `${good}${line}\n` })
      const { status, stderr } = petrel(folder, ['corpus', 'run'])
      expect(status).toBe(64)
      return stderr
    }
    expect(said('{"token":')).toContain(`${FILE}, line 3: this is no JSON document`)
    expect(said('[]')).toContain('line 3: ')
    expect(said(JSON.stringify({ ...entry, token: 'x; rm -rf /' }))).toContain('line 3: "token": is not a token')
    expect(said(JSON.stringify({ ...entry, token: `${entry.token}x` }))).toContain('line 3: this token is damaged')
    expect(said(JSON.stringify({ ...entry, scenario: 'none' }))).toContain('line 3: There is no scenario "none"')
    expect(said(JSON.stringify({ ...entry, more: 1 }))).toContain('line 3: ')
    expect(said(JSON.stringify({ ...entry, expect: 'maybe' }))).toContain('line 3: "expect"')
  })

  test('loses nothing where several add at once', async () => {
    const folder = freshProject()
    const tokens = [1, 2, 3].map((seed) => petrelJson(folder, ['run', '--seed', String(seed)]).token)
    const command = join(ROOT, 'dist', 'cli.js')
    await Promise.all(
      [...tokens, ...tokens].map(
        (token) =>
          new Promise((resolve) =>
            spawn(process.execPath, [command, 'corpus', 'add', token], { cwd: folder }).on('close', resolve),
          ),
      ),
    )
    expect(petrelJson(folder, ['corpus', 'list']).entries).toHaveLength(3)
    expect(existsSync(join(folder, `${FILE}.lock`))).toBe(false)
  })

  test('is empty where there is no file, and no folder can stand for it', () => {
    const folder = freshProject()
    expect(petrel(folder, ['corpus', 'list']).stdout).toContain('nothing is kept')
    expect(petrel(folder, ['corpus', 'run']).status).toBe(0)
    mkdirSync(join(folder, 'here'))
    expect(petrel(folder, ['corpus', 'run', '--file', 'here']).stderr).toContain('is not a file')
  })
})
