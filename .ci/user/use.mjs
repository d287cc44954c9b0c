// What the package gives at run time, in a project that has nothing else.
import { defineConfig, DiskError } from 'petrel'
import { dictionary, linearizable } from 'petrel/checks'

if (new DiskError('EIO', 'a').code !== 'EIO') throw new Error('petrel')
if (defineConfig({ scenarios: [] }).scenarios.length !== 0) throw new Error('petrel')
if (linearizable(dictionary).kind !== 'history') throw new Error('petrel/checks')
