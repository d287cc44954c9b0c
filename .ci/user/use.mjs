// What the package gives at run time, in a project that has nothing else.
import { defineConfig, DiskError } from 'petrel'
import { dictionary, linearizable } from 'petrel/checks'
import { parseAddress } from 'petrel/runtime'

if (new DiskError('EIO', 'a').code !== 'EIO') throw new Error('petrel')
if (defineConfig({ scenarios: [] }).scenarios.length !== 0) throw new Error('petrel')
if (linearizable(dictionary).kind !== 'history') throw new Error('petrel/checks')
if (parseAddress('[::1]:7').port !== 7) throw new Error('petrel/runtime')
