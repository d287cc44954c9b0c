import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/temp-folder.ts'
import { petrel } from './support/petrel.ts'

test.each([
  [['rnu'], /Did you mean run\?/],
  [['run', 'raftkv'], /no scenario "raftkv".*Did you mean raft-kv\?/],
  [['run', 'raft-kv', '--bug', 'R9'], /raft-kv has no planted bug "R9"/],
  [['run', '--rusn', '5'], /unknown option '--rusn'/],
  [['run', '--runs', '-5'], /--runs -5: it must be a whole number from 1/],
  [['run', '--seed', '5eed1f'], /begins with 0x: 0x5eed1f/],
  [['run', '--seed', '99999999999999999999'], /too large/],
  [['run', 'raft-kv', '--bug', 'r23'], /Did you mean R23\?/],
  [['run', '--nemesis', 'partion'], /no kind of fault "partion". Did you mean partition\?/],
  [['run', '--shard', '3/2'], /which part of how many/],
  [['run', '--runs', '2', '--shard', '1/3'], /only 2 runs to divide/],
  [['run', '--time-limit', '60'], /with its unit/],
  [['run', '--reporter', 'xml'], /Allowed choices are terminal, json/],
  [['run', '--output-file', 'nowhere/at/all.xml'], /there is no folder/],
  [['run', '--config', 'nowhere.ts'], /There is no file/],
  [['run', '--config', '.'], /this is a folder/],
  [['mutants', '--system', 'raff'], /no system "raff". Did you mean raft\?/],
  [['mutants', '--bugs', 'R14,r23'], /no planted bug "r23". Did you mean R23\?/],
  [['mutants', '--bugs', ' , '], /give names with commas/],
  [['mutants', '--oracle', 'delphi'], /Allowed choices are internal, client, both/],
  [['mutants', '--strategy', 'luck'], /Allowed choices are default, uniform/],
  [['mutants', '--seed', '1000000000'], /give a seed up to 999999999/],
  [['mutants', '--state', 'other.json'], /no state of petrel mutants/],
  [['replay'], /missing required argument/],
  [['replay', 'nothing'], /neither a token nor a file/],
  [['replay', '.'], /holds no recording/],
  [['replay', 'v1.raft-kv.1.AAAA'], /damaged/],
  [['replay', 'v9.raft-kv.1.AAAA'], /of version v9/],
  [['replay', 'v1.elsewhere.1.AAAA'], /no scenario "elsewhere"/],
  [['replay', 'garbage.token'], /neither a token/],
  [['replay', 'other.json'], /neither a token nor a run/],
  [['init', 'nowhere'], /There is no folder/],
  [
    ['check', 'other.json', '--model', 'registre'],
    /no model "registre"\. Did you mean register\? There are: register,/,
  ],
  [['check', 'other.json', '--model', 'kv', '--consistency', 'vague'], /The model kv has no consistency "vague"/],
  [['check', 'nowhere.edn', '--model', 'kv'], /There is no file nowhere\.edn/],
  [['check', 'other.json'], /required option '--model/],
  [['bench', '--only', 'pingpang'], /no figure "pingpang". Did you mean pingpong\?/],
])('what a person types wrong gets a sentence and exit 64: %j', (args, sentence) => {
  const folder = temporaryFolder({ 'garbage.token': 'not a token at all\n', 'other.json': '{ "name": 1 }' })
  const { status, stdout, stderr } = petrel(folder, args)
  expect(stderr).toMatch(sentence)
  expect(stderr).not.toMatch(/\n\s+at /)
  expect({ status, stdout }).toEqual({ status: 64, stdout: '' })
})

test('help and version are no mistakes', () => {
  const folder = temporaryFolder()
  expect(petrel(folder, ['--version'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  expect(petrel(folder, [])).toMatchObject({ status: 0, stdout: expect.stringContaining('replay') })
  expect(petrel(folder, ['run', '--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining('--nemesis') })
})

test('a throw of user code outside of machines is exit 70, its stack only on request', () => {
  const folder = temporaryFolder({
    'petrel.config.mjs': `export default { scenarios: [{
      name: 'broken', about: '', defaults: { nodes: 1, clients: 1, operations: 1, durationMs: 10 },
      network: { latencyMs: [1, 1], loss: 0, duplication: 0 }, calmAt: 0.5, faults: {}, evidence: 0, properties: () => [],
      topology: () => { throw new Error('no topology today') }, workload: () => [],
    }] }`,
  })
  const quiet = petrel(folder, ['run', '--runs', '1'])
  expect(quiet).toMatchObject({ status: 70, stderr: expect.stringContaining('no topology today') })
  expect(quiet.stderr).not.toMatch(/\n\s+at /)
  expect(petrel(folder, ['run', '--runs', '1'], { PETREL_STACK: '1' }).stderr).toMatch(/\n\s+at .*petrel\.config\.mjs/)
})
