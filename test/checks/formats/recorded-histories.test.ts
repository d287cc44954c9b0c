import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readHistory } from '../../../checks/formats/read-history.ts'
import { check } from '../../../checks/linearizability/linearizable.ts'
import type { Model } from '../../../checks/model.ts'
import { casRegister } from '../../../checks/models/cas-register.ts'
import { kv } from '../../../checks/models/kv.ts'

/**
 * A folder with histories that others recorded, and with their verdicts in `expected.tsv`: a line each, the file and
 * `Ok` or `Illegal`. Those below `etcd` are of a compare-and-set register, the others of a map.
 */
const folder = process.env['PETREL_HISTORIES'] ?? ''

describe.skipIf(folder === '' || !existsSync(join(folder, 'expected.tsv')))('recorded histories', () => {
  test('have the verdicts that are known of them', { timeout: 120_000 }, () => {
    const [, ...rows] = readFileSync(join(folder, 'expected.tsv'), 'utf8').trim().split('\n')
    const expected = rows.map((row) => row.split('\t') as [string, string])
    const found = expected.map(([file]) => {
      const model: Model = file.startsWith('etcd') ? casRegister : kv
      const { verdict } = check(readHistory(readFileSync(join(folder, file), 'utf8'), model.name), model)
      return [file, { ok: 'Ok', violated: 'Illegal', unknown: 'Unknown' }[verdict]]
    })
    expect(found).toEqual(expected)
    expect(found.length).toBeGreaterThan(0)
  })
})
