import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { layoutOf } from '../../../runtime/cluster/layout.ts'
import { planAddresses, readAddresses } from '../../../runtime/cluster/plan-addresses.ts'
import { readClient, readParameters, readServer } from '../../../runtime/cluster/configuration.ts'
import { serverOptions } from '../../../runtime/cluster/server-options.ts'
import { setUp } from '../../../runtime/cluster/set-up.ts'
import { raftKvSystem } from '../../../runtime/systems/raft-kv.ts'
import { petrel, petrelJson } from '../../cli/support/petrel.ts'
import { temporaryFolder } from '../../support/temp-folder.ts'

const ADDRESSES = {
  n1: { host: '127.0.0.1', port: 7101 },
  n2: { host: '::1', port: 7101 },
  n3: { host: 'node.example', port: 7101 },
}

function fresh(): ReturnType<typeof layoutOf> {
  const layout = layoutOf(temporaryFolder())
  setUp(layout, raftKvSystem, { addresses: ADDRESSES, clients: 2 })
  return layout
}

const edit = (path: string, from: string, to: string): void =>
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))

describe('set-up', () => {
  test('gives each server and each client a file, and all the same parameters with their units', () => {
    const layout = fresh()
    expect(readServer(layout, raftKvSystem, 'n2')).toEqual({
      system: 'raft-kv',
      node: 'n2',
      listen: [ADDRESSES.n2],
      servers: ADDRESSES,
    })
    expect(readClient(layout, raftKvSystem, 'c2').servers).toEqual(ADDRESSES)
    expect(JSON.parse(readFileSync(layout.parametersFile, 'utf8'))).toMatchObject({ SERVER_TIMEOUT: '500ms' })
    expect(readParameters(layout, raftKvSystem)).toMatchObject({
      TIME_TO_RETRY: 10_000,
      ELECTION_INTERVAL: [400, 800],
    })
  })

  test('touches nothing that is there unless it is told to, and the state never', () => {
    const layout = fresh()
    const again = (force: boolean): unknown => setUp(layout, raftKvSystem, { addresses: ADDRESSES, clients: 1, force })
    const journal = join(layout.data, 'n1/disk/raft/journal')
    writeFileSync(journal, 'what n1 promised')
    writeFileSync(layout.parametersFile, 'what someone chose')
    expect(() => again(false)).toThrow(/is set up already\. Give another --directory; or .* --force\.$/)
    rmSync(join(layout.configuration, 'n1.json'))
    again(true)
    expect(existsSync(join(layout.configuration, 'n1.json'))).toBe(true)
    expect(readFileSync(journal, 'utf8')).toBe('what n1 promised')
    expect(readFileSync(layout.parametersFile, 'utf8')).toBe('what someone chose')
  })

  test('gives no new disk to a server whose disk was lost, and such a server does not start', () => {
    const layout = fresh()
    rmSync(join(layout.data, 'n1'), { recursive: true })
    rmSync(layout.configuration, { recursive: true })
    const again = (force: boolean): ReturnType<typeof setUp> =>
      setUp(layout, raftKvSystem, { addresses: ADDRESSES, clients: 2, force })
    expect(() => again(false)).toThrow(/holds the data of servers without their configuration/)
    expect(again(true).withoutDisk).toEqual(['n1'])
    expect(() => serverOptions(layout, raftKvSystem, 'n1')).toThrow(/has no disk of n1.* must not begin anew/)
    expect(serverOptions(layout, raftKvSystem, 'n2').self).toBe('n2')
  })

  test('refuses two servers at one place, and a client with the name of a server', () => {
    const layout = layoutOf(temporaryFolder())
    const at = { host: '127.0.0.1', port: 7101 }
    expect(() => setUp(layout, raftKvSystem, { addresses: { n1: at, n2: at }, clients: 0 })).toThrow(
      "n1 and n2 can't both be at 127.0.0.1:7101: give each its own port.",
    )
    expect(() => setUp(layout, raftKvSystem, { addresses: { c1: at }, clients: 1 })).toThrow(/^c1 is a client's name/)
    expect(() => setUp(layout, raftKvSystem, { addresses: { params: at }, clients: 1 })).toThrow(
      /^params\.json is the file of parameters/,
    )
    expect(existsSync(layout.configuration)).toBe(false)
  })
})

test('petrel setup says what it wrote, and what to do next', () => {
  const folder = temporaryFolder({ places: 'n1 127.0.0.1:7001\nn2 [::1]:7001\n' })
  const args = ['setup', 'raft-kv', '--directory', 'kv', '--addresses', 'places', '--clients', '1']
  expect(petrelJson(folder, args)).toEqual({
    schema: 1,
    command: 'setup',
    directory: join(folder, 'kv'),
    servers: { n1: '127.0.0.1:7001', n2: '[::1]:7001' },
    clients: ['c1'],
    withoutDisk: [],
  })
  const again = petrel(folder, args)
  expect(again).toMatchObject({ status: 64, stderr: expect.stringContaining('is set up already') })
  expect(petrel(folder, [...args, '--force']).stdout).toContain(`Next: petrel up raft-kv --directory ${folder}/kv`)
})

describe('a configuration that someone damaged is refused with the file and the place', () => {
  test.each([
    ['n1.json', '"node"', 'node', /n1\.json, line 3: it is no JSON/],
    ['n1.json', '127.0.0.1:7101', '127.0.0.1', /n1\.json: "listen\.0": "127\.0\.0\.1" is no address: write/],
    ['n1.json', '"n1": "', '"n9": "', /n1\.json: "servers": this server itself is not among them/],
    ['n1.json', '"node": "n1"', '"node": "n2"', /n1\.json says that it is of n2: its "node" must be n1/],
    ['n1.json', '"system": "raft-kv"', '"system": "dht-kv"', /n1\.json is of the system dht-kv, not of raft-kv/],
    ['params.json', '"75ms"', '"75"', /params\.json: "HEARTBEAT_TIMEOUT": .* with its unit, such as 500ms/],
    ['params.json', '"75ms"', '"300ms"', /params\.json: "HEARTBEAT_TIMEOUT": at least two heartbeats must fit/],
    ['params.json', 'SERVER_TIMEOUT', 'SERVER_TIMEOT', /params\.json: "SERVER_TIMEOUT"/],
  ])('%s with %s as %s', (file, from, to, sentence) => {
    const layout = fresh()
    edit(join(layout.configuration, file), from, to)
    expect(() => serverOptions(layout, raftKvSystem, 'n1')).toThrow(sentence)
  })

  test('or is missing, or is of nobody', () => {
    const layout = fresh()
    expect(() => serverOptions(layout, raftKvSystem, '../n1')).toThrow(/^There is no server \.\.\/n1 in /)
    rmSync(layout.parametersFile)
    expect(() => serverOptions(layout, raftKvSystem, 'n1')).toThrow(/params\.json is missing: petrel setup raft-kv/)
    const elsewhere = layoutOf(temporaryFolder())
    expect(() => serverOptions(elsewhere, raftKvSystem, 'n1')).toThrow(/is not set up: run petrel setup raft-kv/)
  })
})

describe('addresses', () => {
  test('are ports of one host, or of several hosts in turn, of either family', async () => {
    expect(await planAddresses({ servers: 3, hosts: ['10.0.0.1', 'fe80::1'], basePort: 9000 })).toEqual({
      n1: { host: '10.0.0.1', port: 9000 },
      n2: { host: 'fe80::1', port: 9000 },
      n3: { host: '10.0.0.1', port: 9001 },
    })
    await expect(planAddresses({ servers: 3, hosts: ['::1'], basePort: 65_534 })).rejects.toThrow(
      /there are no 3 ports/,
    )
  })

  test('come from a file, whose wrong lines are named', () => {
    const folder = temporaryFolder({
      good: '# three hosts\nn1 10.0.0.1:7001\n\nn2 [::1]:7002  # here\nother_3 node.example:7003\n',
      twice: 'n1 10.0.0.1:7001\nn1 10.0.0.1:7002\n',
      wrong: 'n1 10.0.0.1\n',
      alone: 'n1\n',
      empty: '# nothing\n',
    })
    expect(readAddresses(join(folder, 'good'))).toEqual({
      n1: { host: '10.0.0.1', port: 7001 },
      n2: { host: '::1', port: 7002 },
      other_3: { host: 'node.example', port: 7003 },
    })
    expect(() => readAddresses(join(folder, 'twice'))).toThrow(/twice, line 2: n1 is there twice\.$/)
    expect(() => readAddresses(join(folder, 'wrong'))).toThrow(/wrong, line 1: "10\.0\.0\.1" is no address/)
    expect(() => readAddresses(join(folder, 'alone'))).toThrow(/alone, line 1: write a name and an address/)
    expect(() => readAddresses(join(folder, 'empty'))).toThrow(/names no server/)
    expect(() => readAddresses(join(folder, 'none'))).toThrow(/can't be read/)
  })
})
