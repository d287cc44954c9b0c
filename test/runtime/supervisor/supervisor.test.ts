import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { SupervisorMessage } from '../../../nodes/supervisor/messages.ts'
import { supervisorProtocol } from '../../../nodes/supervisor/messages.ts'
import { Supervisor, type ProcessChange, type SupervisorOptions } from '../../../runtime/supervisor/supervisor.ts'
import { SupervisorPeer } from '../../../runtime/supervisor/supervisor-peer.ts'
import type { ProcessSpec } from '../../../runtime/supervisor/launcher.ts'
import type { AnyMachine, Context } from '../../../sim/machine.ts'
import { ROOT } from '../../support/compiler.ts'
import { hosted, until } from '../host/support/hosted.ts'

const node = (name: string, script: string, onLine?: (line: string) => void): ProcessSpec => ({
  name,
  command: process.execPath,
  args: ['-e', script],
  ...(onLine === undefined ? {} : { onLine }),
})

const STAYS = 'setInterval(() => undefined, 1000); console.log("here")'

function supervisor(options: SupervisorOptions = {}): {
  readonly supervisor: Supervisor
  readonly changes: ProcessChange[]
} {
  const changes: ProcessChange[] = []
  const made = new Supervisor({ backoffMs: [1, 10], onChange: (change) => changes.push(change), ...options })
  onTestFinished(() => made.close())
  return { supervisor: made, changes }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('a supervisor', () => {
  test('starts again what ends by itself, and stops what it is asked to stop', async () => {
    const { supervisor: made, changes } = supervisor()
    made.start(node('a', STAYS))
    made.signal('a', 'SIGKILL')
    await until(
      () => changes.length === 3,
      () => changes,
    )
    await made.stop('a')
    expect(changes).toEqual([
      { name: 'a', status: 'running', starts: 1, reason: null },
      { name: 'a', status: 'restarting', starts: 1, reason: 'signal SIGKILL' },
      { name: 'a', status: 'running', starts: 2, reason: null },
      { name: 'a', status: 'stopped', starts: 2, reason: 'signal SIGTERM' },
    ])
  })

  test('gives up what ends too often, or cannot be started at all', async () => {
    const { supervisor: made, changes } = supervisor({ most: { restarts: 2, withinMs: 60_000 } })
    made.start(node('a', 'process.exit(3)'))
    made.start({ name: 'b', command: join(ROOT, 'no such command'), args: [] })
    const ended = (): readonly ProcessChange[] => changes.filter(({ status }) => status === 'given up')
    await until(
      () => ended().length === 2,
      () => changes,
    )
    expect(ended().map(({ name, starts }) => [name, starts])).toEqual(
      expect.arrayContaining([
        ['a', 3],
        ['b', 3],
      ]),
    )
    expect(ended().find(({ name }) => name === 'a')!.reason).toBe('exit code 3')
    expect(ended().find(({ name }) => name === 'b')!.reason).toMatch(/^it could not be started: .*ENOENT/)
  })

  test('kills what does not end when asked, also what is halted', async () => {
    const { supervisor: made, changes } = supervisor({ graceMs: 50 })
    const lines: string[] = []
    made.start(node('deaf', `process.on('SIGTERM', () => undefined); ${STAYS}`, (line) => lines.push(line)))
    await until(() => lines.includes('here'))
    made.signal('deaf', 'SIGSTOP')
    await made.stop('deaf')
    expect(changes.at(-1)).toMatchObject({ status: 'stopped', reason: 'signal SIGKILL' })
  })

  test('takes its processes with it, even when it is killed', async () => {
    const script = `
      import { Supervisor } from ${JSON.stringify(join(ROOT, 'dist/runtime/supervisor/supervisor.js'))}
      const leash = ${JSON.stringify(join(ROOT, 'dist/runtime/supervisor/leash.js'))}
      const child = 'import(' + JSON.stringify(leash) + ').then((m) => { m.endWithSupervisor(() => process.exit()); console.log(process.pid) }); setInterval(() => undefined, 1000)'
      new Supervisor().start({ name: 'a', command: process.execPath, args: ['-e', child], onLine: (line) => console.log(line) })`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script])
    onTestFinished(() => void parent.kill('SIGKILL'))
    let text = ''
    parent.stdout.on('data', (piece: Buffer) => (text += piece.toString()))
    await until(
      () => text.includes('\n'),
      () => text,
    )
    const pid = Number(text)
    expect(isAlive(pid)).toBe(true)
    parent.kill('SIGKILL')
    await until(() => !isAlive(pid))
  })
})

test('a machine starts and stops processes by messages to a peer, and only those that are configured', async () => {
  const heard: SupervisorMessage[] = []
  const machine: AnyMachine = {
    start: (ctx: Context<SupervisorMessage>) => {
      ctx.send('supervisor', { type: 'StartProcess', name: 'worker' })
      ctx.send('supervisor', { type: 'StartProcess', name: 'rm' })
      return {}
    },
    onMessage: (_state, ctx: Context<SupervisorMessage>, _from, message: SupervisorMessage) => {
      heard.push(message)
      if (message.type === 'ProcessChanged' && message.status === 'running') {
        ctx.send('supervisor', { type: 'StopProcess', name: message.name })
      }
    },
  }
  const peer = new SupervisorPeer([node('worker', STAYS)])
  await hosted('n1', {}, { machine: () => machine, protocol: supervisorProtocol, services: { supervisor: peer } })
  await until(
    () => heard.length === 3,
    () => heard,
  )
  expect(heard).toEqual([
    { type: 'ProcessChanged', name: 'worker', status: 'running', starts: 1, reason: null },
    {
      type: 'ProcessChanged',
      name: 'rm',
      status: 'unknown',
      starts: 0,
      reason: 'no process of this name is configured',
    },
    { type: 'ProcessChanged', name: 'worker', status: 'stopped', starts: 1, reason: 'signal SIGTERM' },
  ])
})
