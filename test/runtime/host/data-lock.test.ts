import { spawn } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DataDirectoryInUse, lockDataDirectory } from '../../../runtime/host/data-lock.ts'
import { ROOT } from '../../support/compiler.ts'
import { temporaryFolder } from '../../support/temp-folder.ts'
import { until } from './support/hosted.ts'

/** A process that takes the lock of a folder, says so, and stays. */
function holder(folder: string): { readonly text: () => string; readonly kill: () => Promise<void> } {
  const script = `
    import { lockDataDirectory } from ${JSON.stringify(join(ROOT, 'dist/runtime/host/data-lock.js'))}
    try { lockDataDirectory(${JSON.stringify(folder)}); console.log('locked'); setInterval(() => undefined, 1000) }
    catch (error) { console.log(error.message) }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script])
  let said = ''
  child.stdout.on('data', (piece: Buffer) => (said += piece.toString()))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    text: () => said,
    kill: () => {
      child.kill('SIGKILL')
      return ended
    },
  }
}

describe('a data directory', () => {
  test('belongs to one process at a time, until that gives it back', () => {
    const folder = join(temporaryFolder(), 'deep', 'data')
    const unlock = lockDataDirectory(folder)
    expect(() => lockDataDirectory(folder)).toThrow(DataDirectoryInUse)
    unlock()
    const again = lockDataDirectory(folder)
    unlock()
    expect(() => lockDataDirectory(folder)).toThrow('stop it first, or take another directory')
    again()
    expect(readdirSync(folder)).toEqual([])
  })

  test('of a process that died is taken over, one of a process that lives is not', async () => {
    const folder = temporaryFolder()
    const first = holder(folder)
    await until(() => first.text() !== '', first.text)
    expect(first.text()).toBe('locked\n')
    expect(() => lockDataDirectory(folder)).toThrow(/is in use by process \d+: stop it first/)
    await first.kill()
    expect(existsSync(join(folder, 'lock'))).toBe(true)
    const unlock = lockDataDirectory(folder)
    unlock()
    expect(readdirSync(folder)).toEqual([])
  })

  test('that several take at the same moment goes to one of them, also where a dead process left its lock', async () => {
    const folder = temporaryFolder()
    const dead = holder(folder)
    await until(() => dead.text() !== '')
    await dead.kill()
    const rivals = Array.from({ length: 4 }, () => holder(folder))
    await until(() => rivals.every(({ text }) => text() !== ''))
    const won = rivals.filter(({ text }) => text() === 'locked\n')
    expect(won).toHaveLength(1)
    for (const { text } of rivals) expect(text()).toMatch(/^locked|is in use by process \d+/)
  })

  test('with a lock that makes no sense is left alone, and its owner told what to do', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'lock'), 'mine')
    expect(() => lockDataDirectory(folder)).toThrow(
      /in use by an unknown process.*if nothing runs there, remove .*lock$/,
    )
  })

  test('whose lock names a process number that came again is taken over, where the system tells when processes start', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.pid, started: '1' }))
    const take = (): void => lockDataDirectory(folder)()
    if (process.platform === 'linux') expect(take).not.toThrow()
    else expect(take).toThrow(DataDirectoryInUse)
  })
})
