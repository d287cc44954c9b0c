import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { petrel } from '../../cli/support/petrel.ts'
import { until } from '../host/support/hosted.ts'
import { isAlive, processesIn, running, setUpFolder } from './support/running.ts'

const up = (folder: string, ...more: readonly string[]): ReturnType<typeof running> =>
  running(['up', 'raft-kv', '--directory', folder, ...more])

describe('petrel up', () => {
  test('says who is up and who leads, starts a killed server again, and takes all with it when asked to end', async () => {
    const folder = await setUpFolder()
    const cluster = up(folder)
    const [, leader] = await cluster.says(/^(n\d) +leads in term \d+$/m)
    await until(
      () => processesIn(cluster.text()).size === 3,
      () => cluster.text(),
    )
    const killed = processesIn(cluster.text()).get(leader!)!
    process.kill(killed, 'SIGKILL')
    await cluster.says(new RegExp(`^${leader} +was killed \\(SIGKILL\\); starts again$`, 'm'))
    await cluster.says(/leads in[^]*leads in/)
    await until(
      () => processesIn(cluster.text()).get(leader!) !== killed,
      () => cluster.text(),
    )
    const second = petrel(dirname(folder), ['up', 'raft-kv', '--directory', folder])
    expect(second).toMatchObject({ status: 64, stderr: expect.stringContaining('is up already, by another petrel up') })
    cluster.signal('SIGINT')
    expect(await cluster.closed).toBe(0)
    expect(cluster.text()).toContain('All servers have ended.')
    expect([...processesIn(cluster.text()).values()].filter(isAlive)).toEqual([])
    expect(['n1', 'n2', 'n3'].filter((id) => existsSync(join(folder, 'data', id, 'lock')))).toEqual([])
  })

  test('leaves no server behind when it is killed itself, and a server down that was killed with --no-restart', async () => {
    const folder = await setUpFolder()
    const cluster = up(folder, '--no-restart')
    await until(
      () => processesIn(cluster.text()).size === 3,
      () => cluster.text(),
    )
    const pids = processesIn(cluster.text())
    process.kill(pids.get('n1')!, 'SIGKILL')
    await cluster.says(/^n1 +was killed \(SIGKILL\); stays down$/m)
    cluster.signal('SIGKILL')
    await until(() => ![...pids.values()].some(isAlive))
    expect(pids.size).toBe(3)
  })

  test('tells of a server that can not run why, does not try again, and goes on with the others', async () => {
    const folder = await setUpFolder()
    writeFileSync(join(folder, 'data/n2/disk/raft/journal'), 'nothing of a journal at all')
    const cluster = up(folder)
    await cluster.says(/^n2 +stays away: .*\.$/m)
    await cluster.says(/^n2 +ended \(exit code 69\); stays down$/m)
    await cluster.says(/^n[13] +leads in term \d+$/m)
    expect(cluster.text()).not.toMatch(/^n2 +is up[^]*^n2 +is up/m)
  })

  test('refuses another number of servers than there are, and a disk that was lost', async () => {
    const folder = await setUpFolder()
    const more = petrel(folder, ['up', 'raft-kv', '--directory', folder, '--nodes', '5'])
    expect(more).toMatchObject({ status: 64, stderr: expect.stringContaining('is set up with 3 servers, not 5') })
    const moved = petrel(folder, ['up', 'raft-kv', '--directory', folder, '--base-port', '1'])
    expect(moved).toMatchObject({
      status: 64,
      stderr: expect.stringMatching(/on, not 1: .* with petrel setup raft-kv/),
    })
    const client = petrel(folder, ['node', 'raft-kv', 'c1', '--directory', folder])
    expect(client).toMatchObject({ status: 64, stderr: expect.stringMatching(/^petrel: c1 is no server: /) })
    rmSync(join(folder, 'data/n3'), { recursive: true })
    const lost = petrel(folder, ['up', 'raft-kv', '--directory', folder])
    expect(lost).toMatchObject({ status: 64, stderr: expect.stringContaining('has no disk of n3') })
  })

  test('where the system refuses a file it says so, and blames nobody', async () => {
    const folder = await setUpFolder(1)
    const file = join(folder, 'configuration', 'params.json')
    const { status, stderr } = petrel(folder, ['up', 'raft-kv', '--directory', file])
    expect(stderr).toMatch(/^petrel: The system refuses to go on: E\w+: .*\.\n$/)
    expect(status).toBe(69)
  })
})

describe('petrel node', () => {
  test('runs one server, serves its health, and ends in good order on SIGTERM', async () => {
    const folder = await setUpFolder(1)
    const node = running(['node', 'raft-kv', 'n1', '--directory', folder])
    await node.says(/"note":"became leader"/)
    const second = petrel(folder, ['node', 'raft-kv', 'n1', '--directory', folder])
    expect(second).toMatchObject({ status: 69, stderr: expect.stringContaining(`in use by process ${node.pid}`) })
    node.signal('SIGTERM')
    expect(await node.closed).toBe(0)
    for (const line of node.text().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('time')
  })

  test('says which address it can not have', async () => {
    const folder = await setUpFolder(1)
    const node = running(['node', 'raft-kv', 'n1', '--directory', folder, '--metrics', '0'])
    await node.says(/"serving":"127\.0\.0\.1:\d+"/)
    const [, port] = /"serving":"127\.0\.0\.1:(\d+)"/.exec(node.text())!
    expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()).toMatchObject({ node: 'n1', status: 'ok' })
    const other = await setUpFolder(1)
    const taken = petrel(other, ['node', 'raft-kv', 'n1', '--directory', other, '--metrics', port!])
    expect(taken.status).toBe(69)
    expect(taken.stderr).toContain(`n1 can't serve figures at 127.0.0.1:${port}: another process does.`)
  })
})
