import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { check } from '../checks/linearizability/linearizable.ts'
import type { History } from '../checks/history.ts'
import { readHistory } from '../checks/formats/read-history.ts'
import { casRegister } from '../checks/models/cas-register.ts'
import { kv } from '../checks/models/kv.ts'
import { UsageError } from '../explore/usage-error.ts'
import type { Figure } from '../reports/json.ts'

/**
 * Recorded histories, each judged once and cold: `etcd/*.log` together, `kv/*.txt` each by itself. Reading and parsing
 * are not counted.
 */
export function linearizableFigures(folder: string): readonly Figure[] {
  const etcd = readAll(join(folder, 'etcd'), '.log', (text) => readHistory(text, 'cas-register'))
  const maps = readAll(join(folder, 'kv'), '.txt', (text) => readHistory(text, 'kv'))
  if (etcd.length + maps.length === 0) {
    throw new UsageError('no-histories', `--histories ${folder}: there must be etcd/*.log or kv/*.txt in it.`)
  }
  return [
    {
      name: 'linearizable-etcd',
      value: timeMs(() => etcd.forEach(({ history }) => check(history, casRegister))),
      unit: `ms for ${etcd.length} logs`,
    },
    ...maps.map(({ name, history }) => ({
      name: `linearizable-${name}`,
      value: timeMs(() => check(history, kv)),
      unit: 'ms',
    })),
  ]
}

function readAll<Input>(
  folder: string,
  ending: string,
  parse: (text: string) => History<Input, unknown>,
): readonly { readonly name: string; readonly history: History<Input, unknown> }[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => ({ name: file.slice(0, -ending.length), history: parse(readFileSync(join(folder, file), 'utf8')) }))
}

function timeMs(work: () => void): number {
  const startedMs = performance.now()
  work()
  return performance.now() - startedMs
}
