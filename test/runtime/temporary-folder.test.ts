import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { endLeftServers } from '../../runtime/chaos/left-servers.ts'
import { lockFileOf } from '../../runtime/host/data-lock.ts'
import { makeFolder } from '../../runtime/make-folder.ts'
import { temporaryFolder } from '../../runtime/temporary-folder.ts'
import { temporaryFolder as testFolder } from '../support/temp-folder.ts'

/** Temporary files go to a folder of the test. */
function elsewhere(): string {
  const folder = testFolder()
  vi.stubEnv('TMPDIR', folder)
  onTestFinished(() => void vi.unstubAllEnvs())
  return folder
}

describe('a temporary folder', () => {
  test('is there until it is removed, and beside those of living processes', () => {
    elsewhere()
    const one = temporaryFolder('kind')
    const other = temporaryFolder('kind')
    expect([one, other].map(({ path }) => existsSync(path))).toEqual([true, true])
    one.remove()
    expect([one, other].map(({ path }) => existsSync(path))).toEqual([false, true])
    other.remove()
    expect(existsSync(other.path)).toBe(false)
  })

  test('that a killed process left goes when another of its kind is made; what is kept on purpose does not', () => {
    const folder = elsewhere()
    const { pid } = spawnSync(process.execPath, ['--eval', ''])
    const left = (name: string): string => {
      const path = join(folder, name)
      mkdirSync(path)
      writeFileSync(lockFileOf(path), JSON.stringify({ pid, started: '1', token: '' }))
      return path
    }
    const dead = left('petrel-kind-abc123')
    const ofOthers = [left('petrel-other-abc123'), left('petrel-kind-kept-abc123'), left('petrel-kind')]
    const unlocked = mkdtempSync(join(folder, 'petrel-kind-'))
    const heard: string[] = []
    const { remove } = temporaryFolder('kind', (path) => heard.push(path))
    remove()
    expect(heard).toEqual([dead])
    expect(existsSync(dead)).toBe(false)
    expect([...ofOthers, unlocked].map((path) => existsSync(path))).toEqual([true, true, true, true])
  })
})

test.skipIf(process.platform !== 'linux')('a halted server that a killed chaos left is ended', async () => {
  const folder = testFolder()
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => undefined, 1000)'])
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_code, signal) => resolve(signal)))
  child.kill('SIGSTOP')
  const started = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[19]!
  const lockOf = (node: string, words: object): void => {
    mkdirSync(join(folder, 'seed-0x1', node), { recursive: true })
    writeFileSync(lockFileOf(join(folder, 'seed-0x1', node)), JSON.stringify({ token: '', ...words }))
  }
  // A number that another process has been given since is none of ours.
  lockOf('n1', { pid: child.pid, started: `${Number(started) + 1}` })
  endLeftServers(folder)
  expect(child.signalCode).toBe(null)
  process.kill(child.pid!, 0)
  lockOf('n2', { pid: child.pid, started })
  endLeftServers(folder)
  expect(await ended).toBe('SIGKILL')
})

test('a folder is made with those above it; where the system refuses, it says so at once', () => {
  const folder = testFolder({ file: '' })
  makeFolder(join(folder, 'a', 'b', 'c'))
  expect(existsSync(join(folder, 'a', 'b', 'c'))).toBe(true)
  makeFolder(join(folder, 'a'))
  expect(() => makeFolder(join(folder, 'file'))).toThrow(/EEXIST/)
  expect(() => makeFolder(join(folder, 'file', 'x'))).toThrow(/EEXIST|ENOTDIR/)
  if (process.platform === 'linux') expect(() => makeFolder('/proc/petrel/x')).toThrow(/ENOENT/)
})
